// Reading a ProfileGeneric (Blue Book 4.3.6): what it captures (asked once), then its rows by range, by entry, or whole -
// the first of these that the meter does not refuse, remembered. A break goes on behind the last good row.
import { concatBytes, toHex } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { asReadError, ReadError, type ErrorCode } from '../../wire/errors';
import type { Column, Row } from '../../meter/reading';
import { decodeLeadingItems, type Data } from '../apdu/axdr';
import { learnScalers, type MeterTalk } from './attributes';
import { isScaled } from '../model/cosem-classes';
import type { CaptureObject, MeterNotes, ProfileNotes, ProfileWay } from './meter-memory';
import { obisText } from '../../meter/obis';
import { objectKey } from '../model/objects';
import { entriesOf, reckonedAges, widened, type Ages } from './profile-entries';
import { isAdjoining, joinedRows } from './profile-join';
import { described } from './profile-description';
import { rowsAtOnce, type LinkFigures } from './round-trips';
import { columnsOf, isClock, rowsOf, type RowRules, type TimedRow } from './profile-rows';
import type { Moment, WantedProfile } from './requests';
import { accessRefusal } from '../apdu/result-codes';
import { comparableMs, entrySelection, momentOctets, rangeSelection } from './selection';
import type { Attribute, Selection } from '../apdu/get';

/** The association that the profile is read over; `reopen` makes a new one after a break, and `services` is then its. */
export interface ProfileTalk extends MeterTalk {
  readonly figures: LinkFigures;
  reopen(): Dialogue<void>;
}

export interface ProfileReadout {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export function* readProfile(talk: ProfileTalk, wanted: WantedProfile): Dialogue<ProfileReadout> {
  const profile = yield* described(talk, wanted);
  const chosen = chosenColumns(profile, wanted);
  yield* learnScalers(talk.services, talk.notes, chosen.filter(isScaled));
  const reader: Reader = { talk, wanted, profile, chosen, breaks: 0 };
  const rows = inRange(reader, yield* rowsByFirstWay(reader));
  return { columns: columnsOf(rulesFor(reader, chosen), talk.language), rows: rows.map(({ row }) => row) };
}

interface Reader {
  readonly talk: ProfileTalk;
  readonly wanted: WantedProfile;
  readonly profile: ProfileNotes;
  readonly chosen: readonly CaptureObject[];
  breaks: number;
}

/** Rows of one answer. `isWhole` false = it broke off behind them. */
type Piece = { readonly rows: readonly TimedRow[]; readonly isWhole: boolean } | { readonly refused: ReadError };

function* rowsByFirstWay(reader: Reader): Dialogue<readonly TimedRow[]> {
  const { profile, wanted } = reader;
  for (;;) {
    const way = reader.talk.services.canSelect ? wayFor(profile, wanted) : 'whole';
    const got =
      way === 'range' ? yield* byRange(reader) : way === 'entry' ? yield* byEntry(reader) : yield* whole(reader);
    if (!('refused' in got)) return got;
    if (way === 'whole') throw got.refused;
    if (way === 'range' && profile.hasColumnSelection && reader.chosen.length < profile.captured.length)
      profile.hasColumnSelection = false;
    else profile.way = way === 'range' ? 'entry' : 'whole';
  }
}

/** A range needs an end and a clock among the columns; without both there is nothing to select by. */
function wayFor(profile: ProfileNotes, wanted: WantedProfile): ProfileWay {
  const isBounded = wanted.from !== undefined || wanted.to !== undefined;
  if (wanted.entries !== undefined) return profile.way === 'whole' ? 'whole' : 'entry';
  if (!isBounded) return 'whole';
  return profile.way === 'range' && !profile.captured.some(isClock) ? 'whole' : profile.way;
}

function* byRange(reader: Reader): Dialogue<readonly TimedRow[] | { readonly refused: ReadError }> {
  const { profile, wanted, talk } = reader;
  const clock = profile.captured.find(isClock);
  if (!clock) throw new ReadError('INTERNAL', 'a range without clock column');
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
    const piece: Piece = yield* readPiece(
      reader,
      rangeSelection(clock, ends[0] ?? NOTHING, ends[1] ?? NOTHING, columns),
    );
    if ('refused' in piece) {
      if (rows.length === 0) return piece;
      throw piece.refused;
    }
    rows = joinedRows(rows, piece.rows, isAgain);
    isAgain = !piece.isWhole;
    from = piece.isWhole ? until + 1000 : againFrom(reader, piece.rows, deviation, from);
  }
  return rows;
}

