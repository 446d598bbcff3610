import type { MODEM_REASONS } from '../../core/wire/reasons/modem';
import type { WordsOf } from '../words';

export const modem: WordsOf<typeof MODEM_REASONS> = {};
