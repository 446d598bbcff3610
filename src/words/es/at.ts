import type { AT_REASONS } from '../../core/wire/reasons/at';
import type { WordsOf } from '../words';

export const at: WordsOf<typeof AT_REASONS> = {
  'at.empty': 'la orden está vacía',
  'at.controlCharacter': {
    says: 'la orden contiene un carácter de control (¿un salto de línea?)',
    advice: 'envíe una orden cada vez, como lista si son varias',
  },
  'at.character': {
    says: 'la orden contiene {character}, que no se puede enviar a ningún módem',
    advice: 'escríbala con letras de ISO 8859-1',
  },
  'at.tooLong': 'la orden tiene {length} caracteres; son posibles {most}',
  'at.lateOnly': {
    says: 'solo llegó una respuesta tardía a otra orden',
    advice:
      'compruebe que el módem está en línea, que sus topics AT son los de su config.txt, y que el bróker le deja publicar sus respuestas y a nosotros leerlas',
  },
  'at.echoOnly': {
    says: 'el módem solo repitió la orden',
    advice:
      'compruebe que el módem está en línea, que sus topics AT son los de su config.txt, y que el bróker le deja publicar sus respuestas y a nosotros leerlas',
  },
};
