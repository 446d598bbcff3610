// The only place where jobs meet a modem: one at a time (half-duplex), in order, bounded. Laws: retry only what is
// retryable, always with a fresh dialogue; after a failure the line must have been silent before the next request;
// nothing is sent while the link is down; every promise settles, also on close.
import type { LineMemory, LineSettings } from '../../wire/dialogue';
import type { ReadError } from '../../wire/errors';
import { sameError, failure, asReadError } from '../../wire/errors';
import { afterFailure } from './after-failure';
import type { Done, Job, JobFigures } from './job';
import { talkOnce } from './job-talk';
import type { LaneHistory } from './lane-history';
import { laneMemory } from './lane-memory';
import type { LaneOptions } from './lane-options';
import { LaneQueue } from './lane-queue';
import type { Line } from './line';
import { MeterBook } from './meter-book';
import { Overhearing } from './overhearing';
import { PortSettings } from './port-settings';
import { QuietWindow } from './quiet-window';
import type { StopSignal } from './clock';
import type { UnaskedListener } from './unasked-bytes';
import { WaitingJob } from './waiting-job';
import { WirePath } from './wire-path';

export class Lane implements Line {
  /** What is known of the link and of the meters. */
  readonly book: MeterBook;
  private readonly queue = new LaneQueue();
  private readonly path: WirePath;
  private readonly memory: LineMemory;
  private readonly settings: PortSettings;
  private readonly quiet: QuietWindow;
  private readonly beside: Overhearing;
  private running: WaitingJob | undefined;
  private isPumping = false;
  private isClosed = false;
  private hasBegun = false;
  /** Rings when no job runs any more. */
  private whenIdle: (() => void)[] = [];
  /** Whether any byte of the running attempt may be under way; a publish that failed may have arrived all the same. */
  private mayHaveLeft = false;
  private begunAt = 0;
  private readonly known: { -readonly [fact in keyof LaneHistory]: LaneHistory[fact] } = {
    heardAt: undefined,
    answeredAt: undefined,
    failed: undefined,
  };

  constructor(private readonly options: LaneOptions) {
    const { clock, random, knownSince } = options;
    this.book = options.book ?? new MeterBook(clock, random);
    this.settings = new PortSettings(options.line, options.setBaud);
    this.path = new WirePath(clock, options.roundTrip, this.book.roundTrip);
    this.quiet = new QuietWindow(clock, knownSince);
    this.beside = new Overhearing(clock, knownSince, this.book.foreign);
    this.memory = laneMemory(options, this.book, this.path, this.settings);
  }

  /** Jobs waiting or running. */
  get depth(): number {
    // waiting: to be retried, so in the queue already
    return this.queue.length + (this.running && this.running.state !== 'waiting' ? 1 : 0);
  }

  /** The usual round trip of the link in ms; a guess until measured. */
  get roundTripMs(): number {
    return this.path.roundTrip.typicalMs;
  }

  /** Bytes that no job had asked for, or that came before the request they could have answered. */
  get unasked(): number {
    return this.beside.unasked.bytes + this.beside.staleBytes;
  }

  get facts(): LaneHistory {
    return this.known;
  }

  /** Waits for the job's turn and does it; rejects with a ReadError. */
  run<R>(job: Job<R>): Promise<Done<R>> {
    if (this.isClosed) return Promise.reject(failure('lane.modemClosed', {}, 'queue'));
    if (job.signal?.aborted) return Promise.reject(failure('lane.cancelledEarly', {}, 'queue'));
    const entry = this.sharedEntry(job) ?? this.newEntry(job);
    if (!entry) {
      return Promise.reject(failure('lane.queueFull', { jobs: this.queue.length }, 'queue'));
    }
    const done = entry.join(job, () => this.abandon(entry));
    const ahead = this.queue.indexOf(entry) + (this.running ? 1 : 0);
    if (ahead > 0) entry.tellLast({ at: 'queued', ahead });
    if (this.options.linkState() !== 'online') this.linkChanged();
    void this.pump();
    return done;
  }

  /** A chunk from the meter's side. */
  hear(bytes: Uint8Array): void {
    this.known.heardAt = this.options.clock.now();
    if (this.running) {
      this.beside.whileRunning(bytes);
      return this.path.heard(bytes);
    }
    this.quiet.disturb();
    this.beside.whileIdle(bytes);
  }

  /** Hears what nobody asked for, beside the jobs and without a turn; returns the way to stop. */
  onUnasked(listener: UnaskedListener): () => void {
    return this.beside.unasked.add(listener);
  }

