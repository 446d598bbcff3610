// Brings the wanted items of one unit in the fewest round trips, and learns what the device has and what it has not.
import { pause, type Dialogue } from '../../wire/dialogue';
import { failure, ReadError } from '../../wire/errors';
import { isException } from '../frames/pdu';
import { beyondDoubt } from './beyond-doubt';
import { lineCost } from './cost';
import { ask, doubtAbout, fence, type AskOutcome, type Doubt, type UnitTalk } from './exchange';
import { OPEN_MS, type Asked } from './ledger';
import type { Hole, Item } from './lengths';
import { planReads, REPEAT_MS, type Plan, type PlannedRead } from './plan';
import { refusedAlone, refusedFunction, SILENCE, spanPhrase, tooLong } from './refusals';
import { afterRefusal, wall, type Fetch, type Search } from './search';

export type { Fetch } from './search';

export function* fetchAll<T extends Item>(fetch: Fetch<T>, items: readonly T[]): Dialogue<void> {
  const { facts, memory, peer } = fetch.talk;
  const known = new Set<T>();
  for (const item of facts.refused(memory.now()).length > 0 ? items : []) {
    const refusal = facts.refusalOf(item, memory.now());
    if (refusal === undefined) continue;
    known.add(item);
    fetch.refuse(item, refusedAlone(peer.unit, refusal), refusal.exception);
  }
  const silence = new SilentReads();
  const search: Search<T> = {
    ...fetch,
    among: items,
    again: (some, walls) => fetchWithin(search, silence, some, walls),
    isPossible: (some, walls) => planNow(search, some, walls).impossible.length === 0,
  };
  yield* fetchWithin(
    search,
    silence,
    items.filter((item) => !known.has(item)),
    [],
  );
}

