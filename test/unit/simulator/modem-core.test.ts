// The simulator's specification, item by item: boot, session, status, keep-alive, AT, replies, SETPARAM, SETBAUDRATE.
import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import {
  MemoryBroker,
  modemSpec,
  seededRandom,
  VirtualClock,
  type ReplyStyle,
  type Uplink,
  ModemCore,
} from '../../../src/simulator';
import { IMEI, online, ruleMeter, stage } from './support';

const READ = fromHex('010300640002 85d4');
const ANSWER = '0103041064106572c7';

describe('simulated modem: boot, session and status', () => {
  it('is off line for 10 to 40 s, then connects, subscribes and reports at once, then every DNS_period', async () => {
    const { clock, modem, heard } = stage({ config: { DNS_period: '60' } });
    modem.start();
    assert.equal(modem.state, 'booting');
    await clock.advance(9_999);
    assert.equal(heard.length, 0);
    await clock.advance(31_000 + 180_000);
    const times = heard.map((each) => each.at);
    assert.ok(times[0] !== undefined && times[0] >= 10_000 && times[0] <= 40_200, String(times));
    assert.deepEqual(
      times.slice(1).map((at, i) => Math.round(at - (times[i] ?? 0))),
      [60_000, 60_000, 60_000].slice(0, times.length - 1),
    );
    assert.ok(heard.every((each) => each.topic === `${IMEI}/dns`));
  });
  it('asks for the session that its configuration says', () => {
    const sessions: Parameters<Uplink['open']>[0][] = [];
    const clock = new VirtualClock();
    const uplink: Uplink = {
      open: (session) => void sessions.push(session),
      close: () => undefined,
      publish: () => undefined,
    };
    const config = {
      MQTT_attopic2: 'all/AT',
      MQTT_attopic3: 'group/[imei]/AT',
      MQTT_login: 'u-[IMEI]',
      MQTT_password: 'p',
    };
    const modem = new ModemCore(
      modemSpec({ imei: IMEI, config, choices: { hasWill: true } }, clock),
      uplink,
      clock,
      seededRandom(1),
    );
    modem.start();
    return clock.advance(41_000).then(() => {
      assert.deepEqual(sessions, [
        {
          server: 'ssl://test.mosquitto.org:8883',
          clientId: IMEI,
          login: `u-${IMEI}`,
          password: 'p',
          keepaliveS: 300,
          isClean: true,
          qos: 1,
          topics: [`${IMEI}/AT`, 'all/AT', `group/${IMEI}/AT`, `${IMEI}/rx`],
          will: { topic: `${IMEI}/dns`, payload: `{"IMEI":"${IMEI}","STATE":"offline"}` },
        },
      ]);
    });
  });
  it('comes back when the broker does, and 5 s after a lost connection', async () => {
    const { clock, broker, modem } = stage(
      { choices: { bootMsMin: 0, bootMsMax: 0 } },
      { latencyMsMin: 0, latencyMsMax: 0 },
    );
    broker.setUp(false);
    modem.start();
    await clock.advance(200_000);
    assert.equal(modem.state, 'offline');
    broker.setUp(true);
    await clock.advance(60_000);
    assert.equal(modem.state, 'online');
    modem.dropLink();
    await clock.advance(4_900);
    assert.equal(modem.state, 'offline');
    await clock.advance(200);
    assert.equal(modem.state, 'online');
  });
  it('waits longer after each failed try, 5 to 60 s', async () => {
    const clock = new VirtualClock();
    const tries: number[] = [];
    const uplink: Uplink = {
      open: () => {
        tries.push(clock.now());
        modem.linkDown();
      },
      close: () => undefined,
      publish: () => undefined,
    };
    const modem: ModemCore = new ModemCore(
      modemSpec({ imei: IMEI, choices: { bootMsMin: 0, bootMsMax: 0 } }, clock),
      uplink,
      clock,
      seededRandom(1),
    );
    modem.start();
    await clock.advance(300_000);
    assert.deepEqual(tries, [0, 5_000, 15_000, 35_000, 75_000, 135_000, 195_000, 255_000]);
  });
  it('is taken over by a second client of its id', async () => {
    const { clock, broker, modem } = await online();
    const second = broker.modem(modemSpec({ imei: IMEI, choices: { bootMsMin: 0, bootMsMax: 0 } }, clock));
    second.start();
    await clock.advance(1_000);
    assert.deepEqual([modem.state, second.state], ['offline', 'online']);
    await clock.advance(5_000);
    assert.deepEqual([modem.state, second.state], ['online', 'offline']);
  });
  it('reports short, long and io, numbers as text or numbers, extra keys, and cut JSON, as chosen', async () => {
    const first = async (options: Parameters<typeof online>[0]): Promise<string> =>
      (await online(options)).on('dns')[0] ?? '';
    const short = JSON.parse(await first({})) as Record<string, unknown>;
    assert.deepEqual(
      [Object.keys(short), short.CSQ, short.IMEI, short.VER, short.MOD],
      [['IMEI', 'P', 'IP', 'CSQ', 'MOD', 'VER'], '18', IMEI, '10.20', '199801445'],
    );
    assert.match(String(short.IP), /^10(\.\d+){3}$/);
    const long = JSON.parse(
      await first({
        config: { DNS_extended: 'on' },
        choices: { statusNumbers: 'number', statusExtraKeys: true, clockErrorS: -86_400 },
      }),
    ) as Record<string, unknown>;
    assert.deepEqual([long.CSQ, long.IO1, long.ADC0, 'nested' in long], [18, 1, 3271, true]);
    assert.ok(Math.abs(Number(long.TS) - (Date.UTC(2026, 4, 31) / 1000 + 25)) < 30, 'a day behind');
    const broken = await first({ choices: { invalidStatusEvery: 1 } });
    assert.throws(() => JSON.parse(broken), SyntaxError);
    assert.equal(await first({ choices: { hasStatusAtOnce: false } }), '');
  });
  it('reports on a shared topic, on an address change, and its inputs on their own topic', async () => {
    const { clock, modem, heard } = await online({ config: { DNS_mqttTopic: 'DNS', MQTT_defaultOTopic: '/IOCHANGE' } });
    modem.changeIp('10.9.8.7');
    modem.setInput(0, 1);
    modem.setInput(0, 1);
    await clock.advance(100);
    assert.deepEqual(
      heard.map((each) => each.topic),
      ['DNS', 'DNS', '/IOCHANGE'],
    );
    assert.equal((JSON.parse(heard[1]?.text ?? '') as { IP: string }).IP, '10.9.8.7');
    assert.deepEqual(Object.keys(JSON.parse(heard[2]?.text ?? '') as object), ['IMEI', 'IO0', 'IO1', 'TS']);
  });
});

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

