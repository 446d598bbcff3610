// A simulated modem from boot to its status messages, and five hundred of them at once.
import assert from 'node:assert/strict';
import { MemoryBroker, modemSpec, seededRandom, VirtualClock, type Uplink, ModemCore } from '../../../src/simulator';
import { IMEI, online, ruleMeter, stage } from './support';

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
