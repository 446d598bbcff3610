// IEC 62056-21 meters keep a wall clock and tell no zone. A text without zone goes to the meter as it is; an instant
// becomes what a clock on the wall shows then: in `timeZone` where the node has one (an IANA name; a meter that ignores
// summer time wants Etc/GMT-1 or the like), else in the zone of the platform.
import { isTimeZone, phrase, wallText, type Fields } from '../../src/core/index';

export function wallTimeOf(fields: Fields, name: string, timeZone: string): string | undefined {
  const moment = fields.moment(name);
  if (moment === undefined) return undefined;
  if (timeZone !== '' && !isTimeZone(timeZone))
    throw fields.wrong('timeZone', phrase('settings.timeZone', { shown: timeZone.slice(0, 40) }));
  return wallText(moment, timeZone === '' ? undefined : timeZone);
}

/** Milliseconds since 1970, or wall time as ISO text: this protocol keeps a calendar of its own. */
export function momentOf(fields: Fields, name: string): number | string | undefined {
  const moment = fields.moment(name);
  return moment?.isLocal ? wallText(moment, undefined) : moment?.ms;
}
