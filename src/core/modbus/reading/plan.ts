// Which registers to ask for in which request: the least total time, exactly. Reading is a partition of the wanted
// intervals into consecutive blocks: an optimal plan with disjoint, trimmed reads in address order always exists when a
// longer answer never costs less, so one pass over "finish after item j" finds it (O(n x items per window)).
// A read may be a little longer than its items need: its byte count is then the tag by which its answer is told from
// answers to other requests (Modbus RTU and ASCII have no transaction id). Those longer lengths enter as slack.
import type { Item } from './lengths';
import { asOneSpace, Planner } from './planner';
import type { Constraints, Cost, Plan, PlannedRead } from './planned';

export type { Hole, Item, ReadFunction } from './lengths';
export { REPEAT_MS } from './planned';
export type { Constraints, Cost, Plan, PlannedRead, ShapeUse } from './planned';

export function planReads<T extends Item>(wanted: readonly T[], cost: Cost, constraints: Constraints): Plan<T> {
  const usual = wanted.filter((item) => item.answerBytes === undefined);
  const planner = new Planner(asOneSpace(usual, constraints.isOneSpace ?? false), cost, constraints);
  const plain = planner.optimum(planner.possible);
  const optimumMs = plain.reduce((sum, block) => sum + cost.ms(block.base.byteCount), 0);
  const planned = constraints.shape
    ? planner.tagged(plain, constraints.shape)
    : plain.map((block) => planner.read(block, block.base, 0, planner.possible));
  const lone = usual.length === wanted.length ? [] : loneReads(wanted, cost, constraints);
  const reads = [...planned, ...lone];
  return {
    reads,
    impossible: planner.impossible.map(({ item }) => item),
    ms: reads.reduce((sum, read) => sum + read.waitMs + read.ms, 0),
    bytes: reads.reduce((sum, read) => sum + cost.bytes(read.byteCount), 0),
    optimumMs: optimumMs + lone.reduce((sum, read) => sum + read.ms, 0),
  };
}

/** What has an answer of its own length comes alone; the soonest first. */
function loneReads<T extends Item>(
  wanted: readonly T[],
  cost: Cost,
  { shape, isReusable }: Constraints,
): readonly PlannedRead<T>[] {
  const reads = wanted.flatMap((item): readonly PlannedRead<T>[] => {
    const { function: fn, start: address, end, answerBytes } = item;
    if (answerBytes === undefined) return [];
    const use = shape?.(fn, answerBytes);
    const waitMs =
      use && isReusable?.({ function: fn, address, quantity: end - address }, answerBytes) !== true ? use.freeInMs : 0;
    const quantity = end - address;
    return [
      {
        function: fn,
        address,
        quantity,
        byteCount: answerBytes,
        answerBytes,
        items: [item],
        waitMs,
        ms: cost.ms(answerBytes),
      },
    ];
  });
  return reads.sort((a, b) => a.waitMs - b.waitMs);
}
