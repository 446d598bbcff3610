// A second master on a serial bus, such as a display or another data logger: it asks on its own time and hears neither
// whether somebody else talks nor what is answered to others.
import type { Clock, Random, StopSignal } from '../../core/transport/lane/clock';
import { between } from '../ground/random';
import type { Bus } from './bus';

export interface BusMasterOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Whole requests; asked one after the other, for ever. */
  readonly requests: readonly Uint8Array[];
  /** From the end of one request to the next, in ms. */
  readonly pauseMsMin: number;
  readonly pauseMsMax: number;
}

/** Asks until stopped. */
export async function runBusMaster(bus: Bus, options: BusMasterOptions, signal: StopSignal): Promise<void> {
  const { clock, random, requests, pauseMsMin, pauseMsMax } = options;
  for (let i = 0; !signal.aborted && requests.length > 0; i++) {
    await clock.sleep(between(random, pauseMsMin, pauseMsMax), signal);
    const request = requests[i % requests.length];
    if (request && !signal.aborted) await bus.speak(request);
  }
}