  /**
   * Something was asked of this line by another way, and may be answered late: silence is due before the next request.
   */
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
    this.beside.unasked.cut();
    this.path.interrupt();
    if (!state.retryable) for (const entry of this.queue.all()) this.settle(entry, copyOf(state));
    for (const entry of this.queue.all()) entry.tell({ at: 'waiting-for-broker' });
  }

  /** Rejects what waits, lets the running job say goodbye, then resolves. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const entry of this.queue.all()) this.settle(entry, failure('lane.modemClosed', {}, 'queue'));
    this.running?.stop.abort();
    if (this.running) await new Promise<void>((resolve) => void this.whenIdle.push(resolve));
  }

  // The Line that sessions talk to.

  get latencyMs(): number {
    return this.path.roundTrip.timeoutMs;
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.checkLink();
    this.mayHaveLeft = true;
    if (this.options.isEchoed?.()) this.book.foreign.sent(bytes);
    await this.options.transmit(bytes);
    this.path.sent(bytes, this.settings.current);
  }

  dropHeard(): void {
    this.beside.stale(this.path.dropHeard());
  }

  async receive(ms: number, signal?: StopSignal, isSearch?: boolean): Promise<Uint8Array | undefined> {
    const until = this.options.clock.now() + ms;
    const chunk = await this.path.take(ms, signal);
    if (chunk) return chunk;
    if (this.mayHaveLeft) this.quiet.mayAnswerUntil(until);
    this.checkLink();
    if (ms > 0 && !signal?.aborted && !this.running?.job.isProbe) this.path.silence(isSearch);
    return undefined;
  }

  setLine(line: LineSettings): Promise<void> {
    return this.settings.change(line);
  }

  /** What somebody sent to this line through the broker; our own sends come back too. */
  hearRequest(bytes: Uint8Array): void {
    this.book.foreign.requestSeen(bytes);
  }

  private checkLink(): void {
    const state = this.options.linkState();
    if (state !== 'online') throw copyOf(state);
  }

  // Waiting

  private sharedEntry<R>(job: Job<R>): WaitingJob | undefined {
    if (job.key === undefined) return undefined;
    const running = this.running?.job.key === job.key && !this.running.stop.aborted ? this.running : undefined;
    const waiting = this.queue.find(job.key);
    if (waiting) this.queue.raise(waiting, job.priority ?? 0);
    return waiting ?? running;
  }

  private newEntry<R>(job: Job<R>): WaitingJob | undefined {
    if (this.queue.length >= this.options.queueLimit) return undefined;
    const entry = new WaitingJob(job, this.options.clock.now());
    this.queue.push(entry);
    void this.options.clock.sleep(job.queueMs, entry.stop).then(() => this.expire(entry));
    return entry;
  }

  private abandon(entry: WaitingJob): void {
    this.queue.remove(entry);
    if (entry.state === 'waiting') entry.state = 'settled';
    entry.stop.abort();
  }

  private expire(entry: WaitingJob): void {
    if (entry.state !== 'waiting') return;
    const state = this.options.linkState();
    const waited = failure('lane.waited', { seconds: Math.round(entry.job.queueMs / 1000) }, 'queue');
    this.settle(entry, state === 'online' ? waited : copyOf(state));
  }

  private settle(entry: WaitingJob, outcome: ReadError | Done<unknown>): void {
    this.queue.remove(entry);
    entry.settle(outcome);
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
    for (const call of this.whenIdle.splice(0)) call();
  }

  private async serve(entry: WaitingJob): Promise<void> {
    const { job } = entry;
    const { clock } = this.options;
    const rest = job.meter === undefined ? 0 : this.book.breaker.restMs(job.meter);
    if (rest > 0) {
      return this.settle(entry, failure('lane.resting', { seconds: Math.ceil(rest / 1000) }, 'queue'));
    }
    if (!this.hasBegun) this.options.onFirstJob?.();
    this.hasBegun = true;
    entry.state = 'running';
    entry.attempt += 1;
    this.mayHaveLeft = false;
    const started = (this.begunAt = clock.now());
    const before = this.path.counts;
    entry.tell({ at: 'running', attempt: entry.attempt });
    try {
      const { path, quiet, beside, settings, memory } = this;
      const value = await talkOnce({ clock, line: this, path, quiet, beside, settings, memory }, entry);
      if (job.meter !== undefined) {
        this.known.answeredAt = clock.now();
        this.book.answered(job.meter);
      }
      this.settle(entry, { value, link: this.figures(entry, started, before) });
    } catch (thrown) {
      this.failed(entry, asReadError(thrown));
    }
    this.book.roundTrip = this.path.roundTrip.figures;
  }

  private figures({ attempt, since }: WaitingJob, started: number, before: WirePath['counts']): JobFigures {
    const { exchanges, bytesOut, bytesIn } = this.path.countsSince(before);
    const ms = Math.round(this.options.clock.now() - started);
    return { exchanges, bytesOut, bytesIn, attempts: attempt, queuedMs: Math.round(started - since), ms };
  }

  private failed(entry: WaitingJob, error: ReadError): void {
    const { job } = entry;
    const { clock } = this.options;
    const { breaker } = this.book;
    if (this.mayHaveLeft) {
      this.quiet.unsettle();
      this.beside.answerLost();
    }
    const { isRetried, isCounted, isResting, isOfTheLine } = afterFailure(job, error, {
      attempt: entry.attempt,
      mayHaveLeft: this.mayHaveLeft,
      isOnline: this.options.linkState() === 'online',
      isWanted: !entry.stop.aborted && !this.isClosed && clock.now() - entry.since < job.queueMs,
      isAfterRest: job.meter !== undefined && breaker.isProbe(job.meter),
    });
    if (isOfTheLine) this.known.failed = { at: clock.now(), code: error.code };
    if (!isCounted) entry.attempt -= 1;
    if (isResting && job.meter !== undefined) breaker.failed(job.meter);
    if (!isRetried) return this.settle(entry, this.book.foreign.explain(error, this.begunAt));
    entry.state = 'waiting';
    this.queue.pushRetry(entry);
  }
}

/** An error of the link belongs to many jobs; each gets its own, so that its stage is its own. */
function copyOf(error: ReadError): ReadError {
  return sameError(error, error.stage ?? 'publish');
}
