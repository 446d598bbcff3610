// What is kept of a broken read, and where it goes on.
import assert from 'node:assert/strict';
import { tagAt, CET } from '../../../src/core/iec870/calendar';
import type { Period } from '../../../src/core/iec870/objects';
import { parseIec870Options } from '../../../src/core/iec870/options';
import { PeriodProgress } from '../../../src/core/iec870/progress';
import { WorldMemory } from '../../support/iec870-driver';
import { ADDRESS } from '../../support/iec870-script';

const plan = parseIec870Options({ ...ADDRESS, request: 'increments', from: '2026-01-01', to: '2026-04-01' });
const [from, to] = [plan.from ?? assert.fail(), plan.to ?? assert.fail()];
const hour = (i: number): Period => ({
  totals: [{ address: 1, value: i, quality: 0 }],
  time: tagAt(Date.UTC(2026, 0, 1) + i * 3_600_000, 'time', CET),
});
const hours = (count: number): Period[] => Array.from({ length: count }, (_, i) => hour(i));
const recalled = (memory: WorldMemory): PeriodProgress => PeriodProgress.recall(memory, plan, 11);

describe('iec 60870-5-102, what is kept of a broken read', () => {
  it('goes on from the last record that has a date: one without cannot be asked from', () => {
    const memory = new WorldMemory();
    const undated: Period = { ...hour(3), time: { ...hour(3).time, day: 0 } };
    recalled(memory).take([...hours(3), undated], from, to);
    assert.deepEqual(recalled(memory).resumeAt, hour(2).time);
    // Read again from there on, neither is taken twice.
    recalled(memory).take([hour(2), undated, hour(4)], from, to);
    assert.deepEqual(recalled(memory).finish(), [...hours(3), undated, hour(4)]);
  });
  it('keeps no more than the memory of a line should hold: a longer read begins anew', () => {
    const memory = new WorldMemory();
    recalled(memory).take(hours(4_000), from, to);
    assert.equal(recalled(memory).finish().length, 4_000);
    recalled(memory).take(hours(4_001), from, to);
    assert.deepEqual([recalled(memory).resumeAt, recalled(memory).interval], [undefined, undefined]);
  });
  it('keeps nothing of a read that ended', () => {
    const memory = new WorldMemory();
    recalled(memory).take(hours(3), from, to);
    recalled(memory).finish();
    assert.deepEqual([recalled(memory).resumeAt, recalled(memory).interval], [undefined, undefined]);
  });
});
