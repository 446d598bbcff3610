import type { IEC870_REASONS } from '../../core/wire/reasons/iec870';
import type { WordsOf } from '../words';

export const iec870: WordsOf<typeof IEC870_REASONS> = {
  'iec870.setTimeConsent': 'es set-time, que cambia el reloj del contador: envíelo con msg.confirm = true',
  'iec870.noHead': 'un ASDU de {size} octetos no tiene la cabecera completa',
  'iec870.sequenceForm': 'una respuesta de tipo {type} en forma de secuencia (SQ = 1), que el perfil REE no usa',
  'iec870.recordNotAvailable': 'el registro pedido no está disponible',
  'iec870.typeNotKnown': 'este contador no conoce el tipo de petición',
  'iec870.registerNotKnown': 'este contador no conoce el registro',
  'iec870.pointNotKnown': 'este contador no conoce la dirección del punto de medida',
  'iec870.objectNotAvailable': 'el objeto de información no está disponible',
  'iec870.periodNotAvailable': 'el periodo de integración no está disponible',
  'iec870.calendarYears': '{field}: el protocolo solo conoce los años 2000 a 2099',
  'iec870.configurationShort': 'una configuración de {size} octetos es más corta que los {known} conocidos',
  'iec870.instantObject': 'el objeto {object} en el octeto {offset} de los valores instantáneos no es 192, 193 ni 194',
  'iec870.instantEnds': 'los valores instantáneos acaban dentro del objeto {object}',
  'iec870.instantLeft': 'sobran {bytes} octetos tras los valores instantáneos',
  'iec870.onlyOutside': {
    says: 'el contador solo envió {count} registros de otras horas que las pedidas ({first} a {last})',
    advice: 'compare el reloj del contador con el intervalo',
  },
  'iec870.someOutside':
    'el contador envió {count} registros de otras horas que las pedidas ({first} a {last}), que se dejaron fuera',
  'iec870.strangerLink': {
    says: 'el contador con dirección de enlace {link} no contestó, pero sí uno con dirección {other}',
    advice: 'revise la dirección de enlace',
  },
  'iec870.stoppedSilent': 'el contador dejó de contestar ({why}); la misma trama se envió {sends} veces',
  'iec870.stoppedDamaged': 'el contador dejó de contestar ({why}); la misma trama se envió {sends} veces',
  'iec870.silent': {
    says: 'sin respuesta de la dirección de enlace {link}',
    advice: 'revise la dirección de enlace, la velocidad y el cableado',
  },
  'iec870.silentNoParity': {
    says: 'sin respuesta de la dirección de enlace {link}',
    advice:
      'el puerto del módem está sin paridad, pero estos contadores suelen hablar 8 bits de datos con paridad par (8E1), que no se puede emular en ese puerto: póngalo en 8E1 como lo tiene el contador, y revise la dirección de enlace, la velocidad y el cableado',
  },
  'iec870.damaged': {
    says: 'solo octetos dañados de la dirección de enlace {link}',
    advice: 'revise la dirección de enlace, la velocidad y el cableado',
  },
  'iec870.damagedNoParity': {
    says: 'solo octetos dañados de la dirección de enlace {link}',
    advice:
      'el puerto del módem está sin paridad, pero estos contadores suelen hablar 8 bits de datos con paridad par (8E1), que no se puede emular en ese puerto: póngalo en 8E1 como lo tiene el contador, y revise la dirección de enlace, la velocidad y el cableado',
  },
  'iec870.noTotals':
    'el objeto {object} en el octeto {offset} de una respuesta de tipo {type} no es un bloque de totales',
  'iec870.sizeMisfit':
    'una respuesta de tipo {type} con {count} objetos tiene {bytes} octetos donde corresponden {size}',
  'iec870.totalEnds': 'la respuesta acaba dentro del total {address} en el octeto {offset}',
  'iec870.request': 'request: «{shown}» no es ninguno de {choices}',
  'iec870.setTimeConfirm': 'set-time cambia el reloj del contador: necesita confirm = true',
  'iec870.setTimeTime': 'time: set-time necesita la hora que poner',
  'iec870.fromBehindTo': 'from: es posterior a to',
  'iec870.noRegister': 'register: la petición «{request}» no tiene',
  'iec870.registerMisfit': 'register: {register} no encaja con la petición «{request}»; son posibles {choices}',
  'iec870.whole': '{field}: «{shown}» no es un número entero de {min} a {max}',
  'iec870.passwordMissing':
    'password: este protocolo necesita una, un número (a menudo 1 o 7; pregunte al dueño del contador)',
  'iec870.passwordNumber': 'password: tiene que ser un número entero de 0 a 4294967295',
  'iec870.clockWithoutDate': {
    says: 'el reloj del contador no tiene fecha, así que no se puede pedir el último día según ese reloj',
    advice: 'dé from y to, y haga poner el reloj en hora',
  },
  'iec870.fromBehindClock': 'from: es posterior al reloj del contador, que muestra {clock}',
  'iec870.endedUnanswered': 'el contador terminó la petición (tipo {type}) sin respuesta',
  'iec870.passwordNack': {
    says: 'el contador no aceptó el mensaje de contraseña (NACK): puede que otro cliente tenga una sesión, o que la contraseña sea incorrecta',
    advice: 'espere dos minutos y revise la contraseña',
  },
  'iec870.passwordRefused': {
    says: 'el contador rechazó la contraseña',
    advice:
      'revise la contraseña de este contador (no se repite sola, porque los contadores pueden bloquearse tras fallos)',
  },
  'iec870.refused': 'el contador rechazó la petición (tipo {type}): {why}',
  'iec870.cause': 'causa {cause}',
  'iec870.nacks': 'el contador no aceptó una petición {times} veces (NACK)',
  'iec870.otherPoint': {
    says: 'el contador contesta para el punto de medida {point}, se preguntó {asked}',
    advice: 'revise la dirección del punto de medida',
  },
  'iec870.stillEmptying': {
    says: 'el contador contestó durante {seconds} s con lo que no es de ninguna petición de esta sesión (sin confirmar, o de otro intervalo): aún vacía una anterior',
    advice: 'inténtelo de nuevo',
  },
  'iec870.noDataYet': {
    says: 'el contador contesta, pero no tuvo datos listos durante {seconds} s',
    advice: 'inténtelo más tarde o pida un intervalo más corto',
  },
  'iec870.pointUnknown': {
    says: 'el contador no conoce el punto de medida {point}',
    advice: 'revise la dirección del punto de medida (casi siempre 1)',
  },
  'iec870.timeEnds': 'la respuesta acaba dentro de la hora en el octeto {offset}',
  'iec870.noTime': 'los octetos {hex} en {offset} de la respuesta no son una hora',
};
