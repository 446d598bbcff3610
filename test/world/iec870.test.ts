// Dialogue against simulated meter in virtual time: right values or the right code, no record lost or doubled, the end
// of session said and heard, nothing left on the line.
import assert from 'node:assert/strict';
import type { Readout } from '../../src/core/meter/reading';
import { CAUSE, TYPE } from '../../src/core/iec870/asdu';
import type { Iec870Options } from '../../src/core/iec870/options';
import { predictIec870 } from '../../src/core/iec870/predict';
import { readIec870 } from '../../src/core/iec870/read';
import { NO_PARITY, talk, WorldMemory, type Fault, type Talk, type World } from '../support/iec870-driver';
import { EPOCH, hourValue, LOGIN, meterMemory, testMeter } from '../support/iec870-meter';
import { localClock } from '../../src/simulator/meters/iec870/memory';
import { said } from '../support/said';

const noDates = { from: '', to: '' } as const;
const day = { from: '2026-11-20T01:00', to: '2026-11-21T00:00' } as const;
const read = (options: Partial<Iec870Options>, world: Partial<World> = {}): Talk<Readout> =>
  talk((memory) => readIec870({ ...LOGIN, request: 'load-curve', ...day, ...options }, memory), {
    meter: testMeter(),
    ...world,
  });

/** The instants of a readout's rows, each proven by its own value. */
function instants(result: Readout | undefined, scale = 1): number[] {
  return (result?.rows ?? []).map(({ at, values }) => {
    assert.equal(values[0], hourValue(Date.parse(at)) * scale + 1, at);
    return Date.parse(at);
  });
}

function assertHours(result: Readout | undefined, from: string, count: number, stepMinutes = 60): void {
  const start = Date.parse(from);
  assert.deepEqual(
    instants(result),
    Array.from({ length: count }, (_, i) => start + i * stepMinutes * 60_000),
  );
}

const A_DAY = ['2026-11-20T01:00+01:00', 24] as const;

