// History, filters, the wheel of deadlines, and what outlives a restart.
import assert from 'node:assert/strict';
import { Deadlines } from '../../../src/core/fleet/presence/deadlines';
import { parseFilter } from '../../../src/core/fleet/presence/filter';
import { Coverage } from '../../../src/core/fleet/presence/history';
import { ModemRecord } from '../../../src/core/fleet/presence/record';
import { ReadError } from '../../../src/core/wire/errors';
import { FleetWorld, IMEI, OTHER, PERIOD } from '../../support/presence-world';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

describe('coverage history', () => {
  it('keeps means by quarter of an hour, means and worst by day', () => {
    const coverage = new Coverage();
    coverage.add(5, -80, START);
    coverage.add(5, -90, START + 60_000);
    coverage.add(5, -70, START + 1_800_000);
    coverage.add(5, -110, START + DAY);
    assert.deepEqual(coverage.read(5), {
      quarters: [
        { at: '2026-01-01T00:30:00.000Z', dbm: -70 },
        { at: '2026-01-02T00:00:00.000Z', dbm: -110 },
      ],
      days: [
        { at: '2026-01-01T00:00:00.000Z', dbm: -80, worst: -90 },
        { at: '2026-01-02T00:00:00.000Z', dbm: -110, worst: -110 },
      ],
    });
    assert.deepEqual(coverage.read(4), { quarters: [], days: [] });
  });

  it('holds a day of quarters and sixty days, whatever comes', () => {
    const coverage = new Coverage();
    for (let at = START; at < START + 100 * DAY; at += 300_000) coverage.add(0, -60 - ((at / 300_000) % 50), at);
    const { quarters, days } = coverage.read(0);
    assert.equal(quarters.length, 96);
    assert.equal(days.length, 60);
    assert.equal(days.at(-1)?.at, new Date(START + 99 * DAY).toISOString());
    assert.ok(days.every(({ dbm, worst }) => worst === -109 && dbm < -80 && dbm > -90));
    for (let day = 100; day < 130; day++) coverage.add(0, -70, START + day * DAY);
    coverage.add(0, -60, START + 140 * DAY);
    assert.deepEqual(
      coverage
        .read(0)
        .days.slice(-31)
        .map(({ worst }) => worst),
      [...Array<number>(30).fill(-70), -60],
    );
  });

  it('survives a gap, a clock set back, and a restart', () => {
    const coverage = new Coverage();
    coverage.add(0, -80, START);
    coverage.add(0, -70, START + 40 * DAY);
    coverage.add(0, -60, START + 40 * DAY - 3_600_000);
    assert.deepEqual(
      coverage.read(0).days.map(({ dbm }) => dbm),
      [-80, -65],
    );
    const other = new Coverage();
    other.unpack(7, coverage.pack(0));
    assert.deepEqual(other.read(7), coverage.read(0));
    other.add(7, -95, START + 200 * DAY);
    assert.deepEqual(
      other.read(7).days.map(({ dbm }) => dbm),
      [-95],
    );
    other.forget(7);
    assert.deepEqual(other.read(7), { quarters: [], days: [] });
    for (const packed of ['', 'x', '1 2 3', `1 2 ${'A'.repeat(287)}`, `99999999999 1 ${'A'.repeat(288)}`])
      other.unpack(8, packed);
    assert.deepEqual(other.read(8), { quarters: [], days: [] });
  });
});

