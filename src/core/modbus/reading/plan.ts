// Which registers to ask for in which request: the least total time, exactly. Reading is a partition of the wanted
// intervals into consecutive blocks: an optimal plan with disjoint, trimmed reads in address order always exists when a
// longer answer never costs less, so one pass over "finish after item j" finds it (O(n x items per window)).
// A read may be a little longer than its items need: its byte count is then the tag by which its answer is told from
// answers to other requests (Modbus RTU and ASCII have no transaction id). Those longer lengths enter as slack.
import { Lengths, type Block, type Item, type Length, type Limits, type ReadFunction, type Span } from './lengths';

export type { Hole, Item, ReadFunction } from './lengths';

/** What one read costs, by the byte count of its answer: any functions that never fall. */
export interface Cost {
  ms(byteCount: number): number;
  /** Bytes on the wire, there and back. */
  bytes(byteCount: number): number;
}

/** The state of one answer shape (function and byte count) of the unit. */
export interface ShapeUse {
  /** When a request of this shape may be sent, in ms from now; 0 = at once. */
  readonly freeInMs: number;
  /** How long ago such a request was last sent; Infinity = not within memory. */
  readonly unusedMs: number;
}

export interface Constraints extends Limits {
  /** Without it lengths are never changed for the sake of telling answers apart. */
  readonly shape?: (fn: ReadFunction, byteCount: number) => ShapeUse;
  /** All that is wanted of the device, if more than the items: between its registers a read grows first. */
  readonly among?: readonly Item[];
  /** A shape unused for so long is as good as new; the cheapest such one is taken, else the one unused longest. */
  readonly freshMs?: number;
}

export interface PlannedRead<T extends Item> {
  readonly function: ReadFunction;
  readonly address: number;
  readonly quantity: number;
  readonly byteCount: number;
  /** Everything wanted that this read brings. */
  readonly items: readonly T[];
  /** Nothing may be sent before: no length is free earlier. 0 nearly always. */
  readonly waitMs: number;
  readonly ms: number;
}

export interface Plan<T extends Item> {
  readonly reads: readonly PlannedRead<T>[];
  /** Items that no legal read can bring: longer than the device's limit, or touching a hole. */
  readonly impossible: readonly T[];
  /** Predicted, waits included. */
  readonly ms: number;
  readonly bytes: number;
  /** The certified least time without regard to tags: `ms` is never below it. */
  readonly optimumMs: number;
}

export function planReads<T extends Item>(wanted: readonly T[], cost: Cost, constraints: Constraints): Plan<T> {
  const planner = new Planner(asOneSpace(wanted, constraints.isOneSpace ?? false), cost, constraints);
  const plain = planner.optimum(planner.possible);
  const optimumMs = plain.reduce((sum, block) => sum + cost.ms(block.base.byteCount), 0);
  const reads = constraints.shape
    ? planner.tagged(plain, constraints.shape)
    : plain.map((block) => planner.read(block, block.base, 0, planner.possible));
  return {
    reads,
    impossible: planner.impossible.map(({ item }) => item),
    ms: reads.reduce((sum, read) => sum + read.waitMs + read.ms, 0),
    bytes: reads.reduce((sum, read) => sum + cost.bytes(read.byteCount), 0),
    optimumMs,
  };
}

/** A wanted item in the space it is read from. */
interface Wanted<T> extends Item {
  readonly item: T;
}

type Shape = NonNullable<Constraints['shape']>;

class Planner<T extends Item> {
  readonly possible: readonly Wanted<T>[];
  readonly impossible: readonly Wanted<T>[];
  private readonly lengths: Lengths;
  private readonly used = new Map<number, { readonly freeAt: number; readonly usedAt: number }>();

  constructor(
    wanted: readonly Wanted<T>[],
    private readonly cost: Cost,
    private readonly constraints: Constraints,
  ) {
    const spans = new Map<ReadFunction, Span>();
    this.lengths = new Lengths(constraints, spans);
    this.possible = wanted.filter((w) => this.lengths.block(w.function, w.start, w.end) !== undefined);
    this.impossible = wanted.filter((w) => !this.possible.includes(w));
    for (const { function: fn, start, end } of asOneSpace(
      constraints.among ?? this.possible,
      constraints.isOneSpace ?? false,
    )) {
      const span = spans.get(fn) ?? { start, end };
      spans.set(fn, { start: Math.min(span.start, start), end: Math.max(span.end, end) });
    }
  }

  /**
   * finish[j] = the earliest moment at which the first j items can be there. A read may wait for a free length, and
   * starting earlier never makes it finish later, so that moment is all the next read needs to know of those before.
   */
  optimum(wanted: readonly Wanted<T>[], shape?: Shape): readonly Block[] {
    const all: Block[] = [];
    let begin = 0;
    for (const fn of FUNCTIONS) {
      const items = withoutContained(wanted.filter((w) => w.function === fn));
      if (items.length === 0) continue;
      const finish = [begin];
      const last: { readonly block: Block; readonly from: number }[] = [];
      items.forEach((item, j) => {
        let best = Infinity;
        for (let i = j; i >= 0; i--) {
          const start = items[i]?.start ?? item.start;
          if (item.end - start > this.lengths.limit(fn) || item.end > this.lengths.ceiling(fn, start)) break;
          const block = this.lengths.block(fn, start, item.end);
          if (!block) continue;
          const done = this.earliest(block, finish[i] ?? Infinity, shape);
          // Equal times: the longer block, thus fewer requests.
          if (done <= best) [best, last[j]] = [done, { block, from: i }];
        }
        finish.push(best);
      });
      const blocks: Block[] = [];
      for (let step = last[items.length - 1]; step; step = last[step.from - 1]) blocks.unshift(step.block);
      all.push(...blocks);
      begin = finish[items.length] ?? begin;
    }
    return all;
  }

