// What a connection has asked and not yet been answered: each is settled once, by the answer, by its time-out or by the
// connection's end. All wait equally long, so the oldest is due first and one timer serves them all.
import { failure, type ReadError } from '../../wire/errors';
import type { Clock } from '../lane/clock';

interface Asked {
  readonly until: number;
  fail(error: ReadError): void;
  /** What to say when nothing came; may end the connection. */
  late(): ReadError;
}

export class PacketAnswers {
  private readonly waiting = new Set<Asked>();
  private readonly over = new AbortController();
  private isWatched = false;

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.waiting.size;
  }

  ask<R>(
    start: (done: (result: R) => void, fail: (error: ReadError) => void) => void,
    late: () => ReadError,
  ): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      if (this.over.signal.aborted) return reject(failure('mqtt.ended', {}, 'publish'));
      const settle = (): boolean => this.waiting.delete(asked);
      const asked: Asked = {
        until: this.clock.now() + ANSWER_MS,
        fail: (error) => void (settle() && reject(error)),
        late,
      };
      this.waiting.add(asked);
      start((result) => void (settle() && resolve(result)), asked.fail);
      if (this.waiting.has(asked)) void this.watch();
    });
  }

  /** Nothing will be answered any more. */
  end(why: ReadError): void {
    this.over.abort();
    for (const asked of [...this.waiting]) asked.fail(why);
  }

  private async watch(): Promise<void> {
    if (this.isWatched) return;
    this.isWatched = true;
    for (let oldest = first(this.waiting); oldest && !this.over.signal.aborted; oldest = first(this.waiting)) {
      const left = oldest.until - this.clock.now();
      if (left > 0) await this.clock.sleep(left, this.over.signal);
      else oldest.fail(oldest.late());
    }
    this.isWatched = false;
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  const [item] = set;
  return item;
}

/** How long a broker may take over any packet. */
export const ANSWER_MS = 10_000;
