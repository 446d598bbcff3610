import type { SETTINGS_REASONS } from '../../core/wire/reasons/settings';
import type { WordsOf } from '../words';

export const settings: WordsOf<typeof SETTINGS_REASONS> = {
  'settings.field': '{field} {why}',
  'settings.notText': 'tiene que ser un texto',
  'settings.missingNumber': 'falta; indique un número de {min} a {max}',
  'settings.range': 'es {shown}, pero tiene que ser un número entero de {min} a {max}',
  'settings.choice': 'es {shown}, pero tiene que ser uno de {choices}',
  'settings.notFlag': 'tiene que ser true o false',
  'settings.notList': 'tiene que ser una lista',
  'settings.tooManyEntries': 'tiene {count} entradas; una lectura puede pedir {most}',
  'settings.afterTo': 'es posterior a to',
  'settings.timeZone': 'es «{shown}», pero tiene que ser un nombre como Europe/Madrid o Etc/GMT-1',
  'settings.tooManyImeis': 'msg.imeis nombra {count} módems; son posibles {most} a la vez',
  'settings.imei': 'imei es «{shown}», pero un IMEI tiene 15 cifras (está en la etiqueta del módem, y AT+CGSN lo dice)',
  'settings.notProperties': '{where} tiene que ser un objeto con propiedades de este nodo',
  'settings.noModem': 'no hay ningún módem elegido, o el elegido no está desplegado',
  'settings.noSms': 'no hay ningún nodo de SMS (mtx-sms) elegido, o el elegido no está desplegado',
  'settings.sendsNothing': {
    says: 'un contador {protocol} con estas propiedades no envía nada por sí mismo',
    advice: 'Escuche con la petición "push" a contadores IEC 62056-21 y DLMS; lea los demás.',
  },
  'settings.fleetCannotListen':
    'los telegramas que llegan sin pedirlos necesitan un módem propio: elija un nodo de módem con IMEI, no una flota',
  'settings.notJson': 'la petición tiene que ser JSON',
  'settings.foreignOrigin': 'la petición viene de una página de otro sitio',
  'settings.cutShort': '{requests} peticiones estaban en curso y se cortan; módems: {modems}',
  'settings.typePassword':
    'la contraseña guardada es de la dirección desplegada; escriba de nuevo la contraseña para probar otra',
  'settings.brokerNotReached':
    'ningún bróker MQTT contesta en esta dirección; revise host, puerto y certificado, o despliegue el nodo para saber más',
  'settings.nameNotDeployed':
    '{name} es un ajuste del servidor, que solo se lee donde el nodo desplegado lo nombra; despliegue primero',
};
