// Sets of addresses as sorted intervals [from, to) that do not touch.
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export function merged(intervals: readonly Interval[]): readonly Interval[] {
  const all: { from: number; to: number }[] = [];
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = all[all.length - 1];
    if (last && last.to >= from) last.to = Math.max(last.to, to);
    else all.push({ from, to });
  }
  return all;
}

/** How many addresses of [from, to) are in none of the merged intervals. */
export function outside(intervals: readonly Interval[], from: number, to: number): number {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((intervals[middle]?.to ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  let left = Math.max(0, to - from);
  for (let i = low; i < intervals.length; i++) {
    const { from: start, to: end } = intervals[i] ?? { from: to, to };
    if (start >= to) break;
    left -= Math.min(end, to) - Math.max(start, from);
  }
  return left;
}
