// The only place where protocol meets time: performs a dialogue's steps on a line. Law: a deadline counts from the
// moment bytes are on the wire; an abort is thrown INTO the dialogue at its interrupted step, so that its `finally`
// can still say goodbye; from `leave` on nothing cancels, and everything together is bounded by `goodbyeMs` - but the
// change of a port's settings, which has its own bound: a port left as it is would lose every later read.
import type { Bell } from '../../wire/bell';
import type { Dialogue, Step } from '../../wire/dialogue';
import { failure, asReadError } from '../../wire/errors';
import type { Clock, StopSignal } from './clock';
import type { Line, Trace } from './line';
import { Stopper } from './stopper';

export interface RunSessionOptions {
  readonly clock: Clock;
  readonly signal?: StopSignal;
  /**
   * What a goodbye may take in all. Default 8 s, so that it ends inside the 15 s that Node-RED gives a node to close.
   */
  readonly goodbyeMs?: number;
  readonly trace?: Trace;
}

export async function runSession<R>(line: Line, dialogue: Dialogue<R>, options: RunSessionOptions): Promise<R> {
  const session = new Session(line, options);
  let turn = dialogue.next();
  while (!turn.done) {
    const heard = await session.perform(turn.value).then(
      (bytes) => ({ bytes }),
      (thrown: unknown) => ({ failure: asReadError(thrown) }),
    );
    turn = 'failure' in heard ? dialogue.throw(heard.failure) : dialogue.next(heard.bytes);
  }
  return turn.value;
}

class Session {
  private sentAt: number;
  private heardAt: number;
  /** Set by `leave`: the moment by which the goodbye has to be over. */
  private leaveBy: number | undefined;

  constructor(
    private readonly line: Line,
    private readonly options: RunSessionOptions,
  ) {
    this.sentAt = this.heardAt = options.clock.now();
  }

  async perform(step: Step): Promise<Uint8Array | undefined> {
    if (step.do === 'leave') {
      this.leaveBy ??= this.options.clock.now() + (this.options.goodbyeMs ?? GOODBYE_MS);
      return undefined;
    }
    if (step.do === 'expect') {
      this.options.trace?.({ at: this.options.clock.now(), kind: 'expected', exchanges: step.exchanges });
      return undefined;
    }
    if (step.do !== 'receive' && !(step.do === 'setLine' && this.leaveBy !== undefined)) this.check();
    switch (step.do) {
      case 'send':
        if (step.isFresh) this.line.dropHeard();
        await this.line.send(step.bytes);
        this.sentAt = this.options.clock.now();
        this.options.trace?.({ at: this.sentAt, kind: 'sent', bytes: step.bytes });
        return undefined;
      case 'receive':
        return this.receive(step.ms, step.since === 'heard' ? this.heardAt : this.sentAt, step.isSearch);
      case 'setLine':
        return void (await this.line.setLine(step.line));
      case 'pause':
        await this.pause(Math.min(step.ms, this.left()), step.until);
        return void this.check();
      default:
        return step satisfies never;
    }
  }

  private async pause(ms: number, until: Bell | undefined): Promise<void> {
    if (!until) return this.options.clock.sleep(ms, this.signal);
    const over = new Stopper();
    const end = (): void => over.abort();
    const stopHearing = until.onRing(end);
    this.signal?.addEventListener('abort', end, { once: true });
    if (!this.signal?.aborted) await this.options.clock.sleep(ms, over);
    stopHearing();
    this.signal?.removeEventListener('abort', end);
  }

  private async receive(ms: number, from: number, isSearch?: boolean): Promise<Uint8Array | undefined> {
    const wait = Math.min(from + ms + this.line.latencyMs - this.options.clock.now(), this.left());
    // also when it was aborted meanwhile: the line learns how long an answer may still come
    const chunk = await this.line.receive(Math.max(0, wait), this.signal, isSearch);
    const at = this.options.clock.now();
    if (chunk && !this.signal?.aborted) {
      this.heardAt = at;
      this.options.trace?.({ at, kind: 'heard', bytes: chunk });
      return chunk;
    }
    this.check();
    this.options.trace?.({ at, kind: 'silence', ms: Math.round(Math.max(0, wait)) });
    return undefined;
  }

  private get signal(): StopSignal | undefined {
    return this.leaveBy === undefined ? this.options.signal : undefined;
  }

  private left(): number {
    return this.leaveBy === undefined ? Infinity : Math.max(0, this.leaveBy - this.options.clock.now());
  }

  private check(): void {
    if (this.signal?.aborted) throw failure('lane.readCancelled', {});
    if (this.leaveBy !== undefined && this.left() === 0) throw failure('lane.goodbyeLate', {});
  }
}

const GOODBYE_MS = 8_000;
