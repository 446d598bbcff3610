// Which addresses of a unit have answered: the map that reads may be lengthened in, and the proof that a function is known.
import type { Item, ReadFunction } from './lengths';

export class Answered {
  private readonly ranges = new Map<ReadFunction, { from: number; to: number }[]>();
  private readonly longest = new Map<ReadFunction, number>();

  note(fn: ReadFunction, address: number, quantity: number): void {
    this.longest.set(fn, Math.max(this.longestOf(fn), quantity));
    const known = this.ranges.get(fn) ?? [];
    const last = address + quantity;
    if (known.some(({ from, to }) => from <= address && to >= last)) return;
    const apart = known.filter(({ from, to }) => from > last || to < address);
    const touched = known.filter((range) => !apart.includes(range));
    const from = Math.min(address, ...touched.map((range) => range.from));
    const to = Math.max(last, ...touched.map((range) => range.to));
    this.ranges.set(fn, [...apart, { from, to }].slice(-MAX_RANGES));
  }

  /** What was refused since is known no longer. */
  forget({ function: fn, start, end }: Item): void {
    const known = this.ranges.get(fn) ?? [];
    this.ranges.set(
      fn,
      known.flatMap(({ from, to }) =>
        [
          { from, to: Math.min(to, start) },
          { from: Math.max(from, end), to },
        ].filter((part) => part.from < part.to),
      ),
    );
  }

  isKnown(fn: ReadFunction): boolean {
    return this.longest.has(fn);
  }

  /** The most that came in one answer. */
  longestOf(fn: ReadFunction): number {
    return this.longest.get(fn) ?? 0;
  }

  rangesOf(fn: ReadFunction): readonly { readonly from: number; readonly to: number }[] {
    return this.ranges.get(fn) ?? [];
  }
}

const MAX_RANGES = 256;
