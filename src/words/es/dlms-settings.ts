import type { DLMS_SETTINGS_REASONS } from '../../core/wire/reasons/dlms-settings';
import type { WordsOf } from '../words';

export const dlmsSettings: WordsOf<typeof DLMS_SETTINGS_REASONS> = {
  'dlmsSettings.keyLength':
    '{field} tiene {came} bytes; esta suite de seguridad necesita {bytes} ({digits} cifras hexadecimales)',
  'dlmsSettings.noHex': '{field} no es un texto hexadecimal',
  'dlmsSettings.keyMissing': 'falta: esta autenticación o seguridad lo necesita',
  'dlmsSettings.titleMissing':
    'falta: el título de sistema de este cliente, 8 bytes como 16 cifras hexadecimales, es parte de la seguridad',
  'dlmsSettings.title': 'tiene que ser de 16 cifras hexadecimales, o de 8 caracteres',
  'dlmsSettings.functionMissing':
    'falta: HLS 2 es propio del fabricante; indique una función del contexto global que responda a un desafío (un Buffer) con un Buffer',
  'dlmsSettings.functionUnknown': 'highLevelFunction: el contexto global no tiene la función «{name}»',
  'dlmsSettings.functionResult': 'highLevelFunction: «{name}» tiene que devolver un Buffer',
  'dlmsSettings.functionFailed': {
    says: 'highLevelFunction: «{name}» falló con un error propio',
    advice: 'pruébela en un nodo Function',
  },
  'dlmsSettings.listensOnly':
    'es push: este nodo escucha y no pregunta nada; para una lectura indíquelo en el mensaje, por ejemplo msg.meter = { request: "attributes" }',
  'dlmsSettings.noItems':
    'está vacío; indique códigos OBIS, por ejemplo 1-0:1.8.0*255, o lea la lista de objetos y elija',
  'dlmsSettings.item': '{field} tiene que ser un código OBIS, o un objeto {name, obis, class, attribute}',
  'dlmsSettings.storeSilent': 'no responde',
  'dlmsSettings.counterUnkept': {
    says: 'el almacén de contexto no puede guardar el contador de invocación ({why}); sin él un valor podría usarse dos veces con la misma clave',
    advice: 'vea contextStorage en settings.js',
  },
};
