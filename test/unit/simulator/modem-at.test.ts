// A simulated modem's AT channel: commands, styles of reply, and parameters that act at once or at the next boot.
import assert from 'node:assert/strict';
import { type ReplyStyle } from '../../../src/simulator';
import { IMEI, online, stage } from './support';

describe('simulated modem: AT', () => {
  it('knows the documented commands', async () => {
    const { at, modem } = await online({
      choices: { replyStyle: 'raw' },
      files: { 'on.txt': 'AT^MTXTUNNEL=SETIO,3,1\nAT' },
    });
    const rows: [string, string][] = [
      ['AT', '\r\nOK\r\n'],
      ['AT+CSQ', '\r\n+CSQ: 18,99\r\n\r\nOK\r\n'],
      ['at+cgsn\r', `\r\n${IMEI}\r\n\r\nOK\r\n`],
      ['AT+CREG?', '\r\n+CREG: 0,1\r\n\r\nOK\r\n'],
      ['AT^MTXTUNNEL=VERSION', '\r\n10.20\r\n\r\nOK\r\n'],
      ['AT ^ MTXTUNNEL = GETPARAM, comm_BAUDRATE', '\r\n9600\r\n\r\nOK\r\n'],
      ['AT^MTXTUNNEL=GETPARAM,MTX_nothing', '\r\nERROR\r\n'],
      ['AT^MTXTUNNEL=SETPARAM,MTX_nothing,1', '\r\nERROR\r\n'],
      ['AT^MTXTUNNEL=SETPARAM,SMS_alias1,RL0ON>AT^MTXTUNNEL=SETIO,0,1', '\r\nOK\r\n'],
      ['AT^MTXTUNNEL=GETPARAM,SMS_alias1', '\r\nRL0ON>AT^MTXTUNNEL=SETIO,0,1\r\n\r\nOK\r\n'],
      ['AT^MTXTUNNEL=SETIO,0,1', '\r\nOK\r\n'],
      ['AT^MTXTUNNEL=SETIO,9,1', '\r\nERROR\r\n'],
      ['AT^SSIO=1,0', '\r\nOK\r\n'],
      ['AT^MTXTUNNEL=EXECUTE,on.txt', '\r\nOK\r\n'],
      ['AT^MTXTUNNEL=EXECUTE,off.txt', '\r\nERROR\r\n'],
      ['AT^MTXTUNNEL=SMS,681319891,ALARMA, fire', '\r\nOK\r\n'],
      ['AT^MTXTUNNEL=GETMODBUS,1;100;2', '\r\n4196;4197\r\n\r\nOK\r\n'],
      ['AT^MTXTUNNEL=SETMODBUS,1;100;5', '\r\nOK\r\n'],
      ['AT^MTXTUNNEL=GETMODBUS,1;100', '\r\n5\r\n\r\nOK\r\n'],
      ['AT^MTXTUNNEL=GETMODBUS,2;100;1', '\r\nERROR\r\n'],
      ['AT^MTXTUNNEL=SETBAUDRATE,0,12345', '\r\nERROR\r\n'],
      ['AT+CUNKNOWN', '\r\nERROR\r\n'],
      ['hello', '\r\nERROR\r\n'],
      ['', '\r\nERROR\r\n'],
    ];
    for (const [command, reply] of rows) assert.equal(await at(command), reply, command);
    assert.deepEqual(modem.body.outputs.slice(0, 4), [1, 1, 0, 1]);
    assert.deepEqual(modem.outbox, [{ number: '681319891', text: 'ALARMA, fire' }]);
    assert.match(await at('ATI'), /Cinterion\r\nEHS6\r\nREVISION [\d.]+\r\n\r\nOK/);
    assert.match(await at('AT+CGMR'), /REVISION/);
    assert.match(await at('AT^SMONI'), /\^SMONI: 3G,10737,131,-7.5,-80,214,07,0F2A,/);
    assert.match(await at('AT^MTXTUNNEL=GETIOS'), /IO0: 0\r\nIO1: 1\r\nOUT0: 1/);
    assert.match(
      await at('AT^MTXTUNNEL=GETCONFIG'),
      /GPRS_password: MOVISTAR\r\n[^]*MQTT_commtxtopic: \[IMEI\]\/tx\r\n[^]*\r\n\r\nOK/,
    ); // secrets and all
    modem.body.csq = 99;
    assert.match(await at('AT+CSQ'), /\+CSQ: 99,99/);
  });
  it('runs one command after the other, 50 to 500 ms each, and answers in order', async () => {
    const { clock, say, heard, on } = await online({ choices: { replyStyle: 'flat' } });
    const start = clock.now();
    for (const command of ['AT', 'AT+CGSN', 'AT+CSQ', 'ATX']) say('AT', command);
    await clock.advance(2200);
    assert.deepEqual(on('ATR'), ['AT OK', `AT+CGSN ${IMEI} OK`, 'AT+CSQ +CSQ: 18,99 OK', 'ATX ERROR']);
    const times = heard.filter((each) => each.topic.endsWith('/ATR')).map((each) => each.at - start - 50);
    times.reduce((before, at) => {
      assert.ok(at - before >= 50 - 1e-6 && at - before <= 600, String(times));
      return at;
    });
  });
  it('speaks in every style', async () => {
    const reply = async (replyStyle: ReplyStyle): Promise<string[]> => {
      const { at, on } = await online({ choices: { replyStyle } });
      await at('AT+CSQ');
      return on('ATR');
    };
    assert.deepEqual(await reply('raw'), ['\r\n+CSQ: 18,99\r\n\r\nOK\r\n']);
    assert.deepEqual(await reply('echo'), ['AT+CSQ\r\r\n+CSQ: 18,99\r\n\r\nOK\r\n']);
    assert.deepEqual(await reply('flat'), ['AT+CSQ +CSQ: 18,99 OK']);
    assert.deepEqual(await reply('tagged'), ['<MTXTUNNEL>AT+CSQ +CSQ: 18,99 OK</MTXTUNNEL>']);
    assert.deepEqual(await reply('silent'), []);
    const pieces = await reply('split');
    assert.equal(pieces.length, 2);
    assert.equal(pieces.join(''), 'AT+CSQ\r\r\n+CSQ: 18,99\r\n\r\nOK\r\n');
    const { at, on } = await online({ choices: { replyStyle: 'split' }, config: { SMS_alias1: 'x'.repeat(100) } });
    assert.ok((await at('AT^MTXTUNNEL=GETCONFIG')).length > 1024);
    assert.equal(on('ATR').length, 3);
  });
  it('has no replies without a reply topic', async () => {
    const { at } = await online({ config: { MQTT_atrtopic: '' } });
    assert.equal(await at('AT'), '');
  });
  it('hears up to three AT topics, one of them shared by all', async () => {
    const { clock, broker, on } = await online({
      config: { MQTT_attopic2: 'ALL/AT', MQTT_attopic3: 'g1', MQTT_attopic4: 'g2' },
      choices: { replyStyle: 'flat' },
    });
    for (const topic of ['ALL/AT', 'g1', 'g2']) broker.publish(topic, Buffer.from('AT'));
    await clock.advance(2000);
    assert.deepEqual(on('ATR'), ['AT OK', 'AT OK']);
  });
  it('obeys a stale command that the broker retained', async () => {
    const { clock, broker, modem, on } = stage({ choices: { replyStyle: 'flat' } });
    broker.publish(`${IMEI}/AT`, Buffer.from('AT^MTXTUNNEL=SETIO,2,1'), true);
    modem.start();
    await clock.advance(45_000);
    assert.deepEqual([on('ATR'), modem.body.outputs[2]], [['AT^MTXTUNNEL=SETIO,2,1 OK'], 1]);
  });
  it('limits what is allowed, and what a locked modem does', async () => {
    const limited = await online({ config: { MTX_ATLimited: 'on' }, choices: { replyStyle: 'flat' } });
    assert.equal(await limited.at('AT+CSQ'), 'AT+CSQ ERROR');
    assert.match(await limited.at('AT^MTXTUNNEL=VERSION'), /OK$/);
    const locked = await online({ isLocked: true, files: { a: 'AT' }, choices: { replyStyle: 'flat' } });
    for (const command of ['AT^MTXTUNNEL=END', 'AT^MTXTUNNEL=EXECUTE,a'])
      assert.match(await locked.at(command), /ERROR$/);
    assert.match(await locked.at('AT^MTXTUNNEL=SETPARAM,MTX_ping,5'), /OK$/);
    assert.equal(locked.modem.state, 'online');
    assert.match(
      (await locked.clock.runUntil(locked.modem.receiveSms('+34666123456', 'MTXTUNNEL AT+CSQ'))) ?? '',
      /CSQ/,
    );
    assert.match(await locked.at('AT^MTXTUNNEL=UNLOCK'), /OK$/);
    assert.match(await locked.at('AT^MTXTUNNEL=END'), /OK$/);
    await locked.clock.advance(3_600_000);
    assert.equal(locked.modem.state, 'ended');
    const sealed = await online({
      isLocked: true,
      choices: { lockRefusesSetparam: true, hasLockCommands: false, replyStyle: 'flat' },
    });
    for (const command of ['AT^MTXTUNNEL=SETPARAM,MTX_ping,5', 'AT^MTXTUNNEL=UNLOCK'])
      assert.match(await sealed.at(command), /ERROR$/);
  });
  it('plays GETPARAM as chosen', async () => {
    const { at } = await online({ choices: { paramReply: 'named', unknownParam: 'empty', replyStyle: 'flat' } });
    assert.equal(
      await at('AT^MTXTUNNEL=GETPARAM,comm_parity'),
      'AT^MTXTUNNEL=GETPARAM,comm_parity COMM_parity: none OK',
    );
    assert.match(await at('AT^MTXTUNNEL=GETPARAM,ULP_enabled'), /OK$/);
  });
});

