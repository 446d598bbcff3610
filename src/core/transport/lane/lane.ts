// The only place where jobs meet a modem: one at a time (half-duplex), in order, bounded. Laws: retry only what is
// retryable, always with a fresh dialogue; after a failure the line must have been silent before the next request;
// nothing is sent while the link is down; every promise settles, also on close.
import type { LineMemory, LineSettings } from '../../wire/dialogue';
import { sameError, ReadError, failure, asReadError } from '../../wire/errors';
import { Breaker } from './breaker';
import { Ears, type Ear } from './ears';
import { onlookerOf, type Done, type Job, type LinkFigures, type Progress } from './job';
import type { LaneFacts } from './lane-facts';
import type { LaneOptions } from './lane-options';
import { LaneQueue, type Entry } from './lane-queue';
import type { Line } from './line';
import { Recall } from './memory';
import { MeterNotes } from './meter-notes';
import { PortSettings } from './port-settings';
import { QuietWindow } from './quiet-window';
import { runSession } from './session';
import { WirePath } from './wire-path';

export class Lane implements Line {
  /** When which meter answered. */
  readonly meters = new MeterNotes();
  private readonly queue = new LaneQueue();
  private readonly path: WirePath;
  private readonly breaker: Breaker;
  private readonly memory: LineMemory;
  private readonly settings: PortSettings;
  private running: Entry | undefined;
  private isPumping = false;
  private isClosed = false;
  private readonly quiet: QuietWindow;
  /** Whether any byte of the running attempt may be under way; a publish that failed may have arrived all the same. */
  private mayHaveLeft = false;
  private readonly ears = new Ears();
  private stale = 0;
  private readonly known: { -readonly [fact in keyof LaneFacts]: LaneFacts[fact] } = {
    heardAt: undefined,
    answeredAt: undefined,
    failed: undefined,
  };

  constructor(private readonly options: LaneOptions) {
    this.settings = new PortSettings(options.line, options.setBaud);
    this.path = new WirePath(options.clock, options.roundTrip);
    this.quiet = new QuietWindow(options.clock, options.knownSince);
    this.breaker = new Breaker(options.clock, options.random);
    const recall = new Recall();
    const lane = this;
    this.memory = {
      now: () => options.clock.now(),
      knownSince: options.knownSince,
      random: options.random,
      get roundTripMs() {
        return lane.path.roundTrip.typicalMs;
      },
      get line() {
        return lane.settings.current;
      },
      recall: (key, create) => recall.recall(key, create),
    };
  }

  /** Jobs waiting or running. */
  get depth(): number {
    return this.queue.length + (this.running && this.running.state !== 'waiting' ? 1 : 0); // waiting: to be retried, so in the queue already
  }

  get roundTripMs(): number {
    return this.path.roundTrip.typicalMs;
  }

  /** Bytes that no job had asked for, or that came before the request they could have answered. */
  get unasked(): number {
    return this.ears.bytes + this.stale;
  }

  get facts(): LaneFacts {
    return this.known;
  }

  run<R>(job: Job<R>): Promise<Done<R>> {
    if (this.isClosed) return Promise.reject(failure('lane.modemClosed', {}, 'queue'));
    if (job.signal?.aborted) return Promise.reject(failure('lane.cancelledEarly', {}, 'queue'));
    const entry = this.sharedEntry(job) ?? this.newEntry(job);
    if (!entry) {
      return Promise.reject(failure('lane.queueFull', { jobs: this.queue.length }, 'queue'));
    }
    return this.join<R>(entry, job);
  }

  /** A chunk from the meter's side. */
  hear(bytes: Uint8Array): void {
    this.known.heardAt = this.options.clock.now();
    if (this.running) {
      this.ears.cut();
      return this.path.heard(bytes);
    }
    this.quiet.disturb();
    this.ears.say(bytes);
  }

  /** Hears what nobody asked for, beside the jobs and without a turn; returns the way to stop. */
  onUnasked(ear: Ear): () => void {
    return this.ears.add(ear);
  }

  /** Something was asked of this line by another way, and may be answered late: silence is due before the next request. */
  unsettle(): void {
    this.quiet.unsettle();
  }

  /** The port was another lane's: what that one asked for may still be answered. */
  succeed(former: Lane): void {
    this.quiet.succeed(former.quiet);
  }

