// Time information of IEC 60870-5-102, 7.2.2.1.24/25: type A (5 bytes, minutes) and type B (7 bytes, milliseconds).
// Law kept here: a tag is what the meter's bits say. Reserved bits are masked (a real answer carries 44 for hour 4),
// a date that is not set stays unset, and what no clock shows (month 13, 25:61) is refused with its bytes.
import { failure, type ReadError } from '../wire/errors';
import { toHex } from '../wire/bytes';

/** A time of the meter: local wall time with its bits. */
export interface TimeTag {
  readonly year: number;
  readonly month: number;
  /** 0 with month or day = the meter has no date here. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** 1 Monday .. 7 Sunday; 0 = not given. */
  readonly weekday: number;
  /** SU: the wall time is summer time. The only thing that tells the two 02:00 of October apart. */
  readonly isSummer: boolean;
  /** IV: the meter does not vouch for this time. */
  readonly isInvalid: boolean;
}

/** Octets of time A. */
export const TIME_A_SIZE = 5;
/** Octets of time B. */
export const TIME_B_SIZE = 7;

/** Minutes and above. Throws BAD_VALUE for what no clock shows. */
export function decodeTimeA(bytes: Uint8Array, offset: number): TimeTag {
  return decodeMinutes(bytes, offset, TIME_A_SIZE, 0, 0);
}

/** Milliseconds and above. Throws BAD_VALUE for what no clock shows. */
export function decodeTimeB(bytes: Uint8Array, offset: number): TimeTag {
  const [low, high] = [bytes[offset] ?? 0, bytes[offset + 1] ?? 0];
  const [millisecond, second] = [low | ((high & 0x03) << 8), high >> 2];
  if (millisecond > 999 || second > 59) throw notATime(bytes, offset, TIME_B_SIZE);
  return decodeMinutes(bytes, offset + 2, TIME_A_SIZE, second, millisecond);
}

/** The octets of time A. */
export function encodeTimeA(tag: TimeTag): Uint8Array {
  return Uint8Array.of(
    tag.minute | (tag.isInvalid ? 0x80 : 0),
    tag.hour | (tag.isSummer ? 0x80 : 0),
    tag.day | (tag.weekday << 5),
    tag.month,
    tag.year % 100,
  );
}

/** The octets of time B. */
export function encodeTimeB(tag: TimeTag): Uint8Array {
  return Uint8Array.of(tag.millisecond & 0xff, (tag.millisecond >> 8) | (tag.second << 2), ...encodeTimeA(tag));
}

/** The meter has no date here: day or month is 0 (a maximum that never was, a period not closed yet). */
export function isUnset(tag: TimeTag): boolean {
  return tag.day === 0 || tag.month === 0;
}

function decodeMinutes(bytes: Uint8Array, offset: number, size: number, second: number, millisecond: number): TimeTag {
  if (bytes.length < offset + size) throw failure('iec870.timeEnds', { offset });
  const byte = (index: number): number => bytes[offset + index] ?? 0;
  const tag: TimeTag = {
    year: 2000 + (byte(4) & 0x7f),
    month: byte(3) & 0x0f,
    day: byte(2) & 0x1f,
    hour: byte(1) & 0x1f,
    minute: byte(0) & 0x3f,
    second,
    millisecond,
    weekday: byte(2) >> 5,
    isSummer: (byte(1) & 0x80) !== 0,
    isInvalid: (byte(0) & 0x80) !== 0,
  };
  const isPossible =
    tag.minute < 60 && tag.hour < 24 && tag.year < 2100 && (isUnset(tag) || tag.day <= daysOf(tag.year, tag.month));
  if (!isPossible) throw notATime(bytes, offset, size);
  return tag;
}

/** Days of a month; 0 for a month that is none. */
function daysOf(year: number, month: number): number {
  return month > 12 ? 0 : new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function notATime(bytes: Uint8Array, offset: number, size: number): ReadError {
  return failure('iec870.noTime', { hex: toHex(bytes.subarray(offset, offset + size)), offset });
}