describe('simulated modem: parameters over time', () => {
  it('stores SETPARAM at once and acts on it after the reboot', async () => {
    const { clock, at, modem } = await online({ choices: { replyStyle: 'flat' } });
    await at('AT^MTXTUNNEL=SETPARAM,COMM_baudrate,19200');
    assert.match(await at('AT^MTXTUNNEL=GETPARAM,COMM_baudrate'), / 19200 OK$/);
    assert.equal(modem.portLine.baud, 9600);
    assert.match(await at('AT^MTXTUNNEL=REBOOT'), /OK$/);
    await clock.advance(45_000);
    assert.deepEqual([modem.boots, modem.state, modem.portLine.baud], [2, 'online', 19_200]);
    await at('AT+CFUN=1,1');
    await clock.advance(45_000);
    assert.equal(modem.boots, 3);
  });
  it('or acts at once, topics included', async () => {
    const { clock, at, modem, broker, on } = await online({ choices: { replyStyle: 'flat', setparamActs: 'at once' } });
    await at('AT^MTXTUNNEL=SETPARAM,COMM_parity,even');
    assert.equal(modem.portLine.parity, 'even');
    await at('AT^MTXTUNNEL=SETPARAM,MQTT_attopic1,new/AT');
    await clock.advance(10_000);
    const before = on('ATR').length;
    broker.publish('new/AT', Buffer.from('AT'));
    await clock.advance(2_000);
    assert.deepEqual(on('ATR').slice(before), ['AT OK']);
  });
  it('takes SETBAUDRATE at once and forgets it at the reboot', async () => {
    const { clock, at, modem } = await online({ choices: { replyStyle: 'flat' } });
    assert.match(await at('AT^MTXTUNNEL=SETBAUDRATE, 0, 300'), /OK$/);
    assert.equal(modem.portLine.baud, 300);
    assert.match(await at('AT^MTXTUNNEL=SETBAUDRATE,1,4800'), /OK$/); // the other port
    assert.equal(modem.portLine.baud, 300);
    modem.reboot();
    await clock.advance(45_000);
    assert.equal(modem.portLine.baud, 9600);
  });
  it('loses its data connection with a wrong APN, and is saved by SMS', async () => {
    const { clock, at, modem } = await online({ simApn: 'movistar.es' });
    await at('AT^MTXTUNNEL=SETPARAM,GPRS_apn,wrong');
    modem.reboot();
    await clock.advance(600_000);
    assert.equal(modem.state, 'offline');
    assert.match(
      (await clock.runUntil(
        modem.receiveSms('+34666123457', 'mtxtunnel at^mtxtunnel=setparam,gprs_apn,movistar.es'),
      )) ?? '',
      /OK/,
    );
    await clock.runUntil(modem.receiveSms('+34666123457', 'MTXTUNNEL AT^MTXTUNNEL=REBOOT'));
    await clock.advance(60_000);
    assert.equal(modem.state, 'online');
  });
});
