// Brings the broker's subscriptions in line with what is wanted: in batches, several under way at once, and smaller
// ones where a broker closes the connection instead of refusing (some allow eight filters a SUBSCRIBE).
import { failure } from '../../wire/errors';
import { subscribeRefused } from './connect-errors';
import type { Filters } from './filters';
import { coversLevels } from './topics';

/** The part of a connection that this needs. Both reject when the connection ends first. */
export interface FilterWire {
  readonly isOver: boolean;
  /** The SUBACK's codes, in the order of the filters. */
  subscribe(filters: readonly string[]): Promise<readonly number[]>;
  unsubscribe(filters: readonly string[]): Promise<void>;
}

export class FilterSync {
  private batch = MAX_BATCH;
  private readonly strikes = new Map<string, number>();
  /** Asked for or given back at this moment. */
  private readonly underWay = new Set<string>();
  private running: Promise<void> | undefined;

  constructor(private readonly filters: Filters) {}

  /** Resolves when nothing is left to do; a call while one is at work joins it. Rejects when the connection ends. */
  run(wire: FilterWire): Promise<void> {
    return (this.running ??= this.settle(wire));
  }

  /**
   * Whether two of our subscriptions may match the topic just now, because one is replacing the other: a broker may
   * then deliver each message twice (mosquitto does for MQTT 5).
   */
  mayDouble(topic: string): boolean {
    const levels = topic.split('/');
    for (const filter of this.underWay) if (coversLevels(filter.split('/'), levels)) return true;
    return this.filters.hasSurplusFor(levels);
  }

  private async settle(wire: FilterWire): Promise<void> {
    await undefined; // all wishes of one turn of the event loop become one SUBSCRIBE
    try {
      while (this.filters.hasWork) {
        if (wire.isOver) throw failure('mqtt.ended', {}, 'connect'); // nobody's fault here
        const missing = this.filters.nextMissing(this.reach);
        if (missing.length > 0) await this.subscribe(wire, missing);
        else await this.unsubscribe(wire, this.filters.nextSurplus(this.reach));
      }
    } finally {
      this.running = undefined;
    }
  }

  /** After trouble one packet at a time: only then is it certain which one the broker closed on. */
  private get reach(): number {
    return this.batch === MAX_BATCH ? MAX_BATCH * IN_FLIGHT : this.batch;
  }

  private async subscribe(wire: FilterWire, missing: readonly string[]): Promise<void> {
    const batches = inBatches(missing, this.batch);
    for (const filter of missing) this.underWay.add(filter);
    const answers = await Promise.allSettled(batches.map((batch) => wire.subscribe(batch)));
    this.underWay.clear();
    for (const [i, answer] of answers.entries()) {
      const batch = batches[i] ?? [];
      if (answer.status === 'rejected') {
        this.blame(batch);
        throw answer.reason;
      }
      for (const [k, filter] of batch.entries()) this.take(filter, answer.value[k] ?? UNSPECIFIED);
    }
  }

  private take(filter: string, code: number): void {
    this.strikes.delete(filter);
    if (code < UNSPECIFIED) this.filters.granted(filter);
    else this.filters.refused(filter, subscribeRefused(filter, code));
  }

  /**
   * The connection broke over this batch. Smaller ones next time; a filter that broke it alone, twice, is left out, for
   * it would cut all the others off for ever.
   */
  private blame(batch: readonly string[]): void {
    const [only] = batch;
    if (batch.length > 1 || only === undefined) {
      this.batch = Math.max(1, Math.floor(Math.min(this.batch, batch.length) / SHRINK));
      return;
    }
    const strikes = (this.strikes.get(only) ?? 0) + 1;
    this.strikes.set(only, strikes);
    if (strikes < MAX_STRIKES) return;
    this.strikes.delete(only);
    this.filters.refused(only, failure('mqtt.closesOnFilter', { filter: only }, 'connect'), true);
  }

  private async unsubscribe(wire: FilterWire, surplus: readonly string[]): Promise<void> {
    for (const filter of surplus) {
      this.filters.unsubscribing(filter);
      this.underWay.add(filter);
    }
    try {
      await Promise.all(inBatches(surplus, this.batch).map((batch) => wire.unsubscribe(batch)));
    } finally {
      this.underWay.clear();
    }
  }
}

function inBatches(filters: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(filters.length / size) }, (_, i) => filters.slice(i * size, (i + 1) * size));
}

/**
 * mosquitto and aedes take thousands; packets of this size keep a single-threaded broker free for others in between.
 */
const MAX_BATCH = 100;
const IN_FLIGHT = 8;
const SHRINK = 4;
const MAX_STRIKES = 2;
/** SUBACK: 0x80 and above is a refusal (3.1.1 clause 3.9.3, 5 clause 3.9.3). */
const UNSPECIFIED = 0x80;
