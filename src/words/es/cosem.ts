import type { COSEM_REASONS } from '../../core/wire/reasons/cosem';
import type { WordsOf } from '../words';

const REPORT = 'anote el tipo y el firmware del contador e infórmenos';

export const cosem: WordsOf<typeof COSEM_REASONS> = {
  'cosem.noSuchTime': 'el contador envió {octets} como hora, que ningún calendario tiene',
  'cosem.objectListType': {
    says: 'la lista de objetos del contador tiene {type} donde corresponde una lista',
    advice: REPORT,
  },
  'cosem.objectListEntry': {
    says: 'a un objeto de la lista de objetos del contador le falta la clase, la versión o el nombre',
    advice: REPORT,
  },
  'cosem.noShortNames': {
    says: 'el contador no muestra a este cliente su lista de objetos con nombres cortos',
    advice: 'use otro SAP de cliente',
  },
  'cosem.unscaled': {
    says: 'el contador no indica escala ni unidad de este registro, así que su número no tiene un significado seguro; indique escala y unidad en el elemento',
    advice: '',
  },
  'cosem.pushedUnscaled': {
    says: 'el mensaje no indica escala ni unidad de este registro, así que su número no tiene un significado seguro; lea el registro',
    advice: '',
  },
  'cosem.listAnsweredByOne': 'el contador respondió a una lista de atributos con un solo resultado',
  'cosem.listRefused': 'el contador rechazó la lista de atributos',
  'cosem.resultCount': { says: 'el contador envió {came} resultados para {asked} atributos', advice: REPORT },
  'cosem.otherAnswer': { says: 'el contador envió la respuesta a otra petición', advice: REPORT },
  'cosem.otherKind': {
    says: 'el contador envió una respuesta de otro tipo que el de esta petición',
    advice: REPORT,
  },
  'cosem.blockOrder': {
    says: 'llegó el bloque {came} cuando tocaba el {due}; un bloque se perdió o llegó dos veces',
    advice: '',
  },
  'cosem.moreThanAsked': {
    says: 'el contador envía más filas de las pedidas; la lectura paró al final del intervalo pedido y se conserva lo que llegó hasta ahí',
    advice: '',
  },
  'cosem.endlessBlocks': { says: 'el contador envió bloques sin fin', advice: REPORT },
  'cosem.captureObjects': {
    says: 'el contador no indica de forma utilizable qué registra el perfil',
    advice: REPORT,
  },
  'cosem.notCaptured': 'el perfil no registra {obis}; registra {captured}',
  'cosem.bufferType': { says: 'el búfer del perfil es {type}, no un array', advice: REPORT },
  'cosem.rowType': { says: 'una fila del perfil es {type}, no una estructura', advice: REPORT },
  'cosem.rowWidth': {
    says: 'una fila del perfil tiene {values} valores para {columns} columnas',
    advice: 'puede que se hayan cambiado los objetos de captura del contador: lea de nuevo',
  },
  'cosem.rowDifference': 'una fila del perfil da una diferencia, y falta el valor anterior',
  'cosem.noZone': {
    says: 'el reloj de este contador no indica su zona horaria',
    advice: 'indique from y to como horas locales sin zona',
  },
  'cosem.pushCiphered': {
    says: 'el contador envía notificaciones cifradas',
    advice: 'elija la seguridad e introduzca sus claves',
  },
  'cosem.pushBlockAlone': {
    says: 'el bloque {block} de una notificación llegó sin los anteriores; la notificación se ha perdido',
    advice: '',
  },
  'cosem.pushTooLong': {
    says: 'los bloques de una notificación superan los {octets} octetos; la notificación se ha perdido',
    advice: '',
  },
  'cosem.pushCounterBack': {
    says: 'el contador de invocación del mensaje no es mayor que el anterior, así que puede ser una grabación',
    advice:
      'si se cambió el contador o se puso a cero su contador de invocación, envíe a este nodo msg.counter = "reset" o vuelva a desplegarlo; el mensaje siguiente se aceptará',
  },
  'cosem.pushUndeciphered': {
    says: 'lo descifrado no es una notificación',
    advice: 'compruebe la clave de cifrado, y el título de sistema si se introdujo',
  },
};