describe('iec 60870-5-102 world', () => {
  it('reads a day in blocks and one by one, the same', () => {
    for (const [blocks, request, exchanges] of [
      [true, 'load-curve', 12],
      [false, 'load-curve', 34],
      [true, 'increments', 32],
    ] as const) {
      const meter = testMeter({ memory: meterMemory({ blocks }) });
      const { result, sent, lateMs } = read({ request }, { meter });
      assertHours(result, ...A_DAY);
      assert.equal(sent.length, exchanges);
      assert.equal(lateMs, 0);
      assert.deepEqual(meter.counts, { logins: 1, refusals: 0, ends: 1, isOpen: false });
    }
  });
  it('remembers that a meter knows no blocks', () => {
    const memory = new WorldMemory();
    const meter = testMeter({ memory: meterMemory({ blocks: false }) });
    assert.deepEqual([read({}, { meter, memory }).sent.length, read({}, { meter, memory }).sent.length], [34, 32]);
  });
  it('goes on one by one where a meter passes over the request for blocks, and remembers it', () => {
    const memory = new WorldMemory();
    const meter = testMeter({ quirks: { ignore: [TYPE.C_CB_UN_2] } });
    assertHours(read({}, { meter, memory }).result, ...A_DAY);
    const { result, sent } = read({}, { meter, memory });
    assertHours(result, ...A_DAY);
    assert.equal(sent.length, 32);
  });
  it('still reads the curve in blocks where only the totals have none', () => {
    const memory = new WorldMemory();
    const meter = testMeter({ quirks: { ignore: [TYPE.C_CB_NT_2] } });
    assert.equal(read({ request: 'totals' }, { meter, memory }).result?.rows?.length, 24);
    const { result, sent } = read({}, { meter, memory });
    assertHours(result, ...A_DAY);
    assert.equal(sent.length, 12);
  });
  it('doubles no period where a read breaks off in blocks and goes on one by one', () => {
    for (const cut of [8, 9, 10, 11]) {
      const memory = new WorldMemory();
      assert.equal(read({}, { memory, back: (n) => (n >= cut ? 'drop' : undefined) }).error?.code, 'NO_REPLY');
      assertHours(read({}, { meter: testMeter({ memory: meterMemory({ blocks: false }) }), memory }).result, ...A_DAY);
    }
  });
  it('keeps the 25 hours of the night of October, and the 23 of March', () => {
    assertHours(read({ from: '2026-10-25T01:00', to: '2026-10-26T00:00' }).result, '2026-10-25T01:00+02:00', 25);
    assert.deepEqual(
      read({ from: '2026-10-25T01:00', to: '2026-10-25T03:00' }).result?.rows?.map(({ at }) => at),
      [
        '2026-10-25T01:00:00+02:00',
        '2026-10-25T02:00:00+02:00',
        '2026-10-25T02:00:00+01:00',
        '2026-10-25T03:00:00+01:00',
      ],
    );
    assertHours(read({ from: '2026-03-29T01:00', to: '2026-03-30T00:00' }).result, '2026-03-29T01:00+01:00', 23);
  });
  it('reads quarter hours, daily and absolute totals', () => {
    assertHours(read({ register: 12, from: '2026-11-20T00:15' }).result, '2026-11-20T00:15+01:00', 96, 15);
    const daily = read({ request: 'totals', register: 21, from: '2026-11-18T00:00' });
    assert.deepEqual(instants(daily.result, 100).length, 4);
    assert.deepEqual(daily.result?.readings[0], {
      name: 'active_import',
      id: '21:1',
      value: hourValue(Date.parse('2026-11-21T00:00+01:00')) * 100 + 1,
      unit: 'kWh',
      at: '2026-11-21T00:00:00+01:00',
    });
  });
  it("takes the last day by the meter's own clock when no interval is given", () => {
    const { result } = talk((memory) => readIec870({ ...LOGIN, request: 'increments' }, memory), {
      meter: testMeter(),
    });
    assert.equal(result?.rows?.at(-1)?.at, '2026-11-22T09:00:00+01:00');
    assert.equal(result?.rows?.length, 24);
  });
  it('reads billing, events, contracts and configuration', () => {
    const running = read({ request: 'billing', ...noDates });
    assert.deepEqual(
      running.result?.rows?.map(({ values }) => [values[0], values[3]]),
      [
        ['total', 130],
        ['p1', 131],
        ['p2', 132],
      ],
    );
    const stored = read({ request: 'billing', from: '2026-10-01', to: '2026-11-01' });
    assert.equal(stored.result?.rows?.length, 6);
    assert.deepEqual(
      stored.result?.readings.filter(({ name }) => name === 'p1.active').map(({ value, at }) => [value, at]),
      [[121, '2026-11-01T00:00:00+01:00']],
    );
    const events = read({ request: 'events', from: '2026-11-21', to: '2026-11-22T09:30' });
    assert.equal(events.result?.rows?.length, 47);
    assert.deepEqual(events.result?.rows?.[0], { at: '2026-11-21T07:00:04+01:00', values: [52, 3, 1, false] });
    assert.deepEqual(
      events.result?.readings.map(({ name, error }) => [name, error?.code]),
      [['events_130', 'REQUEST_REFUSED']],
    );
    assert.equal(read({ request: 'events', register: 130 }).error?.code, 'REQUEST_REFUSED');
    assert.deepEqual(
      read({ request: 'contracted-power', ...noDates }).result?.readings.map(({ value }) => value),
      [51, 52, 53, 54, 55, 56],
    );
    assert.equal(read({ request: 'configuration', ...noDates }).result?.identity?.device, 48304838);
  });
  it('reads instantaneous values; an invalid one is null, a reactive power of quadrant IV is negative', () => {
    const readings = read({ request: 'instantaneous', ...noDates }).result?.readings ?? [];
    const of = (name: string): unknown => readings.find((reading) => reading.name === name);
    assert.deepEqual(
      ['reactive_q4', 'voltage_l2'].map((name) => (of(name) as { value: unknown }).value),
      [null, null],
    );
    assert.deepEqual(
      ['active_power_l3', 'reactive_power_l3', 'power_factor_l3'].map((name) => (of(name) as { value: unknown }).value),
      [2, -1, 0.426],
    );
    const memory = meterMemory();
    const fewer = read(
      { request: 'instantaneous', ...noDates },
      { meter: testMeter({ memory: { ...memory, instants: memory.instants.slice(0, 1) } }) },
    );
    assert.deepEqual(
      fewer.result?.readings.map(({ name, error }) => error?.code ?? name),
      [
        'active_import',
        'active_export',
        'reactive_q1',
        'reactive_q2',
        'reactive_q3',
        'reactive_q4',
        'REQUEST_REFUSED',
        'REQUEST_REFUSED',
      ],
    );
  });
  it('reads the whole day of a meter that leaves out the record of the very beginning', () => {
    for (const [options, count, minutes] of [
      [{}, 24, 60],
      [{ request: 'increments' }, 24, 60],
      [{ register: 12, from: '2026-11-20T00:15' }, 96, 15],
      [{ from: '2026-11-20T23:00' }, 2, 60],
    ] as const) {
      for (const blocks of [true, false]) {
        const meter = testMeter({ memory: meterMemory({ blocks, leavesOutFrom: true }) });
        const whole = read(options, { meter });
        const begin = `${'from' in options ? options.from : day.from}+01:00`;
        assertHours(whole.result, begin, count, minutes);
        assert.deepEqual(whole.result?.readings, []);
        // Also where it breaks off before the end, in the question for the first one too.
        for (let cut = whole.sent.length - 6; cut < whole.sent.length - 1; cut++) {
          const memory = new WorldMemory();
          read(options, { meter, memory, back: (n) => (n > cut ? 'drop' : undefined) });
          memory.time += 40_000;
          assertHours(read(options, { meter, memory }).result, begin, count, minutes);
        }
      }
    }
  });
  it('delivers what there is where a meter cuts an interval short, and says no more', () => {
    const until = Date.parse('2026-11-20T07:00+01:00');
    for (const [blocks, request] of [
      [true, 'load-curve'],
      [false, 'load-curve'],
      [true, 'totals'],
    ] as const) {
      const { result } = read({ request }, { meter: testMeter({ memory: meterMemory({ blocks, until }) }) });
      assert.deepEqual(
        result?.rows?.map(({ at }) => Date.parse(at)),
        Array.from({ length: 7 }, (_, i) => until - (6 - i) * 3_600_000),
      );
      assert.deepEqual(
        result?.readings.filter(({ error }) => error),
        [],
      );
    }
  });
  it("shows the meter's doubts: quality bits in words, invalid is null", () => {
    const totals = meterMemory().totals;
    const memory = meterMemory({
      totals: (at, isAbsolute) =>
        totals(at, isAbsolute).map((t) =>
          t.address === 1 ? { ...t, quality: at % 7_200_000 === 0 ? 0x80 : 0x42 } : t,
        ),
    });
    const rows = read({ from: '2026-11-20T01:00', to: '2026-11-20T02:00' }, { meter: testMeter({ memory }) }).result
      ?.rows;
    assert.deepEqual(
      rows?.map(({ status, values }) => [status, values[0]]),
      [
        ['invalid:active_import', null],
        [
          'clock-adjusted:active_import power-failure:active_import',
          hourValue(Date.parse('2026-11-20T02:00+01:00')) + 1,
        ],
      ],
    );
  });
  it('names each quality bit, of a curve and of a bill, in blocks and one by one', () => {
    const words = [
      [0x40, 'clock-adjusted'],
      [0x20, 'overflow'],
      [0x10, 'clock-not-verified'],
      [0x08, 'parameters-changed'],
      [0x04, 'intrusion'],
      [0x02, 'power-failure'],
      [0x01, 'reserved'],
    ] as const;
    const plain = meterMemory();
    for (const [bit, word] of words) {
      const running = plain.billing.running
        .slice(0, 1)
        .map((record) => ({ ...record, inductive: { ...record.inductive, quality: bit } }));
      for (const blocks of [true, false]) {
        const memory = meterMemory({
          blocks,
          billing: { running, stored: [] },
          totals: (at, isAbsolute) =>
            plain.totals(at, isAbsolute).map((t) => (t.address === 3 ? { ...t, quality: bit } : t)),
        });
        const [row] = read({ to: day.from }, { meter: testMeter({ memory }) }).result?.rows ?? [];
        assert.deepEqual(
          [row?.status, row?.values[2]],
          [`${word}:reactive_q1`, hourValue(Date.parse('2026-11-20T01:00+01:00')) + 3],
          'a doubt, and the value',
        );
        assert.match(
          read({ request: 'billing', ...noDates }, { meter: testMeter({ memory }) }).result?.rows?.[0]?.status ?? '',
          new RegExp(`${word}:inductive_total,inductive\\b`),
        );
      }
    }
  });
});

