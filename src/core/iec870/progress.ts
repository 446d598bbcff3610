// How far a long read came: the periods of an interval read so far, kept in the line's memory while the read is not
// finished, so that the lane's next try asks only for the rest. Bounded in number and in time; empty after success.
import type { LineMemory } from '../wire/dialogue';
import { toHex } from '../wire/bytes';
import { BLOCKS, encodeTotals, INVALID, type Period } from './objects';
import { BLOCK_OBJECT } from './predict';
import { minutesBetween } from './calendar';
import type { Iec870Plan } from './options';
import { encodeTimeA, isUnset, type TimeTag } from './time-tag';

interface Kept {
  periods: readonly Period[];
  interval: readonly [TimeTag, TimeTag] | undefined;
  at: number;
}

/** The periods of one interval, over the tries of a read. */
export class PeriodProgress {
  private readonly periods: Period[];
  /**
   * A period is known by its time, SU and values. What is equal in all of them is the same record once more: sent
   * again because the rest is asked for from the last one on, or a copy that came very late. Two records of one time
   * with different values (the clock was set back) are two.
   */
  private readonly known: Set<string>;

  private constructor(
    private readonly kept: Kept,
    private readonly memory: LineMemory,
    private readonly standardOffset: number,
  ) {
    this.periods = [...kept.periods];
    this.known = new Set(this.periods.map(keyOf));
  }

  static recall(memory: LineMemory, plan: Iec870Plan, register: number): PeriodProgress {
    const span = [plan.from, plan.to]
      .map((tag) => (tag === undefined ? 'clock' : encodeTimeA(tag).join('.')))
      .join('/');
    const key = `iec870/${plan.link}/${plan.point}/${plan.request}/${register}/${span}`;
    const kept = memory.recall(key, (): Kept => ({ periods: [], interval: undefined, at: memory.now() }));
    if (memory.now() - kept.at > KEPT_MS) forget(kept);
    return new PeriodProgress(kept, memory, plan.standardOffset);
  }

  /** The interval of the read that broke off: one taken from the meter's clock must not move between tries. */
  get interval(): readonly [TimeTag, TimeTag] | undefined {
    return this.kept.interval;
  }

  /**
   * Where to go on: at the last record that has a date; undefined = at the start. So too where one came behind a later
   * one (newest first, or a clock set back), for what is missing then need not lie behind the last; one alone does not
   * tell its meter's order yet.
   */
  get resumeAt(): TimeTag | undefined {
    const dated = this.times.filter((time) => !isUnset(time));
    const steps = dated.slice(1).map((time, i) => minutesBetween(dated[i] ?? time, time, this.standardOffset));
    return steps.some((minutes) => minutes > 0) && steps.every((minutes) => minutes >= 0) ? dated.at(-1) : undefined;
  }

  get times(): readonly TimeTag[] {
    return this.periods.map(({ time }) => time);
  }

  take(found: readonly Period[], from: TimeTag, to: TimeTag, place: 'first' | 'last' = 'last'): void {
    const fresh = found.filter((period) => {
      const key = keyOf(period);
      const isKnown = this.known.has(key);
      this.known.add(key);
      return !isKnown;
    });
    if (place === 'first') this.periods.unshift(...fresh);
    else this.periods.push(...fresh);
    const isKeepable = this.periods.length <= KEPT_PERIODS;
    this.kept.periods = isKeepable ? this.periods : [];
    this.kept.interval = isKeepable ? [from, to] : undefined;
    this.kept.at = this.memory.now();
  }

  /** The whole interval, in the meter's order; nothing of it stays in memory. */
  finish(): readonly Period[] {
    forget(this.kept);
    return this.periods;
  }
}

function forget(kept: Kept): void {
  kept.periods = [];
  kept.interval = undefined;
}

/**
 * SU is part of the time: the two 02:00 of October are two periods. Only what blocks and single answers both carry
 * counts: a read that broke off in blocks and goes on one by one (eight totals, or only those the meter has) hears its
 * last period in the other form.
 */
function keyOf({ totals, time }: Period): string {
  const shared = totals.filter(({ address, quality }) => IN_BLOCK.includes(address) && !(quality & INVALID));
  return toHex(encodeTotals({ totals: shared, time }));
}

const IN_BLOCK = BLOCKS[BLOCK_OBJECT] ?? [];

const KEPT_MS = 600_000;
/** A month of quarter hours, and some. */
const KEPT_PERIODS = 4_000;
