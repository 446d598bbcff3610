// The interval asked for, and what of the answers lies in it. Law kept here: a record of another time is never handed
// on as if it had been asked for (read piece by piece, it would be billed twice), and never left out without a word.
// Both ends count, to the minute: the time A of a request carries no more.
import type { Reading } from '../meter/reading';
import { failure, errorFacts } from '../wire/errors';
import { instantOf, minutesBetween, placeIn, tagAt, timeText } from './calendar';
import { isUnset, type TimeTag } from './time-tag';

/** The interval that was asked for, and what came of other times. */
export class Interval {
  private outside: TimeTag[] = [];

  constructor(
    readonly from: TimeTag,
    readonly to: TimeTag,
    private readonly standardOffset: number,
  ) {}

  /** What lies inside, or touches it. A record without a date stays: it says so itself. `silently`: wider was asked. */
  keep<T>(
    found: readonly T[],
    spanOf: (one: T) => { readonly start: TimeTag; readonly end: TimeTag },
    how?: 'silently',
  ): readonly T[] {
    return found.filter((one) => {
      const { start, end } = spanOf(one);
      const isKept = this.place(end) !== 'before' && this.place(start) !== 'behind';
      if (!isKept && how !== 'silently') this.outside.push(end);
      return isKept;
    });
  }

  /** The word about what was left out; if nothing else came, that is no answer. */
  leftOut(register: number | string, kept: number): readonly Reading[] {
    if (this.outside.length === 0) return [];
    const sorted = this.outside.map((tag) => timeText(tag, this.standardOffset) ?? '').sort();
    const what = { count: this.outside.length, first: sorted[0] ?? '', last: sorted.at(-1) ?? '' };
    if (kept === 0) throw failure('iec870.onlyOutside', what);
    return [
      {
        name: 'outside_interval',
        id: `${register}:outside`,
        error: errorFacts(failure('iec870.someOutside', what)),
      },
    ];
  }

  /**
   * The period before the interval, where exactly the record of `from` is missing; its length is that between two
   * records, or as usual. Where more is missing, the meter has no more.
   */
  periodBefore([first, second]: readonly TimeTag[], usualMinutes: number): TimeTag | undefined {
    if (!first || isUnset(first)) return undefined;
    const length = second && !isUnset(second) ? minutesBetween(first, second, this.standardOffset) : usualMinutes;
    if (length <= 0 || minutesBetween(this.from, first, this.standardOffset) !== length) return undefined;
    return tagAt(instantOf(this.from, this.standardOffset) - length * 60_000, 'from', this.standardOffset);
  }

  private place(tag: TimeTag): 'before' | 'inside' | 'behind' {
    return placeIn(tag, this.from, this.to, this.standardOffset);
  }
}