describe('iec 60870-5-102 world, faults', () => {
  it('loses and doubles no record, whichever message is lost, doubled, late, damaged or split', () => {
    const faults: readonly Fault[] = [
      'drop',
      'double',
      { lateMs: 7_000 },
      { lateMs: 20_000 },
      { noise: Uint8Array.of(0xff, 0xff, 0x0d, 0x0a, 0x68, 0x10) },
      { flip: 37 },
      { split: 3 },
    ];
    for (const request of ['load-curve', 'increments'] as const) {
      for (const way of ['there', 'back'] as const) {
        for (const fault of faults) {
          // Up to the fourth record, and the last exchanges with the end of session.
          for (const hit of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 29, 30, 31, 32]) {
            if (request === 'load-curve' && hit > 12) continue;
            const meter = testMeter();
            const world = { meter, [way]: (n: number): Fault | undefined => (n === hit ? fault : undefined) };
            const { result, error, lateMs } = read({ request }, world);
            const name = `${request} ${way} ${JSON.stringify(fault)} ${hit}`;
            assert.equal(error, undefined, `${name}: ${said(error)}`);
            assertHours(result, ...A_DAY);
            assert.ok(meter.counts.ends >= 1 || hit >= 12, name);
            assert.equal(meter.counts.isOpen, false, name);
            assert.ok(lateMs < 21_000, name);
          }
        }
      }
    }
  });
  it('survives a bad line: every third answer lost, noise before each', () => {
    const meter = testMeter({
      quirks: { lose: (n) => n % 3 === 0, double: (n) => n % 5 === 0, noise: Uint8Array.of(0xff, 0x68, 0x10) },
    });
    const { result } = read({ request: 'increments' }, { meter });
    assertHours(result, ...A_DAY);
    assert.equal(meter.counts.isOpen, false);
  });
  it('counts two equal records as two', () => {
    const memory = meterMemory();
    const same = memory.billing.running[0] ?? assert.fail();
    const { result, ms } = read(
      { request: 'billing', ...noDates },
      { meter: testMeter({ memory: { ...memory, billing: { running: [same, same, same], stored: [] } } }) },
    );
    assert.equal(result?.rows?.length, 3);
    assert.ok(ms < 60_000, `${ms} ms`);
  });
  it('goes on behind the last good record when the lane tries again', () => {
    const memory = new WorldMemory();
    const meter = testMeter();
    const first = read({ request: 'increments' }, { meter, memory, back: (n) => (n > 20 ? 'drop' : undefined) });
    assert.deepEqual([first.error?.code, first.error?.stage, first.error?.retryable], ['NO_REPLY', 'read', true]);
    const second = read({ request: 'increments' }, { meter, memory });
    assertHours(second.result, ...A_DAY);
    assert.ok(second.sent.length < 25, `${second.sent.length} exchanges`);
    const third = read({ request: 'increments' }, { meter, memory });
    assert.equal(third.sent.length, 32); // nothing of a finished read is kept
  });
  it('loses no record of a meter that sends the newest first, wherever the read breaks off', () => {
    for (const request of ['load-curve', 'increments'] as const) {
      for (let cut = 6; cut < 32; cut++) {
        const memory = new WorldMemory();
        const meter = testMeter({ memory: meterMemory({ isNewestFirst: true }) });
        read({ request }, { meter, memory, back: (n) => (n > cut ? 'drop' : undefined) });
        memory.time += 40_000;
        const times = instants(read({ request }, { meter, memory }).result);
        assert.deepEqual(
          times.sort(),
          Array.from({ length: 24 }, (_, i) => Date.parse(A_DAY[0]) + i * 3_600_000),
          `${request} ${cut}`,
        );
      }
    }
  });
  it('takes nothing that a broken read of another day left in the meter', () => {
    for (const request of ['load-curve', 'increments'] as const) {
      for (const cut of [7, 8, 9, 10]) {
        const memory = new WorldMemory();
        const meter = testMeter({ quirks: { keepsAnswers: true } });
        read(
          { request, from: '2026-11-19T22:00', to: '2026-11-20T03:00' },
          { meter, memory, back: (n) => (n > cut ? 'drop' : undefined) },
        );
        let outcome = read({ request }, { meter, memory });
        for (let tries = 0; outcome.error?.retryable && tries < 4; tries++)
          outcome = read({ request }, { meter, memory });
        assertHours(outcome.result, ...A_DAY);
        assert.equal(meter.counts.isOpen, false);
      }
    }
  });
  it('keeps a broken read for the same meter, point, request, register and interval only', () => {
    const twice = meterMemory().totals;
    const of = (factor: number): ReturnType<typeof meterMemory> =>
      meterMemory({
        totals: (at, isAbsolute) => twice(at, isAbsolute).map((total) => ({ ...total, value: total.value * factor })),
      });
    const others = [
      [{ link: 2 }, { link: 2 }],
      [{ point: 2 }, { point: 2 }],
      [{ request: 'totals' }, {}],
      [{ register: 12 }, {}],
      [{ from: '2026-11-20T02:00' }, {}],
      [{ to: '2026-11-20T23:00' }, {}],
    ] as const;
    for (const [asked, is] of others) {
      const memory = new WorldMemory();
      assert.ok(read({ request: 'increments' }, { memory, back: (n) => (n > 20 ? 'drop' : undefined) }).error);
      const options = { request: 'increments', ...asked } as const;
      const fresh = read(options, { meter: testMeter({ memory: of(3), ...is }) });
      assert.ok(fresh.result);
      const after = read(options, { meter: testMeter({ memory: of(3), ...is }), memory });
      assert.deepEqual(after.result, fresh.result, JSON.stringify(asked));
      assert.equal(after.sent.length, fresh.sent.length);
    }
  });
  it('forgets a broken read after ten minutes', () => {
    const memory = new WorldMemory();
    read({ request: 'increments' }, { memory, back: (n) => (n > 20 ? 'drop' : undefined) });
    memory.time += 700_000;
    assert.equal(read({ request: 'increments' }, { memory }).sent.length, 32);
  });
  it("keeps the interval of a broken read that took it from the meter's clock", () => {
    const memory = new WorldMemory();
    const meter = testMeter();
    const options = { request: 'increments', ...noDates } as const;
    read(options, { meter, memory, back: (n) => (n > 20 ? 'drop' : undefined) });
    memory.time += 300_000;
    assert.deepEqual(instants(read(options, { meter, memory }).result).length, 24);
  });
});