  /** The link came up or went down: waiting jobs move, a running one stops waiting for an answer that cannot come. */
  linkChanged(): void {
    const state = this.options.linkState();
    if (state === 'online') return void this.pump();
    this.ears.cut();
    this.path.interrupt();
    if (!state.retryable) for (const entry of this.queue.all()) this.settle(entry, copyOf(state));
    for (const entry of this.queue.all()) this.tell(entry, { at: 'waiting-for-broker' });
  }

  /** Rejects what waits, lets the running job say goodbye, then resolves. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const entry of this.queue.all()) this.settle(entry, failure('lane.modemClosed', {}, 'queue'));
    this.running?.stop.abort();
    while (this.running) await this.options.clock.sleep(CLOSE_POLL_MS);
  }

  // The Line that sessions talk to.

  get latencyMs(): number {
    return this.path.roundTrip.timeoutMs;
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.checkLink();
    this.mayHaveLeft = true;
    await this.options.transmit(bytes);
    this.path.sent(bytes, this.settings.current);
  }

  dropHeard(): void {
    this.stale += this.path.dropHeard();
  }

  async receive(ms: number, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const until = this.options.clock.now() + ms;
    const chunk = await this.path.take(ms, signal);
    if (chunk) return chunk;
    if (this.mayHaveLeft) this.quiet.mayAnswerUntil(until);
    this.checkLink();
    if (ms > 0 && !signal?.aborted && !this.running?.job.isProbe) this.path.silence();
    return undefined;
  }

  setLine(line: LineSettings): Promise<void> {
    return this.settings.change(line);
  }

  private checkLink(): void {
    const state = this.options.linkState();
    if (state !== 'online') throw copyOf(state);
  }

  // Waiting

  private sharedEntry<R>(job: Job<R>): Entry | undefined {
    if (job.key === undefined) return undefined;
    const running = this.running?.job.key === job.key && !this.running.stop.signal.aborted ? this.running : undefined;
    const waiting = this.queue.find(job.key);
    if (waiting) this.queue.raise(waiting, job.priority ?? 0);
    return waiting ?? running;
  }

  private newEntry<R>(job: Job<R>): Entry | undefined {
    if (this.queue.length >= this.options.queueLimit) return undefined;
    const entry: Entry = {
      job,
      since: this.options.clock.now(),
      askers: new Set(),
      priority: job.priority ?? 0,
      stop: new AbortController(),
      attempt: 0,
      state: 'waiting',
    };
    this.queue.push(entry);
    void this.options.clock.sleep(job.queueMs, entry.stop.signal).then(() => this.expire(entry));
    return entry;
  }

  private join<R>(entry: Entry, job: Job<R>): Promise<Done<R>> {
    return new Promise<Done<R>>((resolve, reject) => {
      const leave = (): void => {
        if (!entry.askers.delete(asker)) return;
        reject(failure('lane.cancelled', {}, entry.state === 'running' ? 'read' : 'queue'));
        if (entry.askers.size === 0) this.abandon(entry);
      };
      const finish = (): void => job.signal?.removeEventListener('abort', leave);
      const asker = {
        resolve: (done: Done<unknown>) => (finish(), resolve(done as Done<R>)),
        reject: (error: ReadError) => (finish(), reject(error)),
        onProgress: onlookerOf(job),
      };
      entry.askers.add(asker);
      job.signal?.addEventListener('abort', leave, { once: true });
      const ahead = this.queue.indexOf(entry) + (this.running ? 1 : 0);
      if (ahead > 0) asker.onProgress({ at: 'queued', ahead });
      if (this.options.linkState() !== 'online') this.linkChanged();
      void this.pump();
    });
  }

  private abandon(entry: Entry): void {
    this.queue.remove(entry);
    if (entry.state === 'waiting') entry.state = 'settled';
    entry.stop.abort();
  }

  private expire(entry: Entry): void {
    if (entry.state !== 'waiting') return;
    const state = this.options.linkState();
    const waited = failure('lane.waited', { seconds: Math.round(entry.job.queueMs / 1000) }, 'queue');
    this.settle(entry, state === 'online' ? waited : copyOf(state));
  }

  private settle(entry: Entry, outcome: ReadError | Done<unknown>): void {
    if (entry.state === 'settled') return;
    entry.state = 'settled';
    this.queue.remove(entry);
    for (const asker of entry.askers) {
      if (outcome instanceof ReadError) asker.reject(outcome);
      else asker.resolve(outcome);
    }
    entry.askers.clear();
    entry.stop.abort();
  }

  private tell(entry: Entry, progress: Progress): void {
    for (const asker of entry.askers) asker.onProgress(progress);
  }

  // Running

  private async pump(): Promise<void> {
    if (this.isPumping) return;
    this.isPumping = true;
    while (this.options.linkState() === 'online') {
      const entry = this.queue.shift();
      if (!entry) break;
      this.running = entry;
      await this.serve(entry);
      this.running = undefined;
    }
    this.isPumping = false;
  }

  private async serve(entry: Entry): Promise<void> {
    const { job } = entry;
    const rest = job.meter === undefined ? 0 : this.breaker.restMs(job.meter);
    if (rest > 0) {
      return this.settle(entry, failure('lane.resting', { seconds: Math.ceil(rest / 1000) }, 'queue'));
    }
    entry.state = 'running';
    entry.attempt += 1;
    this.mayHaveLeft = false;
    const started = this.options.clock.now();
    const before = { out: this.path.bytesOut, in: this.path.bytesIn, exchanges: this.path.exchanges };
    this.tell(entry, { at: 'running', attempt: entry.attempt });
    try {
      const value = await this.talk(entry);
      if (job.meter !== undefined) {
        this.breaker.answered(job.meter);
        this.known.answeredAt = this.options.clock.now();
        this.meters.answered(job.meter, this.options.clock.now());
      }
      const link: LinkFigures = {
        exchanges: this.path.exchanges - before.exchanges,
        bytesOut: this.path.bytesOut - before.out,
        bytesIn: this.path.bytesIn - before.in,
        attempts: entry.attempt,
        queuedMs: Math.round(started - entry.since),
        ms: Math.round(this.options.clock.now() - started),
      };
      this.settle(entry, { value, link });
    } catch (thrown) {
      this.failed(entry, asReadError(thrown));
    }
  }

  private async talk(entry: Entry): Promise<unknown> {
    const {
      job,
      stop: { signal },
    } = entry;
    const { clock } = this.options;
    await this.quiet.pass(job.quietMs, this.latencyMs, (ms) => this.path.take(ms, signal), signal);
    this.path.clear();
    await (job.line ? this.setLine(job.line) : this.settings.restore());
    if (signal.aborted) throw failure('lane.cancelled', {}, 'queue');
    const value = await runSession(this, job.start(this.memory), {
      clock,
      signal,
      ...(job.trace && { trace: job.trace }),
    });
    this.path.settle(this.settings.current);
    return value;
  }

  private failed(entry: Entry, error: ReadError): void {
    const { job } = entry;
    if (this.mayHaveLeft) this.quiet.unsettle();
    if (
      this.mayHaveLeft &&
      job.meter !== undefined &&
      !job.isProbe &&
      (error.fault === 'device' || error.fault === 'line')
    ) {
      this.known.failed = { at: this.options.clock.now(), code: error.code };
    }
    const isDead = error.code === 'NO_REPLY' && job.meter !== undefined && !job.isProbe;
    const isHalfOpen = job.meter !== undefined && this.breaker.isProbe(job.meter);
    // What never left may be sent again even if it changes the world; it waits until the link is back.
    if (!this.mayHaveLeft && error.fault === 'network' && this.options.linkState() !== 'online') entry.attempt -= 1;
    const isWanted =
      !entry.stop.signal.aborted && !this.isClosed && this.options.clock.now() - entry.since < job.queueMs;
    if (error.retryable && isWanted && entry.attempt < job.attempts && !(isDead && isHalfOpen)) {
      entry.state = 'waiting';
      return this.queue.pushRetry(entry);
    }
    if (isDead && job.meter !== undefined) this.breaker.failed(job.meter);
    this.settle(entry, error);
  }
}

/** An error of the link belongs to many jobs; each gets its own, so that its stage is its own. */
function copyOf(error: ReadError): ReadError {
  return sameError(error, error.stage ?? 'publish');
}

const CLOSE_POLL_MS = 20;
