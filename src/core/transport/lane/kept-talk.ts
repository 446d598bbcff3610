// Talks that stay open between the reads of one poll, such as DLMS associations (keepAlive). Laws: one talk is one job
// of the lane, so whoever else is on the bus waits until it ends; each read has its own figures and its own error; only
// the read that failed is tried again; the meter is told goodbye at the end, whatever ended it.
import { Bell } from '../../wire/bell';
import { leaving, type Dialogue, type LineMemory } from '../../wire/dialogue';
import { asReadError, failure, ReadError, sameError } from '../../wire/errors';
import { systemClock } from './clock';
import type { Done, Job, JobFigures } from './job';
import type { Lane } from './lane';
import type { TraceEvent } from './line';

/** One meter that can be read several times between hello and goodbye. */
export interface KeptTalk<Q, R> {
  open(): Dialogue<void>;
  read(request: Q): Dialogue<R>;
  close(): Dialogue<void>;
}

export interface Wish<Q, R> {
  /** Everything that has to be equal for two reads to share a talk. */
  readonly key: string;
  readonly keepMs: number;
  readonly request: Q;
  readonly job: Job<R>;
  /** Who asks; what is open for it alone ends with it. */
  readonly owner: object;
  talk(memory: LineMemory): KeptTalk<Q, R>;
}

export class KeptTalks<Q, R> {
  private readonly byPort = new WeakMap<Lane, Map<string, OpenTalk<Q, R>>>();
  private readonly open = new Set<OpenTalk<Q, R>>();

  /** Over the talk that is open for this meter; else over a new one, which is kept if that is wished. */
  read(port: Lane, wish: Wish<Q, R>): Promise<Done<R>> {
    const here = this.byPort.get(port) ?? new Map<string, OpenTalk<Q, R>>();
    const known = here.get(wish.key);
    if (known?.isTaking) return known.read(wish);
    if (wish.keepMs === 0) return port.run(wish.job);
    const kept: OpenTalk<Q, R> = new OpenTalk(port, wish, () => {
      this.open.delete(kept);
      if (here.get(wish.key) === kept) here.delete(wish.key);
    });
    this.byPort.set(port, here.set(wish.key, kept));
    this.open.add(kept);
    return kept.read(wish);
  }

  /** Its owner asks no more, of this modem or of any. */
  leave(owner: object, port?: Lane): void {
    for (const kept of this.open) if (port === undefined || kept.port === port) kept.leave(owner);
  }
}

interface Wanted<Q, R> {
  readonly wish: Wish<Q, R>;
  readonly since: number;
  begunAt: number;
  attempts: number;
  figures: Pick<JobFigures, 'exchanges' | 'bytesOut' | 'bytesIn'>;
  settle(outcome: ReadError | Done<R>): void;
}

class OpenTalk<Q, R> {
  /** False from the moment when the goodbye begins: what comes then needs a new association. */
  isTaking = true;
  private readonly queue: Wanted<Q, R>[] = [];
  private readonly owners = new Set<object>();
  private current: Wanted<Q, R> | undefined;
  private keepMs = 0;
  private stop = new AbortController();
  private isSubmitted = false;
  /** Rings when another read is wanted. */
  private readonly wished = new Bell();
  private isOpened = false;

  constructor(
    readonly port: Lane,
    private readonly first: Wish<Q, R>,
    private readonly onEnd: () => void,
  ) {}