describe('iec 60870-5-102 world, refusals', () => {
  it('a wrong password: once, and never again', () => {
    const meter = testMeter();
    const { error, sent } = read({ password: 8 }, { meter });
    assert.deepEqual([error?.code, error?.retryable, meter.counts.refusals], ['ACCESS_DENIED', false, 1]);
    assert.equal(sent.length, 5);
    const lossy = testMeter();
    read({ password: 8 }, { meter: lossy, back: (n) => (n === 3 || n === 5 ? 'drop' : undefined) });
    assert.equal(lossy.counts.refusals, 1);
  });
  it('a wrong measuring point and a wrong link address name what to check', () => {
    const { error } = read({ point: 2 });
    assert.deepEqual([error?.code, error?.stage], ['CONFIG_INVALID', 'authenticate']);
    assert.match(said(error), /measuring point 2.*check/);
    const silent = read({ link: 2 });
    assert.deepEqual([silent.error?.code, silent.error?.stage, silent.sent.length], ['NO_REPLY', 'connect', 4]);
    assert.match(said(silent.error), /link address 2.*check the link address/);
    assert.doesNotMatch(said(silent.error), /8E1/);
  });
  it('a port without parity: says that 8E1 is needed', () => {
    const { error } = read({}, { line: NO_PARITY });
    assert.equal(error?.code, 'NO_REPLY');
    assert.match(said(error), /8E1/);
    const eight = testMeter({ line: NO_PARITY });
    assertHours(read({}, { line: NO_PARITY, meter: eight }).result, ...A_DAY);
  });
  it('no data in the interval is an empty result', () => {
    const { result } = read({ from: '2025-01-01', to: '2025-01-02' });
    assert.deepEqual([result?.rows, result?.readings], [[], []]);
    assert.deepEqual(
      read(
        { request: 'increments' },
        { meter: testMeter({ quirks: { refuse: { [TYPE.C_CI_NU_2]: CAUSE.recordNotAvailable } } }) },
      ).result?.rows,
      [],
    );
  });
  it('other causes are typed errors', () => {
    for (const [cause, code] of [
      [CAUSE.recordUnknown, 'REQUEST_REFUSED'],
      [CAUSE.addressUnknown, 'CONFIG_INVALID'],
      [CAUSE.objectNotAvailable, 'REQUEST_REFUSED'],
      [CAUSE.typeNotAvailable, 'REQUEST_REFUSED'],
      [33, 'REQUEST_REFUSED'],
    ] as const) {
      const meter = testMeter({ quirks: { refuse: { [TYPE.C_CI_NU_2]: cause } } });
      const { error } = read({ request: 'increments' }, { meter });
      assert.deepEqual(
        [error?.code, error?.stage, error?.retryable, meter.counts.ends],
        [code, 'read', false, 1],
        String(cause),
      );
    }
    assert.equal(read({ register: 13 }).error?.code, 'REQUEST_REFUSED');
  });
  it('polls on while the meter prepares, and gives up in bounded time', () => {
    assertHours(read({}, { meter: testMeter({ quirks: { preparing: 9 } }) }).result, ...A_DAY);
    const meter = testMeter({ quirks: { preparing: 100_000 } });
    const { error, ms } = read({}, { meter });
    assert.deepEqual([error?.code, error?.retryable, meter.counts.ends], ['METER_BUSY', true, 1]);
    assert.ok(ms < 80_000, `${ms} ms`);
  });
  it('tries a NACK again, some times', () => {
    assertHours(read({}, { meter: testMeter({ quirks: { nacks: 2 } }) }).result, ...A_DAY);
    const meter = testMeter({ quirks: { nacks: 9 } });
    assert.deepEqual([read({}, { meter }).error?.code, meter.counts.ends], ['METER_BUSY', 1]);
  });
  it('ends the session also when cancelled, at every step', () => {
    for (let step = 1; step <= 31; step++) {
      for (const lost of [undefined, step]) {
        const meter = testMeter();
        const { error } = read(
          { request: 'increments' },
          { meter, cancelAt: step, there: (n) => (n === lost ? 'drop' : undefined) },
        );
        assert.equal(error?.code, 'CANCELLED');
        assert.equal(meter.counts.isOpen, false, `step ${step}, request lost: ${String(lost)}`);
        assert.ok(meter.counts.ends >= 1 || meter.counts.logins === 0 || step <= 3, `step ${step}`);
      }
    }
  });
});