  /** The plain optimum with lengths that are free; planned anew, with waits in view, as soon as a read would have to wait. */
  tagged(plain: readonly Block[], known: Shape): readonly PlannedRead<T>[] {
    const reads: PlannedRead<T>[] = [];
    let at = 0;
    let rest = this.possible;
    let blocks = plain;
    while (rest.length > 0) {
      const shape: Shape = (fn, byteCount) => this.shapeAt(known, at, fn, byteCount);
      let choices = blocks.map((block) => ({ block, ...this.pick(block, shape) }));
      if (choices.some(({ waitMs }) => waitMs > 0))
        choices = this.optimum(rest, shape).map((block) => ({ block, ...this.pick(block, shape) }));
      const next = choices.reduce<(typeof choices)[number] | undefined>(
        (best, choice) => (best && best.waitMs <= choice.waitMs ? best : choice),
        undefined,
      );
      if (!next) break;
      const read = this.read(next.block, next.length, next.waitMs, rest);
      reads.push(read);
      rest = rest.filter(({ item }) => !read.items.includes(item));
      blocks = choices.map(({ block }) => block).filter((block) => rest.some((w) => isWithin(w, block)));
      at += read.waitMs + read.ms;
      this.used.set(keyOf(read.function, read.byteCount), { freeAt: at + REPEAT_MS, usedAt: at - read.ms });
    }
    return reads;
  }

  read(block: Block, { quantity, byteCount }: Length, waitMs: number, rest: readonly Wanted<T>[]): PlannedRead<T> {
    const address = this.lengths.place(block, quantity) ?? block.start;
    const brought = rest.filter((w) =>
      isWithin(w, { function: block.function, start: address, end: address + quantity }),
    );
    return {
      function: block.function,
      address,
      quantity,
      byteCount,
      items: brought.map(({ item }) => item),
      waitMs,
      ms: this.cost.ms(byteCount),
    };
  }

  private shapeAt(shape: Shape, at: number, fn: ReadFunction, byteCount: number): ShapeUse {
    const known = shape(fn, byteCount);
    const own = this.used.get(keyOf(fn, byteCount));
    return {
      freeInMs: Math.max(0, known.freeInMs - at, (own?.freeAt ?? 0) - at),
      unusedMs: Math.min(known.unusedMs + at, own ? at - own.usedAt : Infinity),
    };
  }

  /** When this block's answer can be there at the earliest. Cost never falls with length, so the first free one ends the search. */
  private earliest(block: Block, from: number, shape?: Shape): number {
    if (!shape) return from + this.cost.ms(block.base.byteCount);
    let best = Infinity;
    for (const { byteCount } of this.lengths.of(block)) {
      const freeAt = shape(block.function, byteCount).freeInMs;
      best = Math.min(best, Math.max(from, freeAt) + this.cost.ms(byteCount));
      if (freeAt <= from) break;
    }
    return best;
  }

  /** Among the free lengths near the shortest: the cheapest that is as good as new, else the one unused longest. */
  private pick(block: Block, shape: Shape): { readonly length: Length; readonly waitMs: number } {
    const { freshMs = 0 } = this.constraints;
    let oldest: { readonly length: Length; readonly unusedMs: number } | undefined;
    let soonest: { readonly length: Length; readonly waitMs: number } = { length: block.base, waitMs: Infinity };
    for (const length of this.lengths.of(block)) {
      const use = shape(block.function, length.byteCount);
      const isNear = (length.byteCount - block.base.byteCount) / (block.function <= 2 ? 1 : 2) <= MAX_SLACK;
      // Longer than that only where the other choice is to wait.
      if (!isNear && oldest) break;
      if (use.freeInMs === 0 && (use.unusedMs >= freshMs || !isNear)) return { length, waitMs: 0 };
      if (use.freeInMs === 0 && use.unusedMs > (oldest?.unusedMs ?? -1)) oldest = { length, unusedMs: use.unusedMs };
      if (use.freeInMs < soonest.waitMs) soonest = { length, waitMs: use.freeInMs };
    }
    return oldest ? { length: oldest.length, waitMs: 0 } : soonest;
  }
}

function isWithin(item: Item, read: Item): boolean {
  return item.function === read.function && item.start >= read.start && item.end <= read.end;
}

function keyOf(fn: ReadFunction, byteCount: number): number {
  return fn * 1000 + byteCount;
}

/** In one space everything is read by the function that most items name. */
function asOneSpace<T extends Item>(items: readonly T[], isOneSpace: boolean): readonly Wanted<T>[] {
  const inputs = items.filter((item) => item.function === 4).length;
  const holding = items.filter((item) => item.function === 3).length;
  const one = inputs > holding ? 4 : 3;
  return items.map((item) => ({
    function: isOneSpace && item.function > 2 ? one : item.function,
    start: item.start,
    end: item.end,
    item,
  }));
}

/** Sorted, and without items that lie in others: starts and ends both rise. */
function withoutContained<W extends Item>(items: readonly W[]): readonly W[] {
  if (items.length <= 1) return items;
  const sorted = [...items].sort((a, b) => a.start - b.start || b.end - a.end);
  let end = -1;
  return sorted.filter((item) => {
    const isOuter = item.end > end;
    end = Math.max(end, item.end);
    return isOuter;
  });
}

const FUNCTIONS: readonly ReadFunction[] = [1, 2, 3, 4];
/** Registers (or bytes of coils) that a tag may add: 30 bytes are 34 ms at 9600 baud. */
const MAX_SLACK = 15;
/** An answer may come twice within this time; a shape rests for so long after its answer. */
export const REPEAT_MS = 5000;
