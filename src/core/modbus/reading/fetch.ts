// Brings the wanted items of one unit in the fewest round trips, and learns from refusals (V1.1b3, chapter 7): shorter
// reads after exception 3, holes after exception 2 (the block is halved until what is refused stands alone).
import { pause, type Dialogue } from '../../wire/dialogue';
import { failure, phrase, type ReadError, type Phrase } from '../../wire/errors';
import { beyondDoubt } from './beyond-doubt';
import { lineCost } from './cost';
import { ask, doubtAbout, fence, type Doubt, type AskOutcome, type UnitTalk } from './exchange';
import type { Asked } from './ledger';
import type { Hole, Item, Limits } from './lengths';
import { exceptionName, isException } from '../frames/pdu';
import { planReads, REPEAT_MS, type Plan, type PlannedRead } from './plan';

export interface Fetch<T extends Item> {
  readonly talk: UnitTalk;
  readonly limits: Limits;
  /** `values`: registers or bits as they came, from `address` on. Every item is either served or refused. */
  serve(item: T, address: number, values: readonly number[]): void;
  /** `exception`: the refusal, where it was the device that refused. */
  refuse(item: T, error: ReadError, exception?: number): void;
}

/** A fetch under way. */
interface Search<T extends Item> extends Fetch<T> {
  readonly among: readonly T[];
}

export function* fetchAll<T extends Item>(fetch: Fetch<T>, items: readonly T[]): Dialogue<void> {
  const now = fetch.talk.memory.now();
  const known = items.filter((item) => fetch.talk.facts.isRefused(item, now));
  for (const item of known) fetch.refuse(item, refusedAlone(fetch.talk.peer.unit, item, 2), 2);
  yield* fetchWithin(
    { ...fetch, among: items },
    items.filter((item) => !known.includes(item)),
    [],
  );
}

/** True: one request brought everything. `walls` are holes for the time of a search only. */
function* fetchWithin<T extends Item>(
  fetch: Search<T>,
  items: readonly T[],
  walls: readonly Hole[],
): Dialogue<boolean> {
  let rest = items;
  let isWhole = true;
  let busy = 0;
  let doubted: { readonly read: PlannedRead<T>; readonly doubt: Doubt } | undefined;
  for (let requests = 0; ;) {
    const plan = doubted ? undefined : planNow(fetch, rest, walls);
    if (plan && plan.impossible.length > 0) {
      for (const item of plan.impossible) fetch.refuse(item, tooLong(fetch, item));
      isWhole = false;
      rest = rest.filter((item) => !plan.impossible.includes(item));
    }
    const read: PlannedRead<T> | undefined = doubted?.read ?? plan?.reads[0];
    if (!read) return isWhole && requests <= 1;
    if (!doubted && read.waitMs > 0) {
      yield* makeRoom(fetch.talk, read.waitMs);
      continue;
    }
    doubted ??= { read, doubt: doubtAbout(fetch.talk, read.function) };
    const outcome = yield* askFor(fetch, read, doubted.doubt, walls);
    if (outcome.kind === 'doubtful') {
      if (doubted.doubt.strays > MAX_STRAYS || doubted.doubt.tries.length > MAX_TRIES)
        throw failure('modbus.doubtfulRefusal', { unit: fetch.talk.peer.unit });
      continue;
    }
    doubted = undefined;
    if (outcome.kind === 'refusal' && isBusy(outcome.exception) && busy < BUSY_PAUSES_MS.length) {
      yield* pause(BUSY_PAUSES_MS[busy++] ?? 0);
      continue;
    }
    requests += 1;
    busy = 0;
    rest = rest.filter((item) => !read.items.includes(item));
    if (outcome.kind === 'refusal') {
      isWhole = false;
      yield* afterRefusal(fetch, read, outcome.exception, walls);
      if (outcome.exception === 1) rest = refuseFunction(fetch, read, rest);
    }
  }
}

