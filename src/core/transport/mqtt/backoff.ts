// How long to wait before the next connection: doubling, with jitter, so that the platforms of one broker do not all
// come back in the same second. A broker that was there a moment ago is back in a moment: the pace stays quick at
// first.
import type { Random } from '../lane/clock';
import type { Failure } from './socket-errors';

/** `attempt` counts from 0. Between 1 s and `ceilingMs`. */
export function backoffMs(attempt: number, random: Random, ceilingMs = SLOWEST_MS): number {
  const base = Math.min(ceilingMs, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(Math.min(ceilingMs, base * (1 + random() / 2)));
}

/** What one connection was, from dialing to its end. */
export interface ConnectionLife {
  readonly lastedMs: number;
  /** All that was wanted was asked for and answered. */
  readonly wasOnline: boolean;
  /** The broker answered a SUBSCRIBE. */
  readonly wasUseful: boolean;
}

/** The pace of one broker's connections. */
export class Pace {
  /** Connections in a row that were of no use. */
  private attempt = 0;
  /** Of those that were online, the ones in a row that the broker closed soon and without a word. */
  private silentCloses = 0;
  private awaySince: number | undefined;
  private wasEverUseful = false;

  constructor(private readonly random: Random) {}

  /** Two clients of one id throw each other out, each at once after it is back. */
  get isFlapping(): boolean {
    return this.silentCloses >= FLAPPING;
  }

  /** A connection ended, at `now` of the clock. */
  ended(life: ConnectionLife, failure: Failure, now: number): void {
    const isShort = life.lastedMs < STABLE_MS;
    this.silentCloses = life.wasOnline && isShort && failure.isSilentClose === true ? this.silentCloses + 1 : 0;
    if ((life.wasOnline || life.wasUseful) && !this.isFlapping) {
      this.attempt = 0;
      this.awaySince = now;
      this.wasEverUseful = true;
    }
    this.awaySince ??= now;
  }

  /** How long to wait now; the next one is longer. What will not mend itself is asked at the slowest pace only. */
  nextMs(failure: Failure, now: number): number {
    const awayMs = now - (this.awaySince ?? now);
    // a broker that starts again may refuse everybody until its list of users is loaded
    const isPassing = !failure.isLasting || (this.wasEverUseful && awayMs < SOON_MS);
    const ceiling = isPassing ? this.ceiling(awayMs) : SLOWEST_MS;
    const ms = isPassing ? backoffMs(this.attempt, this.random, ceiling) : SLOWEST_MS;
    this.attempt += 1;
    return ms;
  }

  private ceiling(awayMs: number): number {
    if (awayMs >= SOON_MS) return SLOWEST_MS;
    return (awayMs < AT_ONCE_MS ? QUICK_MS : SLOWER_MS) * (1 - this.random() / 4);
  }
}

export const SLOWEST_MS = 60_000;
const FIRST_MS = 1000;
/** In the first minute of an absence, and up to its fifth. */
const AT_ONCE_MS = 60_000;
const QUICK_MS = 4000;
const SOON_MS = 300_000;
const SLOWER_MS = 10_000;
const STABLE_MS = 30_000;
const FLAPPING = 3;
