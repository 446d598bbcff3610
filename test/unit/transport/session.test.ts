import assert from 'node:assert/strict';
import type { Line, TraceEvent } from '../../../src/core/transport/lane/line';
import { runSession } from '../../../src/core/transport/lane/session';
import { leaving, stage, type Dialogue, type LineSettings } from '../../../src/core/wire/dialogue';
import { ReadError, type ErrorCode } from '../../../src/core/wire/errors';
import { VirtualClock } from '../../../src/simulator/ground/virtual-clock';

/** A line in virtual time: a send takes `sendMs`, chunks come when `hear` says. */
class ScriptedLine implements Line {
  dropHeard(): void {}

  readonly clock = new VirtualClock();
  latencyMs = 1_000;
  sendMs = 0;
  failAt: number | undefined;
  readonly sent: { readonly at: number; readonly text: string }[] = [];
  readonly lines: LineSettings[] = [];
  /** How long each receive waited at most. */
  readonly waits: number[] = [];
  private readonly chunks: Uint8Array[] = [];
  private wake: () => void = () => undefined;

  hear(ms: number, text: string): void {
    void this.clock.sleep(ms).then(() => {
      this.chunks.push(Buffer.from(text));
      this.wake();
    });
  }

  async send(bytes: Uint8Array): Promise<void> {
    await this.clock.sleep(this.sendMs);
    if (this.sent.length === this.failAt) throw new ReadError('BROKER_OFFLINE', 'gone', 'publish');
    this.sent.push({ at: this.clock.now(), text: Buffer.from(bytes).toString() });
  }

  async receive(ms: number, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    this.waits.push(ms);
    if (this.chunks.length === 0) {
      const woken = new AbortController();
      this.wake = () => woken.abort();
      await this.clock.sleep(ms, signal ? AbortSignal.any([signal, woken.signal]) : woken.signal);
    }
    return this.chunks.shift();
  }

  async setLine(line: LineSettings): Promise<void> {
    this.lines.push(line);
  }
}

const codeOf = (work: Promise<unknown>): Promise<ErrorCode | 'ok'> =>
  work.then(
    () => 'ok' as const,
    (e: ReadError) => e.code,
  );
const say = (text: string): { readonly do: 'send'; readonly bytes: Uint8Array } => ({
  do: 'send',
  bytes: Buffer.from(text),
});
const texts = (line: ScriptedLine): string[] => line.sent.map(({ text }) => text);

/** Logs on, reads for ever, and says goodbye in two steps, each with an answer to wait for. */
function* polite(): Dialogue<string> {
  try {
    yield say('hello');
    for (;;) yield { do: 'receive', ms: 5_000, since: 'heard' };
  } finally {
    yield* leaving(farewell('release'));
    yield* leaving(farewell('disconnect'));
  }
}
function* farewell(text: string): Dialogue<void> {
  yield say(text);
  yield { do: 'receive', ms: 1_000 };
}