/** True: one request brought everything. `walls` are holes for the time of a search only. */
function* fetchWithin<T extends Item>(
  search: Search<T>,
  silence: SilentReads,
  items: readonly T[],
  walls: readonly Hole[],
): Dialogue<boolean> {
  const { talk } = search;
  let rest = items;
  let isWhole = true;
  let busy = 0;
  let doubted: { readonly read: PlannedRead<T>; readonly doubt: Doubt } | undefined;
  for (let requests = 0; ;) {
    const plan = doubted ? undefined : planNow(search, rest, walls);
    if (plan && plan.impossible.length > 0) {
      for (const item of plan.impossible) search.refuse(item, tooLong(search.limits, item));
      isWhole = false;
      const gone = new Set(plan.impossible);
      rest = rest.filter((item) => !gone.has(item));
    }
    const read: PlannedRead<T> | undefined = doubted?.read ?? plan?.reads[0];
    if (!read) return isWhole && requests <= 1;
    if (!doubted && read.waitMs > 0) {
      yield* makeRoom(talk, read.waitMs);
      continue;
    }
    doubted ??= { read, doubt: doubtAbout(talk, read.function) };
    const outcome = yield* orSilence(search, silence, read, askFor(search, read, doubted.doubt, walls));
    if (outcome.kind === 'doubtful') {
      if (doubted.doubt.strays > MAX_STRAYS || doubted.doubt.tries.length > MAX_TRIES)
        throw failure('modbus.doubtfulRefusal', { unit: talk.peer.unit });
      continue;
    }
    doubted = undefined;
    if (outcome.kind === 'again') continue;
    if (outcome.kind === 'copy') {
      // Whether it was the answer or a copy of another: the unit answers in order, so both are over after its next one.
      yield* makeRoom(talk, Infinity);
      continue;
    }
    if (outcome.kind === 'refusal' && isBusy(outcome.exception) && busy < BUSY_PAUSES_MS.length) {
      yield* pause(BUSY_PAUSES_MS[busy++] ?? 0);
      continue;
    }
    requests += 1;
    busy = 0;
    const brought = new Set(read.items);
    rest = rest.filter((item) => !brought.has(item));
    if (outcome.kind === 'refusal') {
      isWhole = false;
      const found = yield* afterRefusal(search, read, outcome.exception, walls);
      if (found === 'unknown' && outcome.exception === 1) rest = refuseFunction(search, read, rest);
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
  const { address, quantity, answerBytes } = read;
  const start = Math.min(...read.items.map((item) => item.start));
  const end = Math.max(...read.items.map((item) => item.end));
  const isEarlierTry = (earlier: Asked): boolean => {
    const { request } = earlier;
    if (earlier.job !== talk.job || talk.memory.now() - earlier.sentAt > MAX_AGE_MS || !('quantity' in request))
      return false;
    const isSame = request.function === read.function && request.answerBytes === answerBytes;
    return isSame && request.address <= start && request.address + request.quantity >= end;
  };
  const request = { function: read.function, address, quantity, ...(answerBytes === undefined ? {} : { answerBytes }) };
  let outcome = yield* ask(talk, request, doubt, isEarlierTry);
  if (outcome.kind === 'answer' && outcome.doubt !== 'none') {
    const again = planNow(fetch, read.items, walls).reads.find(({ items }) =>
      read.items.every((i) => items.includes(i)),
    );
    outcome = yield* beyondDoubt(talk, outcome, again, spanPhrase(read));
  }
  if (outcome.kind !== 'answer' || !('quantity' in outcome.request) || isException(outcome.response)) return outcome;
  const { response, request: answered } = outcome;
  const values = 'registers' in response ? response.registers : 'bits' in response ? response.bits.map(Number) : [];
  talk.facts.noteAnswer(read.function, answered.address, answered.quantity);
  for (const item of read.items) fetch.serve(item, answered.address, values);
  return outcome;
}

/** What silence was met with in one fetch. */
class SilentReads {
  count = 0;
  /** One after the other, without anything heard between them. */
  inARow = 0;
  /** Silent although asked for alone. */
  readonly lone = new Set<Item>();
}

/**
 * Some devices pass over a read in silence that touches what they do not have. So silence is the answer of the span
 * where the unit answers elsewhere: an echo test, or, where it knows none, what is asked next. A single item is believed
 * to have none after two silences in each of two reads: else it is the line that lost it.
 */
function* orSilence<T extends Item>(
  { talk, among }: Search<T>,
  silence: SilentReads,
  read: PlannedRead<T>,
  asking: Dialogue<AskOutcome>,
): Dialogue<AskOutcome | { readonly kind: 'again' }> {
  const { facts, memory } = talk;
  try {
    const outcome = yield* asking;
    silence.inARow = 0;
    return outcome;
  } catch (thrown) {
    if (!(thrown instanceof ReadError) || thrown.code !== 'NO_REPLY') throw thrown;
    const [first] = read.items;
    const isLone = first !== undefined && read.items.length === 1 && read.quantity === first.end - first.start;
    if ((isLone && among.length === 1) || silence.count >= MAX_SILENT) throw thrown;
    silence.count += 1;
    silence.inARow += 1;
    let isProven = false;
    if (!facts.isFenceless(memory.now())) {
      const end = yield* fence(talk);
      if (end === undefined) throw thrown;
      // a refusal may be that of an earlier request: what was asked before may still be answered
      isProven = end === 'answer';
      silence.inARow = 0;
    } else if (facts.isMute(memory.now()) || silence.inARow > MAX_UNPROVEN) {
      facts.learn({ kind: 'mute' }, memory.now());
      throw thrown;
    }
    const isNews = isLone && !facts.wasSilent(first, memory.now());
    if (isNews && isProven && !silence.lone.has(first)) {
      silence.lone.add(first);
      return { kind: 'again' };
    }
    if (isNews) {
      facts.learn(
        { kind: 'silent', item: { function: first.function, start: first.start, end: first.end } },
        memory.now(),
      );
      throw thrown;
    }
    return { kind: 'refusal', exception: SILENCE };
  }
}

/**
 * Waits while it is short; else has the unit answer something that only this request can be answered by. Where it will
 * not, an error is the answer: a quarantine of some seconds is shorter than a tunnel can stall, and one of a minute is
 * longer than a caller waits.
 */
function* makeRoom(talk: UnitTalk, waitMs: number): Dialogue<void> {
  if (waitMs <= REPEAT_MS) return yield* pause(waitMs);
  if (!talk.facts.isFenceless(talk.memory.now()) && (yield* fence(talk))) return;
  const seconds = Math.ceil(Math.min(waitMs, 60_000) / 1000);
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
  const refused = facts.refused(now);
  // What was learned steers how things are read together, never whether one is asked for at all.
  const wanted = refused.length === 0 ? among : among.filter((item) => !facts.refusalOf(item, now));
  const learned = [
    ...facts.holes(now),
    ...refused.map(({ item }) => wall(item.function, item.start, item.end)),
    ...facts
      .suspects(now)
      .flatMap((item) => [wall(item.function, item.start, item.start), wall(item.function, item.end, item.end)]),
  ];
  const passable = learned.filter((hole) => !wanted.some((item) => isBlocked(item, hole, isOneSpace)));
  const longest = wanted.reduce((most, item) => Math.max(most, item.function > 2 ? item.end - item.start : 0), 0);
  // where others ask, lengths are drawn, so that theirs cannot stay equal to ours
  const isHaunted = now < facts.hauntedUntil || memory.ear?.isShared === true;
  const shapes = ledger.shapes(peer.unit, now, isHaunted);
  const isFenceless = facts.isFenceless(now);
  const freshMs = ledger.freshMs(peer.unit, now, isHaunted);
  const isWary = !facts.isEchoing && freshMs >= OPEN_MS;
  return planReads(items, cost, {
    among,
    isEvenLength,
    isOneSpace,
    shape: (fn, byteCount) =>
      others.isForeignShape(peer.unit, fn, byteCount, now)
        ? { ...shapes(fn, byteCount), unusedMs: 0 }
        : shapes(fn, byteCount),
    freshMs,
    isHaunted,
    isWary,
    isReusable: (read, byteCount) => !isFenceless && !isWary && ledger.isReusable(peer.unit, read, byteCount, now),
    isFirstOnly: true,
    answered: (fn) => facts.answered.rangesOf(fn),
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

function refuseFunction<T extends Item>(fetch: Fetch<T>, read: PlannedRead<T>, rest: readonly T[]): readonly T[] {
  const isSuch = (item: T): boolean =>
    item.function === read.function || (fetch.limits.isOneSpace === true && item.function > 2 && read.function > 2);
  for (const item of rest.filter(isSuch)) fetch.refuse(item, refusedFunction(fetch.talk.peer.unit, read.function), 1);
  return rest.filter((item) => !isSuch(item));
}

function isBusy(exception: number): boolean {
  return exception === 5 || exception === 6;
}

const BUSY_PAUSES_MS: readonly number[] = [1000, 2000, 4000];
const MAX_STRAYS = 3;
/** Another master may be refused again and again. */
const MAX_TRIES = 8;
/** Silent reads of one fetch that are searched; each costs the device's time. */
const MAX_SILENT = 12;
/** Of a unit that nothing proves to be there. */
const MAX_UNPROVEN = 2;
/** No older than an ordinary answer may be that took as long as the link may take. */
const MAX_AGE_MS = 30_000;
