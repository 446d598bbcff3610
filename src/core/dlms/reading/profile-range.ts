// Rows of a profile by range of time (Blue Book 4.3.6.2.2, range_descriptor), in pieces, a break going on behind the
// last good row.
import type { Dialogue } from '../../wire/dialogue';
import { failure, type ReadError } from '../../wire/errors';
import { joinedRows } from './profile-join';
import type { RangeEnd } from './profile-overrun';
import { decoded, deviationFor, readPiece, type Piece, type Reader } from './profile-piece';
import { isClock, type TimedRow } from './profile-rows';
import { rowsAtOnce } from './round-trips';
import { comparableMs, momentOctets, rangeSelection } from './selection';

/** The rows of the wanted range, or what the meter refused them with. */
export function* byRange(reader: Reader): Dialogue<readonly TimedRow[] | { readonly refused: ReadError }> {
  const { profile, wanted, talk } = reader;
  const clock = profile.captured.find(isClock);
  if (!clock) throw failure('wire.defect', { where: 'dlms/profile range' });
  const isLocal = (wanted.from ?? wanted.to)?.isLocal ?? true;
  const deviation = deviationFor(talk.notes, isLocal);
  // A meter may compare the fields and pass over the deviation: then daylight saving moves the range by an hour.
  const slack = isLocal ? 0 : HOUR_MS;
  const last = (wanted.to?.ms ?? END_OF_TIME) + slack;
  const stepMs = pieceMs(reader);
  const columns = profile.hasColumnSelection && reader.chosen.length < profile.captured.length ? reader.chosen : [];
  let rows: readonly TimedRow[] = [];
  let isAgain = false;
  for (let from = (wanted.from?.ms ?? START_OF_TIME) - slack; from <= last;) {
    const until = wanted.from && wanted.to ? Math.min(last, from + stepMs) : last;
    const ends = [from, until].map((ms) => momentOctets({ ms, isLocal }, deviation));
    const selection = rangeSelection(clock, ends[0] ?? NOTHING, ends[1] ?? NOTHING, columns);
    const piece: Piece = yield* readPiece(reader, selection, rangeEnd(reader, from, last, deviation));
    if ('refused' in piece) {
      if (rows.length === 0) return piece;
      throw piece.refused;
    }
    rows = joinedRows(rows, piece.rows, isAgain);
    isAgain = !piece.isWhole;
    if (!piece.isWhole) from = againFrom(reader, piece.rows, deviation, from);
    else from = Math.max(until, piece.isOverrun ? lastMs(reader, piece.rows, deviation) : until) + 1000;
  }
  return rows;
}

/** Where a meter that sends more than it is asked for may stop: only rows in the order of time tell that. */
function rangeEnd(reader: Reader, from: number, toMs: number, deviation: number | null): RangeEnd | undefined {
  const { profile, wanted } = reader;
  if (profile.isNewestFirst || profile.isSorted || !wanted.to) return undefined;
  const isLocal = (wanted.from ?? wanted.to).isLocal;
  return {
    toMs,
    expected: profile.periodS ? Math.ceil((toMs - from) / 1000 / profile.periodS) : undefined,
    rowsOf: (items) => decoded(reader, items),
    msOf: ({ time }) => (time ? comparableMs(time, isLocal, deviation) : null),
  };
}

function lastMs({ wanted }: Reader, rows: readonly TimedRow[], deviation: number | null): number {
  const isLocal = (wanted.from ?? wanted.to)?.isLocal ?? true;
  const times = rows.flatMap(({ time }) => (time ? (comparableMs(time, isLocal, deviation) ?? []) : []));
  return times.at(-1) ?? -Infinity;
}

/**
 * Where a range goes on after a break: an hour before the last row, for in the night when the clock goes back later
 * rows bear earlier times. At the last row itself it would be too late as well: several rows may be of one second. From
 * the start where the rows are not in the order of time, or do not show it: what is missing lies anywhere then.
 */
function againFrom(
  { profile, wanted }: Reader,
  rows: readonly TimedRow[],
  deviation: number | null,
  from: number,
): number {
  const isLocal = (wanted.from ?? wanted.to)?.isLocal ?? true;
  const times = rows.flatMap(({ time }) => (time ? (comparableMs(time, isLocal, deviation) ?? []) : []));
  const [first, last] = [times[0], times.at(-1)];
  return profile.isSorted || first === undefined || last === undefined || last <= first
    ? from
    : Math.max(from, last - HOUR_MS);
}

/** How much of a range goes into one request. */
function pieceMs({ profile, chosen, talk }: Reader): number {
  const rowOctets = 2 + 14 + 6 * Math.max(1, chosen.length - 1);
  return profile.periodS ? rowsAtOnce(rowOctets, talk.capacity) * profile.periodS * 1000 : Infinity;
}

const NOTHING = new Uint8Array(0);
const HOUR_MS = 3_600_000;
const START_OF_TIME = Date.UTC(2000, 0, 1);
const END_OF_TIME = Date.UTC(2099, 11, 31, 23, 59, 59);