describe('simulated modem: gateway', () => {
  it('carries bytes as they are, paced by the line, in one message after msToSend of idle', async () => {
    const { clock, say, heard } = await online();
    const start = clock.now();
    say('rx', READ);
    await clock.advance(1_000);
    const reply = heard.at(-1);
    assert.deepEqual([reply?.topic, toHex(reply?.payload ?? new Uint8Array())], [`${IMEI}/tx`, ANSWER]);
    // 50 ms air, 8 characters, 30 ms meter, 9 characters, 100 ms idle, 50 ms air.
    assert.ok(
      Math.abs((reply?.at ?? 0) - start - (50 + 17 * (10_000 / 9600) + 30 + 100 + 50)) < 0.5,
      String((reply?.at ?? 0) - start),
    );
  });
  it('swaps the directions when told', async () => {
    const { clock, say, on } = await online({ choices: { direction: 'B' } });
    say('rx', READ);
    await clock.advance(1_000);
    assert.deepEqual(on('tx'), []);
    say('tx', READ);
    await clock.advance(1_000);
    assert.deepEqual(
      on('rx').map((text) => Buffer.from(text, 'latin1').toString('hex')),
      [ANSWER],
    );
  });
  it('has its gateway on COM1 or, inverted, on COM2; not at all in another mode', async () => {
    const answers = async (config: Record<string, string>, bus: 'rs232' | 'rs485'): Promise<number> => {
      const { clock, say, on } = await online({ config, bus });
      say('rx', READ);
      await clock.advance(1_000);
      return on('tx').length;
    };
    assert.deepEqual(
      [
        await answers({}, 'rs232'),
        await answers({}, 'rs485'),
        await answers({ MTX_invertedCom: 'on' }, 'rs485'),
        await answers({ MTX_invertedCom: 'on' }, 'rs232'),
        await answers({ MTX_mode: 'none' }, 'rs232'),
      ],
      [1, 0, 1, 0, 0],
    );
  });
  it('freezes the gateway during a data call, while AT goes on; or MQTT stalls as well', async () => {
    const { clock, say, on, at, modem } = await online();
    modem.dataCall(120_000);
    say('rx', READ);
    await clock.advance(60_000);
    assert.deepEqual(on('tx'), []);
    assert.match(await at('AT'), /OK/);
    await clock.advance(60_000);
    assert.deepEqual(on('tx'), []); // what came during the call is lost
    say('rx', READ);
    await clock.advance(1_000);
    assert.equal(on('tx').length, 1);
    say('rx', READ);
    await clock.advance(70);
    modem.dataCall(1_000); // the answer comes during the call
    await clock.advance(5_000);
    assert.equal(on('tx').length, 1);
    const stalled = await online({ choices: { callStopsMqtt: true } });
    stalled.modem.dataCall(60_000);
    assert.equal(await stalled.at('AT'), '');
    const held = await online({ choices: { whileFrozen: 'hold' } });
    held.modem.dataCall(10_000);
    held.say('rx', READ);
    await held.clock.advance(11_000);
    assert.equal(held.on('tx').length, 1);
  });
  it('waits while the port is taken', async () => {
    const { clock, say, on, modem } = await online();
    modem.keepPortBusy(5_000);
    say('rx', READ);
    await clock.advance(4_900);
    assert.equal(on('tx').length, 0);
    await clock.advance(600);
    assert.equal(on('tx').length, 1);
  });
  it('writes RS232 data with <HEX> bytes, and the answer goes up', async () => {
    const { at, on } = await online();
    await at('AT^MTXTUNNEL=RS232,0,<HEX>0103 0064 0002 85D4</HEX>');
    assert.deepEqual(
      on('tx').map((text) => Buffer.from(text, 'latin1').toString('hex')),
      [ANSWER],
    );
    assert.match(await at('AT^MTXTUNNEL=RS232,0,<HEX>01030</HEX>'), /ERROR/);
    assert.match(await at('AT^MTXTUNNEL=RS232,7,abc'), /ERROR/);
  });
  it('loses the link or reboots in the middle of a session when told', async () => {
    const cut = await online({ choices: { cutLinkEvery: 2 } });
    const rebooting = await online({ choices: { rebootEvery: 2 } });
    for (const { say, clock } of [cut, rebooting]) {
      for (let i = 0; i < 2; i++) {
        say('rx', READ);
        await clock.advance(1_000);
      }
    }
    assert.deepEqual([cut.on('tx').length, cut.modem.state, cut.modem.boots], [1, 'offline', 1]);
    assert.deepEqual([rebooting.on('tx').length, rebooting.modem.state, rebooting.modem.boots], [1, 'booting', 2]);
  });
  it('keeps meters apart on RS485, and lets two of the same unit collide', async () => {
    const { clock, say, on } = await online({
      config: { MTX_invertedCom: 'on' },
      meters: [ruleMeter(1), ruleMeter(2)],
    });
    say('rx', READ);
    await clock.advance(1_000);
    assert.equal(Buffer.from(on('tx')[0] ?? '', 'latin1').toString('hex'), ANSWER);
    const twins = await online({ config: { MTX_invertedCom: 'on' }, meters: [ruleMeter(1), ruleMeter(1)] });
    twins.say('rx', READ);
    await twins.clock.advance(1_000);
    const heard = Buffer.from(twins.on('tx').join(''), 'latin1').toString('hex');
    assert.notEqual(heard, '');
    assert.ok(!heard.includes(ANSWER), heard);
  });
  it('hears garbage or nothing at another speed, and recovers with SETBAUDRATE', async () => {
    const { clock, say, on, at } = await online({ config: { COMM_baudrate: '2400' } });
    say('rx', READ);
    await clock.advance(2_000);
    assert.ok(!on('tx').some((text) => Buffer.from(text, 'latin1').toString('hex').includes(ANSWER)));
    await at('AT^MTXTUNNEL=SETBAUDRATE,0,9600');
    say('rx', READ);
    await clock.advance(1_000);
    assert.equal(Buffer.from(on('tx').at(-1) ?? '', 'latin1').toString('hex'), ANSWER);
  });
});

