// Times as users give them, one parser for every node and protocol. What can be meant in two ways is refused: digits
// alone may be milliseconds, seconds or a date run together, and a wrong guess reads another interval without a word.
// Forms: a Date, milliseconds since 1970 as a number, and ISO 8601 text with or without a zone.
import { failure } from '../wire/errors';

/** `ms` since 1970: of UTC, or of the meter's own wall clock read as if it were UTC. */
export interface Moment {
  readonly ms: number;
  readonly isLocal: boolean;
}

/**
 * A value as a moment; `field` names it in the error (CONFIG_INVALID). A text without zone is the meter's wall time.
 */
export function decodeMoment(value: unknown, field: string): Moment {
  const shown = shownAs(value);
  if (isDate(value)) {
    const ms = value.getTime();
    if (Number.isNaN(ms)) throw failure('meter.noMoment', { field, shown: 'Invalid Date' }, 'configure');
    return { ms, isLocal: false };
  }
  if (typeof value === 'number') return instantOf(value, field, shown);
  if (typeof value !== 'string') throw failure('meter.noMoment', { field, shown }, 'configure');
  const text = value.trim();
  // Digits alone are milliseconds that came through a text (CSV, an environment variable), or refused.
  return /^\d+$/.test(text) ? instantOf(Number(text), field, shown) : isoMoment(text, field, shown);
}

/**
 * ISO text of the meter's wall clock: the fields of a local moment, or of an instant as a clock in `timeZone` shows it.
 */
export function wallText(moment: Moment, timeZone: string | undefined): string {
  const ms = moment.isLocal ? moment.ms : moment.ms + offsetMs(moment.ms, timeZone);
  return new Date(ms).toISOString().slice(0, 19);
}

/** Is this a name that the platform knows a zone by (IANA)? */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

/**
 * Milliseconds that a wall clock in the zone is ahead of UTC at an instant; without a name, the platform's own zone.
 */
function offsetMs(ms: number, timeZone: string | undefined): number {
  const clock = new Intl.DateTimeFormat('en-GB', { ...(timeZone && { timeZone }), hourCycle: 'h23', ...CLOCK_FIELDS });
  const parts = new Map(clock.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(ms / 1000) * 1000;
}

/** Between 2000 and 2200 a count of milliseconds cannot be mistaken for seconds or for a date run together. */
function instantOf(ms: number, field: string, shown: string): Moment {
  if (Number.isInteger(ms) && ms >= FIRST_INSTANT && ms < LAST_INSTANT) return { ms, isLocal: false };
  throw failure('meter.ambiguousMoment', { field, shown }, 'configure');
}

function isoMoment(text: string, field: string, shown: string): Moment {
  const found = text.length <= LONGEST ? ISO.exec(text) : null;
  if (!found) throw failure('meter.noMoment', { field, shown }, 'configure');
  const [, date = '', time = '', fraction = '', zone = ''] = found;
  const wall = `${date}T${time === '' ? '00:00:00' : time.length === 5 ? `${time}:00` : time}`;
  const ms = Date.parse(`${wall}Z`);
  // Date.parse lets some engines roll 31 February over; the fields must come out as they went in.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== wall)
    throw failure('meter.noSuchTime', { field, shown }, 'configure');
  const exact = ms + (fraction === '' ? 0 : Math.floor(Number(`0${fraction}`) * 1000));
  if (zone === '') return { ms: exact, isLocal: true };
  const minutes = zone.toUpperCase() === 'Z' ? 0 : minutesOf(zone);
  if (Math.abs(minutes) > FARTHEST_ZONE) throw failure('meter.noSuchTime', { field, shown }, 'configure');
  return { ms: exact - minutes * 60_000, isLocal: false };
}

function minutesOf(zone: string): number {
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone.startsWith('-') ? -minutes : minutes;
}

/** A Date of any realm: a Function node's is none of ours. */
function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === '[object Date]';
}

function shownAs(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))).slice(0, 40);
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?$/i;
const LONGEST = 40;
const FIRST_INSTANT = Date.UTC(2000, 0, 1);
const LAST_INSTANT = Date.UTC(2200, 0, 1);
/** UTC+14 is the farthest zone in use; meters are set by hand, so an hour more is let pass. */
const FARTHEST_ZONE = 15 * 60;
const CLOCK_FIELDS = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
} as const;
