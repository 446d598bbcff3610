// After a refusal (V1.1b3, chapter 7), or silence where the unit answers elsewhere: what was asked beyond the wanted is
// dropped first; then shorter reads are tried after exception 3; then the span is halved until what is refused stands alone.
import type { Dialogue } from '../../wire/dialogue';
import { failure, type ReadError } from '../../wire/errors';
import { exceptionName } from '../frames/pdu';
import type { UnitTalk } from './exchange';
import type { Hole, Item, Limits } from './lengths';
import type { PlannedRead } from './plan';
import { refusedAlone, refusedFunction, SILENCE, spanPhrase } from './refusals';

export interface Fetch<T extends Item> {
  readonly talk: UnitTalk;
  readonly limits: Limits;
  /** `values`: registers or bits as they came, from `address` on. Every item is either served or refused. */
  serve(item: T, address: number, values: readonly number[]): void;
  /** `exception`: the refusal, where it was the device that refused; 0 = its silence. */
  refuse(item: T, error: ReadError, exception?: number): void;
}

/** A fetch under way. */
export interface Search<T extends Item> extends Fetch<T> {
  readonly among: readonly T[];
  /** Fetches some of the items. True: one request brought all. `walls` are holes for the time of a search only. */
  again(items: readonly T[], walls: readonly Hole[]): Dialogue<boolean>;
  /** Can all be read that way? */
  isPossible(items: readonly T[], walls: readonly Hole[]): boolean;
}

/** `unknown`: the device does not know the function; items of it not yet asked for need not be. */
export function* afterRefusal<T extends Item>(
  search: Search<T>,
  read: PlannedRead<T>,
  exception: number,
  walls: readonly Hole[],
): Dialogue<'unknown' | 'searched'> {
  const { talk } = search;
  const { unit } = talk.peer;
  const name = exceptionName(exception);
  if (exception === 5 || exception === 6)
    throw failure('modbus.busy', { unit, exception, name, times: MAX_ASKED_BUSY });
  if (exception === 10 || exception === 11) throw failure('modbus.gateway', { unit, exception, name });
  if (exception > 4) throw failure('modbus.exception', { unit, span: spanPhrase(read), exception, name });
  const isLone = read.items.length === 1;
  if ((exception === 1 || exception === 4) && !talk.facts.answered.isKnown(read.function)) {
    if (yield* answersNowhere(search, read, exception, walls)) return 'unknown';
    if (isLone) return 'searched';
  }
  const start = Math.min(...read.items.map((item) => item.start));
  const end = Math.max(...read.items.map((item) => item.end));
  const ends = [wall(read.function, start, start), wall(read.function, end, end)];
  // Where lengths must be even, one register more than wanted is no choice.
  const least = end - start + (read.function > 2 && search.limits.isEvenLength === true ? (end - start) % 2 : 0);
  if (read.quantity > least && search.isPossible(read.items, [...walls, ...ends])) {
    if (yield* search.again(read.items, [...walls, ...ends])) learnTooLong(search, read, start, end, exception);
    return 'searched';
  }
  const limit = exception === 3 ? shorterLimit(search, read) : undefined;
  if (limit === undefined) yield* halve(search, read, exception, walls);
  else yield* shorten(search, read, limit, walls);
  return 'searched';
}

/**
 * Exception 1 or 4 where the function has never answered: the function, or the whole device, may be to blame, or one
 * address. The first, the last and the middle item are asked for alone; if none of them answers, nothing else is asked.
 */
function* answersNowhere<T extends Item>(
  search: Search<T>,
  read: PlannedRead<T>,
  exception: number,
  walls: readonly Hole[],
): Dialogue<boolean> {
  const { facts, peer } = search.talk;
  const items = [...read.items];
  const isExact =
    items.length === 1 && items[0]?.start === read.address && items[0].end === read.address + read.quantity;
  if (!isExact) {
    for (const item of new Set([items[0], items[items.length - 1], items[Math.floor(items.length / 2)]])) {
      if (item === undefined) continue;
      const borders = [wall(read.function, item.start, item.start), wall(read.function, item.end, item.end)];
      yield* search.again([item], [...walls, ...borders]);
      items.splice(items.indexOf(item), 1);
      if (!facts.answered.isKnown(read.function)) continue;
      yield* search.again(items, walls);
      return false;
    }
  }
  for (const item of items) {
    if (exception === 1) search.refuse(item, refusedFunction(peer.unit, read.function), 1);
    else search.refuse(item, refusedAlone(peer.unit, { item, exception }), exception);
  }
  return true;
}

/** The next lower limit is tried; if it is an address that is refused all the same, no length was to blame. */
function* shorten<T extends Item>(
  search: Search<T>,
  read: PlannedRead<T>,
  maxRegisters: number,
  walls: readonly Hole[],
): Dialogue<void> {
  const { facts, memory } = search.talk;
  const since = memory.now();
  facts.learn({ kind: 'limit', maxRegisters }, since);
  yield* search.again(read.items, walls);
  if (read.items.some((item) => facts.refusalOf(item, memory.now())?.exception === 3)) facts.forgetLimits(since);
}

