// The client's invocation counter (Green Book 9.2.3.3.7.3): no value twice under one key, over restarts too.
import type { Dialogue } from '../../wire/dialogue';

/** Kept per meter and key by whoever owns lasting storage; synchronous, and stored before a value is given away. */
export interface CounterStore {
  /** Waits until the storage can be used; said before each connection, and an error is the end of the read. */
  ready?(): Dialogue<void>;
  /** False until a value was ever stored: then the meter is asked first. */
  readonly isKnown: boolean;
  /** The next unused value. */
  next(): bigint;
  /** Values from now on are `least` or more. Never goes back. */
  atLeast(least: bigint): void;
}

/** A counter that lives as long as the process: for keys without a lasting store. */
export class ProcessCounter implements CounterStore {
  isKnown = false;
  constructor(private value = 1n) {}
  next(): bigint {
    this.isKnown = true;
    return this.value++;
  }
  atLeast(least: bigint): void {
    this.isKnown = true;
    if (least > this.value) this.value = least;
  }
}

/** An invocation counter has 32 bits; afterwards the key has to be changed. */
export const MAX_COUNTER = 0xffff_ffffn;
