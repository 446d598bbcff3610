// One request for rows of a profile and what came of it: rows, a refusal, or a break behind good rows.
import { concatBytes } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { failure, asReadError, type ReadError, type ErrorCode } from '../../wire/errors';
import { decodeLeadingItems, type Data } from '../apdu/axdr';
import type { Attribute, Selection } from '../apdu/get';
import { accessRefusal, isTooLong } from '../apdu/result-codes';
import { valueOctets } from '../apdu/sn-read';
import { objectKey } from '../model/objects';
import type { MeterTalk } from './attributes';
import type { AnswerParts } from './data-blocks';
import type { CaptureObject, MeterKnowledge, ProfileNotes } from './meter-memory';
import { enoughAt, keptRows, rowItems, type RangeEnd } from './profile-overrun';
import { isClock, rowsOf, type RowRules, type TimedRow } from './profile-rows';
import type { WantedProfile } from './requests';
import type { LinkCapacity } from './round-trips';

/**
 * The association that the profile is read over; `reopen` makes a new one after a break, and `services` is then its.
 */
export interface ProfileTalk extends MeterTalk {
  readonly capacity: LinkCapacity;
  reopen(): Dialogue<void>;
}

/** One read of a profile, as it goes on. */
export interface Reader {
  readonly talk: ProfileTalk;
  readonly wanted: WantedProfile;
  readonly profile: ProfileNotes;
  readonly chosen: readonly CaptureObject[];
  breaks: number;
  /** The meter sends more rows than it is asked for. */
  isOverrun?: boolean;
}

/** Rows of one answer. `isWhole` false = it broke off behind them. */
export type Piece =
  | {
      readonly rows: readonly TimedRow[];
      readonly isWhole: boolean;
      /** The meter sent, or would have sent, more than was asked for. */
      readonly isOverrun?: boolean;
    }
  | { readonly refused: ReadError };

/** One request for rows. A break keeps the rows that came whole and opens a new association to go on with. */
export function* readPiece(reader: Reader, selection: Selection | undefined, end?: RangeEnd): Dialogue<Piece> {
  const { talk, wanted } = reader;
  const progress: Uint8Array[] = [];
  const buffer: Attribute = { classId: 7, instance: wanted.obis, attribute: 2, ...(selection && { selection }) };
  try {
    const result = yield* talk.services.getOne(buffer, progress, end && enoughAt(end));
    if ('refused' in result) return { refused: accessRefusal(result.refused) };
    if (result.data.type === 'null-data') return { rows: [], isWhole: true };
    if (result.data.type !== 'array' && result.data.type !== 'compact-array')
      throw failure('cosem.bufferType', { type: result.data.type });
    return { rows: decoded(reader, result.data.value), isWhole: true };
  } catch (thrown) {
    const error = asReadError(thrown);
    if (isTooLong(error) && talk.services.canAskBlocks) throw error;
    const kept = keptOf(reader, error, progress, end);
    if (kept?.isOverrun) reader.isOverrun = true;
    if (kept) return { ...kept, isWhole: true };
    if (SELECTION_REFUSALS.has(error.code)) return { refused: error };
    if (!error.retryable || ++reader.breaks > MAX_BREAKS) throw error;
    // A buffer with the newest row first breaks off before its oldest rows: there is no good row to go on behind.
    const rows = reader.profile.isNewestFirst
      ? []
      : decoded(reader, decodeLeadingItems(valueOctets(concatBytes(...progress))));
    yield* talk.reopen();
    return { rows, isWhole: false };
  }
}

/** What can be kept of an answer that was cut off at the end of the range, or that holds more than it announces. */
function keptOf(
  reader: Reader,
  error: ReadError,
  parts: AnswerParts,
  end: RangeEnd | undefined,
): { readonly rows: readonly TimedRow[]; readonly isOverrun: boolean } | undefined {
  if (error.reason === 'cosem.moreThanAsked' && end) return { rows: end.rowsOf(rowItems(parts)), isOverrun: true };
  if (error.code !== 'BAD_VALUE' || parts.length === 0 || reader.profile.isNewestFirst) return undefined;
  return keptRows(parts, end, (items) => decoded(reader, items));
}

/** Rows of a buffer, oldest first, with the wanted columns. */
export function decoded(reader: Reader, buffer: readonly Data[]): readonly TimedRow[] {
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

/** How the rows of these columns are decoded. */
export function rulesFor({ talk, profile }: Reader, captured: readonly CaptureObject[]): RowRules {
  const { periodS, isNewestFirst } = profile;
  return {
    captured,
    scalerOf: (column) => talk.notes.scalers.get(objectKey(column.classId, column.instance)),
    stepS: periodS === undefined ? undefined : isNewestFirst ? -periodS : periodS,
  };
}

/** The deviation to write moments with; an error where the clock tells none and it is needed. */
export function deviationFor(notes: MeterKnowledge, isLocal: boolean): number | null {
  if (isLocal) return null;
  if (notes.deviation === null || notes.deviation === undefined) throw failure('cosem.noZone', {});
  return notes.deviation;
}

const valueColumns = (captured: readonly CaptureObject[]): readonly CaptureObject[] => {
  const clock = captured.findIndex(isClock);
  return captured.filter((_, i) => i !== clock);
};

const SELECTION_REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['REQUEST_REFUSED', 'ACCESS_DENIED']);
const MAX_BREAKS = 4;
