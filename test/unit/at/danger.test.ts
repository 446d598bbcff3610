import assert from 'node:assert/strict';
import { said } from '../../support/outcome-words';
import { dangerOf } from '../../../src/core/at/danger';

describe('commands that may cut a modem off', () => {
  const dangerous = [
    'AT^MTXTUNNEL=END',
    'at^mtxtunnel=end',
    'AT ^ MTXTUNNEL = END',
    'AT^MTXTUNNEL=EXECUTE,file.txt',
    'AT^SMSO',
    'AT+CFUN=0',
    'AT+CFUN=4',
    'AT+CGDCONT=1,"IP","other.apn"',
    'AT+CPIN="1234"',
    'AT+CLCK="SC",1,"1234"',
    'AT+COPS=2',
    'AT^SJDL=0',
    'AT&F',
    'ATE0&F',
    'AT^MTXTUNNEL=SETPARAM,MQTT_server,tcp://other:1883',
    'AT^MTXTUNNEL=SETPARAM, mqtt_SERVER, x',
    'AT^MTXTUNNEL=SETPARAM,"MQTT_id",x',
    'AT^MTXTUNNEL=SETPARAM,MQTT_attopic1,x',
    'AT^MTXTUNNEL=SETPARAM,MQTT_commrxtopic,x',
    'AT^MTXTUNNEL=SETPARAM,GPRS_apn,x',
    'AT^MTXTUNNEL=SETPARAM,GPRS_login,x',
    'AT^MTXTUNNEL=SETPARAM,MTX_PIN,0000',
    'AT^MTXTUNNEL=SETPARAM,MTX_mode,none',
    'AT^MTXTUNNEL=SETPARAM,DNS_mode,x',
    'AT^MTXTUNNEL=SETPARAM,MTX_ATLimited,on',
    'AT+CSQ;^SMSO',
    'AT+CSQ;+CFUN=0',
    'ATE0+CFUN=4',
    'AT;^MTXTUNNEL=END',
    'AT^MTXTUNNEL=SETPARAM,ULP_enabled,on',
    'AT^MTXTUNNEL=SETPARAM,SMS_ATEnabled,off',
    'AT^MTXTUNNEL=SETPARAM,FIREWALL_enabled,on',
    'AT^MTXTUNNEL=LOCK',
    'AT^SCFG="Userware/Autostart","","0"',
    "at ^ scfg = 'Radio/Band' , '1'",
    'AT^SJMSEC="file","x"',
    'AT^SBNW=is_cert,1',
    'AT^SFSA="remove","a:/x.jar"',
    'AT^SXRAT=1,2',
    'AT+CFUN=15',
    'AT+CFUN=16',
    'AT + CFUN = "0"',
    'AT\u00a0+\u200bCFUN=\t4',
    'AT^MTXTUNNEL=SETPARAM,COMM_baudrate,9600;^MTXTUNNEL=SETPARAM,MQTT_server,x',
  ];
  for (const command of dangerous) it(command, () => assert.ok(said(dangerOf(command)).length > 10));

  it('and not those that do not', () => {
    for (const command of [
      'AT',
      'AT+CSQ',
      'AT+CFUN?',
      'AT+CFUN=1',
      'AT+CFUN=1,1',
      'AT+CPIN?',
      'AT^SCFG?',
      'AT^SCFG="Radio/Band"',
      'AT^SFSA="ls","a:/"',
      'AT+CREG?',
      'AT+COPS?',
      'AT+CGDCONT?',
      'AT^MTXTUNNEL=VERSION',
      'AT^MTXTUNNEL=GETPARAM,MQTT_server',
      'AT^MTXTUNNEL=GETCONFIG',
      'AT^MTXTUNNEL=SETPARAM,DNS_period,60',
      'AT^MTXTUNNEL=SETPARAM,COMM_baudrate,9600',
      'AT^MTXTUNNEL=SETPARAM,MTX_name,a&Fb',
      'AT^MTXTUNNEL=REBOOT',
      'AT^MTXTUNNEL=SETBAUDRATE,0,9600',
    ]) {
      assert.equal(dangerOf(command), undefined, command);
    }
  });
});