describe('deadlines', () => {
  it('bring each modem once, not before its time, and never more than asked for', () => {
    const wheel = new Deadlines(0, 1_000);
    const records = Array.from({ length: 500 }, (_, i) => new ModemRecord(String(i), i));
    records.forEach((record, i) => wheel.plan(record, 10_000 + i * 10));
    records.forEach((record) => wheel.plan(record, 100_000)); // later than planned already: stays
    assert.deepEqual(wheel.take(9_999, 1_000), []);
    const first = wheel.take(12_000, 100);
    assert.equal(first.length, 100);
    const rest = [...wheel.take(12_000, 1_000), ...wheel.take(60_000, 1_000)];
    assert.equal(new Set([...first, ...rest]).size, 500);
    assert.equal(first.length + rest.length, 500);
    assert.deepEqual(wheel.take(1_000_000, 1_000), []);
  });

  it('follow a deadline that came nearer, and grow no faster than the modems', () => {
    const wheel = new Deadlines(0, 1_000);
    const record = new ModemRecord('1', 1);
    for (let now = 0; now < 1_000_000; now += 100) {
      wheel.plan(record, now + 50_000);
      wheel.plan(record, now + 5_000);
      for (const each of wheel.take(now, 10)) assert.equal(each, record);
      assert.ok(wheel.size <= 60, `${wheel.size} entries for one modem`);
    }
  });
});

describe('fleet questions', () => {
  const world = new FleetWorld();
  world.status({ CSQ: 5, VER: '10.20', MOD: 'A', P: 'pump', IP: '10.0.0.1' }, `${IMEI}/dns`);
  world.status({ CSQ: 25, VER: '10.21', MOD: 'B', P: 'roof', IP: '10.0.0.2' }, `${OTHER}/dns`);
  world.fleet.setPlace('353234028103222', { name: 'cellar', lat: 40.4, lon: -3.7 });
  const asked = (filter: unknown): (string | null)[] =>
    world.fleet.list(parseFilter(filter)).modems.map(({ name }) => name);

  it('are answered by state, signal, firmware and text', () => {
    assert.deepEqual(asked('online'), ['pump', 'roof']);
    assert.deepEqual(asked('weak'), ['pump']);
    assert.deepEqual(asked('unknown'), ['cellar']);
    assert.deepEqual(asked({ firmware: '10.21' }), ['roof']);
    assert.deepEqual(asked({ text: 'PUM' }), ['pump']);
    assert.deepEqual(asked({ text: '10.0.0.' }), ['pump', 'roof']);
    assert.deepEqual(asked({ state: ['online', 'unknown'], sort: 'name' }), ['cellar', 'pump', 'roof']);
    assert.deepEqual(asked({ sort: 'signal', limit: 1 }), ['pump']);
    assert.deepEqual(asked({ sort: 'state', offset: 1, limit: 1 }), ['pump']);
    assert.deepEqual(asked({ imeis: [OTHER, 'nobody'] }), ['roof']);
    assert.equal(world.fleet.list(parseFilter({ limit: 1 })).total, 3);
    assert.deepEqual(asked('alarm'), []);
  });

  it('are refused where they mean nothing', () => {
    for (const wrong of [
      'nowhere',
      5,
      [],
      null,
      { colour: 'x' },
      { state: 'x' },
      { limit: -1 },
      { sort: 'x' },
      { alarm: 'x' },
      { text: {} },
      { meter: 'x' },
    ]) {
      assert.throws(
        () => parseFilter(wrong),
        (e: unknown) => e instanceof ReadError && e.code === 'CONFIG_INVALID',
        JSON.stringify(wrong),
      );
    }
  });

  it('show a place', () => {
    const { lat, lon, state, signal } = world.fleet.modem('353234028103222') ?? assert.fail();
    assert.deepEqual(
      { lat, lon, state, signal },
      { lat: 40.4, lon: -3.7, state: 'unknown', signal: { csq: null, dbm: null, bars: null } },
    );
  });
});

