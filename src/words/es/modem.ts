import type { MODEM_REASONS } from '../../core/wire/reasons/modem';
import type { WordsOf } from '../words';

export const modem: WordsOf<typeof MODEM_REASONS> = {
  'modem.otherPlatform': 'otra plataforma de este broker pregunta también a módems por {topic}',
  'modem.changed': {
    says: 'los ajustes de este módem han cambiado; está terminando una conversación con los anteriores',
    advice: 'pregunte de nuevo dentro de un momento',
  },
  'modem.speedRefused': 'el módem rechazó cambiar la velocidad de su puerto a {baud} Bd: {result}',
  'modem.speedSilent': {
    says: 'el módem no contestó la orden que pone su puerto a {baud} Bd',
    advice: 'compruebe que está en línea y que sus topics AT son correctos, y lea de nuevo',
  },
  'modem.twice':
    'el módem {imei} está descrito dos veces con topics o ajustes de puerto distintos; use un solo nodo de módem',
  'modem.sharedTopic':
    'las respuestas de {owner} y {imei} llegarían ambas por {topic} y no se podrían distinguir; ponga [IMEI] en el topic de los módems',
  'modem.fleetTopic':
    '{field} es «{topic}» para todos los módems de la flota, así que sus respuestas no se podrían distinguir; ponga [IMEI] en él',
  'modem.sameTopics': 'es el mismo que rxTopic: la plataforma se oiría a sí misma',
  'modem.fleetNeedsImei':
    'este nodo de módem es una flota (su IMEI está vacío), así que el mensaje tiene que decir qué módem: ponga msg.imei',
  'modem.noBroker': 'no hay bróker elegido, o el elegido no está desplegado',
  'modem.deployBroker': 'despliegue primero el bróker: la prueba va por su conexión',
};
