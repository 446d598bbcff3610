// IEC 60870-5-102 in a bad world: frames lost, doubled, late and damaged.
import assert from 'node:assert/strict';
import { WorldMemory, type Fault } from '../support/iec870-driver';
import { meterMemory, testMeter } from '../support/iec870-meter';
import { said } from '../support/said';
import { noDates, read, instants, assertHours, A_DAY } from './iec870-support';

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
