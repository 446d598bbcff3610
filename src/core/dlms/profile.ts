// Reading a ProfileGeneric (Blue Book 4.3.6): what it captures (asked once), then its rows by range, by entry, or whole -
// the first of these that the meter does not refuse, remembered. A break goes on behind the last good row.
import { concatBytes, toHex } from '../wire/bytes';
import type { Dialogue } from '../wire/dialogue';
import { asReadError, ReadError, type ErrorCode } from '../wire/errors';
import type { Column, Row } from '../reading';
import { decodeLeadingItems, type Data } from './axdr';
import { learnScalers, type MeterTalk } from './attributes';
import type { CaptureObject, MeterNotes, ProfileNotes, ProfileWay } from './notes';
import { obisText } from './obis';
import { objectKey } from './objects';
import { described } from './profile-description';
import { rowsAtOnce, type LinkFigures } from './plan';
import { columnsOf, isClock, isScaled, rowsOf, type RowRules, type TimedRow } from './profile-rows';
import type { Moment, WantedProfile } from './requests';
import { accessRefusal } from './result-codes';
import { comparableMs, entrySelection, momentOctets, rangeSelection } from './selection';
import type { Attribute, Selection } from './xdlms/get';

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
    const got = way === 'range' ? yield* byRange(reader) : way === 'entry' ? yield* byEntry(reader) : yield* whole(reader);
    if (!('refused' in got)) return got;
    if (way === 'whole') throw got.refused;
    if (way === 'range' && profile.hasColumnSelection && reader.chosen.length < profile.captured.length) profile.hasColumnSelection = false;
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
  const rows: TimedRow[] = [];
  for (let from = (wanted.from?.ms ?? START_OF_TIME) - slack; from <= last; ) {
    const until = wanted.from && wanted.to ? Math.min(last, from + stepMs) : last;
    const ends = [from, until].map((ms) => momentOctets({ ms, isLocal }, deviation));
    const piece: Piece = yield* readPiece(reader, rangeSelection(clock, ends[0] ?? NOTHING, ends[1] ?? NOTHING, columns));
    if ('refused' in piece) {
      if (rows.length === 0) return piece;
      throw piece.refused;
    }
    rows.push(...piece.rows);
    from = piece.isWhole ? until + 1000 : afterLast(piece.rows, isLocal, deviation, from);
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
  const span = wanted.entries === undefined ? yield* reckonedSpan(reader, count) : newest(profile, count, wanted.entries);
  if ('refused' in span) return span;
  for (let { first } = span; ; ) {
    const rows = yield* entries(reader, first, span.last);
    if ('refused' in rows) return rows;
    if (first === 1 || wanted.entries !== undefined || reachesFrom(reader, rows)) return rows;
    first = Math.max(1, first - (span.last - first + WIDEN_ENTRIES)); // more rows than periods: a clock was set, or daylight saving
  }
}

function* entries(reader: Reader, first: number, last: number): Dialogue<readonly TimedRow[] | { readonly refused: ReadError }> {
  const rows: TimedRow[] = [];
  for (let from = first; from <= last; ) {
    const piece: Piece = yield* readPiece(reader, entrySelection(from, last));
    if ('refused' in piece) return piece;
    rows.push(...piece.rows);
    if (piece.isWhole) break;
    from += piece.rows.length;
  }
  return rows;
}

function* reckonedSpan(reader: Reader, count: number): Dialogue<{ readonly first: number; readonly last: number } | { readonly refused: ReadError }> {
  const { profile, wanted, talk } = reader;
  const periodMs = (profile.periodS ?? 0) * 1000;
  if (periodMs === 0) return { first: 1, last: count };
  const isLocal = (wanted.from ?? wanted.to)?.isLocal ?? true;
  const deviation = deviationFor(talk.notes, isLocal);
  const piece: Piece = yield* readPiece(reader, entrySelection(profile.isNewestFirst ? 1 : count, profile.isNewestFirst ? 1 : count));
  if ('refused' in piece) return piece;
  const time = piece.rows[0]?.time;
  const newestMs = time ? comparableMs(time, isLocal, deviation) : null;
  if (newestMs === null) return { first: 1, last: count };
  const ago = (ms: number): number => Math.floor((newestMs - ms) / periodMs);
  const spare = SPARE_ENTRIES + Math.ceil(HOUR_MS / periodMs);
  const oldest = Math.min(count, Math.max(1, (wanted.from ? ago(wanted.from.ms) : count) + 1 + spare));
  const youngest = Math.max(1, Math.min(count, (wanted.to ? ago(wanted.to.ms) : 0) + 1 - spare));
  return profile.isNewestFirst ? { first: youngest, last: oldest } : { first: count + 1 - oldest, last: count + 1 - youngest };
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
    if (result.data.type !== 'array' && result.data.type !== 'compact-array') throw new ReadError('BAD_VALUE', `the buffer of the profile is ${result.data.type}, not an array`);
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
  const missing = wanted.columns?.find((code) => !profile.captured.some((column) => toHex(column.instance) === toHex(code)));
  if (missing) throw new ReadError('CONFIG_INVALID', `the profile does not capture ${obisText(missing)}; it captures ${profile.captured.map((column) => obisText(column.instance)).join(', ')}`);
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

function reachesFrom({ wanted, talk }: Reader, rows: readonly TimedRow[]): boolean {
  const from: Moment | undefined = wanted.from;
  return from === undefined || rows.some(({ time }) => {
    const ms = time ? comparableMs(time, from.isLocal, talk.notes.deviation ?? null) : null;
    return ms !== null && ms <= from.ms;
  });
}

function afterLast(rows: readonly TimedRow[], isLocal: boolean, deviation: number | null, from: number): number {
  const times = rows.flatMap(({ time }) => (time ? (comparableMs(time, isLocal, deviation) ?? []) : []));
  return times.length === 0 ? from : Math.max(from, ...times.slice(-1)) + 1000;
}

/** How much of a range goes into one request. */
function pieceMs({ profile, chosen, talk }: Reader): number {
  const rowOctets = 2 + 14 + 6 * Math.max(1, chosen.length - 1);
  return profile.periodS ? rowsAtOnce(rowOctets, talk.figures) * profile.periodS * 1000 : Infinity;
}

function newest(profile: ProfileNotes, count: number, wanted: number): { readonly first: number; readonly last: number } {
  const rows = Math.min(count, wanted);
  return profile.isNewestFirst ? { first: 1, last: rows } : { first: count - rows + 1, last: count };
}

function deviationFor(notes: MeterNotes, isLocal: boolean): number | null {
  if (isLocal) return null;
  if (notes.deviation === null || notes.deviation === undefined) throw new ReadError('CONFIG_INVALID', 'this meter\'s clock does not tell its time zone; give from and to as local times without zone');
  return notes.deviation;
}

const valueColumns = (captured: readonly CaptureObject[]): readonly CaptureObject[] => {
  const clock = captured.findIndex(isClock);
  return captured.filter((_, i) => i !== clock);
};

const SELECTION_REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['REQUEST_REFUSED', 'ACCESS_DENIED']);
const NOTHING = new Uint8Array(0);
const MAX_BREAKS = 4;
/** Rows more than reckoned at both ends, for a row at the edge and one added meanwhile; an hour more for daylight saving. */
const SPARE_ENTRIES = 2;
const WIDEN_ENTRIES = 96;
const HOUR_MS = 3_600_000;
const START_OF_TIME = Date.UTC(2000, 0, 1);
const END_OF_TIME = Date.UTC(2099, 11, 31, 23, 59, 59);
