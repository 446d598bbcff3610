import type { WIRE_REASONS } from '../../core/wire/reasons/wire';
import type { WordsOf } from '../words';

export const wire: WordsOf<typeof WIRE_REASONS> = {
  'wire.unexpected': 'fallo inesperado: {text}',
  'wire.defect': 'un estado que no puede darse: {where}',
};
