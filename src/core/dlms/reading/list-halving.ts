// Many attributes in as few requests as the meter takes: lists of the size that its PDU holds, halved where it refuses
// them, down to one.
import type { Dialogue } from '../../wire/dialogue';
import { asReadError, type ReadError, type ErrorCode } from '../../wire/errors';
import type { DataResult } from '../apdu/get';
import type { MeterKnowledge } from './meter-memory';
import { listsOf } from './round-trips';

/** A value that cannot be decoded costs its own attribute, not the others. */
export type AttributeResult = DataResult | { readonly failed: ReadError };

/** How attributes are asked for, one and many. */
export interface ListWay<T> {
  readonly sizeOf: (one: T) => number;
  /** Octets for the list itself; Infinity when any size goes. */
  readonly room: number;
  /** Attributes in one request. */
  readonly limit: number;
  one(wanted: T): Dialogue<AttributeResult>;
  list(wanted: readonly T[]): Dialogue<readonly AttributeResult[]>;
}

/** One result per wanted attribute, in their order. */
export function* inLists<T>(
  wanted: readonly T[],
  way: ListWay<T>,
  notes: MeterKnowledge,
): Dialogue<readonly AttributeResult[]> {
  const results: AttributeResult[] = [];
  for (const list of listsOf(wanted, way.sizeOf, way.room, way.limit))
    results.push(...(yield* halved(list, way, notes)));
  return results;
}

function* halved<T>(list: readonly T[], way: ListWay<T>, notes: MeterKnowledge): Dialogue<readonly AttributeResult[]> {
  const [only] = list;
  if (list.length === 1 && only !== undefined) return [yield* alone(only, way)];
  try {
    const results = yield* way.list(list);
    notes.silentLists = 0;
    return yield* confirmed(list, results, way, notes);
  } catch (thrown) {
    const error = asReadError(thrown);
    learnFromList(error, list.length, notes);
    if (!LIST_REFUSALS.has(error.code)) throw error;
  }
  const results: AttributeResult[] = [];
  const half = Math.min(notes.listLimit, Math.floor(list.length / 2));
  for (const part of listsOf(list, () => 1, Infinity, half)) results.push(...(yield* halved(part, way, notes)));
  return results;
}

/**
 * GuruxDLMS.c refuses in a list all that stands behind one missing object. So each refusal in a list is asked about
 * once more by itself, until this meter has shown that its lists tell the truth: one refused, another behind it not.
 * One that stands alone at the end of its list has nothing before it to blame.
 */
function* confirmed<T>(
  list: readonly T[],
  results: readonly AttributeResult[],
  way: ListWay<T>,
  notes: MeterKnowledge,
): Dialogue<readonly AttributeResult[]> {
  const isRefused = (result: AttributeResult | undefined): boolean => result !== undefined && 'refused' in result;
  if (notes.hasTrueLists || !results.slice(0, -1).some(isRefused)) return results;
  const sure: AttributeResult[] = [];
  for (const [i, result] of results.entries()) {
    const one = list[i];
    sure.push(isRefused(result) && one !== undefined ? yield* alone(one, way) : result);
  }
  const isTrue = results.every((result, i) => !isRefused(result) || isRefused(sure[i]));
  notes.hasTrueLists = isTrue && !isRefused(results.at(-1));
  return sure;
}

function* alone<T>(wanted: T, way: ListWay<T>): Dialogue<AttributeResult> {
  try {
    return yield* way.one(wanted);
  } catch (thrown) {
    const failed = asReadError(thrown, 'decode');
    if (failed.code !== 'BAD_VALUE') throw failed;
    return { failed };
  }
}

/** A meter that refuses a list may take a shorter one; one that twice falls silent at it is treated alike. */
function learnFromList(error: ReadError, length: number, notes: MeterKnowledge): void {
  const isSilent = error.code === 'NO_REPLY';
  if (isSilent) notes.silentLists++;
  // One value that cannot be decoded says nothing about lists.
  const isRefused = error.code === 'REQUEST_REFUSED' || error.code === 'ACCESS_DENIED';
  if (isRefused || (isSilent && notes.silentLists > 1)) notes.listLimit = Math.max(1, Math.floor(length / 2));
}

/** Answers that say "not like this": a shorter list may go. Silence and noise say nothing about lists. */
const LIST_REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['REQUEST_REFUSED', 'BAD_VALUE', 'ACCESS_DENIED']);
