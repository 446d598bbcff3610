import type { SETTINGS_REASONS } from '../../core/wire/reasons/settings';
import type { WordsOf } from '../words';

export const settings: WordsOf<typeof SETTINGS_REASONS> = {};
