// Searches inputs for which an entry takes longer than their size allows. Cost is CPU time of this process, so that a
// busy machine changes nothing; what looks dear is measured again beside an eighth of its size, the least of several
// runs. There a linear cost is 8 times as large and a quadratic one 64 times: what lies below 22 passes.
import assert from 'node:assert/strict';
import { ReadError } from '../../src/core/wire/errors';

export interface Entry {
  readonly name: string;
  /** The grammar's own marks, in ISO 8859-1: what inputs are made of. */
  readonly marks: readonly string[];
  /** What lets an input get as far as the costly parts. */
  readonly prefixes?: readonly string[];
  readonly suffixes?: readonly string[];
  /** Takes the whole input; a ReadError is an answer like any other. */
  take(input: string): unknown;
  /** Sizes of the first look and of the second, in characters. */
  readonly size?: number;
  /** How many inputs are tried beside each mark alone and each pair of marks, 60 if not given. */
  readonly tries?: number;
}

/** Fails with the input for which this entry's cost is not linear in its size. */
export function assertLinear(entry: Entry): void {
  const size = entry.size ?? 16_384;
  for (const shape of shapesOf(entry)) {
    if (costOf(entry, shape, size / 16) > DEAR_MS || costOf(entry, shape, size) > DEAR_MS)
      closerLook(entry, shape, size);
  }
}

interface Shape {
  readonly prefix: string;
  readonly repeated: string;
  readonly suffix: string;
}

function closerLook(entry: Entry, shape: Shape, size: number): void {
  let [small, large] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    small = Math.min(small, costOf(entry, shape, size / PART));
    if (small > HOPELESS_MS) break;
    large = Math.min(large, costOf(entry, shape, size));
    if (large <= DEAR_MS || large <= small * PART * MARGIN) return;
    if (large > HOPELESS_MS) break;
  }
  const { prefix, repeated, suffix } = shape;
  assert.fail(
    `${entry.name}: ${JSON.stringify([prefix, repeated, suffix])} repeated up to ${size} costs ${large.toFixed(1)} ms, ` +
      `an eighth of it ${small.toFixed(1)} ms`,
  );
}

function costOf(entry: Entry, { prefix, repeated, suffix }: Shape, size: number): number {
  const input = prefix + repeated.repeat(Math.ceil(size / repeated.length)).slice(0, size) + suffix;
  const before = process.cpuUsage();
  try {
    entry.take(input);
  } catch (thrown) {
    if (!(thrown instanceof ReadError) || thrown.code === 'INTERNAL') throw thrown;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Each mark alone, each pair, and words of up to four marks between a prefix and a suffix, by a fixed seed. */
function* shapesOf(entry: Entry): Generator<Shape> {
  const prefixes = ['', ...(entry.prefixes ?? [])];
  const suffixes = ['', ...(entry.suffixes ?? [])];
  const random = seeded();
  const one = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  for (const repeated of entry.marks) for (const prefix of prefixes) yield { prefix, repeated, suffix: one(suffixes) };
  for (let n = entry.tries ?? 60; n > 0; n--) {
    const repeated = Array.from({ length: 1 + random(4) }, () => one(entry.marks)).join('');
    yield { prefix: one(prefixes), repeated, suffix: one(suffixes) };
  }
}

function seeded(): (below: number) => number {
  let state = 20_261_201;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
}

/** More than this at the first look is looked at again: 64 kB would cost 20 ms. */
const DEAR_MS = 5;
const PART = 8;
/** Linear is 1, quadratic 8. */
const MARGIN = 2.8;
/** Wrong for 16 kB of anything, and more rounds would take minutes. */
const HOPELESS_MS = 1_000;
const ROUNDS = 6;
