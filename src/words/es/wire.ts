import type { WIRE_REASONS } from '../../core/wire/reasons/wire';
import type { WordsOf } from '../words';

export const wire: WordsOf<typeof WIRE_REASONS> = {
  'wire.unexpected': 'fallo inesperado: {text}',
  'wire.defect': 'un estado que no puede darse: {where}',
  'wire.silent': 'no se oyó nada a tiempo',
  'wire.noFrameAmong': 'se oyeron {bytes} octetos, pero entre ellos ninguna respuesta completa y correcta',
  'wire.noAnswerIn': 'llegaron {bytes} octetos sin una respuesta completa; la línea lleva ruido u otro protocolo',
};