describe('iec 60870-5-102 world, the clock', () => {
  const set = { request: 'set-time', confirm: true, time: new Date(EPOCH + 90_000), ...noDates } as const;
  const difference = (result: Readout | undefined): unknown =>
    result?.readings.find(({ name }) => name === 'clock_difference')?.value;
  it('is set, read back and compared', () => {
    const meter = testMeter();
    const { result } = read(set, { meter });
    assert.deepEqual(
      result?.readings.map(({ name }) => name),
      ['time', 'summer_time', 'time_valid', 'clock_difference'],
    );
    assert.ok(Math.abs(Number(difference(result))) <= 1);
  });
  it('is set to the time of the try, not of the first one, when messages are lost', () => {
    for (let hit = 1; hit <= 9; hit++) {
      const { result } = read(set, { there: (n) => (n === hit ? 'drop' : undefined) });
      assert.ok(Math.abs(Number(difference(result))) <= 1, `${hit}: ${String(difference(result))}`);
      assert.ok(
        Math.abs(Number(difference(read(set, { back: (n) => (n === hit ? 'drop' : undefined) }).result))) <= 1,
        `back ${hit}`,
      );
    }
  });
  it("shows the meter's local time with its deviation", () => {
    const { result } = read({ request: 'time', ...noDates });
    assert.match(String(result?.readings[0]?.value), /^2026-11-22T09:30:0\d\.\d{3}\+01:00$/);
    assert.equal(localClock('Europe/Madrid')(EPOCH).hour, 9);
  });
});

describe('iec 60870-5-102 prediction', () => {
  it('is the number of exchanges, and within a tenth of the time', () => {
    for (const [options, memory] of [
      [{}, {}],
      [{ request: 'increments' }, {}],
      [{ register: 12, from: '2026-11-20T00:15' }, {}],
    ] as const) {
      const all = { ...LOGIN, request: 'load-curve', ...day, ...options } as const;
      const { sent, ms } = read(options, {
        meter: testMeter({ memory: meterMemory(memory), reactionMs: 0 }),
        roundTripMs: 1000,
      });
      const predicted = predictIec870(all, 1000);
      assert.equal(predicted.exchanges, sent.length);
      assert.ok(Math.abs(predicted.ms - ms) / ms < 0.1, `${predicted.ms} and ${ms}`);
    }
  });
});
