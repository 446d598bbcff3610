// Lo que dice cada código alrededor del motivo, y el consejo habitual cuando el motivo no trae el suyo.
import type { CodeWords } from '../words';

export const codes = {
  CONFIG_INVALID: { says: '{subject}: los ajustes no sirven: {detail}' },
  TOPIC_SHARED: { says: '{subject}: los topics están compartidos: {detail}' },
  QUEUE_FULL: { says: '{subject}: la cola está llena: {detail}' },
  QUEUE_TIMEOUT: {
    says: '{subject}: la petición esperó demasiado su turno: {detail}',
    advice: 'pregunte con menos frecuencia o busque un contador que bloquee la línea',
  },
  CANCELLED: { says: '{subject}: la petición se canceló: {detail}' },
  BROKER_OFFLINE: {
    says: '{subject}: no hay conexión con el bróker MQTT: {detail}',
    advice: 'no se ha enviado nada y se reconecta solo',
  },
  BROKER_UNREACHABLE: { says: '{subject}: no se llega al bróker MQTT: {detail}' },
  BROKER_REFUSED: { says: '{subject}: el bróker MQTT rechazó la conexión: {detail}' },
  BROKER_CERTIFICATE: { says: '{subject}: falló la conexión segura con el bróker MQTT: {detail}' },
  SUBSCRIBE_REFUSED: { says: '{subject}: el bróker MQTT no permite el topic: {detail}' },
  PUBLISH_FAILED: { says: '{subject}: el bróker MQTT no aceptó el mensaje: {detail}' },
  NO_REPLY: {
    says: '{subject}: sin respuesta: {detail}',
    advice: 'revise dirección, cableado, velocidad y paridad del puerto, y que el módem esté en línea',
  },
  BAD_FRAME: {
    says: '{subject}: la respuesta llegó dañada: {detail}',
    advice: 'revise velocidad y paridad del puerto, la terminación del bus y la cobertura del módem',
  },
  LINE_NOISY: { says: '{subject}: la línea no queda en silencio: {detail}' },
  SECOND_MASTER: {
    says: '{subject}: alguien más pregunta en esta línea: {detail}',
    advice: 'deje que una sola plataforma o un solo maestro pregunte a este módem, o dé a cada uno su hora',
  },
  METER_RESTING: { says: '{subject}: no se pregunta ahora: {detail}' },
  BAD_VALUE: { says: '{subject}: la respuesta no se entiende: {detail}' },
  ACCESS_DENIED: { says: '{subject}: el contador deniega el acceso: {detail}' },
  MODBUS_EXCEPTION: { says: '{subject}: el equipo rechazó la petición: {detail}' },
  MODBUS_BUSY: { says: '{subject}: el equipo está ocupado: {detail}', advice: 'merece otro intento más tarde' },
  AT_ERROR: { says: '{subject}: el módem rechazó la orden: {detail}' },
  REQUEST_REFUSED: { says: '{subject}: el contador rechazó la petición: {detail}' },
  SESSION_BROKEN: {
    says: '{subject}: la sesión se cortó después de enviar una contraseña: {detail}',
    advice: 'no se repite sola, porque los intentos fallidos bloquean contadores',
  },
  METER_BUSY: { says: '{subject}: el contador no está listo: {detail}', advice: 'merece otro intento más tarde' },
  LIMIT_REACHED: { says: '{subject}: se ha alcanzado un límite: {detail}' },
  OUTCOME_UNKNOWN: {
    says: '{subject}: no se sabe el resultado: {detail}',
    advice: 'compruébelo antes de volver a enviarlo',
  },
  DISCONNECTED: { says: '{subject}: el contador terminó la sesión: {detail}' },
  ASSOCIATION_REFUSED: { says: '{subject}: el contador no abre una asociación: {detail}' },
  SECURITY_FAILED: { says: '{subject}: las claves, el contador de invocación o la protección no encajan: {detail}' },
  INTERNAL: { says: '{subject}: un error de la propia paleta: {detail}', advice: 'por favor, comuníquelo' },
} as const satisfies CodeWords;