/** Sends the read. An answer to an earlier try of the same job is as good, if it brings the same and is not too old. */
function* askFor<T extends Item>(
  fetch: Search<T>,
  read: PlannedRead<T>,
  doubt: Doubt,
  walls: readonly Hole[],
): Dialogue<AskOutcome> {
  const { talk } = fetch;
  const { address, quantity } = read;
  const start = Math.min(...read.items.map((item) => item.start));
  const end = Math.max(...read.items.map((item) => item.end));
  const isEarlierTry = (earlier: Asked): boolean => {
    const { request } = earlier;
    if (earlier.job !== talk.job || talk.memory.now() - earlier.sentAt > MAX_AGE_MS || !('quantity' in request))
      return false;
    return request.function === read.function && request.address <= start && request.address + request.quantity >= end;
  };
  let outcome = yield* ask(talk, { function: read.function, address, quantity }, doubt, isEarlierTry);
  if (outcome.kind === 'answer' && outcome.doubt !== 'none') {
    const again = planNow(fetch, read.items, walls).reads.find(({ items }) =>
      read.items.every((i) => items.includes(i)),
    );
    outcome = yield* beyondDoubt(talk, outcome, again, spanOf(read));
  }
  if (outcome.kind !== 'answer' || !('quantity' in outcome.request) || isException(outcome.response)) return outcome;
  const { response, request } = outcome;
  const values = 'registers' in response ? response.registers : 'bits' in response ? response.bits.map(Number) : [];
  for (const item of read.items) fetch.serve(item, request.address, values);
  return outcome;
}

/** V1.1b3, chapter 7. A read of more than was wanted is first cut to it; then limits are learned; then it is halved. */
function* afterRefusal<T extends Item>(
  fetch: Search<T>,
  read: PlannedRead<T>,
  exception: number,
  walls: readonly Hole[],
): Dialogue<void> {
  const { talk } = fetch;
  const { unit } = talk.peer;
  switch (exception) {
    case 1:
      for (const item of read.items) fetch.refuse(item, refusedFunction(unit, read.function), 1);
      return;
    case 2:
    case 3:
      break;
    case 5:
    case 6:
      throw failure('modbus.busy', {
        unit,
        exception,
        name: exceptionName(exception),
        times: BUSY_PAUSES_MS.length + 1,
      });
    case 10:
    case 11:
      throw failure('modbus.gateway', { unit, exception, name: exceptionName(exception) });
    default:
      throw failure('modbus.exception', { unit, span: spanOf(read), exception, name: exceptionName(exception) });
  }
  const start = Math.min(...read.items.map((item) => item.start));
  const end = Math.max(...read.items.map((item) => item.end));
  const ends = [wall(read.function, start, start), wall(read.function, end, end)];
  // Where lengths must be even, one register more than wanted is no choice.
  const least = end - start + (read.function > 2 && fetch.limits.isEvenLength === true ? (end - start) % 2 : 0);
  if (read.quantity > least && planNow(fetch, read.items, [...walls, ...ends]).impossible.length === 0) {
    if (yield* fetchWithin(fetch, read.items, [...walls, ...ends])) learnTooLong(fetch, read, start, end, exception);
    return;
  }
  const limit = exception === 3 && read.function > 2 ? shorterLimit(read) : undefined;
  if (limit !== undefined && limit < talk.facts.maxRegisters(talk.memory.now())) {
    talk.facts.learn({ kind: 'limit', maxRegisters: limit }, talk.memory.now());
    yield* fetchWithin(fetch, read.items, walls);
    return;
  }
  yield* halve(fetch, read, exception, walls);
}

