import assert from 'node:assert/strict';
import type { Dialogue } from '../../src/core/wire/dialogue';
import { leaving } from '../../src/core/wire/dialogue';
import { ReadError, type ErrorCode } from '../../src/core/wire/errors';
import type { Job } from '../../src/core/transport/lane/job';
import { ask, LaneWorld } from '../support/lane-world';

const job = (text: string, more: Partial<Job<string>> = {}): Job<string> => ({
  label: text,
  attempts: 1,
  queueMs: 600_000,
  start: () => ask(text),
  ...more,
});
const codeOf = async (work: Promise<unknown>): Promise<ErrorCode | 'ok'> =>
  work.then(
    () => 'ok' as const,
    (e: ReadError) => e.code,
  );
const echoing = (world: LaneWorld, ms = 300): void => void (world.answer = (text) => world.hearAfter(ms, text));

describe('lane', () => {
  it('runs one job at a time, in order, higher priority first', async () => {
    const world = new LaneWorld();
    echoing(world);
    const jobs = [job('a'), job('b'), job('c', { priority: 1 }), job('d', { priority: 1 }), job('e')].map((j) =>
      world.lane.run(j),
    );
    const done = await world.clock.runUntil(Promise.all(jobs));
    assert.deepEqual(
      done.map((d) => d.value),
      ['a', 'b', 'c', 'd', 'e'],
    );
    assert.deepEqual(
      world.sent.map((s) => s.text),
      ['a', 'c', 'd', 'b', 'e'],
    ); // a had begun
    const [first] = done;
    assert.deepEqual(first?.link.exchanges, 1);
    assert.ok(
      world.sent.every((s, i) => i === 0 || s.at - (world.sent[i - 1]?.at ?? 0) >= 300),
      'two requests on the wire',
    );
  });

  it('is bounded and says what to do', async () => {
    const world = new LaneWorld({ queueLimit: 2 });
    echoing(world);
    const jobs = ['a', 'b', 'c', 'd'].map((t) => codeOf(world.lane.run(job(t))));
    assert.deepEqual(await world.clock.runUntil(Promise.all(jobs)), ['ok', 'ok', 'ok', 'QUEUE_FULL']);
  });

  it('makes equal jobs one, and cancels it only when nobody wants it', async () => {
    const world = new LaneWorld();
    echoing(world);
    const [x, y] = [new AbortController(), new AbortController()];
    const blocker = world.lane.run(job('first'));
    const one = codeOf(world.lane.run(job('same', { key: 'k', signal: x.signal })));
    const two = codeOf(world.lane.run(job('same', { key: 'k', signal: y.signal })));
    x.abort();
    assert.equal(await one, 'CANCELLED');
    await world.clock.runUntil(blocker);
    assert.equal(await world.clock.runUntil(two), 'ok');
    assert.equal(world.sent.filter((s) => s.text === 'same').length, 1);
  });

  it('takes a job forward when somebody in a hurry asks for the same, and is not stopped by whoever looks on', async () => {
    const world = new LaneWorld();
    world.answer = (text) => world.hearAfter(100, text);
    const onProgress = (): never => {
      throw new Error('a badge with a defect');
    };
    const jobs = ['a', 'b', 'c'].map((text) => world.lane.run(job(text, { key: text, onProgress })));
    jobs.push(world.lane.run(job('c', { key: 'c', priority: 5 })));
    await world.clock.runUntil(Promise.all(jobs));
    assert.deepEqual(
      world.sent.map((s) => s.text),
      ['a', 'c', 'b'],
    );
  });

  it('retries what is retryable with a fresh dialogue, and nothing else', async () => {
    const world = new LaneWorld();
    let tries = 0;
    const flaky = job('x', { attempts: 3, start: () => ((tries += 1), ask('x')) });
    world.answer = () => tries === 3 && world.hearAfter(200, 'late but fine');
    const done = await world.clock.runUntil(world.lane.run(flaky));
    assert.equal(done.value, 'late but fine');
    assert.equal(done.link.attempts, 3);
    const refused = job('y', {
      attempts: 3,
      start: function* () {
        yield { do: 'send', bytes: Buffer.from('y') };
        throw new ReadError('ACCESS_DENIED', 'no');
      },
    });
    assert.equal(await codeOf(world.clock.runUntil(world.lane.run(refused))), 'ACCESS_DENIED');
    assert.equal(world.sent.filter((s) => s.text === 'y').length, 1);
  });

  it('never gives a late answer to the next job', async () => {
    const world = new LaneWorld();
    // A: 1000 latency + 500 device = 1500
    world.answer = (text) => world.hearAfter(text === 'A' ? 1800 : 100, `answer to ${text}`);
    const a = codeOf(world.lane.run(job('A')));
    const b = world.lane.run(job('B'));
    assert.equal(await world.clock.runUntil(a), 'NO_REPLY');
    assert.equal((await world.clock.runUntil(b)).value, 'answer to B');
  });

  it('ends a line that never falls silent as an error, not as a hang', async () => {
    const world = new LaneWorld();
    const chatter = async (): Promise<void> => {
      for (let i = 0; i < 1000; i++) {
        await world.clock.sleep(100);
        world.lane.hear(Buffer.from('?'));
      }
    };
    void chatter();
    const silent = function* (): Dialogue<string> {
      yield { do: 'send', bytes: Buffer.from('x') };
      throw new ReadError('BAD_FRAME', 'noise');
    };
    assert.equal(await codeOf(world.clock.runUntil(world.lane.run(job('x', { start: silent })))), 'LINE_NOISY');
  });

  it('leaves a dead meter alone, so that a neighbour waits for it once per rest', async () => {
    const world = new LaneWorld();
    world.answer = (text) => text.startsWith('alive') && world.hearAfter(100, text);
    const dead = (): Promise<string> => codeOf(world.lane.run(job('dead', { meter: '1', attempts: 3 })));
    assert.equal(await world.clock.runUntil(dead()), 'NO_REPLY');
    assert.equal(world.sent.length, 3);
    assert.equal(await world.clock.runUntil(dead()), 'METER_RESTING');
    assert.equal(world.sent.length, 3);
    assert.equal((await world.clock.runUntil(world.lane.run(job('alive', { meter: '2' })))).value, 'alive');
    await world.clock.advance(6_000); // rest of 5 s is over: one probe, one attempt
    assert.equal(await world.clock.runUntil(dead()), 'NO_REPLY');
    assert.equal(world.sent.filter((s) => s.text === 'dead').length, 4);
    assert.equal(await world.clock.runUntil(dead()), 'METER_RESTING');
    await world.clock.advance(600_000);
    world.answer = (text) => world.hearAfter(100, text);
    assert.equal(await world.clock.runUntil(dead()), 'ok');
    assert.equal(await world.clock.runUntil(dead()), 'ok');
  });

  it('lets other meters go before a retry', async () => {
    const world = new LaneWorld();
    world.answer = (text) => text !== 'dead' && world.hearAfter(100, text);
    const dead = codeOf(world.lane.run(job('dead', { meter: '1', attempts: 3 })));
    const others = ['a', 'b'].map((t) => world.lane.run(job(t, { meter: t })));
    await world.clock.runUntil(Promise.all([dead, ...others]));
    assert.deepEqual(
      world.sent.map((s) => s.text),
      ['dead', 'a', 'b', 'dead', 'dead'],
    );
  });

  it('adapts to a latency step instead of dying of it', async () => {
    const world = new LaneWorld();
    let delay = 300;
    world.answer = (text) => world.hearAfter(delay, text);
    const results: string[] = [];
    for (let i = 0; i < 20; i++) {
      if (i === 5) delay = 4_000;
      results.push(await codeOf(world.clock.runUntil(world.lane.run(job(`r${i}`, { attempts: 3 })))));
    }
    assert.ok(
      results.slice(6).every((r) => r === 'ok'),
      results.join(),
    );
    assert.ok(world.lane.roundTripMs > 2_000);
  });

  it('sends nothing while offline and goes on when the link is back', async () => {
    const world = new LaneWorld();
    echoing(world);
    world.goOffline();
    const waiting = world.lane.run(job('x'));
    await world.clock.advance(30_000);
    assert.equal(world.sent.length, 0);
    world.goOnline();
    assert.equal((await world.clock.runUntil(waiting)).value, 'x');
    const short = codeOf(world.lane.run(job('warm')));
    await world.clock.runUntil(short);
    world.goOffline();
    assert.equal(await codeOf(world.clock.runUntil(world.lane.run(job('y', { queueMs: 5_000 })))), 'BROKER_OFFLINE');
    world.goOffline('BROKER_REFUSED');
    assert.equal(await codeOf(world.clock.runUntil(world.lane.run(job('z')))), 'BROKER_REFUSED');
  });

  it('fails a running job when the link drops, and retries it when it is back', async () => {
    const world = new LaneWorld();
    world.answer = (text) => world.sent.length > 1 && world.hearAfter(100, text);
    const read = world.lane.run(job('x', { attempts: 2 }));
    await world.clock.advance(1_200); // quiet of a new lane, then the request
    assert.equal(world.sent.length, 1);
    world.goOffline();
    await world.clock.advance(60_000);
    world.goOnline();
    assert.equal((await world.clock.runUntil(read)).link.attempts, 2);
  });

  it('says goodbye after a cancel, and on close', async () => {
    const world = new LaneWorld();
    const polite = function* (): Dialogue<string> {
      try {
        return yield* ask('hello', 60_000);
      } finally {
        yield* leaving(ask('bye') as unknown as Dialogue<void>);
      }
    };
    world.answer = (text) => text === 'bye' && world.hearAfter(100, 'ok');
    const stop = new AbortController();
    const read = codeOf(world.lane.run(job('x', { start: polite, signal: stop.signal })));
    await world.clock.advance(3_000);
    stop.abort();
    assert.equal(await read, 'CANCELLED');
    await world.clock.advance(1_000);
    assert.deepEqual(
      world.sent.map((s) => s.text),
      ['hello', 'bye'],
    );
    const last = codeOf(world.lane.run(job('y', { start: polite })));
    await world.clock.advance(50_000);
    assert.equal(world.sent.length, 2); // what was asked first may still be answered, and would pass for its answer
    await world.clock.advance(15_000);
    await world.clock.runUntil(world.lane.close());
    assert.equal(await last, 'CANCELLED');
    assert.deepEqual(
      world.sent.map((s) => s.text),
      ['hello', 'bye', 'hello', 'bye'],
    );
    assert.equal(await codeOf(world.lane.run(job('z'))), 'CANCELLED');
  });

  it('takes nothing that was heard before a fresh request for its answer, and loses nothing before another', async () => {
    const world = new LaneWorld();
    let isFresh = true;
    const twice = function* (): Dialogue<string> {
      yield* ask('first');
      yield { do: 'pause', ms: 500 }; // the first answer comes a second time meanwhile
      yield { do: 'send', bytes: Buffer.from('second'), ...(isFresh && { isFresh }) };
      return Buffer.from((yield { do: 'receive', ms: 500 }) ?? []).toString();
    };
    world.answer = (text) => {
      world.hearAfter(100, `answer to ${text}`);
      if (text === 'first') world.hearAfter(400, 'answer to first');
    };
    assert.equal((await world.clock.runUntil(world.lane.run(job('x', { start: twice })))).value, 'answer to second');
    isFresh = false; // a meter may send on while it is told something (IEC 62056-21: data at once)
    assert.equal((await world.clock.runUntil(world.lane.run(job('x', { start: twice })))).value, 'answer to first');
  });

  it('hands on bytes nobody asked for, and counts them', async () => {
    const world = new LaneWorld();
    const heard: string[] = [];
    const others: string[] = [];
    const stop = world.lane.onUnasked((bytes) => heard.push(Buffer.from(bytes).toString()));
    world.lane.onUnasked((bytes) => others.push(Buffer.from(bytes).toString()));
    world.lane.hear(Buffer.from('push'));
    stop();
    world.lane.hear(Buffer.from('more'));
    assert.deepEqual([heard, others], [['push'], ['push', 'more']]);
    assert.equal(world.lane.unasked, 8);
  });

  it('a job that only listens begins on a line that never falls silent', async () => {
    const world = new LaneWorld();
    const chatter = new AbortController();
    const talk = async (): Promise<void> => {
      for (; !chatter.signal.aborted; world.lane.hear(Buffer.from('tick'))) await world.clock.sleep(200);
    };
    void talk();
    const listen = function* (): Dialogue<string> {
      return Buffer.from((yield { do: 'receive', ms: 1_000 }) ?? []).toString();
    };
    assert.equal((await world.clock.runUntil(world.lane.run(job('x', { quietMs: 0, start: listen })))).value, 'tick');
    assert.equal(
      await world.clock.runUntil(codeOf(world.lane.run(job('y', { quietMs: 200, start: listen })))),
      'LINE_NOISY',
      'who asks wants silence first',
    );
    chatter.abort();
  });

  it('says when unasked bytes do not follow the last ones: a job took some, or the link was away', async () => {
    const world = new LaneWorld();
    const heard: string[] = [];
    world.lane.onUnasked((bytes, isCut) => heard.push(`${Buffer.from(bytes).toString()}${isCut ? ' cut' : ''}`));
    world.lane.hear(Buffer.from('a'));
    world.lane.hear(Buffer.from('b'));
    echoing(world);
    await world.clock.runUntil(world.lane.run(job('q')));
    world.lane.hear(Buffer.from('c'));
    world.lane.hear(Buffer.from('d'));
    world.goOffline();
    world.goOnline();
    world.lane.hear(Buffer.from('e'));
    assert.deepEqual(heard, ['a', 'b', 'c cut', 'd', 'e cut']);
  });

  it('knows when the serial side was heard, when a meter answered and when one failed', async () => {
    const world = new LaneWorld();
    assert.deepEqual({ ...world.lane.facts }, { heardAt: undefined, answeredAt: undefined, failed: undefined });
    world.goOffline();
    assert.equal(
      await codeOf(world.clock.runUntil(world.lane.run(job('a', { meter: '7', queueMs: 1_000 })))),
      'BROKER_OFFLINE',
    );
    assert.equal(world.lane.facts.failed, undefined, 'a request that never left says nothing about the meter');
    world.goOnline();
    assert.equal(
      await codeOf(world.clock.runUntil(world.lane.run(job('b', { meter: '7', isProbe: true })))),
      'NO_REPLY',
    );
    assert.equal(world.lane.facts.failed, undefined, 'silence to a probe is expected');
    assert.equal(await codeOf(world.clock.runUntil(world.lane.run(job('c', { meter: '7' })))), 'NO_REPLY');
    assert.deepEqual(world.lane.facts.failed, { at: world.clock.now(), code: 'NO_REPLY' });
    echoing(world);
    await world.clock.runUntil(world.lane.run(job('d', { meter: '8' })));
    assert.equal(world.lane.facts.answeredAt, world.clock.now());
    assert.equal(world.lane.facts.heardAt, world.clock.now());
    world.lane.hear(Buffer.from('later'));
    assert.equal(world.lane.facts.heardAt, world.clock.now());
  });
});
