// The small parts of a lane: what the link takes, who rests, what is remembered, what a modem's topics carried.
import assert from 'node:assert/strict';
import { backoffMs } from '../../../src/core/transport/mqtt/backoff';
import { Breaker } from '../../../src/core/transport/lane/breaker';
import { systemClock } from '../../../src/core/transport/lane/clock';
import { Gate } from '../../../src/core/transport/mqtt/diagnostics';
import type { Message } from '../../../src/core/transport/mqtt/mqtt-link';
import { MeterBook } from '../../../src/core/transport/lane/meter-book';
import { RoundTrip } from '../../../src/core/transport/lane/round-trip';
import { VirtualClock } from '../../../src/simulator/ground/virtual-clock';

describe('round trip', () => {
  const limits = { guessMs: 4_000, floorMs: 1_000, ceilingMs: 30_000 };

  it('is the configured guess until measured', () => {
    const link = new RoundTrip(limits);
    assert.deepEqual([link.timeoutMs, link.typicalMs], [4_000, 1_000]);
  });

  it('follows RFC 6298: the first sample, then smoothed + 4 x variance', () => {
    const link = new RoundTrip(limits);
    link.answered(2_000, false);
    assert.deepEqual([link.typicalMs, link.timeoutMs], [2_000, 2_000 + 4 * 1_000]);
    link.answered(2_400, false); // RTTVAR = 3/4 x 1000 + 1/4 x 400, SRTT = 7/8 x 2000 + 1/8 x 2400
    assert.deepEqual([link.typicalMs, link.timeoutMs], [2_050, 2_050 + 4 * 850]);
  });

  it('keeps its floor and ceiling', () => {
    const link = new RoundTrip(limits);
    for (let i = 0; i < 100; i++) link.answered(1, false);
    assert.equal(link.timeoutMs, 1_000);
    link.answered(1e6, false);
    assert.equal(link.timeoutMs, 30_000);
  });

  it('doubles after each silence up to the ceiling, and any answer ends that; an ambiguous one is no sample', () => {
    const link = new RoundTrip(limits);
    link.answered(500, false);
    const before = link.timeoutMs;
    link.silent();
    link.silent();
    assert.equal(link.timeoutMs, 4 * before);
    for (let i = 0; i < 20; i++) link.silent();
    assert.equal(link.timeoutMs, 30_000);
    link.answered(9_000, true);
    assert.deepEqual([link.timeoutMs, link.typicalMs], [before, 500]);
  });
});

describe('breaker', () => {
  it('lets a silent meter rest 5 s, doubling to 10 min, with jitter, and forgets it with the first answer', () => {
    const clock = new VirtualClock();
    for (const [random, factor] of [
      [0, 0.8],
      [0.5, 1],
      [0.999999, 1.2],
    ] as const) {
      const breaker = new Breaker(clock, () => random);
      assert.deepEqual([breaker.restMs('7'), breaker.isProbe('7')], [0, false]);
      const rests = Array.from({ length: 10 }, () => (breaker.failed('7'), breaker.restMs('7')));
      rests.forEach((ms, i) => assert.ok(Math.abs(ms - Math.min(5_000 * 2 ** i, 600_000) * factor) < 1, `${ms}`));
      assert.equal(breaker.restMs('8'), 0);
      breaker.answered('7');
      assert.deepEqual([breaker.restMs('7'), breaker.isProbe('7')], [0, false]);
      breaker.failed('7');
      assert.ok(breaker.restMs('7') <= 6_000);
    }
  });

  it('ends the rest with time, and the next job is the probe', async () => {
    const clock = new VirtualClock();
    const breaker = new Breaker(clock, () => 0.5);
    breaker.failed('7');
    await clock.advance(4_999);
    assert.equal(breaker.restMs('7'), 1);
    await clock.advance(1);
    assert.deepEqual([breaker.restMs('7'), breaker.isProbe('7')], [0, true]);
  });

  it('remembers no more meters than stand on a bus', () => {
    const breaker = new Breaker(new VirtualClock(), () => 0.5);
    for (let i = 0; i < 1_000; i++) breaker.failed(String(i));
    assert.equal(breaker.isProbe('0'), false);
    assert.equal(breaker.isProbe('999'), true);
  });
});