function* halve<T extends Item>(
  fetch: Search<T>,
  read: PlannedRead<T>,
  exception: number,
  walls: readonly Hole[],
): Dialogue<void> {
  const { talk } = fetch;
  const cut = widestGap(read.items);
  if (!cut) {
    for (const item of read.items) {
      talk.facts.learn(
        { kind: 'refused', item: { function: item.function, start: item.start, end: item.end } },
        talk.memory.now(),
      );
      fetch.refuse(item, refusedAlone(talk.peer.unit, item, exception), exception);
    }
    return;
  }
  const gap = cut.from <= cut.to ? [wall(read.function, cut.from, cut.to)] : [];
  const isLeftWhole = yield* fetchWithin(fetch, cut.left, [...walls, ...gap]);
  const isRightWhole = yield* fetchWithin(fetch, cut.right, [...walls, ...gap]);
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
  if (read.function > 2 && isOdd && !facts.isEvenGrowth(now)) return facts.learn({ kind: 'even-growth' }, now);
  if (read.function > 2 && exception === 3) return facts.learn({ kind: 'limit', maxRegisters: read.quantity - 1 }, now);
  const last = read.address + read.quantity;
  const good = among.filter((item) => item.function === read.function && !facts.isRefused(item, now));
  const [from, to] =
    last > end
      ? [end, Math.min(last, ...good.map((item) => item.start).filter((at) => at >= end))]
      : [Math.max(read.address, ...good.map((item) => item.end).filter((at) => at <= start)), start];
  // Up to another wanted item: something on the way, or the border. Else its outer half: the next try is half as long,
  // so that a few tries find what is allowed.
  const half = (to - from) >> 1;
  const isBetween = last > end ? to < last : from > read.address;
  const outer = last > end ? wall(read.function, from + half, to) : wall(read.function, from, to - half);
  facts.learn({ kind: 'hole', hole: isBetween ? between(read.function, from, to) : outer }, now);
}

/** What keeps two readable registers from being read together. */
function between(fn: Hole['function'], from: number, to: number): Hole {
  return from < to ? { ...wall(fn, from, to), isSomewhere: true } : wall(fn, from, to);
}

/**
 * Waits while it is short; else has the unit answer something that only this request can be answered by. Where it will
 * not, an error is the answer: a quarantine of some seconds is shorter than a tunnel can stall, and one of a minute is
 * longer than a caller waits.
 */
function* makeRoom(talk: UnitTalk, waitMs: number): Dialogue<void> {
  if (waitMs <= REPEAT_MS) return yield* pause(waitMs);
  if (!talk.facts.isFenceless(talk.memory.now()) && (yield* fence(talk))) return;
  const seconds = Math.ceil(waitMs / 1000);
  throw failure('modbus.looksAlike', { unit: talk.peer.unit, seconds });
}

function planNow<T extends Item>(
  { talk, limits, among }: Search<T>,
  items: readonly T[],
  walls: readonly Hole[],
): Plan<T> {
  const { memory, ledger, facts, others, peer } = talk;
  const now = memory.now();
  // In a search one read of everything tells most: rather wait for its length to be free than split it.
  const roundTripMs = memory.roundTripMs + (walls.length > 0 ? 2 * REPEAT_MS : 0);
  const cost = lineCost({ framing: peer.framing, line: memory.line, roundTripMs });
  const { maxRegisters, isEvenLength = false, isOneSpace = false } = limits;
  // What was learned steers how things are read together, never whether one is asked for at all.
  const wanted = among.filter((item) => !facts.isRefused(item, now));
  const learned = [...facts.holes(now), ...facts.refused(now).map((item) => wall(item.function, item.start, item.end))];
  const passable = learned.filter((hole) => !wanted.some((item) => isBlocked(item, hole, isOneSpace)));
  const longest = wanted.reduce((most, item) => Math.max(most, item.function > 2 ? item.end - item.start : 0), 0);
  // where others ask, lengths are drawn, so that theirs cannot stay equal to ours
  const isHaunted = now < facts.hauntedUntil || memory.ear?.isShared === true;
  const shapes = ledger.shapes(peer.unit, now, isHaunted);
  return planReads(items, cost, {
    among,
    isEvenLength,
    isOneSpace,
    shape: (fn, byteCount) =>
      others.isForeignShape(peer.unit, fn, byteCount, now)
        ? { ...shapes(fn, byteCount), unusedMs: 0 }
        : shapes(fn, byteCount),
    freshMs: ledger.freshMs(peer.unit, now, isHaunted),
    maxRegisters: Math.min(maxRegisters, Math.max(longest, facts.maxRegisters(now))),
    isEvenGrowth: facts.isEvenGrowth(now),
    holes: [...(limits.holes ?? []), ...walls, ...passable],
  });
}

