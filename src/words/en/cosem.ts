import type { COSEM_REASONS } from '../../core/wire/reasons/cosem';
import type { WordsOf } from '../words';

export const cosem: WordsOf<typeof COSEM_REASONS> = {};
