// date-time, date and time of COSEM (Blue Book 4.1.6.1): 12, 5 and 4 octets, each field possibly "not specified".
// deviation = UTC minus local time in minutes, so local time + deviation = UTC; it holds the DST hour already.
import { toHex } from '../../wire/bytes';
import { failure, type ReadError } from '../../wire/errors';

/** null = not specified (FF, FFFF, deviation 8000). Special days of month (FE last, FD second last) stand in `day`. */
export interface DateTime {
  readonly year: number | null;
  readonly month: number | null;
  readonly day: number | null;
  readonly weekday: number | null;
  readonly hour: number | null;
  readonly minute: number | null;
  readonly second: number | null;
  readonly hundredths: number | null;
  readonly deviation: number | null;
  /** Clock status: bit 0 invalid, 1 doubtful, 2 other clock base, 3 invalid clock status, 7 daylight saving active. */
  readonly status: number | null;
}

/** Twelve octets (Blue Book 4.1.6.1); BAD_VALUE for what no calendar has. */
export function decodeDateTime(bytes: Uint8Array): DateTime {
  if (bytes.length !== 12) throw noSuchTime(bytes);
  const year = word(bytes[0], bytes[1]);
  const deviation = word(bytes[9], bytes[10]);
  const time: DateTime = {
    year: year === 0xffff ? null : year,
    month: known(bytes[2]),
    day: known(bytes[3]),
    weekday: known(bytes[4]),
    hour: known(bytes[5]),
    minute: known(bytes[6]),
    second: known(bytes[7]),
    hundredths: known(bytes[8]),
    deviation: deviation === 0x8000 ? null : (deviation << 16) >> 16,
    status: known(bytes[11]),
  };
  if (!isPossible(time)) throw noSuchTime(bytes);
  return time;
}

/** Five octets; BAD_VALUE for what no calendar has. */
export function decodeDate(bytes: Uint8Array): DateTime {
  if (bytes.length !== 5) throw noSuchTime(bytes);
  return decodeDateTime(Uint8Array.of(...bytes, 0xff, 0xff, 0xff, 0xff, 0x80, 0x00, 0xff));
}

/** Four octets; BAD_VALUE for what no clock has. */
export function decodeTime(bytes: Uint8Array): DateTime {
  if (bytes.length !== 4) throw noSuchTime(bytes);
  return decodeDateTime(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, ...bytes, 0x80, 0x00, 0xff));
}

/** Twelve octets; what is null is written as not specified. */
export function encodeDateTime(d: DateTime): Uint8Array {
  const year = d.year ?? 0xffff;
  const deviation = d.deviation ?? 0x8000;
  return Uint8Array.of(
    year >> 8,
    year & 0xff,
    d.month ?? 0xff,
    d.day ?? 0xff,
    d.weekday ?? 0xff,
    d.hour ?? 0xff,
    d.minute ?? 0xff,
    d.second ?? 0xff,
    d.hundredths ?? 0xff,
    (deviation >> 8) & 0xff,
    deviation & 0xff,
    d.status ?? 0xff,
  );
}

/**
 * ISO 8601 text with the meter's own offset, without zone where it told none; null when a field of date or time is
 * open.
 */
export function isoOf(d: DateTime): string | null {
  if (d.year === null || d.month === null || d.day === null || d.hour === null || d.minute === null || !isOrdinary(d))
    return null;
  const date = `${pad(d.year, 4)}-${pad(d.month)}-${pad(d.day)}`;
  const fraction = d.hundredths ? `.${pad(d.hundredths)}0` : '';
  return `${date}T${pad(d.hour)}:${pad(d.minute)}:${pad(d.second ?? 0)}${fraction}${offsetText(d.deviation)}`;
}

/** Milliseconds of the fields read as if they were UTC: orders and spaces times of one clock. Null when open. */
export function localMs(d: DateTime): number | null {
  if (d.year === null || d.month === null || d.day === null || d.hour === null || d.minute === null || !isOrdinary(d))
    return null;
  return Date.UTC(d.year, d.month - 1, d.day, d.hour, d.minute, d.second ?? 0, (d.hundredths ?? 0) * 10);
}