describe('session', () => {
  it('counts a deadline from the moment the bytes are on the wire, adds the link, and noise does not prolong it', async () => {
    const line = new ScriptedLine();
    line.sendMs = 700;
    const read = function* (): Dialogue<number> {
      yield say('ask');
      for (let chunks = 0; ; chunks++) if (!(yield { do: 'receive', ms: 500 })) return chunks;
    };
    line.hear(1_000, 'noise');
    line.hear(2_000, 'noise');
    assert.equal(await line.clock.runUntil(runSession(line, read(), { clock: line.clock })), 2);
    assert.equal(line.clock.now(), 700 + 500 + 1_000);
    assert.deepEqual(line.waits, [1_500, 1_200, 200]);
  });

  it('counts a gap from the last chunk heard', async () => {
    const line = new ScriptedLine();
    const read = function* (): Dialogue<void> {
      yield say('ask');
      yield { do: 'receive', ms: 500 };
      yield { do: 'receive', ms: 300, since: 'heard' };
    };
    line.hear(400, 'begin');
    await line.clock.runUntil(runSession(line, read(), { clock: line.clock }));
    assert.equal(line.clock.now(), 400 + 300 + 1_000);
  });

  it('sets the line, pauses, and traces what passed', async () => {
    const line = new ScriptedLine();
    const fast: LineSettings = { baud: 9_600, dataBits: 7, parity: 'even', stopBits: 1 };
    const trace: TraceEvent[] = [];
    const read = function* (): Dialogue<string> {
      yield { do: 'setLine', line: fast };
      yield { do: 'pause', ms: 250 };
      yield { do: 'expect', exchanges: 3 };
      yield say('ask');
      yield { do: 'receive', ms: 100 };
      yield { do: 'receive', ms: 100, since: 'heard' };
      return 'done';
    };
    line.hear(300, 'answer');
    assert.equal(
      await line.clock.runUntil(runSession(line, read(), { clock: line.clock, trace: (event) => trace.push(event) })),
      'done',
    );
    assert.deepEqual(line.lines, [fast]);
    assert.deepEqual(
      trace.map(({ at, kind }) => [at, kind]),
      [
        [250, 'expected'],
        [250, 'sent'],
        [300, 'heard'],
        [1_400, 'silence'],
      ],
    );
  });

  it("puts a port's settings back although the goodbye took too long", async () => {
    const line = new ScriptedLine();
    const home: LineSettings = { baud: 300, dataBits: 8, parity: 'none', stopBits: 1 };
    const read = function* (): Dialogue<string> {
      try {
        return 'value';
      } finally {
        yield* leaving(
          (function* () {
            try {
              for (let tries = 0; tries < 3; tries++) yield* farewell('release');
            } finally {
              yield { do: 'setLine', line: home };
            }
          })(),
        );
      }
    };
    assert.equal(await line.clock.runUntil(runSession(line, read(), { clock: line.clock, goodbyeMs: 2_500 })), 'value');
    assert.deepEqual([texts(line), line.lines], [['release', 'release'], [home]]);
  });

  it('throws a cancel into the dialogue at its interrupted step, and all of its goodbye is still sent', async () => {
    const line = new ScriptedLine();
    const stop = new AbortController();
    const read = codeOf(runSession(line, polite(), { clock: line.clock, signal: stop.signal }));
    await line.clock.advance(2_000);
    stop.abort();
    assert.equal(await line.clock.runUntil(read), 'CANCELLED');
    assert.deepEqual(texts(line), ['hello', 'release', 'disconnect']);
  });

  it('lets a goodbye that has begun run to its end when it is cancelled in the middle of it', async () => {
    const line = new ScriptedLine();
    const stop = new AbortController();
    const short = function* (): Dialogue<string> {
      try {
        yield say('hello');
        return 'value';
      } finally {
        yield* leaving(farewell('release'));
        yield* leaving(farewell('disconnect'));
      }
    };
    const read = runSession(line, short(), { clock: line.clock, signal: stop.signal });
    await line.clock.advance(500); // inside the wait for the answer to "release"
    assert.deepEqual(texts(line), ['hello', 'release']);
    stop.abort();
    assert.equal(await line.clock.runUntil(read), 'value');
    assert.deepEqual(texts(line), ['hello', 'release', 'disconnect']);
    assert.deepEqual(line.waits, [2_000, 2_000]); // each waited for its answer in full
  });

  it('cancels while pausing, while sending, and before the first step', async () => {
    for (const ms of [0, 50, 150]) {
      const line = new ScriptedLine();
      line.sendMs = 100;
      const stop = new AbortController();
      const read = function* (): Dialogue<void> {
        yield say('ask');
        yield { do: 'pause', ms: 60_000 };
        yield say('never');
      };
      if (ms === 0) stop.abort();
      const outcome = codeOf(runSession(line, read(), { clock: line.clock, signal: stop.signal }));
      await line.clock.advance(ms);
      stop.abort();
      assert.equal(await line.clock.runUntil(outcome), 'CANCELLED');
      assert.deepEqual(texts(line), ms === 0 ? [] : ['ask']);
      assert.ok(line.clock.now() <= 150);
    }
  });

  it('bounds all goodbyes together, also of a meter that talks on and of one that asks for long waits', async () => {
    const line = new ScriptedLine();
    const chatty = function* (): Dialogue<void> {
      try {
        throw new ReadError('BAD_FRAME', 'first failure');
        yield say('never');
      } finally {
        yield* leaving(endless('a'));
        yield* leaving(endless('b'));
      }
    };
    function* endless(text: string): Dialogue<void> {
      for (;;) {
        yield say(text);
        yield { do: 'receive', ms: 600_000 };
        yield { do: 'pause', ms: 600_000 };
      }
    }
    for (let ms = 100; ms < 20_000; ms += 100) line.hear(ms, 'on and on');
    assert.equal(
      await line.clock.runUntil(codeOf(runSession(line, chatty(), { clock: line.clock, goodbyeMs: 3_000 }))),
      'BAD_FRAME',
    );
    assert.equal(line.clock.now(), 3_000);
    assert.deepEqual(texts(line), ['a']);
  });

  it('tells the first failure, not that of the goodbye, with the stage it happened in', async () => {
    const line = new ScriptedLine();
    line.failAt = 1;
    const read = function* (): Dialogue<void> {
      try {
        yield say('hello');
        yield* stage('authenticate', refuse());
      } finally {
        yield* leaving(farewell('release'));
      }
    };
    function* refuse(): Dialogue<void> {
      yield { do: 'receive', ms: 0 };
      throw new ReadError('ACCESS_DENIED', 'wrong password');
    }
    const failure = await line.clock.runUntil(
      runSession(line, read(), { clock: line.clock }).then(
        () => undefined,
        (e: ReadError) => e,
      ),
    );
    assert.deepEqual([failure?.code, failure?.stage], ['ACCESS_DENIED', 'authenticate']);
  });

  it('gives a failure of the line to the dialogue, which may still say goodbye or live with it', async () => {
    const line = new ScriptedLine();
    line.failAt = 0;
    const read = function* (): Dialogue<string> {
      try {
        yield say('hello');
      } catch (thrown) {
        return (thrown as ReadError).code;
      }
      return 'sent';
    };
    assert.equal(await line.clock.runUntil(runSession(line, read(), { clock: line.clock })), 'BROKER_OFFLINE');
  });
});
