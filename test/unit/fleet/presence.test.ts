// Presence, changes, alarms and the layers, message by message in virtual time.
import assert from 'node:assert/strict';
import { FleetWorld, IMEI, OTHER, PERIOD, message } from '../../support/presence-world';

const MINUTE = 60_000;
const report = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  IMEI,
  CSQ: 18,
  IP: '10.0.0.1',
  ...changes,
});

describe('fleet presence', () => {
  it('goes from online to stale after three periods, offline after six, and comes back', async () => {
    const world = new FleetWorld();
    world.status(report());
    assert.deepEqual(world.told(), ['status', 'online']);
    await world.pass(3 * PERIOD - 2_000);
    assert.deepEqual(world.told(), []);
    await world.pass(30_000);
    assert.deepEqual(world.told(), ['stale']);
    await world.pass(3 * PERIOD - 40_000);
    assert.deepEqual(world.told(), []);
    await world.pass(40_000);
    assert.deepEqual(world.told(), ['offline', 'offline raised']);
    assert.deepEqual(
      world.fleet.list({ states: ['offline'], sort: 'imei', offset: 0, limit: 9 }).modems.map(({ imei }) => imei),
      [IMEI],
    );
    world.status(report());
    assert.deepEqual(world.told(), ['status', 'online']);
    assert.deepEqual(world.fleet.modem(IMEI)?.alarms, ['offline'], 'one report is no return yet');
    await world.pass(PERIOD);
    world.status(report());
    assert.deepEqual(world.told(), ['status', 'offline cleared']);
  });

  it('raises one alarm for a modem that flaps', async () => {
    const world = new FleetWorld();
    world.status(report());
    let raised = 0;
    for (let i = 0; i < 5; i++) {
      await world.pass(7 * PERIOD);
      world.status(report());
      raised += world.told().filter((each) => each === 'offline raised').length;
    }
    assert.equal(raised, 1);
  });

  it('does not take its own outage for one of the fleet', async () => {
    const world = new FleetWorld();
    world.status(report());
    world.told();
    world.fleet.setListening(false);
    await world.pass(20 * PERIOD);
    world.fleet.setListening(true);
    await world.pass(2 * PERIOD);
    assert.deepEqual(world.told(), []);
    assert.equal(world.fleet.modem(IMEI)?.state, 'online');
    await world.pass(PERIOD + 30_000);
    assert.deepEqual(world.told(), ['stale']);
  });

  it('knows that a modem whose status is missing is there while its other topics speak', async () => {
    const world = new FleetWorld();
    world.status(report());
    for (let i = 0; i < 20; i++) {
      await world.pass(PERIOD);
      world.fleet.hearTraffic(IMEI, true);
    }
    assert.deepEqual(world.told(), ['status', 'online', 'stale']);
    const { state, layers } = world.fleet.modem(IMEI) ?? assert.fail();
    assert.equal(state, 'stale');
    assert.deepEqual(
      [layers.session.state, layers.status.state, layers.serial.state, layers.meter.state],
      ['up', 'missing', 'answers', 'unknown'],
    );
  });

  it('keeps the four layers apart', async () => {
    const world = new FleetWorld();
    world.lines.set(IMEI, { heardAgoMs: 5_000, answeredAgoMs: 5_000, failed: undefined });
    world.status(report());
    const layers = (): string[] => Object.values(world.fleet.modem(IMEI)?.layers ?? {}).map(({ state }) => state);
    assert.deepEqual(layers(), ['up', 'fresh', 'answers', 'answers']);
    await world.pass(MINUTE);
    world.lines.set(IMEI, { heardAgoMs: 65_000, answeredAgoMs: 65_000, failed: { agoMs: 1_000, code: 'BAD_FRAME' } });
    assert.deepEqual(layers(), ['up', 'fresh', 'answers', 'fails']); // bytes came, but no answer: the wire lives
    world.lines.set(IMEI, { heardAgoMs: 65_000, answeredAgoMs: 65_000, failed: { agoMs: 1_000, code: 'NO_REPLY' } });
    assert.deepEqual(layers(), ['up', 'fresh', 'silent', 'fails']);
    assert.equal(world.fleet.modem(IMEI)?.layers.meter.error, 'NO_REPLY');
    assert.deepEqual(world.fleet.counts.serial, { answers: 0, silent: 1, unknown: 0 });
    assert.deepEqual(world.fleet.counts.meters, { answers: 0, fails: 1, unknown: 0 });
    world.fleet.hearWill(IMEI);
    assert.deepEqual(layers(), ['lost', 'fresh', 'silent', 'fails']);
    assert.equal(world.fleet.modem(IMEI)?.state, 'offline');
  });

  it('believes a last will at once, and gives its alarm the time of a reconnect', async () => {
    const world = new FleetWorld();
    world.status(report());
    world.told();
    world.fleet.hearWill(IMEI);
    assert.deepEqual(world.told(), ['offline']);
    await world.pass(MINUTE);
    world.status(report());
    assert.deepEqual(world.told(), ['status', 'online']);
    world.fleet.hearWill(IMEI);
    await world.pass(3 * PERIOD + 30_000);
    assert.deepEqual(world.told(), ['offline', 'offline raised']);
    world.fleet.hearWill(OTHER);
    assert.equal(world.fleet.size, 1, 'a will makes no modem');
  });

  it('lets a modem sleep that is made for it', async () => {
    const world = new FleetWorld({
      presence: { staleMs: 3 * PERIOD, offlineMs: 6 * PERIOD, ulpMs: 72 * 3_600_000, ulpModels: ['ulp'] },
    });
    world.status(report({ MOD: 'MTX-ULP-4G' }));
    world.fleet.setPlace(OTHER, { ulp: true, name: 'well' });
    world.status({ IMEI: OTHER, CSQ: 18 }, `${OTHER}/dns`);
    world.told();
    await world.pass(24 * 3_600_000);
    assert.deepEqual(world.told(), ['asleep', 'asleep']);
    assert.deepEqual([world.fleet.counts.states.asleep, world.fleet.counts.states.offline], [2, 0]);
    world.status(report({ MOD: 'MTX-ULP-4G', IP: '10.0.0.2' }));
    assert.deepEqual(world.told(), ['status', 'changed', 'online']);
    await world.pass(80 * 3_600_000);
    assert.deepEqual(world.told(), ['asleep', 'offline', 'offline raised', 'offline', 'offline raised']);
  });

  it('takes a stored message for facts, not for a sign of life', async () => {
    const world = new FleetWorld();
    world.status(report(), `${IMEI}/dns`, true);
    assert.equal(world.fleet.modem(IMEI)?.state, 'restored');
    assert.equal(world.fleet.modem(IMEI)?.at, null);
    assert.deepEqual(world.told(), []);
    world.status(report({ IP: '10.0.0.9' }));
    assert.deepEqual(world.told(), ['status', 'changed', 'online']);
    world.status(report({ IP: '10.0.0.1' }), `${IMEI}/dns`, true);
    assert.equal(world.fleet.modem(IMEI)?.ip, '10.0.0.9');
    assert.equal(world.fleet.refusals.all.retained?.count, 1);
  });
});