/** The moment in ms since 1970 UTC, or null when the meter told no deviation. */
export function utcMs(d: DateTime): number | null {
  const local = localMs(d);
  return local === null || d.deviation === null ? null : local + d.deviation * 60_000;
}

/** The date-time of a moment: its fields in local time of `deviation`; deviation null = the ms are local fields. */
export function dateTimeAt(ms: number, deviation: number | null, status: number | null = 0): DateTime {
  const local = new Date(ms - (deviation ?? 0) * 60_000);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay() || 7,
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    hundredths: Math.floor(local.getUTCMilliseconds() / 10),
    deviation,
    status,
  };
}

/** The same clock, `seconds` later: how a time that a profile row leaves out is computed (Blue Book 4.3.6, buffer). */
export function laterBy(d: DateTime, seconds: number): DateTime | null {
  const local = localMs(d);
  return local === null
    ? null
    : dateTimeAt(local + seconds * 1000 + (d.deviation ?? 0) * 60_000, d.deviation, d.status);
}

/** For people: `*` where a field is open, as in a daylight saving rule "*-03-last 02:00:00 Sunday". */
export function patternText(d: DateTime): string {
  const field = (value: number | null, size = 2): string => (value === null ? '*' : pad(value, size));
  const day = d.day === 0xfe ? 'last' : d.day === 0xfd ? 'second last' : field(d.day);
  const month = d.month === 0xfe ? 'daylight saving begin' : d.month === 0xfd ? 'daylight saving end' : field(d.month);
  const weekday = d.weekday === null ? '' : ` ${WEEKDAYS[d.weekday - 1] ?? d.weekday}`;
  return `${field(d.year, 4)}-${month}-${day} ${field(d.hour)}:${field(d.minute)}:${field(d.second)}${weekday}${offsetText(d.deviation)}`;
}

/** What the clock says against itself; empty when it is sure. Daylight saving is no fault and is left out. */
export function clockDoubts(status: number | null): readonly string[] {
  return status === null ? [] : CLOCK_DOUBTS.filter((_, bit) => status & (1 << bit));
}

function isPossible(d: DateTime): boolean {
  const { month, day } = d;
  const isInRange =
    (isWithin(month, 1, 12) || isSpecial(month)) &&
    (isWithin(day, 1, 31) || isSpecial(day)) &&
    isWithin(d.weekday, 0, 7) &&
    isWithin(d.hour, 0, 23) &&
    isWithin(d.minute, 0, 59) &&
    isWithin(d.second, 0, 59) &&
    isWithin(d.hundredths, 0, 99) &&
    isWithin(d.deviation, -MAX_DEVIATION, MAX_DEVIATION);
  return isInRange && !(day !== null && day <= 31 && month !== null && day > daysOf(month, d.year));
}

/** An open year may be a leap year. */
function daysOf(month: number, year: number | null): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year === null || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) ? 29 : 28;
}

const isWithin = (value: number | null, least: number, most: number): boolean =>
  value === null || (value >= least && value <= most);
const isSpecial = (value: number | null): boolean => value === 0xfd || value === 0xfe;
const isOrdinary = (d: DateTime): boolean => (d.month ?? 0) <= 12 && (d.day ?? 0) <= 31;
const known = (octet: number | undefined): number | null => (octet === undefined || octet === 0xff ? null : octet);
const word = (high = 0, low = 0): number => (high << 8) | low;
const pad = (value: number, size = 2): string =>
  size === 2 ? (TWO_DIGITS[value] ?? String(value)) : String(value).padStart(size, '0');
const noSuchTime = (octets: Uint8Array): ReadError => failure('cosem.noSuchTime', { octets: toHex(octets) });

function offsetText(deviation: number | null): string {
  if (deviation === null) return '';
  if (deviation === 0) return 'Z';
  const minutes = Math.abs(deviation);
  return `${deviation < 0 ? '+' : '-'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** Blue Book: -720..+720; zones up to UTC+14 exist. */
const MAX_DEVIATION = 840;
const CLOCK_DOUBTS: readonly string[] = [
  'time invalid',
  'time doubtful',
  'different clock base',
  'clock status invalid',
];
/** A profile has thousands of times. */
const TWO_DIGITS: readonly string[] = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));
const WEEKDAYS: readonly string[] = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
