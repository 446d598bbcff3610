// IEC 62056-21 meters keep a wall clock and tell no zone. A text without zone goes to the meter as it is; an instant (a
// Date, milliseconds, or a text with zone) becomes what a clock on the wall shows then: in `timeZone` where the node has
// one (an IANA name; a meter that ignores summer time wants Etc/GMT-1 or the like), else in the zone of the platform.
import { types } from 'node:util';
import type { Fields } from '../../src/core/index';

export function wallTimeOf(fields: Fields, name: string, timeZone: string): string | undefined {
  if (!fields.has(name)) return undefined;
  const moment = momentOf(fields, name);
  const instant = typeof moment === 'number' ? moment : ZONED.test(moment) ? Date.parse(moment) : undefined;
  if (instant === undefined) return String(moment);
  if (!Number.isFinite(instant) || Math.abs(instant) > LAST_INSTANT) throw fields.wrong(name, 'is no date');
  const parts = new Map(
    clockOf(fields, timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`;
}

/** Milliseconds since 1970, or a text. A Function node's Date is of another realm, so that instanceof would not know it. */
export function momentOf(fields: Fields, name: string): number | string {
  const value = fields.raw(name);
  if (types.isDate(value)) return value.getTime();
  return typeof value === 'number' ? value : fields.text(name);
}

function clockOf(fields: Fields, timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      ...(timeZone !== '' && { timeZone }),
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch {
    throw fields.wrong(
      'timeZone',
      `is "${timeZone.slice(0, 40)}", but has to be a name like Europe/Madrid or Etc/GMT-1`,
    );
  }
}

const ZONED = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)$/i;
/** The last moment that a Date can hold. */
const LAST_INSTANT = 8.64e15;
