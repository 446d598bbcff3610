// What each code says around the reason, and the usual advice where the reason has none of its own.
import type { CodeWords } from '../words';

export const codes = {
  CONFIG_INVALID: { says: '{subject}: the settings are not usable: {detail}' },
  TOPIC_SHARED: { says: '{subject}: topics are shared: {detail}' },
  QUEUE_FULL: { says: '{subject}: the queue is full: {detail}' },
  QUEUE_TIMEOUT: {
    says: '{subject}: the request waited too long for its turn: {detail}',
    advice: 'ask less often, or look for a meter that blocks the line',
  },
  CANCELLED: { says: '{subject}: the request was cancelled: {detail}' },
  BROKER_OFFLINE: {
    says: '{subject}: there is no connection to the MQTT broker: {detail}',
    advice: 'nothing was sent, and it reconnects by itself',
  },
  BROKER_UNREACHABLE: { says: '{subject}: the MQTT broker cannot be reached: {detail}' },
  BROKER_REFUSED: { says: '{subject}: the MQTT broker refused the connection: {detail}' },
  BROKER_CERTIFICATE: { says: '{subject}: the secure connection to the MQTT broker failed: {detail}' },
  SUBSCRIBE_REFUSED: { says: '{subject}: the MQTT broker does not allow the topic: {detail}' },
  PUBLISH_FAILED: { says: '{subject}: the MQTT broker did not take the message: {detail}' },
  NO_REPLY: {
    says: '{subject}: no answer: {detail}',
    advice: 'check address, wiring, speed and parity of the port, and that the modem is on line',
  },
  BAD_FRAME: {
    says: '{subject}: the answer was damaged: {detail}',
    advice: "check speed and parity of the port, termination of the bus and the modem's coverage",
  },
  LINE_NOISY: { says: '{subject}: the line does not fall silent: {detail}' },
  SECOND_MASTER: {
    says: '{subject}: somebody else asks on this line: {detail}',
    advice: 'let only one platform or master ask this modem, or give each its own time',
  },
  METER_RESTING: { says: '{subject}: not asked now: {detail}' },
  BAD_VALUE: { says: '{subject}: the answer cannot be understood: {detail}' },
  ACCESS_DENIED: { says: '{subject}: the meter denies access: {detail}' },
  MODBUS_EXCEPTION: { says: '{subject}: the device refused the request: {detail}' },
  MODBUS_BUSY: { says: '{subject}: the device is busy: {detail}', advice: 'it is worth another try later' },
  AT_ERROR: { says: '{subject}: the modem refused the command: {detail}' },
  REQUEST_REFUSED: { says: '{subject}: the meter refused the request: {detail}' },
  SESSION_BROKEN: {
    says: '{subject}: the talk broke off after a password was sent: {detail}',
    advice: 'it is not repeated by itself, because wrong tries lock meters',
  },
  METER_BUSY: { says: '{subject}: the meter is not ready: {detail}', advice: 'it is worth another try later' },
  LIMIT_REACHED: { says: '{subject}: a limit is reached: {detail}' },
  OUTCOME_UNKNOWN: { says: '{subject}: the outcome is not known: {detail}', advice: 'look before you send it again' },
  DISCONNECTED: { says: '{subject}: the meter ended the session: {detail}' },
  ASSOCIATION_REFUSED: { says: '{subject}: the meter does not open an association: {detail}' },
  SECURITY_FAILED: { says: '{subject}: keys, counter or protection do not fit: {detail}' },
  INTERNAL: { says: '{subject}: an error of the palette itself: {detail}', advice: 'please report it' },
} as const satisfies CodeWords;
