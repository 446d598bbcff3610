import type { FLEET_REASONS } from '../../core/wire/reasons/fleet';
import type { WordsOf } from '../words';

export const fleet: WordsOf<typeof FLEET_REASONS> = {};