describe('simulated modem: watchdogs and sleep', () => {
  it('pings after MTX_ping minutes without traffic, reconnects on a failed one, reboots on the third', async () => {
    const { clock, modem, at } = await online({ config: { MTX_ping: '1', DNS_enabled: 'off' } });
    const since = clock.now();
    await clock.advance(600_000);
    assert.deepEqual([modem.state, modem.boots], ['online', 1]);
    modem.body.isPingAnswered = false;
    await clock.advance(65_000);
    assert.equal(modem.boots, 1);
    await clock.advance(150_000);
    assert.equal(modem.boots, 2, `${clock.now() - since}`);
    modem.body.isPingAnswered = true;
    await clock.advance(60_000);
    for (let i = 0; i < 10; i++) {
      modem.body.isPingAnswered = false; // never asked: there is traffic
      assert.match(await at('AT'), /OK/);
      await clock.advance(50_000);
    }
    assert.equal(modem.boots, 2);
  });
  it('reboots after MTX_numGSMErrors checks without network, and connects when it is back', async () => {
    const { clock, modem } = await online({ config: { MTX_numGSMErrors: '6' } });
    modem.setNetwork(false);
    await clock.advance(59_000);
    assert.deepEqual([modem.boots, modem.state], [1, 'offline']);
    await clock.advance(2_000);
    assert.deepEqual([modem.boots, modem.state], [2, 'booting']);
    modem.setNetwork(true);
    await clock.advance(60_000);
    assert.deepEqual([modem.boots, modem.state], [2, 'online']);
    modem.setNetwork(false);
    modem.setNetwork(true);
    await clock.advance(120_000);
    assert.deepEqual([modem.boots, modem.state], [2, 'online']);
  });
  it('resets daily once that is switched on', async () => {
    const { clock, modem, at } = await online({ config: { DNS_period: '3600' } });
    await clock.advance(30 * 3_600_000);
    assert.equal(modem.boots, 1);
    await at('AT^MTXTUNNEL=SETPARAM,MTX_autoreset,on');
    await clock.advance(24 * 3_600_000);
    assert.equal(modem.boots, 2);
    await clock.advance(24 * 3_600_000 + 60_000);
    assert.equal(modem.boots, 3);
  });
  it('sleeps as a battery modem does', async () => {
    const { clock, modem, on } = await online({
      config: { ULP_enabled: 'on', ULP_minutesOff: '60', ULP_secondsOn: '120' },
    });
    assert.equal(modem.state, 'online');
    await clock.advance(116_000);
    assert.equal(modem.state, 'asleep');
    const answer = modem.receiveSms('+34666123456', 'MTXTUNNEL AT');
    await clock.advance(58 * 60_000);
    assert.equal(on('dns').length, 1);
    await clock.advance(3 * 60_000);
    assert.equal(on('dns').length, 2);
    assert.equal(await answer, 'OK');
  });
  it('forgets everything of the life before', async () => {
    const { clock, modem, say, on } = await online({
      choices: { atMsMin: 5_000, atMsMax: 5_000, bootMsMin: 0, bootMsMax: 0 },
    });
    say('AT', 'AT');
    await clock.advance(1_000);
    modem.reboot();
    await clock.advance(1_000);
    assert.equal(modem.state, 'online'); // before the answer to the command of the life before would be out
    await clock.advance(50_000);
    assert.deepEqual([on('ATR'), modem.state], [[], 'online']);
    modem.stop();
    await clock.advance(3_600_000);
    assert.equal(modem.state, 'off');
    assert.equal(clock.pending, 0);
  });
});

