import type { LANE_REASONS } from '../../core/wire/reasons/lane';
import type { WordsOf } from '../words';

export const lane: WordsOf<typeof LANE_REASONS> = {};
