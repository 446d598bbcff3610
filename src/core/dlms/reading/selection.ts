// Selective access to a profile's buffer (Blue Book 4.3.6.2.2): by range of a column's value, and by entry.
import type { Data } from '../apdu/axdr';
import { dateTimeAt, encodeDateTime, localMs, utcMs, type DateTime } from '../model/date-time';
import type { CaptureObject } from './meter-memory';
import type { Moment } from '../../meter/moment';
import type { Selection } from '../apdu/get';

/** Selector 1: rows whose `restricting` column lies within both ends, ends included. No columns = all of them. */
export function rangeSelection(
  restricting: CaptureObject,
  from: Uint8Array,
  to: Uint8Array,
  columns: readonly CaptureObject[],
): Selection {
  return {
    selector: 1,
    parameter: structure(definition(restricting), octets(from), octets(to), {
      type: 'array',
      value: columns.map(definition),
    }),
  };
}

/** Selector 2: entries and columns by number from 1; 0 as an end means the last. */
export function entrySelection(fromEntry: number, toEntry: number, fromColumn = 1, toColumn = 0): Selection {
  const long = (value: number): Data => ({ type: 'double-long-unsigned', value });
  const short = (value: number): Data => ({ type: 'long-unsigned', value });
  return { selector: 2, parameter: structure(long(fromEntry), long(toEntry), short(fromColumn), short(toColumn)) };
}

/**
 * A moment as the meter's clock would write it. Local fields go without deviation, a moment of UTC with the clock's
 * own.
 */
export function momentOctets(moment: Moment, deviation: number | null): Uint8Array {
  return encodeDateTime({ ...dateTimeAt(moment.ms, moment.isLocal ? null : deviation), weekday: null });
}

/** Milliseconds comparable with the moment's: rows that tell no deviation are taken at the clock's. */
export function comparableMs(time: DateTime, isLocal: boolean, deviation: number | null): number | null {
  if (isLocal) return localMs(time);
  const exact = utcMs(time);
  const local = localMs(time);
  return exact ?? (local === null || deviation === null ? null : local + deviation * 60_000);
}

function definition({ classId, instance, attribute, dataIndex }: CaptureObject): Data {
  return structure(
    { type: 'long-unsigned', value: classId },
    octets(instance),
    { type: 'integer', value: attribute },
    { type: 'long-unsigned', value: dataIndex },
  );
}

const octets = (value: Uint8Array): Data => ({ type: 'octet-string', value });
const structure = (...value: readonly Data[]): Data => ({ type: 'structure', value });