function isBlocked(item: Item, hole: Hole, isOneSpace: boolean): boolean {
  if (item.function !== hole.function && !(isOneSpace && item.function > 2 && hole.function > 2)) return false;
  return hole.isSomewhere === true
    ? item.start <= hole.from && item.end >= hole.to
    : item.start < hole.to && item.end > hole.from;
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

/** The next lower limit that devices are known to have; no lower than one of the items needs. */
function shorterLimit(read: PlannedRead<Item>): number | undefined {
  const longest = Math.max(...read.items.map((item) => item.end - item.start));
  const limit = Math.max(longest, USUAL_LIMITS.find((usual) => usual < read.quantity) ?? 1);
  return limit < read.quantity ? limit : undefined;
}

function refuseFunction<T extends Item>(fetch: Search<T>, read: PlannedRead<T>, rest: readonly T[]): readonly T[] {
  const isSuch = (item: T): boolean =>
    item.function === read.function || (fetch.limits.isOneSpace === true && item.function > 2 && read.function > 2);
  for (const item of rest.filter(isSuch)) fetch.refuse(item, refusedFunction(fetch.talk.peer.unit, read.function), 1);
  return rest.filter((item) => !isSuch(item));
}

function refusedFunction(unit: number, fn: number): ReadError {
  const other = TWINS[fn] ?? 3;
  return failure('modbus.functionRefused', { unit, function: fn, name: exceptionName(1), other });
}

function refusedAlone(unit: number, item: Item, exception: number): ReadError {
  const span = spanOf({ function: item.function, address: item.start, quantity: item.end - item.start });
  return failure('modbus.nothingThere', { unit, span, exception, name: exceptionName(exception) });
}

function tooLong({ limits }: Fetch<Item>, item: Item): ReadError {
  const most = item.function <= 2 ? limits.maxRegisters * 16 : limits.maxRegisters;
  const where = { address: item.start, function: item.function };
  const needed = item.end - item.start;
  return needed > most ? failure('modbus.tooLong', { ...where, needed, most }) : failure('modbus.noReadThere', where);
}

function spanOf(read: { readonly function: number; readonly address: number; readonly quantity: number }): Phrase {
  const { function: fn, address } = read;
  const last = address + read.quantity - 1;
  if (last === address) return phrase('modbus.span', { function: fn, address });
  return phrase('modbus.spanTo', { function: fn, address, last });
}

/** The function of the table that is mistaken for this one: coils and discrete inputs, holding and input registers. */
const TWINS: Readonly<Record<number, number>> = { 1: 2, 2: 1, 3: 4, 4: 3 };

function wall(fn: Hole['function'], from: number, to: number): Hole {
  return { function: fn, from, to };
}

function isBusy(exception: number): boolean {
  return exception === 5 || exception === 6;
}

const BUSY_PAUSES_MS: readonly number[] = [1000, 2000, 4000];
const MAX_STRAYS = 3;
/** Another master may be refused again and again. */
const MAX_TRIES = 8;
/** No older than an ordinary answer may be that took as long as the link may take. */
const MAX_AGE_MS = 30_000;
/** Limits met in manuals (SDM 60 and 80, EM340 50, CVM 40, others 20, 16, 10). */
const USUAL_LIMITS: readonly number[] = [120, 100, 80, 60, 50, 40, 30, 20, 16, 10, 8, 4, 2, 1];
