// Associations that stay open between the reads of one poll (keepAlive). Laws: one association is one job of the lane, so
// whoever else is on the bus waits until it ends; each read has its own figures and its own error; only the read that
// failed is tried again; the meter is told goodbye at the end, whatever ended it.
import type { Node } from 'node-red';
import {
  asReadError,
  leaving,
  ReadError,
  systemClock,
  type Dialogue,
  type DlmsRequest,
  type Done,
  type Job,
  type Lane,
  type LineMemory,
  type LinkFigures,
  type Readout,
  type TraceEvent,
} from '../../src/core/index';

/** One meter that can be read several times between hello and goodbye. */
export interface Talk {
  open(): Dialogue<void>;
  read(request: DlmsRequest): Dialogue<Readout>;
  close(): Dialogue<void>;
}

export interface Wish {
  /** Everything that has to be equal for two reads to share an association. */
  readonly key: string;
  readonly keepMs: number;
  readonly request: DlmsRequest;
  readonly job: Job<Readout>;
  /** Who asks; what is open for it alone ends with it. */
  readonly node: Node;
  talk(memory: LineMemory): Talk;
}

export class KeptAssociations {
  private readonly byPort = new WeakMap<Lane, Map<string, KeptAssociation>>();
  private readonly open = new Set<KeptAssociation>();

  /** Over the association that is open for this meter; else over a new one, which is kept if that is wished. */
  read(port: Lane, wish: Wish): Promise<Done<Readout>> {
    const here = this.byPort.get(port) ?? new Map<string, KeptAssociation>();
    const known = here.get(wish.key);
    if (known?.isTaking) return known.read(wish);
    if (wish.keepMs === 0) return port.run(wish.job);
    const kept: KeptAssociation = new KeptAssociation(port, wish, () => {
      this.open.delete(kept);
      if (here.get(wish.key) === kept) here.delete(wish.key);
    });
    this.byPort.set(port, here.set(wish.key, kept));
    this.open.add(kept);
    return kept.read(wish);
  }

  /** The node asks no more, of this modem or of any. */
  leave(node: Node, port?: Lane): void {
    for (const kept of this.open) if (port === undefined || kept.port === port) kept.leave(node);
  }
}

interface Wanted {
  readonly wish: Wish;
  readonly since: number;
  begunAt: number;
  attempts: number;
  figures: Pick<LinkFigures, 'exchanges' | 'bytesOut' | 'bytesIn'>;
  settle(outcome: ReadError | Done<Readout>): void;
}

class KeptAssociation {
  /** False from the moment when the goodbye begins: what comes then needs a new association. */
  isTaking = true;
  private readonly queue: Wanted[] = [];
  private readonly nodes = new Set<Node>();
  private current: Wanted | undefined;
  private keepMs = 0;
  private stop = new AbortController();
  private isSubmitted = false;
  private isOpened = false;

  constructor(
    readonly port: Lane,
    private readonly first: Wish,
    private readonly onEnd: () => void,
  ) {}

  read(wish: Wish): Promise<Done<Readout>> {
    const { signal } = wish.job;
    if (signal?.aborted) return Promise.reject(new ReadError('CANCELLED', 'cancelled before it began', 'queue'));
    this.nodes.add(wish.node);
    this.keepMs = Math.max(this.keepMs, wish.keepMs);
    return new Promise((resolve, reject) => {
      const cancel = (): void => this.cancel(wanted);
      const wanted: Wanted = {
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
      if (this.isSubmitted && this.queue.length > 1)
        wish.job.onProgress?.({ at: 'queued', ahead: this.queue.length - 1 });
      if (!this.isSubmitted) this.submit();
    });
  }

  leave(node: Node): void {
    this.nodes.delete(node);
    if (this.nodes.size === 0 && this.queue.length === 0) this.stop.abort();
  }

  /** A read that is cut in the middle takes the association with it; the others go on over a new one. */
  private cancel(wanted: Wanted): void {
    const isRunning = wanted === this.current;
    if (isRunning) this.current = undefined;
    wanted.settle(new ReadError('CANCELLED', 'cancelled', isRunning ? 'read' : 'queue'));
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

  private *next(memory: LineMemory, longest: number): Dialogue<Wanted | undefined> {
    const end = Math.min(memory.now() + this.keepMs, longest);
    while (this.queue.length === 0 && memory.now() < end)
      yield { do: 'pause', ms: Math.min(LOOK_MS, end - memory.now()) };
    if (memory.now() < longest && this.queue.length > 0) return this.begin();
    this.isTaking = false;
    return undefined;
  }

  private begin(): Wanted | undefined {
    const wanted = this.queue[0];
    this.current = wanted;
    if (!wanted) return undefined;
    wanted.begunAt = systemClock.now();
    wanted.attempts += 1;
    wanted.figures = NOTHING_YET;
    wanted.wish.job.onProgress?.({ at: 'running', attempt: wanted.attempts });
    return wanted;
  }

  private finish(wanted: Wanted, value: Readout): void {
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
      for (const wanted of hit) wanted.settle(new ReadError(error.code, error.detail, error.stage, { cause: error }));
    }
    if (this.queue.length > 0) return this.submit();
    this.isTaking = false;
    this.onEnd();
  }
}

const NOTHING_YET = { exchanges: 0, bytesOut: 0, bytesIn: 0 } as const;
/** How soon a read that comes while nothing is read goes out. */
const LOOK_MS = 50;
/** However many reads come, the others on the bus get their turn. */
const LONGEST_MS = 120_000;
