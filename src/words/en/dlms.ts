import type { DLMS_REASONS } from '../../core/wire/reasons/dlms';
import type { WordsOf } from '../words';

export const dlms: WordsOf<typeof DLMS_REASONS> = {};