/** Where the meter knows entries only: the place is reckoned from the newest row and the capture period, then checked. */
function* byEntry(reader: Reader): Dialogue<readonly TimedRow[] | { readonly refused: ReadError }> {
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

/** After a break the last rows are asked for again: a full buffer moves up by one entry with every row captured meanwhile. */
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
    if (isLost || rows.some(({ time }) => time === undefined)) rows = []; // no place to go on from: from the start once more
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

function* whole(reader: Reader): Dialogue<readonly TimedRow[] | { readonly refused: ReadError }> {
  for (;;) {
    const piece: Piece = yield* readPiece(reader, undefined);
    if ('refused' in piece) return piece;
    if (!piece.isWhole) continue; // nothing to go on from: from the start once more
    return reader.wanted.entries === undefined ? piece.rows : piece.rows.slice(-reader.wanted.entries);
  }
}

/** One request for rows. A break keeps the rows that came whole and opens a new association to go on with. */
function* readPiece(reader: Reader, selection: Selection | undefined): Dialogue<Piece> {
  const { talk, wanted } = reader;
  const progress: Uint8Array[] = [];
  const buffer: Attribute = { classId: 7, instance: wanted.obis, attribute: 2, ...(selection && { selection }) };
  try {
    const result = yield* talk.services.getOne(buffer, progress);
    if ('refused' in result) return { refused: accessRefusal(result.refused) };
    if (result.data.type === 'null-data') return { rows: [], isWhole: true };
    if (result.data.type !== 'array' && result.data.type !== 'compact-array')
      throw new ReadError('BAD_VALUE', `the buffer of the profile is ${result.data.type}, not an array`);
    return { rows: decoded(reader, result.data.value), isWhole: true };
  } catch (thrown) {
    const error = asReadError(thrown);
    if (SELECTION_REFUSALS.has(error.code)) return { refused: error };
    if (!error.retryable || ++reader.breaks > MAX_BREAKS) throw error;
    // A buffer with the newest row first breaks off before its oldest rows: there is no good row to go on behind.
    const rows = reader.profile.isNewestFirst ? [] : decoded(reader, decodeLeadingItems(concatBytes(...progress)));
    yield* talk.reopen();
    return { rows, isWhole: false };
  }
}

function decoded(reader: Reader, buffer: readonly Data[]): readonly TimedRow[] {
  const { profile, chosen } = reader;
  const [first] = buffer;
  const width = first?.type === 'structure' ? first.value.length : 0;
  const captured = width === chosen.length ? chosen : profile.captured; // a meter may ignore the selection of columns
  const inBuffer = rowsOf(buffer, rulesFor(reader, captured));
  const rows = profile.isNewestFirst ? [...inBuffer].reverse() : inBuffer; // oldest first, whatever the meter does
  if (captured === chosen || chosen.length === captured.length) return rows;
  const isOwn = valueColumns(captured).map((column) => chosen.includes(column));
  return rows.map(({ time, row }) => ({ time, row: { ...row, values: row.values.filter((_, i) => isOwn[i]) } }));
}

function rulesFor({ talk, profile }: Reader, captured: readonly CaptureObject[]): RowRules {
  const { periodS, isNewestFirst } = profile;
  return {
    captured,
    scalerOf: (column) => talk.notes.scalers.get(objectKey(column.classId, column.instance)),
    stepS: periodS === undefined ? undefined : isNewestFirst ? -periodS : periodS,
  };
}

/** All columns, or those asked for and the clock, in the order of capture. */
function chosenColumns(profile: ProfileNotes, wanted: WantedProfile): readonly CaptureObject[] {
  const codes = wanted.columns?.map(toHex);
  if (!codes || codes.length === 0) return profile.captured;
  const missing = wanted.columns?.find(
    (code) => !profile.captured.some((column) => toHex(column.instance) === toHex(code)),
  );
  if (missing)
    throw new ReadError(
      'CONFIG_INVALID',
      `the profile does not capture ${obisText(missing)}; it captures ${profile.captured.map((column) => obisText(column.instance)).join(', ')}`,
    );
  return profile.captured.filter((column) => isClock(column) || codes.includes(toHex(column.instance)));
}

function inRange({ wanted, talk }: Reader, rows: readonly TimedRow[]): readonly TimedRow[] {
  const { from, to } = wanted;
  const isLocal = (from ?? to)?.isLocal ?? true;
  return rows.filter(({ time }) => {
    const ms = time ? comparableMs(time, isLocal, talk.notes.deviation ?? null) : null;
    const slack = !isLocal && time?.deviation === null ? HOUR_MS : 0; // a row that tells no zone may be an hour off: rather a row too many
    return ms === null || ((from === undefined || ms >= from.ms - slack) && (to === undefined || ms <= to.ms + slack));
  });
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

/**
 * Where a range goes on after a break: an hour before the last row, for in the night when the clock goes back later rows
 * bear earlier times. At the last row itself it would be too late as well: several rows may be of one second. From the
 * start where the rows are not in the order of time, or do not show it: what is missing lies anywhere then.
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
  return profile.periodS ? rowsAtOnce(rowOctets, talk.figures) * profile.periodS * 1000 : Infinity;
}

function deviationFor(notes: MeterNotes, isLocal: boolean): number | null {
  if (isLocal) return null;
  if (notes.deviation === null || notes.deviation === undefined)
    throw new ReadError(
      'CONFIG_INVALID',
      "this meter's clock does not tell its time zone; give from and to as local times without zone",
    );
  return notes.deviation;
}

const valueColumns = (captured: readonly CaptureObject[]): readonly CaptureObject[] => {
  const clock = captured.findIndex(isClock);
  return captured.filter((_, i) => i !== clock);
};

const SELECTION_REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['REQUEST_REFUSED', 'ACCESS_DENIED']);
const NOTHING = new Uint8Array(0);
const MAX_BREAKS = 4;
/** Rows that a meter may capture during a break without the whole being read again. */
const OVERLAP_ENTRIES = 8;
const HOUR_MS = 3_600_000;
const START_OF_TIME = Date.UTC(2000, 0, 1);
const END_OF_TIME = Date.UTC(2099, 11, 31, 23, 59, 59);
