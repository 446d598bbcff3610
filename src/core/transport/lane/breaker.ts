// A dead meter on a bus costs its neighbours at most one time-out per back-off period: after a failed job it rests,
// 5 s at first and doubling to 10 min with jitter; then one job goes through as the probe, with a single attempt.
import { BoundedMap } from '../../wire/bounded-map';
import type { Clock, Random } from './clock';

interface Resting {
  readonly failures: number;
  readonly until: number;
}

export class Breaker {
  private readonly resting = new BoundedMap<string, Resting>(MAX_METERS);

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Milliseconds until the meter may be asked again; 0 = now. */
  restMs(meter: string): number {
    return Math.max(0, (this.resting.get(meter)?.until ?? 0) - this.clock.now());
  }

  /** Whether the next job of this meter is a probe after a rest. */
  isProbe(meter: string): boolean {
    return this.resting.has(meter);
  }

  failed(meter: string): void {
    const failures = (this.resting.get(meter)?.failures ?? 0) + 1;
    const restMs = Math.min(FIRST_REST_MS * 2 ** (failures - 1), LONGEST_REST_MS) * (0.8 + 0.4 * this.random());
    this.resting.set(meter, { failures, until: this.clock.now() + restMs });
  }

  answered(meter: string): void {
    this.resting.delete(meter);
  }
}

const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 600_000;
/** More than the units of one RS485 bus. */
const MAX_METERS = 256;
