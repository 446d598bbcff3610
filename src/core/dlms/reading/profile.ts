// Reading a ProfileGeneric (Blue Book 4.3.6): what it captures (asked once), then its rows by range, by entry, or whole
// - the first of these that the meter does not refuse, remembered. A break goes on behind the last good row.
import { toHex } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { errorFacts, failure, type ReadError } from '../../wire/errors';
import type { Column, Reading, Row } from '../../meter/reading';
import { obisText } from '../../meter/obis';
import { isScaled } from '../model/cosem-classes';
import { obisName } from '../model/obis';
import type { Language } from '../model/obis-names';
import { learnScalers } from './attributes';
import type { CaptureObject, ProfileNotes, ProfileWay } from './meter-memory';
import { byEntry } from './profile-by-entry';
import { described } from './profile-description';
import { readPiece, rulesFor, type Piece, type ProfileTalk, type Reader } from './profile-piece';
import { byRange } from './profile-range';
import { columnsOf, isClock, type TimedRow } from './profile-rows';
import type { WantedProfile } from './requests';
import { comparableMs } from './selection';

export type { ProfileTalk } from './profile-piece';

/** Columns and rows as a message has them. */
export interface ProfileReadout {
  /** What is to be said of the profile as a whole: that the meter sends more than it is asked for. */
  readonly readings: readonly Reading[];
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Rows of a profile, oldest first. */
export function* readProfile(talk: ProfileTalk, wanted: WantedProfile): Dialogue<ProfileReadout> {
  const profile = yield* described(talk, wanted);
  const chosen = chosenColumns(profile, wanted);
  yield* learnScalers(talk.services, talk.notes, chosen.filter(isScaled));
  const reader: Reader = { talk, wanted, profile, chosen, breaks: 0 };
  const rows = inRange(reader, yield* rowsByFirstWay(reader));
  const readings = reader.isOverrun ? [overrunReading(wanted, talk.language)] : [];
  return { readings, columns: columnsOf(rulesFor(reader, chosen), talk.language), rows: rows.map(({ row }) => row) };
}

function overrunReading({ obis }: WantedProfile, language: Language): Reading {
  const error = errorFacts(failure('cosem.moreThanAsked', {}));
  return { name: obisName(obis, language) ?? obisText(obis), id: obisText(obis), error };
}

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

function* whole(reader: Reader): Dialogue<readonly TimedRow[] | { readonly refused: ReadError }> {
  for (;;) {
    const piece: Piece = yield* readPiece(reader, undefined);
    if ('refused' in piece) return piece;
    if (!piece.isWhole) continue; // nothing to go on from: from the start once more
    return reader.wanted.entries === undefined ? piece.rows : piece.rows.slice(-reader.wanted.entries);
  }
}

/** All columns, or those asked for and the clock, in the order of capture. */
function chosenColumns(profile: ProfileNotes, wanted: WantedProfile): readonly CaptureObject[] {
  const codes = wanted.columns?.map(toHex);
  if (!codes || codes.length === 0) return profile.captured;
  const missing = wanted.columns?.find(
    (code) => !profile.captured.some((column) => toHex(column.instance) === toHex(code)),
  );
  if (missing)
    throw failure('cosem.notCaptured', {
      obis: obisText(missing),
      captured: profile.captured.map((column) => obisText(column.instance)),
    });
  return profile.captured.filter((column) => isClock(column) || codes.includes(toHex(column.instance)));
}

function inRange({ wanted, talk }: Reader, rows: readonly TimedRow[]): readonly TimedRow[] {
  const { from, to } = wanted;
  const isLocal = (from ?? to)?.isLocal ?? true;
  return rows.filter(({ time }) => {
    const ms = time ? comparableMs(time, isLocal, talk.notes.deviation ?? null) : null;
    // a row that tells no zone may be an hour off: rather a row too many
    const slack = !isLocal && time?.deviation === null ? HOUR_MS : 0;
    return ms === null || ((from === undefined || ms >= from.ms - slack) && (to === undefined || ms <= to.ms + slack));
  });
}

const HOUR_MS = 3_600_000;
