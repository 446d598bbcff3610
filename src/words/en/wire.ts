import type { WIRE_REASONS } from '../../core/wire/reasons/wire';
import type { WordsOf } from '../words';

export const wire: WordsOf<typeof WIRE_REASONS> = {
  'wire.unexpected': 'unexpected failure: {text}',
  'wire.defect': 'a state that must not be: {where}',
};
