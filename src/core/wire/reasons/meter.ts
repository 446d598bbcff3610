// Why a time, a code or a unit of a meter cannot be understood.
import type { ReasonTable } from './row';

export const METER_REASONS = {
  'meter.noMoment': { code: 'CONFIG_INVALID', facts: ['field', 'shown'] },
  /** Digits that may be milliseconds, seconds or a date. */
  'meter.ambiguousMoment': { code: 'CONFIG_INVALID', facts: ['field', 'shown'] },
  /** A form that is right and a day or an hour that no calendar has. */
  'meter.noSuchTime': { code: 'CONFIG_INVALID', facts: ['field', 'shown'] },
  'meter.noObis': { code: 'CONFIG_INVALID', facts: ['shown'] },
} as const satisfies ReasonTable;
