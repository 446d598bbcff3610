import type { METER_REASONS } from '../../core/wire/reasons/meter';
import type { WordsOf } from '../words';

export const meter: WordsOf<typeof METER_REASONS> = {
  'meter.noMoment': {
    says: '{field} is "{shown}", which is no time',
    advice: 'give ISO text such as 2026-11-21T00:00, a Date, or milliseconds as a number',
  },
  'meter.ambiguousMoment': {
    says: '{field} is "{shown}", digits that can be meant in more than one way',
    advice: 'give ISO text such as 2026-11-21T00:00, a Date, or milliseconds since 1970 (13 digits)',
  },
  'meter.noSuchTime': '{field} is "{shown}", a day or an hour that the calendar does not have',
  'meter.noObis': { says: '"{shown}" is no OBIS code', advice: 'write it as 1-0:1.8.0*255' },
};