  read(wish: Wish<Q, R>): Promise<Done<R>> {
    const { signal } = wish.job;
    if (signal?.aborted) return Promise.reject(failure('lane.cancelledEarly', {}, 'queue'));
    this.owners.add(wish.owner);
    this.keepMs = Math.max(this.keepMs, wish.keepMs);
    return new Promise((resolve, reject) => {
      const cancel = (): void => this.cancel(wanted);
      const wanted: Wanted<Q, R> = {
        wish,
        since: systemClock.now(),
        begunAt: 0,
        attempts: 0,
        figures: NOTHING_YET,
        settle: (outcome) => {
          signal?.removeEventListener('abort', cancel);
          this.queue.splice(this.queue.indexOf(wanted), 1);
          if (outcome instanceof ReadError) reject(outcome);
          else resolve(outcome);
        },
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.queue.push(wanted);
      this.wished.ring();
      if (this.isSubmitted && this.queue.length > 1)
        wish.job.onProgress?.({ at: 'queued', ahead: this.queue.length - 1 });
      if (!this.isSubmitted) this.submit();
    });
  }

  leave(owner: object): void {
    this.owners.delete(owner);
    if (this.owners.size === 0 && this.queue.length === 0) this.stop.abort();
  }

  /** A read that is cut in the middle takes the association with it; the others go on over a new one. */
  private cancel(wanted: Wanted<Q, R>): void {
    const isRunning = wanted === this.current;
    if (isRunning) this.current = undefined;
    wanted.settle(failure('lane.cancelled', {}, isRunning ? 'read' : 'queue'));
    if (isRunning || this.queue.length === 0) this.stop.abort();
  }

  private submit(): void {
    const head = this.queue[0];
    if (!head) return;
    this.isSubmitted = this.isTaking = true;
    this.stop = new AbortController();
    // no key: the lane must not take it for another's job
    const { key: _key, ...job } = head.wish.job;
    this.port
      .run<void>({
        ...job,
        signal: this.stop.signal,
        start: (memory) => this.serve(memory),
        trace: (event) => this.heard(event),
        onProgress: (progress) => this.queue[0]?.wish.job.onProgress?.(progress),
      })
      .then(
        () => this.ended(undefined),
        (thrown: unknown) => this.ended(asReadError(thrown)),
      );
  }

  /** The reads of the queue, one after the other, and those that come within `keepMs` after the last. */
  private *serve(memory: LineMemory): Dialogue<void> {
    const talk = this.first.talk(memory);
    const longest = memory.now() + LONGEST_MS;
    this.isOpened = false;
    try {
      let wanted = this.begin();
      yield* talk.open();
      this.isOpened = true;
      while (wanted) {
        const value = yield* talk.read(wanted.wish.request);
        this.finish(wanted, value);
        wanted = yield* this.next(memory, longest);
      }
    } finally {
      yield* leaving(talk.close());
    }
  }

  private *next(memory: LineMemory, longest: number): Dialogue<Wanted<Q, R> | undefined> {
    const end = Math.min(memory.now() + this.keepMs, longest);
    while (this.queue.length === 0 && memory.now() < end)
      yield { do: 'pause', ms: end - memory.now(), until: this.wished };
    if (memory.now() < longest && this.queue.length > 0) return this.begin();
    this.isTaking = false;
    return undefined;
  }

  private begin(): Wanted<Q, R> | undefined {
    const wanted = this.queue[0];
    this.current = wanted;
    if (!wanted) return undefined;
    wanted.begunAt = systemClock.now();
    wanted.attempts += 1;
    wanted.figures = NOTHING_YET;
    wanted.wish.job.onProgress?.({ at: 'running', attempt: wanted.attempts });
    return wanted;
  }

  private finish(wanted: Wanted<Q, R>, value: R): void {
    this.current = undefined;
    const { figures, attempts, begunAt, since } = wanted;
    wanted.settle({
      value,
      link: {
        ...figures,
        attempts,
        queuedMs: Math.round(begunAt - since),
        ms: Math.round(systemClock.now() - begunAt),
      },
    });
  }

  private heard(event: TraceEvent): void {
    const { current } = this;
    if (!current) return;
    current.wish.job.trace?.(event);
    const { figures } = current;
    if (event.kind === 'sent')
      current.figures = {
        ...figures,
        exchanges: figures.exchanges + 1,
        bytesOut: figures.bytesOut + event.bytes.length,
      };
    if (event.kind === 'heard') current.figures = { ...figures, bytesIn: figures.bytesIn + event.bytes.length };
  }

  /**
   * The lane has tried as often as it may. Without an association all reads fail: each would meet the same refusal, and
   * wrong passwords count. Else the one that failed, alone.
   */
  private ended(error: ReadError | undefined): void {
    const { current } = this;
    this.current = undefined;
    this.isSubmitted = false;
    if (error && !this.stop.signal.aborted) {
      const hit = current && this.isOpened && error.stage !== 'queue' ? [current] : [...this.queue];
      // its own for each: whoever catches it may mark it
      for (const wanted of hit) wanted.settle(sameError(error, error.stage));
    }
    if (this.queue.length > 0) return this.submit();
    this.isTaking = false;
    this.onEnd();
  }
}

const NOTHING_YET = { exchanges: 0, bytesOut: 0, bytesIn: 0 } as const;
/** However many reads come, the others on the bus get their turn. */
const LONGEST_MS = 120_000;