describe('what is remembered of a line', () => {
  it('is made once per key', () => {
    const memory = new MeterBook(new VirtualClock(), () => 0.5);
    const made = memory.recall('a', () => ({ n: 1 }));
    assert.equal(
      memory.recall('a', () => ({ n: 2 })),
      made,
    );
    assert.equal(
      memory.recall('nothing', () => undefined),
      undefined,
    );
    assert.equal(
      memory.recall('nothing', () => 'made again'),
      undefined,
    );
  });
  it('is bounded: what was not recalled for longest goes first', () => {
    const memory = new MeterBook(new VirtualClock(), () => 0.5);
    for (let i = 0; i < 600; i++) {
      memory.recall(`key ${i}`, () => i);
      memory.recall('mine', () => 'kept');
    }
    assert.equal(
      memory.recall('mine', () => 'lost'),
      'kept',
    );
    assert.equal(
      memory.recall('key 599', () => -1),
      599,
    );
    assert.equal(
      memory.recall('key 0', () => -1),
      -1,
    );
  });
});

describe('which messages are answers', () => {
  const message = (text: string | Uint8Array, more: Partial<Message> = {}): Message => ({
    topic: '1/tx',
    payload: typeof text === 'string' ? Buffer.from(text) : text,
    isRetained: false,
    isDuplicate: false,
    ...more,
  });
  const at = new Date(0);

  it('not stored, empty or huge ones; and of a flagged pair only the first', () => {
    const gate = new Gate();
    const admitted = [
      message('a'),
      message('b', { isRetained: true }),
      message(''),
      message(new Uint8Array(1_000_000)),
      message('a', { isDuplicate: true }),
      message('a'), // equal answers are legal
      message('c', { isDuplicate: true }), // the first delivery was lost
      message('c', { isDuplicate: true }),
      message('a', { isDuplicate: true }), // not the one before
    ].map((m) => gate.admit('tx', m, at));
    assert.deepEqual(admitted, [true, false, false, false, false, true, true, false, true]);
    assert.deepEqual([gate.received, gate.refused], [9, { retained: 1, duplicate: 2, empty: 1, oversize: 1 }]);
  });

  it('the last of each is shown by its beginning, and no more than that is kept', () => {
    const gate = new Gate();
    const huge = Buffer.alloc(1_000_000, 0x41);
    gate.admit('tx', message(huge), new Date('2026-11-22T08:30:00Z'));
    const { at: when, size, start } = gate.last.tx ?? { at: '', size: 0, start: new Uint8Array() };
    assert.deepEqual([when, size, start.length, start[0]], ['2026-11-22T08:30:00.000Z', 1_000_000, 64, 0x41]);
    assert.ok(start.buffer.byteLength <= 8_192, 'the beginning holds on to the whole message');
  });
});

describe('back-off', () => {
  it('grows, spreads and ends', () => {
    const at = (attempt: number, random: number): number => backoffMs(attempt, () => random);
    for (let attempt = 0; attempt < 40; attempt++) {
      assert.ok(at(attempt, 0) <= at(attempt, 0.999), 'jitter');
      assert.ok(at(attempt, 0.999) <= 120_000, String(at(attempt, 0.999)));
    }
    assert.ok(at(6, 0.5) > at(0, 0.5));
  });
});

describe('system clock', () => {
  it('takes a moment that is past for now, and Node.js does not warn of it', async () => {
    const warnings: string[] = [];
    const warn = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', warn);
    await systemClock.sleep(-5);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warn);
    assert.deepEqual(warnings, []); // Node.js 24 warns of negative times
  });
});
