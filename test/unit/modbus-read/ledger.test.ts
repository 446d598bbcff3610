import assert from 'node:assert/strict';
import { Ledger, type Asked } from '../../../src/core/modbus/reading/ledger';

const JOB = {};

function note(ledger: Ledger, now: number, quantity: number, unit = 1, fn: 3 | 4 = 3, address = 0): Asked {
  return ledger.note(unit, { function: fn, address, quantity }, quantity * 2, JOB, now);
}

function freeIn(ledger: Ledger, now: number, byteCount: number, unit = 1, fn: 3 | 4 = 3): number {
  return ledger.shapes(unit, now)(fn, byteCount).freeInMs;
}

describe('modbus ledger', () => {
  it('holds the shape of an unanswered request for 60 s, and of no other unit, function or length', () => {
    const ledger = new Ledger(() => 0);
    note(ledger, 1000, 2);
    assert.equal(freeIn(ledger, 1000, 4), 60_000);
    assert.equal(freeIn(ledger, 31_000, 4), 30_000);
    assert.deepEqual([freeIn(ledger, 1000, 6), freeIn(ledger, 1000, 4, 2), freeIn(ledger, 1000, 4, 1, 4)], [0, 0, 0]);
    assert.equal(freeIn(ledger, 61_000, 4), 0);
    assert.equal(ledger.awaited(61_000).length, 0);
  });

  it('holds an answered shape for 5 s and knows for a minute when it was used', () => {
    const ledger = new Ledger(() => 0);
    ledger.settle(note(ledger, 0, 2), 500);
    assert.deepEqual(ledger.shapes(1, 1500)(3, 4), { freeInMs: 4000, unusedMs: 1500 });
    assert.deepEqual(ledger.shapes(1, 20_000)(3, 4), { freeInMs: 0, unusedMs: 20_000 });
    assert.deepEqual(ledger.shapes(1, 60_000)(3, 4), { freeInMs: 0, unusedMs: Infinity });
  });

  it('takes what was sent before an answered request of the unit as passed over, of other units not', () => {
    const ledger = new Ledger(() => 0);
    const lost = note(ledger, 0, 2);
    note(ledger, 100, 2, 2);
    const answered = note(ledger, 200, 3);
    note(ledger, 300, 4);
    ledger.settle(answered, 700);
    assert.deepEqual(
      [freeIn(ledger, 700, 4), freeIn(ledger, 700, 6), freeIn(ledger, 700, 8), freeIn(ledger, 700, 4, 2)],
      [5000, 5000, 59_600, 59_400],
    );
    assert.ok(lost.isLost && !answered.isLost);
  });

  it('wants shapes unused for longer while something was lost', () => {
    const ledger = new Ledger(() => 0);
    assert.equal(ledger.freshMs(1, 0), 15_000);
    ledger.settle(note(ledger, 0, 2), 500);
    assert.equal(ledger.freshMs(1, 1000), 15_000);
    note(ledger, 1000, 3);
    assert.deepEqual(
      [ledger.freshMs(1, 5000), ledger.freshMs(2, 5000), ledger.freshMs(1, 61_001)],
      [60_000, 15_000, 15_000],
    );
  });

  it('counts the answers that may still come when the same was asked twice', () => {
    const ledger = new Ledger(() => 0);
    note(ledger, 0, 2);
    const again = note(ledger, 1000, 2);
    ledger.settle(again, 1500);
    assert.equal(freeIn(ledger, 1500, 4), 59_500, 'one more may come');
    ledger.settle(again, 1600);
    assert.equal(freeIn(ledger, 1600, 4), 5000);
  });

  it('frees at once what was refused for good: no answer of that length exists', () => {
    const ledger = new Ledger(() => 0);
    const refused = note(ledger, 0, 2);
    ledger.settleRefused(refused, [refused], 500);
    assert.deepEqual(ledger.shapes(1, 500)(3, 4), { freeInMs: 0, unusedMs: Infinity });
  });

  it('counts the refusals that may be astray: two for each open request, one for one just heard', () => {
    const ledger = new Ledger(() => 0);
    assert.equal(ledger.strayRefusals(1, 3, 0), 0);
    note(ledger, 0, 2);
    assert.deepEqual(
      [ledger.strayRefusals(1, 3, 100), ledger.strayRefusals(1, 4, 100), ledger.strayRefusals(2, 3, 100)],
      [2, 0, 0],
    );
    ledger.noteRefusal(1, 3, 100);
    assert.equal(ledger.strayRefusals(1, 3, 200), 3);
    assert.equal(ledger.strayRefusals(1, 3, 5100), 2);
    assert.equal(ledger.strayRefusals(1, 3, 60_000), 0);
  });

  it('distrusts an answer that comes in half the shortest time ever, once enough were timed', () => {
    const ledger = new Ledger(() => 0);
    for (let i = 0; i < 15; i++) ledger.time(300 + i);
    assert.equal(ledger.isTooEarly(10), false);
    ledger.time(400);
    assert.deepEqual([ledger.isTooEarly(149), ledger.isTooEarly(150)], [true, false]);
    ledger.forgetTimes();
    assert.equal(ledger.isTooEarly(10), false);
  });

  it('is bounded', () => {
    const ledger = new Ledger(() => 0);
    for (let i = 0; i < 5000; i++) ledger.note(1, { function: 17 }, 0, JOB, i);
    assert.ok(ledger.awaited(5000).length <= 513);
  });
});
