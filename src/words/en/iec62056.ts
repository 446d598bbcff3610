import type { IEC62056_REASONS } from '../../core/wire/reasons/iec62056';
import type { WordsOf } from '../words';

export const iec62056: WordsOf<typeof IEC62056_REASONS> = {};
