// How far a long read came: the periods of an interval read so far, kept in the line's memory while the read is not
// finished, so that the lane's next try asks only for the rest. Bounded in number and in time; empty after success.
import type { LineMemory } from '../wire/dialogue';
import { isSameBytes } from '../wire/bytes';
import { encodeTotals, type Period } from './objects';
import type { Plan } from './options';
import { encodeTimeA, isUnset, type TimeTag } from './time';

interface Kept {
  periods: readonly Period[];
  interval: readonly [TimeTag, TimeTag] | undefined;
  at: number;
}

export class Progress {
  private readonly periods: Period[];
  /** Periods that the meter sends once more because the rest is asked for from the last one on. */
  private readonly again: Period[];

  private constructor(
    private readonly kept: Kept,
    private readonly memory: LineMemory,
  ) {
    this.periods = [...kept.periods];
    const last = this.periods.at(-1);
    this.again = last === undefined ? [] : this.periods.filter((period) => isSameTime(period.time, last.time));
  }

  static recall(memory: LineMemory, plan: Plan, register: number): Progress {
    const span = [plan.from, plan.to].map((tag) => (tag === undefined ? 'clock' : encodeTimeA(tag).join('.'))).join('/');
    const key = `iec870/${plan.link}/${plan.point}/${plan.request}/${register}/${span}`;
    const kept = memory.recall(key, (): Kept => ({ periods: [], interval: undefined, at: memory.now() }));
    const last = kept.periods.at(-1);
    if (memory.now() - kept.at > KEPT_MS || (last !== undefined && isUnset(last.time))) forget(kept);
    return new Progress(kept, memory);
  }

  /** The interval of the read that broke off: one taken from the meter's clock must not move between tries. */
  get interval(): readonly [TimeTag, TimeTag] | undefined {
    return this.kept.interval;
  }

  /** Where to go on; undefined = at the start. */
  get resumeAt(): TimeTag | undefined {
    return this.periods.at(-1)?.time;
  }

  take(found: readonly Period[], from: TimeTag, to: TimeTag): void {
    for (const period of found) {
      const index = this.again.findIndex((known) => isSameBytes(encodeTotals(known), encodeTotals(period)));
      if (index >= 0) this.again.splice(index, 1);
      else this.periods.push(period);
    }
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

/** SU is part of the time: the two 02:00 of October are two periods. */
function isSameTime(a: TimeTag, b: TimeTag): boolean {
  return isSameBytes(encodeTimeA(a), encodeTimeA(b));
}

const KEPT_MS = 600_000;
/** A month of quarter hours, and some. */
const KEPT_PERIODS = 4_000;
