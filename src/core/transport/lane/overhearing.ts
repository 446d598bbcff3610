// What a lane hears beside its jobs: told to whoever listens, counted, and weighed as a sign of another master. A meter
// that sends by itself has somebody who listens for it; a late or doubled answer to us is nobody's.
import { isSameBytes } from '../../wire/bytes';
import type { Clock } from './clock';
import type { ForeignTraffic } from './foreign-traffic';
import { UnaskedBytes } from './unasked-bytes';

export class Overhearing {
  /** Bytes that came while no job was there to take them. */
  readonly unasked = new UnaskedBytes();
  /** Bytes that came before the request they could have answered. */
  staleBytes = 0;
  /** When a request last stayed without its answer. */
  private lostAt = -Infinity;
  /** Chunks that jobs got lately: a tunnel may bring one twice. */
  private recent: Uint8Array[] = [];

  /** `knownSince`: from when on all is known that was asked of this line. */
  constructor(
    private readonly clock: Clock,
    private readonly knownSince: number,
    private readonly foreign: ForeignTraffic,
  ) {}

  /** A job is there to take it. */
  whileRunning(bytes: Uint8Array): void {
    this.unasked.cut();
    this.recent = [...this.recent.slice(1 - MAX_RECENT), bytes];
  }

  whileIdle(bytes: Uint8Array): void {
    this.unasked.say(bytes);
    this.weigh(bytes, this.unasked.hasListener || this.recent.some((heard) => isSameBytes(heard, bytes)));
  }

  /** Chunks that a job was there for and did not take. */
  dropped(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) this.weigh(chunk, true);
  }

  stale(chunks: readonly Uint8Array[]): void {
    for (const { length } of chunks) this.staleBytes += length;
    this.dropped(chunks);
  }

  /** The answer to a request of ours may still come. */
  answerLost(): void {
    this.lostAt = this.clock.now();
  }

  private weigh(bytes: Uint8Array, isExpected: boolean): void {
    const now = this.clock.now();
    this.foreign.unasked(bytes, isExpected || now - this.lostAt < LATE_MS || now - this.knownSince < LATE_MS);
  }
}

const MAX_RECENT = 16;
/** The greatest age of a message in the tunnel: until then bytes may be an answer to us. */
const LATE_MS = 60_000;
