// Which reads are legal: within the device's limit, outside its holes, of even length where it wants that. And which
// longer reads would bring the same registers: each further length is another tag to tell its answer by.

export type ReadFunction = 1 | 2 | 3 | 4;

/** What must come in one answer: [start, end) of the function's address space (a value with its scale factor is one item). */
export interface Item {
  readonly function: ReadFunction;
  readonly start: number;
  readonly end: number;
  /** Octets of the answer, where the device answers another count than asked for: such an item comes alone. */
  readonly answerBytes?: number;
}

/** No read may touch [from, to). Of no width (from = to): no read may cross this address. */
export interface Hole {
  readonly function: ReadFunction;
  readonly from: number;
  readonly to: number;
  /** Only some of them are refused, nobody knows which: a read may touch them, but not cover them all. */
  readonly isSomewhere?: boolean;
}

export interface Limits {
  /** Most registers in one answer; coils and discrete inputs may be 16 times as many. */
  readonly maxRegisters: number;
  /** The device refuses odd quantities (Eastron SDM). */
  readonly isEvenLength?: boolean;
  /** Longer reads grow by two registers, whatever the shortest is. */
  readonly isEvenGrowth?: boolean;
  /** FC03 and FC04 read the same registers (Carlo Gavazzi EM340, Circutor CVM): they are planned as one space. */
  readonly isOneSpace?: boolean;
  readonly holes?: readonly Hole[];
}

export interface Length {
  readonly quantity: number;
  readonly byteCount: number;
}

/** Registers wanted together, [start, end), and the bounds within which a read of them may start and end. */
export interface Block extends Item {
  readonly lo: number;
  readonly hi: number;
  /** The shortest legal length. */
  readonly base: Length;
}

/** A read as it is asked for. */
export interface ReadSpan {
  readonly function: ReadFunction;
  readonly address: number;
  readonly quantity: number;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Bytes of values in the answer: two per register, eight coils in one (V1.1b3, 6.1 to 6.4). */
export function byteCountOf(fn: ReadFunction, quantity: number): number {
  return fn <= 2 ? Math.ceil(quantity / 8) : quantity * 2;
}

export class Lengths {
  private readonly isEven: boolean;
  private readonly step: 1 | 2;
  private readonly holes: { readonly [fn in ReadFunction]: readonly Hole[] };

  /** `spans`: the addresses between which something is wanted. A read grows inside them first, where the device is known to have registers. */
  constructor(
    private readonly limits: Limits,
    private readonly spans: ReadonlyMap<ReadFunction, Span>,
  ) {
    this.isEven = limits.isEvenLength === true;
    this.step = this.isEven || limits.isEvenGrowth === true ? 2 : 1;
    const { holes = [], isOneSpace } = limits;
    const one = holes.filter((hole) => hole.function > 2);
    const of = (fn: ReadFunction): readonly Hole[] =>
      isOneSpace === true && fn > 2 ? one : holes.filter((hole) => hole.function === fn);
    this.holes = holes.length === 0 ? NO_HOLES : { 1: of(1), 2: of(2), 3: of(3), 4: of(4) };
  }

  /** The legal read that brings [start, end), or undefined when there is none. */
  block(fn: ReadFunction, start: number, end: number): Block | undefined {
    const hi = this.ceiling(fn, start);
    if (end <= start || end > hi || end - start > this.limit(fn)) return undefined;
    const bounds = { function: fn, start, end, lo: this.floor(fn, end), hi };
    const isRounded = this.isEven && fn > 2 && (end - start) % 2 === 1;
    const base = this.length(bounds, end - start + (isRounded ? 1 : 0));
    return base && start >= bounds.lo ? { ...bounds, base } : undefined;
  }

  /** All legal lengths of a read of this block, from the shortest; one per byte count. */
  *of(block: Block): Generator<Length> {
    for (let length: Length | undefined = block.base; length;) {
      yield length;
      const { quantity }: Length = length;
      const longer = block.function <= 2 ? Math.ceil(quantity / 8) * 8 + 1 : quantity + this.step;
      length = this.length(block, longer);
    }
  }

  /** Where a read of this length starts: it grows first behind and before its registers inside the span, then outside. */
  place(block: Omit<Block, 'base'>, quantity: number): number | undefined {
    const span = this.spans.get(block.function) ?? block;
    // Where reads grow by two, so do both their ends: a 32-bit value is not to be cut.
    const grain = block.function > 2 && (quantity - (block.end - block.start)) % 2 === 0 ? this.step : 1;
    const more = quantity - (block.end - block.start);
    const behind = grown(more, Math.min(block.hi, span.end) - block.end, grain);
    const before = grown(more - behind, block.start - Math.max(block.lo, span.start), grain);
    const farBehind = grown(more - behind - before, block.hi - block.end - behind, grain);
    const farBefore = grown(more - behind - before - farBehind, block.start - before - block.lo, grain);
    return behind + before + farBehind + farBefore === more ? block.start - before - farBefore : undefined;
  }

  limit(fn: ReadFunction): number {
    const { maxRegisters } = this.limits;
    return fn <= 2 ? Math.min(MAX_BITS, maxRegisters * 16) : Math.min(MAX_REGISTERS, maxRegisters);
  }

  /** Where a read that starts here must end at the latest. */
  ceiling(fn: ReadFunction, start: number): number {
    return this.holes[fn].reduce((end, hole) => {
      if (hole.isSomewhere === true) return start <= hole.from ? Math.min(end, hole.to - 1) : end;
      return start < hole.to ? Math.min(end, hole.from) : end;
    }, ADDRESSES);
  }

  /** Where a read that ends here must start at the earliest. */
  private floor(fn: ReadFunction, end: number): number {
    return this.holes[fn].reduce((start, hole) => {
      if (hole.isSomewhere === true) return end >= hole.to ? Math.max(start, hole.from + 1) : start;
      return end > hole.from ? Math.max(start, hole.to) : start;
    }, 0);
  }

  private length(block: Omit<Block, 'base'>, quantity: number): Length | undefined {
    if (quantity > this.limit(block.function) || this.place(block, quantity) === undefined) return undefined;
    return { quantity, byteCount: byteCountOf(block.function, quantity) };
  }
}

function grown(wanted: number, room: number, grain: number): number {
  const most = Math.max(0, Math.min(wanted, room));
  return most - (most % grain);
}

const NO_HOLES = { 1: [], 2: [], 3: [], 4: [] } as const;
/** V1.1b3, 6.1 to 6.4. */
const MAX_REGISTERS = 125;
const MAX_BITS = 2000;
const ADDRESSES = 0x10000;
