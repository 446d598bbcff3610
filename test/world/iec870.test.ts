// Dialogue against simulated meter in virtual time: right values or the right code, no record lost or doubled, the end
// of session said and heard, nothing left on the line.
import assert from 'node:assert/strict';
import { TYPE } from '../../src/core/iec870/asdu';
import { readIec870 } from '../../src/core/iec870/read';
import { talk, WorldMemory } from '../support/iec870-driver';
import { hourValue, LOGIN, meterMemory, testMeter } from '../support/iec870-meter';
import { noDates, day, read, instants, assertHours, A_DAY } from './iec870-support';

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
