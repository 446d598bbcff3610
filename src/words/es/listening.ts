import type { LISTENING_REASONS } from '../../core/wire/reasons/listening';
import type { WordsOf } from '../words';

export const listening: WordsOf<typeof LISTENING_REASONS> = {
  'listening.noTelegramYet': {
    says: 'llegaron {octets} bytes que no forman ningún telegrama y empiezan por {shown}: {cause}',
    advice: '',
  },
  'listening.filled':
    'casi todos son {octet}: compruebe si los hilos A y B están cruzados, o si la línea está sin alimentación o sin terminación',
  'listening.otherTalk':
    'son tramas completas, pero ninguna notificación: otro maestro habla en esta línea, o el contador le responde',
  'listening.isDlms': 'son tramas DLMS: lea este contador con el nodo DLMS (mtx-dlms-read)',
  'listening.isText': 'son texto, como en IEC 62056-21 y P1: lea este contador con el nodo IEC (mtx-iec-read)',
  'listening.badTelegram': 'es texto con principio y final, pero su suma de comprobación o su forma es incorrecta',
  'listening.noTelegram': 'es texto sin el principio ni el final de un telegrama',
  'listening.parity': 'son texto con bit de paridad: ponga el puerto en 7E1, o elija una paridad en este nodo',
  'listening.isWrapper': 'son mensajes en el wrapper: elija wrapper como interfaz',
  'listening.damagedHdlc':
    'parecen tramas HDLC que llegaron dañadas: compruebe la velocidad, la paridad y la terminación del puerto',
  'listening.damagedMbus':
    'parecen tramas M-Bus que llegaron dañadas: compruebe la velocidad y la paridad (a menudo 2400 8E1) del puerto',
  'listening.unknown': 'son de otro protocolo, o la velocidad o la paridad del puerto no son correctas',
};
