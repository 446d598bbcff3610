// The planner against enumeration: every way to group the items, judged by code that shares nothing with the planner.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  planReads,
  REPEAT_MS,
  type Constraints,
  type Cost,
  type Hole,
  type Item,
  type PlannedRead,
  type ReadFunction,
} from '../../src/core/modbus/reading/plan';

interface Case {
  readonly items: readonly Item[];
  readonly constraints: Constraints & { readonly holes: readonly Hole[] };
  readonly cost: Cost;
}

describe('property: Modbus plan', () => {
  it('is the least time over all partitions in address order (up to 10 items)', () => {
    fc.assert(
      fc.property(cases(10, 60), ({ items, constraints, cost }) => {
        const plan = planReads(items, cost, constraints);
        same(plan.optimumMs, leastOf(consecutive, items, constraints, cost));
        same(plan.ms, plan.optimumMs);
      }),
      { numRuns: 250, seed: 1 },
    );
  });

  it('is the least time over all groupings whatsoever (up to 6 items)', () => {
    fc.assert(
      fc.property(cases(6, 60), ({ items, constraints, cost }) => {
        same(planReads(items, cost, constraints).optimumMs, leastOf(everyGrouping, items, constraints, cost));
      }),
      { numRuns: 250, seed: 2 },
    );
  });

  it('brings every item whole in one legal read, and says which are impossible', () => {
    fc.assert(
      fc.property(cases(12, 120), taken(), ({ items, constraints, cost }, shape) => {
        const plan = planReads(items, cost, { ...constraints, shape, freshMs: 15_000 });
        for (const item of items) {
          const bringing = plan.reads.filter((read) => read.items.includes(item));
          assert.equal(bringing.length + (plan.impossible.includes(item) ? 1 : 0), 1);
          for (const read of bringing)
            assert.ok(
              read.function === item.function && read.address <= item.start && read.address + read.quantity >= item.end,
            );
        }
        for (const read of plan.reads)
          assert.ok(isLegal(read.address, read.quantity, read.function, constraints), JSON.stringify(read));
        for (const item of plan.impossible) assert.equal(shortest([item], constraints), undefined);
        assert.ok(plan.ms >= plan.optimumMs - 1e-6);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('never sends a shape before it is free, nor twice within 5 s', () => {
    fc.assert(
      fc.property(cases(12, 120), taken(), ({ items, constraints, cost }, shape) => {
        const plan = planReads(items, cost, { ...constraints, shape, freshMs: 15_000 });
        const sent: { read: PlannedRead<Item>; end: number }[] = [];
        let at = 0;
        for (const read of plan.reads) {
          at += read.waitMs;
          assert.ok(at >= shape(read.function, read.byteCount).freeInMs - 1e-6, 'taken');
          for (const earlier of sent) {
            const isAlike = earlier.read.function === read.function && earlier.read.byteCount === read.byteCount;
            assert.ok(!isAlike || at >= earlier.end + REPEAT_MS - 1e-6, 'alike within 5 s');
          }
          at += read.ms;
          sent.push({ read, end: at });
        }
        same(at, plan.ms);
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});

function same(a: number, b: number): void {
  assert.ok(Math.abs(a - b) < 1e-6, `${a} instead of ${b}`);
}

/** Sum of the best grouping of each function; items that cannot be read alone are left out, as in the plan. */
function leastOf(
  groupings: (n: number) => Iterable<readonly (readonly number[])[]>,
  items: readonly Item[],
  constraints: Case['constraints'],
  cost: Cost,
): number {
  let total = 0;
  for (const fn of [1, 2, 3, 4]) {
    const own = items
      .filter((item) => item.function === fn && shortest([item], constraints) !== undefined)
      .sort((a, b) => a.start - b.start || a.end - b.end);
    if (own.length === 0) continue;
    let best = Infinity;
    for (const grouping of groupings(own.length)) {
      let ms = 0;
      for (const group of grouping) {
        const quantity = shortest(
          group.flatMap((i) => own[i] ?? []),
          constraints,
        );
        ms += quantity === undefined ? Infinity : cost.ms(fn <= 2 ? Math.ceil(quantity / 8) : quantity * 2);
      }
      best = Math.min(best, ms);
    }
    total += best;
  }
  return total;
}

/** The quantity of the shortest legal read of all these, by trying where it could start. */
function shortest(group: readonly Item[], constraints: Case['constraints']): number | undefined {
  const start = Math.min(...group.map((item) => item.start));
  const end = Math.max(...group.map((item) => item.end));
  const fn = group[0]?.function ?? 3;
  const quantity = end - start + (constraints.isEvenLength === true && fn > 2 ? (end - start) % 2 : 0);
  for (let from = end - quantity; from <= start; from++) if (isLegal(from, quantity, fn, constraints)) return quantity;
  return undefined;
}

function isLegal(
  from: number,
  quantity: number,
  fn: ReadFunction,
  { holes, maxRegisters, isEvenLength }: Case['constraints'],
): boolean {
  if (from < 0 || from + quantity > 65_536 || quantity > (fn <= 2 ? Math.min(2000, maxRegisters * 16) : maxRegisters))
    return false;
  if (isEvenLength && fn > 2 && quantity % 2 === 1) return false;
  return holes.every((hole) => {
    if (hole.function !== fn) return true;
    if (hole.isSomewhere) return !(from <= hole.from && from + quantity >= hole.to);
    for (let a = hole.from; a < hole.to; a++) if (a >= from && a < from + quantity) return false;
    return hole.from !== hole.to || !(from < hole.from && from + quantity > hole.from);
  });
}

function* consecutive(n: number): Generator<readonly (readonly number[])[]> {
  for (let cuts = 0; cuts < 2 ** (n - 1); cuts++) {
    const groups: number[][] = [[0]];
    for (let i = 1; i < n; i++) {
      if ((cuts >> (i - 1)) & 1) groups.push([i]);
      else groups[groups.length - 1]?.push(i);
    }
    yield groups;
  }
}

function* everyGrouping(n: number): Generator<readonly (readonly number[])[]> {
  if (n === 0) return yield [];
  for (const smaller of everyGrouping(n - 1)) {
    for (let g = 0; g < smaller.length; g++) yield smaller.map((group, i) => (i === g ? [...group, n - 1] : group));
    yield [...smaller, [n - 1]];
  }
}

function cases(most: number, spread: number): fc.Arbitrary<Case> {
  const item = fc
    .tuple(
      fc.constantFrom<ReadFunction>(3, 3, 3, 4, 1),
      fc.integer({ min: 0, max: spread }),
      fc.constantFrom(1, 1, 2, 2, 4, 9),
      fc.constantFrom(0, 65_300),
    )
    .map(([fn, start, length, base]): Item => ({ function: fn, start: base + start, end: base + start + length }));
  const hole = fc
    .tuple(
      fc.constantFrom<ReadFunction>(3, 3, 4, 1),
      fc.integer({ min: 0, max: spread }),
      fc.constantFrom(0, 1, 1, 3),
      fc.boolean(),
    )
    .map(([fn, from, width, isSomewhere]): Hole => ({
      function: fn,
      from,
      to: from + width,
      isSomewhere: isSomewhere && width > 1,
    }));
  const line = fc.record({
    rtt: fc.integer({ min: 0, max: 3000 }),
    baud: fc.constantFrom(1200, 2400, 9600, 38_400, 115_200),
    step: fc.constantFrom(0, 0, 300),
  });
  return fc
    .record({
      items: fc.array(item, { minLength: 1, maxLength: most }),
      holes: fc.array(hole, { maxLength: 3 }),
      maxRegisters: fc.integer({ min: 10, max: 125 }),
      isEvenLength: fc.boolean(),
      line,
    })
    .map(({ items, holes, maxRegisters, isEvenLength, line: { rtt, baud, step } }) => ({
      items,
      constraints: { maxRegisters, isEvenLength, holes },
      // A cost may also rise in steps: one more message from the modem for each 64 bytes.
      cost: { ms: (n) => rtt + ((13 + n) * 11_000) / baud + Math.ceil(n / 64) * step, bytes: (n) => 13 + n },
    }));
}

/** Shapes that are taken for some time, by a hash of function and byte count; some others were used a while ago. */
function taken(): fc.Arbitrary<NonNullable<Constraints['shape']>> {
  return fc
    .tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom(0, 2, 5, 9))
    .map(([salt, share]) => (fn: ReadFunction, byteCount: number) => {
      const hash = ((fn * 7919 + byteCount * 104_729) * salt) % 1009;
      return hash % 10 < share
        ? { freeInMs: (hash * 60) % 60_000, unusedMs: hash }
        : { freeInMs: 0, unusedMs: hash % 3 === 0 ? Infinity : hash * 40 };
    });
}
