import assert from 'node:assert/strict';
import { VirtualClock } from '../../../src/simulator/ground/virtual-clock';
import { between, seededRandom, seedOf, wholeBetween } from '../../../src/simulator/ground/random';

describe('virtual clock', () => {
  it('wakes sleepers in order of due time, then of asking, with all promise work done in between', async () => {
    const clock = new VirtualClock();
    const story: string[] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      for (let i = 0; i < 50; i++) await Promise.resolve(); // a long chain must end before the next one wakes
      story.push(`${name}@${clock.now()}`);
    };
    for (const [name, ms] of [
      ['late', 30],
      ['first', 10],
      ['second', 10],
      ['now', 0],
    ] as const)
      void sleeper(name, ms);
    await clock.advance(29);
    assert.deepEqual(story, ['now@0', 'first@10', 'second@10']);
    assert.equal(clock.now(), 29);
    await clock.advance(1);
    assert.deepEqual(story.at(-1), 'late@30');
  });
  it('keeps the order of many', async () => {
    const clock = new VirtualClock();
    const random = seededRandom(7);
    const woken: number[] = [];
    for (let i = 0; i < 2000; i++) {
      const ms = wholeBetween(random, 0, 500);
      void clock.sleep(ms).then(() => woken.push(ms));
    }
    await clock.advance(500);
    assert.equal(woken.length, 2000);
    assert.deepEqual(
      woken,
      [...woken].sort((a, b) => a - b),
    );
  });
  it('ends an aborted sleep at once and forgets it', async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const sleep = clock.sleep(1000, abort.signal);
    abort.abort();
    await sleep;
    assert.equal(clock.pending, 0);
    await clock.sleep(5, abort.signal);
    assert.equal(clock.now(), 0);
  });
  it('runs until a promise settles and hands on its failure', async () => {
    const clock = new VirtualClock(Date.UTC(2026, 4, 1));
    assert.equal(await clock.runUntil(clock.sleep(3_600_000).then(() => 'done')), 'done');
    assert.equal(clock.date().toISOString(), '2026-05-01T01:00:00.000Z');
    await assert.rejects(clock.runUntil(clock.sleep(1).then(() => Promise.reject(new Error('boom')))), /boom/);
  });
  it('says so when the world hangs', async () => {
    const clock = new VirtualClock();
    await assert.rejects(clock.runUntil(new Promise(() => undefined)), /stuck at 0 ms/);
    await assert.rejects(clock.runUntil(clock.sleep(100), 50), /not done after 50 ms/);
  });
});

describe('seeded random', () => {
  it('repeats itself by its seed, and only by its seed', () => {
    const take = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed));
    assert.deepEqual(take(1), take(1));
    assert.notDeepEqual(take(1), take(2));
    assert.notEqual(seedOf('a', 1), seedOf('a', 2));
    assert.notEqual(seedOf('a', 12), seedOf('a1', 2));
  });
  it('gives the published mulberry32 sequence', () => {
    // Reference values of the public domain C code for the start 42: first output / 2^32.
    assert.equal(seededRandom(42)(), 0.6011037519201636);
  });
  it('spreads evenly', () => {
    const random = seededRandom(3);
    const tens = Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const ten = Math.floor(between(random, 0, 10));
      tens[ten] = (tens[ten] ?? 0) + 1;
    }
    for (const count of tens) assert.ok(count > 850 && count < 1150, String(tens));
  });
});