describe('fleet identity', () => {
  it("takes a message under another name as nobody's, and counts it", () => {
    const world = new FleetWorld();
    world.status({ IMEI: OTHER, CSQ: 3 });
    assert.equal(world.fleet.size, 0);
    assert.equal(world.fleet.refusals.all.identityDiffers?.count, 1);
    assert.equal(world.fleet.refusals.all.identityDiffers?.last.topic, `${IMEI}/dns`);
    world.status({ id: 'METER-1', CSQ: 3 });
    assert.equal(world.fleet.size, 1, 'a name under "id" contradicts nothing');
    world.status({ CSQ: 3 }, 'somebody/dns');
    world.status({ IMEI, CSQ: 3 }, `${IMEI}/other`);
    assert.equal(world.fleet.size, 1);
    assert.equal(world.fleet.refusals.all.noIdentity?.count, 1);
  });

  it('reads it from the payload on a shared topic', () => {
    const world = new FleetWorld({ statusTopic: 'DNS' });
    world.status({ imei: Number(IMEI), csq: 18 }, 'DNS');
    world.status({ IMEI: OTHER, CSQ: 18 }, 'DNS');
    world.status({ CSQ: 18 }, 'DNS');
    assert.deepEqual(
      world.fleet.list().modems.map(({ imei }) => imei),
      [IMEI, OTHER],
    );
    assert.equal(world.fleet.refusals.all.noIdentity?.count, 1);
    const own = new FleetWorld({ statusTopic: 'DNS', imei: OTHER });
    own.status({ IMEI, CSQ: 18 }, 'DNS');
    assert.equal(own.fleet.size, 0);
    assert.equal(own.fleet.refusals.all.foreign?.count, 1);
  });

  it('is bounded by a limit, whatever is invented', () => {
    const world = new FleetWorld({ maxModems: 3 });
    for (let i = 0; i < 100; i++) world.status({ CSQ: 1 }, `${353_234_028_000_000 + i}/dns`);
    assert.equal(world.fleet.size, 3);
    assert.equal(world.fleet.refusals.all.full?.count, 97);
    assert.ok(world.fleet.forget('353234028000099'), 'the newest hold the places');
    assert.ok(!world.fleet.forget('353234028000099'));
    world.status({ CSQ: 20 }, `${OTHER}/dns`);
    assert.deepEqual(
      world.fleet.modem(OTHER)?.history.days.map(({ dbm }) => dbm),
      [-73],
      'a slot that is used again is clean',
    );
    assert.equal(world.fleet.counts.total, 3);
  });
});

