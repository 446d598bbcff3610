import type { IEC870_REASONS } from '../../core/wire/reasons/iec870';
import type { WordsOf } from '../words';

export const iec870: WordsOf<typeof IEC870_REASONS> = {};
