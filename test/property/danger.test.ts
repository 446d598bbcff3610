// The table of dangers under any spelling that a modem may understand: case, blanks, quotes and marks that nobody sees.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dangerOf, dangerOfParameter, isRestart } from '../../src/core/at/danger';
import { actionContent, ACTIONS, REBOOT_COMMANDS, USUAL_WISH } from '../../src/core/fleet/config/actions';
import { parameterOf, parameterRows } from '../../src/core/fleet/config/parameters';
import { setParameter } from '../../src/core/fleet/config/parameter-commands';
import { dangerOfSms, smsOfCommand } from '../../src/core/fleet/sms/sms-text';

const DANGEROUS = [
  'AT+CFUN=0',
  'AT+CFUN=15',
  'AT+CFUN=16',
  'AT^SMSO',
  'AT+COPS=2',
  'AT+CPIN=1234',
  'AT^SCFG=Userware/Autostart,,0',
  'AT^SJMSEC=file,x',
  'AT^SBNW=is_cert,1',
  'AT^SFSA=remove,a:/x.jar',
  'AT^SXRAT=1,2',
  'AT^MTXTUNNEL=LOCK',
  'AT^MTXTUNNEL=SETPARAM,ULP_enabled,on',
  'AT^MTXTUNNEL=SETPARAM,SMS_ATEnabled,off',
  'AT^MTXTUNNEL=SETPARAM,MQTT_server,tcp://other:1883',
  'AT^MTXTUNNEL=SETPARAM,GPRS_apn,x',
];
const HARMLESS = [
  'AT',
  'AT+CSQ',
  'AT+CFUN?',
  'AT+CFUN=1',
  'AT+COPS?',
  'AT+CPIN?',
  'AT^SCFG=Radio/Band',
  'AT^MTXTUNNEL=GETPARAM,MQTT_server',
  'AT^MTXTUNNEL=SETPARAM,DNS_period,60',
];
const SEED = 23;

/** What may stand between two characters and means nothing to a modem, or is taken out of what is sent. */
const gap = fc.constantFrom('', '', '', '', ' ', '\t', '  ', '"', "'", '\u00a0', '\u200b', '\u201c', '`');
const spelled = (command: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(gap, { minLength: command.length, maxLength: command.length }),
      fc.array(fc.boolean(), { minLength: command.length, maxLength: command.length }),
    )
    .map(([gaps, cases]) =>
      [...command].map((each, i) => (gaps[i] ?? '') + (cases[i] ? each.toUpperCase() : each.toLowerCase())).join(''),
    );

describe('property: what may cut a modem off', () => {
  it('is found in any spelling, and behind another command', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DANGEROUS).chain(spelled),
        fc.constantFrom('', 'AT+CSQ;', 'ATE0;'),
        (text, first) => {
          const command = first === '' ? text : first + text.replace(/a[^t]*t/i, '');
          assert.ok(dangerOf(command), JSON.stringify(command));
        },
      ),
      { numRuns: 2_000, seed: SEED },
    );
  });

  it('is not seen where there is none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...HARMLESS).chain(spelled), (command) => {
        assert.equal(dangerOf(command), undefined, JSON.stringify(command));
      }),
      { numRuns: 1_000, seed: SEED },
    );
  });

  it('is the same for a parameter, whichever way it is set: rollout, AT command or text', () => {
    for (const row of parameterRows) {
      const name = row.name.replace('#', '1');
      const isDangerous = parameterOf(name).isDangerous;
      assert.equal(dangerOfParameter(name) !== undefined, isDangerous, name);
      const command = setParameter(name, '1');
      assert.equal(dangerOf(command) !== undefined, isDangerous, command);
      assert.equal(dangerOfSms(smsOfCommand(command)) !== undefined, isDangerous, command);
    }
    for (const name of ['ULP_enabled', 'SMS_ATEnabled', 'SMS_allPhones', 'SMS_validPhone3', 'MTX_mode', 'GPRS_apn'])
      assert.ok(parameterOf(name).isDangerous, name);
  });

  it('is known of the ready actions too, and a restart in any spelling', () => {
    for (const action of ACTIONS.filter((each) => each !== 'smsNumbers')) {
      const { commands } = actionContent(action, {}, USUAL_WISH);
      if (action === 'lock') assert.ok(commands.every((command) => dangerOf(command)));
    }
    fc.assert(
      fc.property(fc.constantFrom(...REBOOT_COMMANDS, 'AT^SMSO', 'AT+CFUN=01,1').chain(spelled), (command) => {
        assert.ok(isRestart(command), JSON.stringify(command));
      }),
      { numRuns: 500, seed: SEED },
    );
    assert.ok(!isRestart('AT+CFUN=1') && !isRestart('AT+CFUN=1,0') && !isRestart('AT+CSQ'));
  });
});
