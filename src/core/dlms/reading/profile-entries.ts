// Where the rows of a span of time stand among the entries of a profile (Blue Book 4.3.6.2.2, entry_descriptor),
// reckoned from the newest row and the capture period. A reckoning only: power cuts and set clocks move rows, so it is
// widened until both ends are seen to be reached.
import type { ProfileNotes } from './meter-memory';

/** Rows by age: 1 is the newest. */
export interface Ages {
  readonly youngest: number;
  readonly oldest: number;
}

/** Where rows from `fromMs` to `toMs` should stand, with some to spare at both ends. */
export function reckonedAges(
  newestMs: number,
  periodMs: number,
  count: number,
  fromMs: number | undefined,
  toMs: number | undefined,
): Ages {
  const ago = (ms: number): number => Math.floor((newestMs - ms) / periodMs);
  const spare = SPARE_ENTRIES + Math.ceil(HOUR_MS / periodMs);
  return {
    youngest: Math.max(1, Math.min(count, (toMs === undefined ? 0 : ago(toMs)) + 1 - spare)),
    oldest: Math.min(count, Math.max(1, (fromMs === undefined ? count : ago(fromMs)) + 1 + spare)),
  };
}

/** Twice as many rows at each end that is not reached yet; undefined when there is nothing to add. */
export function widened(
  { youngest, oldest }: Ages,
  count: number,
  reaches: { readonly from: boolean; readonly to: boolean },
): Ages | undefined {
  const more = oldest - youngest + 1 + WIDEN_ENTRIES;
  const wider = {
    youngest: reaches.to ? youngest : Math.max(1, youngest - more),
    oldest: reaches.from ? oldest : Math.min(count, oldest + more),
  };
  return wider.youngest === youngest && wider.oldest === oldest ? undefined : wider;
}

/** Entries are numbered in the order of the buffer. */
export function entriesOf(
  { youngest, oldest }: Ages,
  count: number,
  { isNewestFirst }: ProfileNotes,
): { readonly first: number; readonly last: number } {
  return isNewestFirst ? { first: youngest, last: oldest } : { first: count + 1 - oldest, last: count + 1 - youngest };
}

/**
 * Rows more than reckoned at both ends, for a row at the edge and one added meanwhile; an hour more for daylight
 * saving.
 */
const SPARE_ENTRIES = 2;
const WIDEN_ENTRIES = 96;
const HOUR_MS = 3_600_000;
