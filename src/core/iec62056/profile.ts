// Load profiles and logs: P.01, P.02, P.98 (VDEW-Lastenheft 2.1, chapter 5; IEC 62056-21 carries them as data sets).
// `P.01(stamp)(status)(period)(n)(code)(unit)...` opens a block, bare sets are its rows; a new header comes at each
// change of status or gap of time, so an answer is a list of blocks.
import { failure, phrase, type ReadError, type Phrase } from '../wire/errors';
import type { Column, Row, Value } from '../meter/reading';
import { decodeDataSets, type DataSet } from './dataset';
import { idOf } from '../meter/obis';
import { setValueOf } from './readings';
import { decodeStatus } from './status-words';
import { addMinutes, parseStamp, type Season } from './meter-time';

/** A header of a profile or log, and the rows under it. */
export interface ProfileBlock {
  readonly at: string;
  readonly season?: Season;
  readonly status: string;
  readonly periodMinutes?: number;
  readonly channels: readonly ProfileChannel[];
  readonly rows: readonly (readonly Value[])[];
}
/** A column as a header names it. */
export interface ProfileChannel {
  readonly code: string;
  readonly unit?: string;
}

/** A row that says which side of the clock change it belongs to, and what its status word means where that is known. */
export interface ProfileRow extends Row {
  readonly season?: Season;
  readonly flags?: readonly string[];
}

/** Rows of several blocks under one list of columns. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly ProfileRow[];
}

/** `P.01(ERROR)`, `P.01(ER07)` or no block at all: the meter has nothing of that interval. */
export function refusalOf(text: string): string | undefined {
  return /^\s*(?:[^()\s]+\s*)?\((ER[^()]*)\)\s*$/i.exec(text)?.[1];
}

/** The blocks of an answer. Throws BAD_VALUE where a header or its rows cannot be read. */
export function decodeProfileBlocks(text: string): readonly ProfileBlock[] {
  return decodeDataSets(text)
    .filter((set) => set.values.some((value) => value.text !== ''))
    .map(decodeBlock);
}

/** The rows of blocks under one list of columns. A channel that a block does not have is null there. */
export function tableOf(blocks: readonly ProfileBlock[], manufacturer: string | undefined): Table {
  const channels: ProfileChannel[] = [];
  const rows: ProfileRow[] = [];
  for (const block of blocks) {
    const places = placesOf(block.channels, channels);
    const flags = decodeStatus(block.status, manufacturer);
    block.rows.forEach((values, index) => {
      const row: Value[] = channels.map(() => null);
      places.forEach((place, i) => (row[place] = values[i] ?? null));
      rows.push({
        at: addMinutes(block.at, index * (block.periodMinutes ?? 0)),
        status: block.status,
        values: row,
        ...(block.season && { season: block.season }),
        ...(flags && { flags }),
      });
    });
  }
  const width = channels.length;
  return {
    columns: channels.map(({ code, unit }) => ({
      id: idOf(code),
      ...(unit ? { unit } : {}),
      ...(idOf(code) === code ? {} : { name: code }),
    })),
    rows: rows.map((row) =>
      row.values.length === width
        ? row
        : { ...row, values: [...row.values, ...Array<Value>(width - row.values.length).fill(null)] },
    ),
  };
}

/**
 * The interval of a request: season digit and YYMMDDhhmm (VDEW), or `yy-mm-dd,hh:mm` (R2 of Turkish meters). An open
 * end stays empty.
 */
export function encodeProfileInterval(
  from: string | undefined,
  to: string | undefined,
  form: 'vdew' | 'spelled',
): string {
  const write = (iso: string | undefined): string => {
    if (iso === undefined) return '';
    const [year = '', month = '', day = '', hour = '', minute = ''] = iso.slice(2).match(/\d\d/g) ?? [];
    return form === 'vdew' ? `0${year}${month}${day}${hour}${minute}` : `${year}-${month}-${day},${hour}:${minute}`;
  };
  return `${write(from)};${write(to)}`;
}

function decodeBlock(set: DataSet): ProfileBlock {
  const [stamp, status, period, count, ...rest] = set.values.map((value) => value.text.trim());
  const time = parseStamp(stamp ?? '');
  if (!time) throw badBlock(set, phrase('iec62056.noStamp', { text: stamp ?? '' }));
  if (status === undefined) throw badBlock(set, phrase('iec62056.noStatus', {}));
  const n = count === undefined || count === '' ? 0 : /^\d{1,3}$/.test(count) ? Number(count) : undefined;
  if (n === undefined) throw badBlock(set, phrase('iec62056.noChannels', { text: count ?? '' }));
  const minutes = period === undefined || period === '' || /^0+$/.test(period) ? undefined : Number(period);
  if (minutes !== undefined && !(Number.isInteger(minutes) && minutes <= MAX_PERIOD))
    throw badBlock(set, phrase('iec62056.noPeriod', { text: period ?? '' }));
  if (rest.length < 2 * n) throw badBlock(set, phrase('iec62056.channelsCut', { count: n }));
  const channels = Array.from({ length: n }, (_, i) => channelOf(rest[2 * i] ?? '', rest[2 * i + 1] ?? ''));
  const values = set.values.slice(4 + 2 * n).map((value) => setValueOf(value, true));
  const rows = rowsOf(set, values, n, minutes === undefined);
  return {
    at: time.iso,
    status,
    channels,
    rows,
    ...(time.season && { season: time.season }),
    ...(minutes === undefined ? {} : { periodMinutes: minutes }),
  };
}

/** A log entry is one row, also without values; a profile block has as many rows as its values make. */
function rowsOf(set: DataSet, values: readonly Value[], n: number, isEvent: boolean): readonly (readonly Value[])[] {
  if (isEvent && values.length === 0) return [[]];
  if (n === 0 && values.length === 0) return [];
  if (n === 0 || values.length % n !== 0)
    throw badBlock(set, phrase('iec62056.rowsUnfilled', { count: values.length, channels: n }));
  const rows = Array.from({ length: values.length / n }, (_, i) => values.slice(i * n, (i + 1) * n));
  if (isEvent && rows.length > 1) throw badBlock(set, phrase('iec62056.rowsWithoutPeriod', {}));
  return rows;
}

function placesOf(wanted: readonly ProfileChannel[], channels: ProfileChannel[]): readonly number[] {
  const taken = new Set<number>();
  return wanted.map((channel) => {
    let place = channels.findIndex(
      (known, i) => !taken.has(i) && known.code === channel.code && known.unit === channel.unit,
    );
    if (place < 0) place = channels.push(channel) - 1;
    taken.add(place);
    return place;
  });
}

function channelOf(code: string, unit: string): ProfileChannel {
  return unit === '' ? { code } : { code, unit };
}

function badBlock(set: DataSet, why: Phrase): ReadError {
  return failure('iec62056.badBlock', { set: set.address || '()', why });
}

/** A leap month in minutes: longer periods are not profiles. */
const MAX_PERIOD = 44_640;
