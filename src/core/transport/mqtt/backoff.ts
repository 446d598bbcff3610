// How long to wait before the next connection: doubling, with jitter, so that the platforms of one broker do not all
// come back in the same second.
import type { Random } from '../lane/clock';

/** `attempt` counts from 0. Between 1 s and 60 s. */
export function backoffMs(attempt: number, random: Random): number {
  const base = Math.min(SLOWEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(Math.min(SLOWEST_MS, base * (1 + random() / 2)));
}

export const SLOWEST_MS = 60_000;
const FIRST_MS = 1000;
