// The planner itself: one pass for the optimum, and a choice among the lengths that are free.
import { merged, outside, type Interval } from './intervals';
import { byteCountOf, Lengths, type Block, type Item, type Length, type ReadFunction, type Span } from './lengths';
import { REPEAT_MS, type Constraints, type Cost, type PlannedRead, type ShapeUse } from './planned';

/** A wanted item in the space it is read from. */
interface Wanted<T> extends Item {
  readonly item: T;
}

type Shape = NonNullable<Constraints['shape']>;

export class Planner<T extends Item> {
  readonly possible: readonly Wanted<T>[];
  readonly impossible: readonly Wanted<T>[];
  private readonly lengths: Lengths;
  private readonly used = new Map<number, { readonly freeAt: number; readonly usedAt: number }>();
  private readonly asked = new Map<ReadFunction, readonly Interval[]>();
  private readonly home = new Map<ReadFunction, readonly Interval[]>();

  constructor(
    wanted: readonly Wanted<T>[],
    private readonly cost: Cost,
    private readonly constraints: Constraints,
  ) {
    const spans = new Map<ReadFunction, Span>();
    this.lengths = new Lengths(constraints, spans);
    const isPossible = (w: Item): boolean => this.lengths.block(w.function, w.start, w.end) !== undefined;
    const possible: Wanted<T>[] = [];
    const impossible: Wanted<T>[] = [];
    for (const one of wanted) (isPossible(one) ? possible : impossible).push(one);
    [this.possible, this.impossible] = [possible, impossible];
    const among = asOneSpace(constraints.among ?? possible, constraints.isOneSpace ?? false);
    for (const fn of FUNCTIONS) {
      const asked = merged(among.filter((w) => w.function === fn).map(({ start, end }) => ({ from: start, to: end })));
      const [first, last] = [asked[0], asked[asked.length - 1]];
      if (!first || !last) continue;
      spans.set(fn, { start: first.from, end: last.to });
      this.asked.set(fn, asked);
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
      const limit = this.lengths.limit(fn);
      const ceilings = items.map(({ start }) => this.lengths.ceiling(fn, start));
      const finish = [begin];
      const last: number[] = [];
      items.forEach(({ end }, j) => {
        let best = Infinity;
        for (let i = j; i >= 0; i--) {
          const start = items[i]?.start ?? end;
          if (end - start > limit || end > (ceilings[i] ?? 0)) break;
          const done = this.finished(fn, start, end, finish[i] ?? Infinity, shape);
          // Equal times: the longer block, thus fewer requests.
          if (done <= best) [best, last[j]] = [done, i];
        }
        finish.push(best);
      });
      const blocks: Block[] = [];
      for (let j = items.length - 1; j >= 0;) {
        const from = last[j] ?? j;
        const block = this.lengths.block(fn, items[from]?.start ?? 0, items[j]?.end ?? 0);
        if (block) blocks.push(block);
        j = from - 1;
      }
      all.push(...blocks.reverse());
      begin = finish[items.length] ?? begin;
    }
    return all;
  }

