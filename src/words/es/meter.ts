import type { METER_REASONS } from '../../core/wire/reasons/meter';
import type { WordsOf } from '../words';

export const meter: WordsOf<typeof METER_REASONS> = {};