describe('fleet after a restart', () => {
  const saved = (world: FleetWorld): (string | undefined)[] =>
    Array.from({ length: world.fleet.chunks }, (_, i) => world.fleet.takeChunk(i));

  it('shows what was known as restored, and tells only what is new', async () => {
    const before = new FleetWorld();
    before.status({ CSQ: 18, IP: '10.0.0.1', VER: '10.20' });
    before.status({ CSQ: 18 }, `${OTHER}/dns`);
    before.fleet.setPlace(IMEI, { name: 'pump', lat: 1, lon: 2 });
    await before.pass(7 * PERIOD);
    before.status({ CSQ: 18, IP: '10.0.0.1' });
    const chunks = saved(before);
    assert.equal(before.fleet.changed.size, 0);

    const after = new FleetWorld();
    assert.equal(
      chunks.reduce((sum, chunk) => sum + after.fleet.restore(chunk), 0),
      2,
    );
    const { state, at, name, lat, ip, firmware, layers, history } = after.fleet.modem(IMEI) ?? assert.fail();
    assert.deepEqual(
      {
        state,
        name,
        lat,
        ip,
        firmware,
        status: layers.status.state,
        session: layers.session.state,
        days: history.days.length,
      },
      {
        state: 'restored',
        name: 'pump',
        lat: 1,
        ip: '10.0.0.1',
        firmware: '10.20',
        status: 'restored',
        session: 'unknown',
        days: 1,
      },
    );
    assert.equal(at, new Date(START + 151 * DAY + 7 * PERIOD).toISOString());
    assert.deepEqual(after.fleet.modem(OTHER)?.alarms, ['offline']);
    assert.deepEqual(after.told(), []);
    after.status({ CSQ: 18, IP: '10.0.0.2' });
    assert.deepEqual(after.told(), ['status', 'changed'], 'it was on line before: no news');
    await after.pass(4 * PERIOD);
    assert.deepEqual(after.told(), ['stale'], 'who was off line before is so without a word');
    assert.equal(after.fleet.modem(OTHER)?.state, 'offline');
    after.status({ CSQ: 18 }, `${OTHER}/dns`);
    after.status({ CSQ: 18 }, `${OTHER}/dns`);
    assert.deepEqual(after.told(), ['status', 'online', 'status', 'offline cleared']);
  });

  it('begins with less where the store is damaged, and never fails', () => {
    const before = new FleetWorld();
    before.status({ CSQ: 18 });
    const [chunk = ''] = saved(before);
    const row = JSON.parse(chunk) as unknown[][];
    const spoiltAt = (at: number, value: unknown): unknown[] =>
      (row[0] ?? []).map((part, i) => (i === at ? value : part));
    const spoilt = [
      undefined,
      null,
      5,
      '',
      '{',
      '[]',
      '[[]]',
      '[5]',
      JSON.stringify([...row, null, [1]]),
      JSON.stringify([spoiltAt(1, 'x')]),
      JSON.stringify([spoiltAt(2, ['x'])]),
      JSON.stringify([spoiltAt(3, [1])]),
      JSON.stringify([spoiltAt(4, 'gone')]),
    ];
    assert.deepEqual(
      spoilt.map((text) => new FleetWorld().fleet.restore(text)),
      [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
    );
    const twice = new FleetWorld();
    assert.equal(twice.fleet.restore(chunk) + twice.fleet.restore(chunk), 1);
    assert.equal(new FleetWorld({ imei: OTHER }).fleet.restore(chunk), 0);
  });

  it('does not end a reboot loop by restarting', async () => {
    const before = new FleetWorld();
    for (let i = 0; i < 5; i++) before.status({ IP: `10.0.0.${i}` });
    assert.ok(before.told().includes('rebootLoop raised'));
    const after = new FleetWorld();
    for (const chunk of saved(before)) after.fleet.restore(chunk);
    after.status({ IP: '10.0.0.4' });
    assert.deepEqual(after.told(), ['status']);
    await after.pass(61 * 60_000);
    after.status({ IP: '10.0.0.4' });
    assert.ok(after.told().includes('rebootLoop cleared'));
  });

  it('stores only chunks that changed, and takes a forgotten modem away', () => {
    const world = new FleetWorld({ maxModems: 2_000 });
    for (let i = 0; i < 1_000; i++) world.status({ CSQ: 18 }, `${353_234_028_000_000 + i}/dns`);
    assert.deepEqual([...world.fleet.changed], [0, 1, 2, 3]);
    saved(world);
    world.status({ CSQ: 17 }, '353234028000300/dns');
    assert.deepEqual([...world.fleet.changed], [1]);
    for (let i = 256; i < 512; i++) world.fleet.forget(String(353_234_028_000_000 + i));
    assert.equal(world.fleet.takeChunk(1), undefined);
  });
});
