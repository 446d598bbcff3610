// How long this link takes, as it is now. RFC 6298: smoothed round trip + 4 x its variance; doubled after a silence, so
// that a latency step above the old deadline cannot kill the line for ever. An exchange with a silence in it gives no
// sample (Karn's rule: its answer may belong to the earlier request), but any answer shows that the link is alive.

export interface RoundTripLimits {
  /** The worst round trip to expect, as the user set it: the deadline until there is a measurement. */
  readonly guessMs: number;
  readonly floorMs: number;
  readonly ceilingMs: number;
}

/** What was measured so far, in ms; `backoff` is how often the deadline was doubled, as a factor. */
export interface RoundTripFigures {
  readonly smoothed: number | undefined;
  readonly variance: number;
  readonly backoff: number;
}

export class RoundTrip {
  private smoothed: number | undefined;
  private variance: number;
  private backoff: number;

  constructor(
    private readonly limits: RoundTripLimits,
    known: RoundTripFigures = UNMEASURED,
  ) {
    ({ smoothed: this.smoothed, variance: this.variance, backoff: this.backoff } = known);
  }

  get figures(): RoundTripFigures {
    const { smoothed, variance, backoff } = this;
    return { smoothed, variance, backoff };
  }

  /** What to add to a device's time before giving up, in ms. */
  get timeoutMs(): number {
    const { guessMs, floorMs, ceilingMs } = this.limits;
    const measured = this.smoothed === undefined ? guessMs : this.smoothed + Math.max(4 * this.variance, GRAIN_MS);
    return Math.min(ceilingMs, Math.max(floorMs, measured) * this.backoff);
  }

  /** The usual round trip in ms; until measured, a quarter of the worst one to expect. */
  get typicalMs(): number {
    return this.smoothed ?? this.limits.guessMs / 4;
  }

  answered(ms: number, isAmbiguous: boolean): void {
    this.backoff = 1;
    if (isAmbiguous) return;
    if (this.smoothed === undefined) {
      this.smoothed = ms;
      this.variance = ms / 2;
      return;
    }
    this.variance += (Math.abs(this.smoothed - ms) - this.variance) / 4;
    this.smoothed += (ms - this.smoothed) / 8;
  }

  silent(): void {
    this.backoff = Math.min(this.backoff * 2, MAX_BACKOFF);
  }
}

export const UNMEASURED: RoundTripFigures = { smoothed: undefined, variance: 0, backoff: 1 };
const GRAIN_MS = 50;
const MAX_BACKOFF = 64;
