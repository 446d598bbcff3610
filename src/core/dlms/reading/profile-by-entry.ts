// Rows of a profile where the meter knows entries only (Blue Book 4.3.6.2.2, entry_descriptor).
import type { Dialogue } from '../../wire/dialogue';
import { type ReadError } from '../../wire/errors';
import { accessRefusal } from '../apdu/result-codes';
import { entriesOf, reckonedAges, widened, type Ages } from './profile-entries';
import { isAdjoining, joinedRows } from './profile-join';
import { deviationFor, readPiece, type Piece, type Reader } from './profile-piece';
import type { TimedRow } from './profile-rows';
import type { Moment } from '../../meter/moment';
import { comparableMs, entrySelection } from './selection';

/**
 * Where the meter knows entries only: the place is reckoned from the newest row and the capture period, then checked.
 */
export function* byEntry(reader: Reader): Dialogue<readonly TimedRow[] | { readonly refused: ReadError }> {
  const { talk, wanted, profile } = reader;
  const inUse = yield* talk.services.getOne({ classId: 7, instance: wanted.obis, attribute: 7 });
  const count = 'data' in inUse && typeof inUse.data.value === 'number' ? inUse.data.value : undefined;
  if (count === undefined) return { refused: accessRefusal('refused' in inUse ? inUse.refused : 250) };
  if (count === 0) return [];
  if (wanted.entries !== undefined) {
    const rows = yield* entries(
      reader,
      entriesOf({ youngest: 1, oldest: Math.min(count, wanted.entries) }, count, profile),
    );
    return 'refused' in rows ? rows : rows.slice(-wanted.entries);
  }
  const reckoned = yield* agesOfRange(reader, count);
  if ('refused' in reckoned) return reckoned;
  for (let ages: Ages = reckoned; ;) {
    const rows = yield* entries(reader, entriesOf(ages, count, profile));
    if ('refused' in rows) return rows;
    const wider = widened(ages, count, { from: reaches(reader, rows, 'from'), to: reaches(reader, rows, 'to') });
    if (!wider) return rows;
    ages = wider;
  }
}

/**
 * After a break the last rows are asked for again: a full buffer moves up by one entry with every row captured
 * meanwhile.
 */
function* entries(
  reader: Reader,
  span: { readonly first: number; readonly last: number },
): Dialogue<readonly TimedRow[] | { readonly refused: ReadError }> {
  let rows: readonly TimedRow[] = [];
  for (let from = span.first; ;) {
    const piece: Piece = yield* readPiece(reader, entrySelection(from, span.last));
    if ('refused' in piece) return piece;
    const isLost = piece.rows.length > 0 && !isAdjoining(rows, piece.rows);
    if (!isLost) rows = joinedRows(rows, piece.rows, true);
    if (piece.isWhole && !isLost) return rows;
    // no place to go on from: from the start once more
    if (isLost || rows.some(({ time }) => time === undefined)) rows = [];
    from = Math.max(span.first, span.first + rows.length - OVERLAP_ENTRIES);
  }
}

function* agesOfRange(reader: Reader, count: number): Dialogue<Ages | { readonly refused: ReadError }> {
  const { profile, wanted, talk } = reader;
  const all: Ages = { youngest: 1, oldest: count };
  const periodMs = (profile.periodS ?? 0) * 1000;
  if (periodMs === 0) return all;
  const isLocal = (wanted.from ?? wanted.to)?.isLocal ?? true;
  const deviation = deviationFor(talk.notes, isLocal);
  const newest = entriesOf({ youngest: 1, oldest: 1 }, count, profile);
  const piece: Piece = yield* readPiece(reader, entrySelection(newest.first, newest.last));
  if ('refused' in piece) return piece;
  const time = piece.rows[0]?.time;
  const newestMs = time ? comparableMs(time, isLocal, deviation) : null;
  return newestMs === null ? all : reckonedAges(newestMs, periodMs, count, wanted.from?.ms, wanted.to?.ms);
}

/** Whether rows on the far side of an end were seen, so that none within it is missing. */
function reaches({ wanted, talk }: Reader, rows: readonly TimedRow[], end: 'from' | 'to'): boolean {
  const moment: Moment | undefined = wanted[end];
  return (
    moment !== undefined &&
    rows.some(({ time }) => {
      const ms = time ? comparableMs(time, moment.isLocal, talk.notes.deviation ?? null) : null;
      return ms !== null && (end === 'from' ? ms <= moment.ms : ms > moment.ms);
    })
  );
}

/** Rows that a meter may capture during a break without the whole being read again. */
const OVERLAP_ENTRIES = 8;