describe('simulated modem: SMS', () => {
  const OWNER = '+34666123456';
  it('obeys authorised numbers in any case of the header, and is silent for strangers', async () => {
    const { clock, modem } = await online();
    const sms = (from: string, text: string): Promise<string | undefined> =>
      clock.runUntil(modem.receiveSms(from, text));
    assert.equal(await sms(OWNER, 'MTXTUNNEL AT+CSQ'), '+CSQ: 18,99\r\nOK');
    assert.equal(await sms('+34666123457', ' mtxtunnel at^mtxtunnel=getparam,COMM_parity '), 'none\r\nOK');
    assert.equal(await sms('+34999999999', 'MTXTUNNEL AT+CSQ'), undefined);
    assert.equal(await sms(OWNER, 'AT+CSQ'), undefined);
    assert.equal(await sms(OWNER, 'MTXTUNNEL hello'), undefined);
    assert.deepEqual(
      modem.outbox.map((each) => each.number),
      [OWNER, '+34666123457'],
    );
    assert.equal((await sms(OWNER, 'MTXTUNNEL AT^MTXTUNNEL=GETCONFIG'))?.length, 160);
  });
  it('goes by its switches', async () => {
    const answer = async (config: Record<string, string>, from: string, text: string): Promise<string | undefined> => {
      const { clock, modem } = await online({ config });
      return clock.runUntil(modem.receiveSms(from, text));
    };
    assert.equal(await answer({ SMS_allPhones: 'on' }, '+1555', 'MTXTUNNEL AT'), 'OK');
    assert.equal(await answer({ SMS_ATEnabled: 'off' }, OWNER, 'MTXTUNNEL AT'), undefined);
    assert.equal(await answer({ SMS_ATResponse: 'off' }, OWNER, 'MTXTUNNEL AT'), undefined);
    assert.match((await answer({ SMS_sendIP: 'on' }, OWNER, 'mtxtunnel ON')) ?? '', /^10\./);
    assert.equal(await answer({}, OWNER, 'mtxtunnel on'), undefined);
    assert.equal(
      await answer({ SMS_alias7: 'RL0ON>AT^MTXTUNNEL=SETIO,0,1', SMS_aliasResponse: 'result' }, OWNER, 'rl0on'),
      'OK',
    );
    assert.equal(await answer({ SMS_alias7: 'RL0ON>AT^MTXTUNNEL=SETIO,0,1' }, OWNER, 'RL0ON'), undefined);
    const { clock, modem } = await online({ config: { SMS_sendIP: 'on' } });
    assert.match((await clock.runUntil(modem.missedCall(OWNER))) ?? '', /^10\./);
    assert.equal(await modem.missedCall('+1'), undefined);
  });
  it('waits 5 s for the serial device and answers with what it said', async () => {
    const { clock, modem, on } = await online();
    const start = clock.now();
    const answer = await clock.runUntil(
      modem.receiveSms(OWNER, 'MTXTUNNEL AT^MTXTUNNEL=RS232,0,<HEX>01030064000285D4</HEX>'),
    );
    assert.equal(Buffer.from(answer ?? '', 'latin1').toString('hex'), ANSWER);
    assert.ok(clock.now() - start >= 5_000 && clock.now() - start < 5_100);
    assert.deepEqual(on('tx'), []);
    const long = await clock.runUntil(
      modem.receiveSms(OWNER, 'MTXTUNNEL AT^MTXTUNNEL=RS232,0,<HEX>010300640064 05FE</HEX>'),
    );
    assert.equal(long?.length, 160);
  });
});

it('five hundred modems live an hour in about a second', async function () {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, seed: 1, latencyMsMin: 50, latencyMsMax: 500 });
  let statuses = 0;
  broker.listen(() => void statuses++);
  const modems = Array.from({ length: 500 }, (_, i) =>
    broker.modem(modemSpec({ imei: String(i).padStart(15, '0'), meters: [ruleMeter(1)] }, clock)),
  );
  for (const modem of modems) modem.start();
  await clock.advance(3_600_000);
  assert.ok(modems.every((modem) => modem.state === 'online'));
  assert.ok(statuses >= 5_950 && statuses <= 6_000, String(statuses));
});
