// What a lane knows of its link and of the meters behind it: how long the link takes, which meter rests, when each last
// answered, and what protocols remember. Apart from the lane, so that it outlives one that was put away. Bounded.
import { BoundedMap } from '../../wire/bounded-map';
import { Breaker } from './breaker';
import type { Clock, Random } from './clock';
import { ForeignTraffic } from './foreign-traffic';
import { UNMEASURED, type RoundTripFigures } from './round-trip';

export class MeterBook {
  readonly breaker: Breaker;
  /** Whether another master speaks on the line. */
  readonly foreign: ForeignTraffic;
  /** How long the link took so far; the lane measures on. */
  roundTrip: RoundTripFigures = UNMEASURED;
  private readonly answers = new BoundedMap<string, number>(MAX_METERS);
  private readonly listeners = new Set<() => void>();
  private readonly remembered = new BoundedMap<string, unknown>(MAX_ENTRIES);

  constructor(
    private readonly clock: Clock,
    random: Random,
  ) {
    this.breaker = new Breaker(clock, random);
    this.foreign = new ForeignTraffic(clock);
  }

  answered(meter: string): void {
    this.breaker.answered(meter);
    this.answers.set(meter, this.clock.now());
    for (const listener of [...this.listeners]) listener();
  }

  /** `on` after each answer of any meter; returns the way to stop. */
  onAnswer(on: () => void): () => void {
    this.listeners.add(on);
    return () => void this.listeners.delete(on);
  }

  /**
   * Whether at least one meter has answered after `since` (of the clock), and so have all that did in the day before
   * it.
   */
  haveAnsweredSince(since: number): boolean {
    const times = [...this.answers.values()];
    return times.some((at) => at > since) && times.every((at) => at > since || at < since - RECENT_MS);
  }

  /** A protocol's own memory under `key`, created at first use; the least recently recalled goes first. */
  recall<T>(key: string, create: () => T): T {
    const known = this.remembered.has(key) ? (this.remembered.get(key) as T) : create();
    this.remembered.set(key, known);
    return known;
  }
}

const MAX_METERS = 512;
const RECENT_MS = 86_400_000;
const MAX_ENTRIES = 512;