  /** The plain optimum with lengths that are free; planned anew, with waits in view, where every read would have to wait. */
  tagged(plain: readonly Block[], known: Shape): readonly PlannedRead<T>[] {
    const reads: PlannedRead<T>[] = [];
    let at = 0;
    let rest = this.possible;
    let blocks = plain;
    while (rest.length > 0) {
      const shape: Shape = (fn, byteCount) => this.shapeAt(known, at, fn, byteCount);
      const next =
        this.first(blocks, shape) ??
        this.first((blocks = this.optimum(rest, shape)), shape) ??
        this.soonest(blocks, shape);
      if (!next) break;
      const read = this.read(next.block, next.length, next.waitMs, rest);
      reads.push(read);
      if (this.constraints.isFirstOnly === true) break;
      const brought = { function: read.function, start: read.address, end: read.address + read.quantity };
      rest = rest.filter((w) => !isWithin(w, brought));
      blocks = rest.length === 0 ? [] : blocks.filter((block) => block !== next.block && !isWithin(block, brought));
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

  /** The first block that need not wait. */
  private first(blocks: readonly Block[], shape: Shape): Choice | undefined {
    for (const block of blocks) {
      const choice = this.pick(block, shape);
      if (choice.waitMs === 0) return { block, ...choice };
    }
    return undefined;
  }

  private soonest(blocks: readonly Block[], shape: Shape): Choice | undefined {
    let best: Choice | undefined;
    for (const block of blocks) {
      const choice = { block, ...this.pick(block, shape) };
      if (!best || choice.waitMs < best.waitMs) best = choice;
    }
    return best;
  }

  private shapeAt(shape: Shape, at: number, fn: ReadFunction, byteCount: number): ShapeUse {
    const known = shape(fn, byteCount);
    const own = this.used.get(keyOf(fn, byteCount));
    return {
      freeInMs: Math.max(0, known.freeInMs - at, (own?.freeAt ?? 0) - at),
      unusedMs: Math.min(known.unusedMs + at, own ? at - own.usedAt : Infinity),
    };
  }

  /** When the answer of a read of [start, end) can be there at the earliest, begun at `from`; Infinity = it is not legal. */
  private finished(fn: ReadFunction, start: number, end: number, from: number, shape?: Shape): number {
    const isPlain = shape === undefined && !(this.constraints.isEvenLength === true && fn > 2);
    if (isPlain) return from + this.costOf(byteCountOf(fn, end - start));
    const block = this.lengths.block(fn, start, end);
    if (!block) return Infinity;
    if (!shape) return from + this.costOf(block.base.byteCount);
    let best = Infinity;
    for (const length of this.lengths.of(block)) {
      if (this.isFar(block, length)) break;
      const use = shape(fn, length.byteCount);
      const freeAt = this.isReusable(block, length) ? 0 : use.freeInMs;
      best = Math.min(best, Math.max(from, freeAt) + this.costOf(length.byteCount));
      // Cost never falls with length, so the first free one ends the search.
      if (freeAt <= from) break;
    }
    return best;
  }

  /**
   * Among the free lengths near the shortest: the cheapest that is as good as new, else the one unused longest. Registers
   * that nobody asked for come in only where they are known to answer; others where the choice is to wait, and few.
   */
  private pick(block: Block, shape: Shape): { readonly length: Length; readonly waitMs: number } {
    const { freshMs = 0, isHaunted } = this.constraints;
    let oldest: { readonly length: Length; readonly unusedMs: number } | undefined;
    let stranger: Length | undefined;
    let soonest: { readonly length: Length; readonly waitMs: number } = { length: block.base, waitMs: Infinity };
    for (const length of this.lengths.of(block)) {
      const isNear = this.isNear(block, length);
      if (this.isFar(block, length) || (!isNear && oldest)) break;
      const use = shape(block.function, length.byteCount);
      if (use.freeInMs < soonest.waitMs) soonest = { length, waitMs: use.freeInMs };
      if (use.freeInMs > 0) continue;
      const isHome =
        !this.hasMap || length === block.base || this.beyond(this.homeOf(block.function), block, length) === 0;
      if (!isHome) {
        stranger ??= length;
        continue;
      }
      // Longer than that only where the other choice is to wait.
      if (use.unusedMs >= freshMs || !isNear) return { length, waitMs: 0 };
      // The shortest is what an earlier life asked most: it comes last.
      const unusedMs = isHaunted === true && length === block.base ? 0 : use.unusedMs;
      if (unusedMs > (oldest?.unusedMs ?? -1)) oldest = { length, unusedMs };
    }
    if (oldest) return { length: oldest.length, waitMs: 0 };
    if (this.isReusable(block, block.base)) return { length: block.base, waitMs: 0 };
    if (stranger) return { length: stranger, waitMs: 0 };
    return soonest;
  }

  /** An answer of this shape was heard, so that a second copy of it would be known: the shape need not rest. */
  private isReusable(block: Block, { quantity, byteCount }: Length): boolean {
    const { isReusable, isHaunted } = this.constraints;
    if (isReusable === undefined || isHaunted === true) return false;
    const address = this.lengths.place(block, quantity) ?? block.start;
    return (
      this.used.has(keyOf(block.function, byteCount)) ||
      isReusable({ function: block.function, address, quantity }, byteCount)
    );
  }

  private isNear(block: Block, length: Length): boolean {
    return (length.byteCount - block.base.byteCount) / (block.function <= 2 ? 1 : 2) <= MAX_SLACK;
  }

  /** Where the map is known: too much longer than the shortest, or with too much that nobody asked for. */
  private isFar(block: Block, length: Length): boolean {
    if (length === block.base || !this.hasMap) return false;
    const most = MAX_UNASKED * (block.function <= 2 ? 16 : 1);
    return !this.isNear(block, length) || this.beyond(this.asked.get(block.function) ?? [], block, length) > most;
  }

  /** How many registers such a read has before and behind the block that are not among these. */
  private beyond(known: readonly Interval[], block: Block, { quantity }: Length): number {
    const address = this.lengths.place(block, quantity) ?? block.start;
    return outside(known, address, block.start) + outside(known, block.end, address + quantity);
  }

  /** What is wanted, and what is known to answer; made when it is needed, which is seldom. */
  private homeOf(fn: ReadFunction): readonly Interval[] {
    const known =
      this.home.get(fn) ?? merged([...(this.asked.get(fn) ?? []), ...(this.constraints.answered?.(fn) ?? [])]);
    this.home.set(fn, known);
    return known;
  }

  private costOf(byteCount: number): number {
    return (this.costs[byteCount] ??= this.cost.ms(byteCount));
  }

  private get hasMap(): boolean {
    const { answered, isHaunted, isWary } = this.constraints;
    return answered !== undefined && isHaunted !== true && isWary !== true;
  }

  private readonly costs: number[] = [];
}

interface Choice {
  readonly block: Block;
  readonly length: Length;
  readonly waitMs: number;
}

function isWithin(item: Item, read: Item): boolean {
  return item.function === read.function && item.start >= read.start && item.end <= read.end;
}

function keyOf(fn: ReadFunction, byteCount: number): number {
  return fn * 1000 + byteCount;
}

/** In one space everything is read by the function that most items name. */
export function asOneSpace<T extends Item>(items: readonly T[], isOneSpace: boolean): readonly Wanted<T>[] {
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
/** Registers that a tag may add which nobody asked for. */
const MAX_UNASKED = 4;
