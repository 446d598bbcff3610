// What a plan is made of: its costs, its bounds, and its reads.
import type { Interval } from './intervals';
import type { Item, Limits, ReadFunction, ReadSpan } from './lengths';

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
  /** Answers to requests that nobody remembers may come: lengths are chosen by lot, however far they reach. */
  readonly isHaunted?: boolean;
  /** Lost answers may still come: a length unused for long goes before one that stays within what is known to answer. */
  readonly isWary?: boolean;
  /** A shape that may be used again before a second copy of its answer is past: the copy would be known by its octets. */
  readonly isReusable?: (read: ReadSpan, byteCount: number) => boolean;
  /** Addresses known to answer; without it any read may grow as far as it may reach. */
  readonly answered?: (fn: ReadFunction) => readonly Interval[];
  /** Only the first read is wanted: a plan is made anew after each answer. */
  readonly isFirstOnly?: boolean;
}

export interface PlannedRead<T extends Item> {
  readonly function: ReadFunction;
  readonly address: number;
  readonly quantity: number;
  readonly byteCount: number;
  /** Where the device answers another count than asked for. */
  readonly answerBytes?: number;
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

/** An answer may come twice within this time; a shape rests for so long after its answer. */
export const REPEAT_MS = 5000;