describe('fleet changes and alarms', () => {
  it('tells what changed, from what to what', () => {
    const world = new FleetWorld();
    world.status(report({ OP: '21407', VER: '10.20', ICCID: '8934071100000000001' }));
    world.status(report({ OP: '21401', VER: '10.21', ICCID: '8934071100000000002', IP: '10.0.0.2', CELL: 'x' }));
    const changed = world.events.find(({ event }) => event === 'changed');
    assert.deepEqual(changed?.event === 'changed' && changed.changes, [
      { fact: 'ip', from: '10.0.0.1', to: '10.0.0.2' },
      { fact: 'operator', from: '21407', to: '21401' },
      { fact: 'firmware', from: '10.20', to: '10.21' },
      { fact: 'sim', from: '8934071100000000001', to: '8934071100000000002' },
    ]);
    world.told();
    world.status({ IMEI, CSQ: 18 });
    assert.deepEqual(world.told(), ['status'], 'what is not said has not changed');
    assert.equal(world.fleet.modem(IMEI)?.ip, '10.0.0.2');
  });

  it('waits for several weak reports, and for several good ones above the line', () => {
    const world = new FleetWorld();
    const say = (csq: number): string[] => (
      world.status(report({ CSQ: csq })),
      world.told().filter((each) => each.includes('Coverage'))
    );
    assert.deepEqual([8, 8, 9, 8, 8].map(say), [[], [], [], [], []]); // -97 -97 -95 -97 -97
    assert.deepEqual(say(8), ['lowCoverage raised']);
    assert.deepEqual([99, 8, 9, 10, 10, 10, 10].map(say).flat(), [], '-93 is above the line, but not by enough');
    assert.deepEqual([11, 11, 8, 11, 11].map(say).flat(), []);
    assert.deepEqual(say(11), ['lowCoverage cleared']);
    assert.equal(world.fleet.counts.weak, 0);
    say(5);
    assert.equal(world.fleet.counts.weak, 1);
  });

  it('counts connects within a window: a new address, a shorter uptime, a last will', async () => {
    const world = new FleetWorld();
    const say = (changes: Record<string, unknown>): string[] => (
      world.status(report(changes)),
      world.told().filter((each) => each.includes('reboot'))
    );
    say({ IP: '10.0.0.1', uptime: 500 });
    assert.deepEqual(
      [
        say({ IP: '10.0.0.2', uptime: 10 }),
        say({ IP: '10.0.0.2', uptime: 100 }),
        say({ IP: '10.0.0.2', uptime: 5 }),
      ].flat(),
      [],
    );
    world.fleet.hearWill(IMEI);
    world.told();
    assert.deepEqual(say({ IP: '10.0.0.2', uptime: 6 }), []);
    assert.deepEqual(say({ IP: '10.0.0.3', uptime: 4 }), ['rebootLoop raised']);
    assert.equal(world.fleet.modem(IMEI)?.connects.length, 4);
    await world.pass(30 * MINUTE);
    assert.deepEqual(say({ IP: '10.0.0.4' }), []);
    await world.pass(50 * MINUTE);
    assert.deepEqual(say({ IP: '10.0.0.4' }), [], 'a window since the last connect');
    await world.pass(11 * MINUTE);
    assert.deepEqual(say({ IP: '10.0.0.4' }), ['rebootLoop cleared']);
  });

  it('raises secondMaster while another is heard on the line, with what it asked and since when', async () => {
    const none = { heardAgoMs: undefined, answeredAgoMs: undefined, failed: undefined };
    const world = new FleetWorld();
    const hear = (second?: { agoMs: number; asked: string }): void => void world.lines.set(IMEI, { ...none, second });
    hear();
    const say = (): readonly string[] => (world.status(report()), world.told());
    assert.ok(!say().some((told) => told.includes('secondMaster')));
    hear({ agoMs: 60_000, asked: 'unit 1' });
    world.status(report());
    const alarm = world.events.find((event) => event.event === 'alarm');
    assert.deepEqual(alarm?.event === 'alarm' && [alarm.alarm, alarm.since, alarm.asked], [
      'secondMaster',
      new Date(world.clock.date().getTime() - 60_000).toISOString(),
      'unit 1',
    ]);
    assert.ok(world.told().includes('secondMaster raised'));
    assert.deepEqual(world.fleet.modem(IMEI)?.alarms, ['secondMaster']);
    assert.ok(!say().some((told) => told.includes('secondMaster')), 'told once');
    hear();
    assert.ok(say().includes('secondMaster cleared'));
  });

  it('takes four connects over four hours for life', async () => {
    const world = new FleetWorld();
    for (let i = 0; i < 10; i++) {
      world.status(report({ IP: `10.0.0.${i}` }));
      await world.pass(25 * MINUTE);
    }
    assert.ok(!world.told().includes('rebootLoop raised'));
  });

  it('knows a wrong clock after three reports', () => {
    const world = new FleetWorld();
    const say = (seconds: number): string[] => (
      world.status(report({ TS: String(Math.floor(world.clock.date().getTime() / 1000) + seconds) })),
      world.told().filter((each) => each.includes('clock'))
    );
    assert.deepEqual([400, 400, 10, 400, -400].map(say).flat(), []);
    assert.deepEqual(say(3_600), ['clockDrift raised']);
    assert.equal(world.fleet.modem(IMEI)?.driftS, 3_600);
    assert.deepEqual([200, 200, 200, 100, 100].map(say).flat(), []);
    assert.deepEqual(say(-100), ['clockDrift cleared']);
  });

  it('keeps its counts right, whatever happens', async () => {
    const world = new FleetWorld();
    for (let i = 0; i < 50; i++)
      world.status({ CSQ: i % 32, VER: `10.${i % 3}`, MOD: 'x', OP: '21407' }, `${353_234_028_000_000 + i}/dns`);
    for (let i = 0; i < 20; i++) world.fleet.forget(String(353_234_028_000_000 + i));
    world.status({ VER: '11' }, '353234028000030/dns');
    await world.pass(4 * PERIOD);
    world.status({ VER: '11' }, '353234028000031/dns');
    const { total, states, firmware, weak } = world.fleet.counts;
    assert.deepEqual([total, states.online, states.stale], [30, 1, 29]);
    assert.equal(weak, world.fleet.list().modems.filter(({ isWeak }) => isWeak).length);
    assert.equal(
      Object.values(firmware).reduce((a, b) => a + b),
      30,
    );
    assert.equal(firmware['11'], 2);
  });

  it('counts a firmware called __proto__ like any other', () => {
    const world = new FleetWorld();
    world.fleet.hearStatus(message(`${IMEI}/dns`, '{"VER":"__proto__","OP":"constructor"}'));
    assert.deepEqual(Object.entries(world.fleet.counts.firmware), [['__proto__', 1]]);
    assert.deepEqual(Object.entries(world.fleet.counts.operator), [['constructor', 1]]);
  });
});