function* halve<T extends Item>(
  search: Search<T>,
  read: PlannedRead<T>,
  exception: number,
  walls: readonly Hole[],
): Dialogue<void> {
  const { talk } = search;
  const cut = widestGap(read.items);
  if (!cut) {
    for (const item of read.items) {
      const { function: fn, start, end } = item;
      const refusal = { item: { function: fn, start, end }, exception };
      talk.facts.learn({ kind: 'refused', ...refusal }, talk.memory.now());
      search.refuse(item, refusedAlone(talk.peer.unit, refusal), exception);
    }
    return;
  }
  const gap = cut.from <= cut.to ? [wall(read.function, cut.from, cut.to)] : [];
  const isLeftWhole = yield* search.again(cut.left, [...walls, ...gap]);
  const isRightWhole = yield* search.again(cut.right, [...walls, ...gap]);
  if (!isLeftWhole || !isRightWhole) return;
  // Both sides are readable, together they are not: something between them is to blame, or the border itself.
  for (const { from, to } of gap)
    talk.facts.learn({ kind: 'hole', hole: between(read.function, from, to) }, talk.memory.now());
}

/** The wanted items alone were readable: what was read beyond them was to blame. */
function learnTooLong(
  { talk, among }: Search<Item>,
  read: PlannedRead<Item>,
  start: number,
  end: number,
  exception: number,
): void {
  const { facts, memory } = talk;
  const now = memory.now();
  const isOdd = read.quantity % 2 === 1 && (end - start) % 2 === 0;
  if (exception !== SILENCE && read.function > 2 && isOdd && !facts.isEvenGrowth(now))
    return facts.learn({ kind: 'even-growth' }, now);
  const isLength = exception === 3 && read.quantity > facts.answered.longestOf(read.function);
  if (read.function > 2 && isLength) return facts.learn({ kind: 'limit', maxRegisters: read.quantity - 1 }, now);
  const last = read.address + read.quantity;
  const good = among.filter((item) => item.function === read.function && !facts.refusalOf(item, now));
  const [from, to] =
    last > end
      ? [end, Math.min(last, ...good.map((item) => item.start).filter((at) => at >= end))]
      : [Math.max(read.address, ...good.map((item) => item.end).filter((at) => at <= start)), start];
  // Up to another wanted item: something on the way, or the border. Else its outer half: the next try is half as long,
  // so that a few tries find what is allowed.
  const half = Math.floor((to - from) / 2);
  const isBetween = last > end ? to < last : from > read.address;
  const outer = last > end ? wall(read.function, from + half, to) : wall(read.function, from, to - half);
  facts.learn({ kind: 'hole', hole: isBetween ? between(read.function, from, to) : outer }, now);
}

/** What keeps two readable registers from being read together. */
function between(fn: Hole['function'], from: number, to: number): Hole {
  return from < to ? { ...wall(fn, from, to), isSomewhere: true } : wall(fn, from, to);
}

/** Where to halve: at the widest gap, for unused addresses are refused more often than used ones. */
function widestGap<T extends Item>(
  items: readonly T[],
):
  | { readonly left: readonly T[]; readonly right: readonly T[]; readonly from: number; readonly to: number }
  | undefined {
  const sorted = [...items].sort((a, b) => a.start - b.start || a.end - b.end);
  let end = -Infinity;
  let best: { readonly at: number; readonly from: number; readonly to: number; readonly offCentre: number } | undefined;
  sorted.forEach((item, at) => {
    const offCentre = Math.abs(at - sorted.length / 2);
    const wider = best === undefined ? 1 : item.start - end - (best.to - best.from);
    if (at > 0 && (wider > 0 || (wider === 0 && offCentre < (best?.offCentre ?? Infinity))))
      best = { at, from: end, to: item.start, offCentre };
    end = Math.max(end, item.end);
  });
  return best && { left: sorted.slice(0, best.at), right: sorted.slice(best.at), from: best.from, to: best.to };
}

/**
 * The next lower limit that devices are known to have, no lower than one of the items needs; undefined where the length
 * is hardly to blame: as much came in one answer before, or hardly a device allows so little.
 */
function shorterLimit({ talk }: Search<Item>, read: PlannedRead<Item>): number | undefined {
  const { facts, memory } = talk;
  const isUsual = read.quantity <= facts.answered.longestOf(read.function) || read.quantity <= SHORT_READ;
  if (read.function <= 2 || isUsual) return undefined;
  const longest = Math.max(...read.items.map((item) => item.end - item.start));
  const limit = Math.max(longest, USUAL_LIMITS.find((usual) => usual < read.quantity) ?? 1);
  return limit < read.quantity && limit < facts.maxRegisters(memory.now()) ? limit : undefined;
}

export function wall(fn: Hole['function'], from: number, to: number): Hole {
  return { function: fn, from, to };
}

/** How often a busy device is asked. */
const MAX_ASKED_BUSY = 4;
const SHORT_READ = 8;
/** Limits met in manuals (SDM 60 and 80, EM340 50, CVM 40, others 20, 16, 10). */
const USUAL_LIMITS: readonly number[] = [120, 100, 80, 60, 50, 40, 30, 20, 16, 10, 8, 4, 2, 1];
