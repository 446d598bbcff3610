import type { AT_REASONS } from '../../core/wire/reasons/at';
import type { WordsOf } from '../words';

export const at: WordsOf<typeof AT_REASONS> = {};
