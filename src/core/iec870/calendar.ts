// Between the meter's wall clock and the user's times. The meter shows local Spanish time and the SU bit, no zone.
// Law kept here: a text carries a deviation only where it is certain, and two different hours never get one text.
// The deviation follows from SU as long as SU agrees with the summer time rule of Directive 2000/84/EC (last Sunday of
// March to last Sunday of October, 01:00 UTC); so the two 02:00 of October are +02:00 and +01:00. Where SU contradicts
// the rule (a meter that never changes its clock, a hand-set one) the text has no zone: the meter told too little.
import { decodeMoment } from '../meter/moment';
import { failure } from '../wire/errors';
import { isUnset, type TimeTag } from './time-tag';

/**
 * A moment as users give it: a Date, milliseconds since 1970, or ISO text; text without zone is the meter's wall time.
 */
export type MomentInput = Date | number | string;
/** Which of the two hours a wall time without zone means on the night of October. */
export type Repeated = 'first' | 'second';

/** ISO text of a tag, or null where the meter has no date. */
export function timeText(tag: TimeTag, standardOffset: number): string | null {
  if (isUnset(tag)) return null;
  const seconds =
    tag.second === 0 && tag.millisecond === 0
      ? ':00'
      : `:${two(tag.second)}${tag.millisecond === 0 ? '' : `.${String(tag.millisecond).padStart(3, '0')}`}`;
  const wall = `${tag.year}-${two(tag.month)}-${two(tag.day)}T${two(tag.hour)}:${two(tag.minute)}${seconds}`;
  return isCertain(tag, standardOffset) ? wall + deviation(standardOffset + (tag.isSummer ? 60 : 0)) : wall;
}

/** The meter's tag for a user's moment. Throws CONFIG_INVALID naming the field. */
export function timeTagOf(moment: MomentInput, field: string, standardOffset: number, repeated: Repeated): TimeTag {
  const { ms, isLocal } = decodeMoment(moment, field);
  return isLocal ? wallTag(ms, field, standardOffset, repeated) : tagAt(ms, field, standardOffset);
}

/** The tag that a right-going meter shows at an instant. */
export function tagAt(instant: number, field: string, standardOffset: number): TimeTag {
  const isSummer = isSummerAt(instant);
  return fromWall(instant + (standardOffset + (isSummer ? 60 : 0)) * MINUTE, isSummer, field);
}

/** The instant of a tag, its SU bit taken at its word. For order and durations, not for display. */
export function instantOf(tag: TimeTag, standardOffset: number): number {
  return wallOf(tag) - (standardOffset + (tag.isSummer ? 60 : 0)) * MINUTE;
}

/**
 * Where a tag lies to an interval with both ends, by minutes: by instants, so that SU parts the two 02:00 of October;
 * by the wall clock where SU contradicts the calendar, for such a meter answers in the hours that it shows.
 */
export function placeIn(
  tag: TimeTag,
  from: TimeTag,
  to: TimeTag,
  standardOffset: number,
): 'before' | 'inside' | 'behind' {
  if (isUnset(tag)) return 'inside';
  if (minutesBetween(from, tag, standardOffset) < 0) return 'before';
  return minutesBetween(to, tag, standardOffset) > 0 ? 'behind' : 'inside';
}

/** From one to a tag that a meter gave; the tag decides by which of the two clocks. */
export function minutesBetween(from: TimeTag, tag: TimeTag, standardOffset: number): number {
  const isByInstant = isCertain(tag, standardOffset);
  const minuteOf = (one: TimeTag): number =>
    Math.floor((isByInstant ? instantOf(one, standardOffset) : wallOf(one)) / MINUTE);
  return minuteOf(tag) - minuteOf(from);
}

function wallTag(wall: number, field: string, standardOffset: number, repeated: Repeated): TimeTag {
  const asSummer = isSummerAt(wall - (standardOffset + 60) * MINUTE);
  const asWinter = !isSummerAt(wall - standardOffset * MINUTE);
  // Both hold only in the repeated hour; neither holds in the hour that March leaves out, which is named as winter
  // time.
  return fromWall(wall, asSummer && (!asWinter || repeated === 'first'), field);
}

function fromWall(wall: number, isSummer: boolean, field: string): TimeTag {
  const shown = new Date(wall);
  const year = shown.getUTCFullYear();
  if (year < 2000 || year > 2099) throw failure('iec870.calendarYears', { field }, 'configure');
  return {
    year,
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
    millisecond: shown.getUTCMilliseconds(),
    weekday: shown.getUTCDay() || 7,
    isSummer,
    isInvalid: false,
  };
}

/** The change itself belongs to both sides: the end of the hour before it may be written either way. */
function isCertain(tag: TimeTag, standardOffset: number): boolean {
  const instant = instantOf(tag, standardOffset);
  const [start, end] = summerOf(tag.year);
  return tag.isSummer ? instant >= start && instant <= end : instant <= start || instant >= end;
}

function isSummerAt(instant: number): boolean {
  const [start, end] = summerOf(new Date(instant).getUTCFullYear());
  return instant >= start && instant < end;
}

function summerOf(year: number): readonly [number, number] {
  return [lastSunday(year, 2), lastSunday(year, 9)];
}

/** 01:00 UTC of the last Sunday of a month of 31 days. */
function lastSunday(year: number, month: number): number {
  const last = Date.UTC(year, month, 31, 1);
  return last - new Date(last).getUTCDay() * DAY;
}

function wallOf(tag: TimeTag): number {
  return Date.UTC(tag.year, tag.month - 1, tag.day, tag.hour, tag.minute, tag.second, tag.millisecond);
}

function deviation(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Peninsula and Balearics: CET. (Canary Islands: 0.) */
export const CET = 60;
