// The codes of errors, and the facts about each, in one table. A code never changes its meaning: users' Catch nodes
// route by it. `fault` says where to look, `retryable` whether the same request may succeed if sent again unchanged.

export type Stage = 'configure' | 'queue' | 'publish' | 'connect' | 'authenticate' | 'read' | 'decode' | 'release';
export type Fault = 'user' | 'network' | 'line' | 'device' | 'ours';

export const ERRORS = {
  CONFIG_INVALID: { fault: 'user', retryable: false },
  TOPIC_SHARED: { fault: 'user', retryable: false },
  QUEUE_FULL: { fault: 'user', retryable: false },
  QUEUE_TIMEOUT: { fault: 'line', retryable: true },
  CANCELLED: { fault: 'user', retryable: false },
  BROKER_OFFLINE: { fault: 'network', retryable: true },
  BROKER_UNREACHABLE: { fault: 'network', retryable: true },
  BROKER_REFUSED: { fault: 'user', retryable: false },
  BROKER_CERTIFICATE: { fault: 'user', retryable: false },
  SUBSCRIBE_REFUSED: { fault: 'user', retryable: false },
  PUBLISH_FAILED: { fault: 'network', retryable: true },
  NO_REPLY: { fault: 'device', retryable: true },
  BAD_FRAME: { fault: 'line', retryable: true },
  /** Another platform or master speaks on the same line: what was heard may be an answer to it. */
  SECOND_MASTER: { fault: 'line', retryable: true },
  LINE_NOISY: { fault: 'line', retryable: true },
  METER_RESTING: { fault: 'device', retryable: true },
  BAD_VALUE: { fault: 'device', retryable: false },
  ACCESS_DENIED: { fault: 'user', retryable: false },
  MODBUS_EXCEPTION: { fault: 'device', retryable: false },
  MODBUS_BUSY: { fault: 'device', retryable: true },
  AT_ERROR: { fault: 'device', retryable: false },
  /** The device understood the request and says no, with its reason in `detail`. */
  REQUEST_REFUSED: { fault: 'device', retryable: false },
  /** A talk broke off after a password was sent: never repeated by itself, wrong tries lock meters. */
  SESSION_BROKEN: { fault: 'line', retryable: false },
  /** The device answers, but is not ready in bounded time. */
  METER_BUSY: { fault: 'device', retryable: true },
  /** A limit that the user set (texts per hour) is used up; nothing was sent. */
  LIMIT_REACHED: { fault: 'user', retryable: true },
  /** It was sent and may have been carried out, but nothing confirms it: look before sending it again. */
  OUTCOME_UNKNOWN: { fault: 'device', retryable: false },
  /** The meter ended the session, or does not open one now. */
  DISCONNECTED: { fault: 'device', retryable: true },
  /** The meter does not open a talk with this client as it is set up. */
  ASSOCIATION_REFUSED: { fault: 'user', retryable: false },
  /** Keys, counters or protection do not match: nothing of the answer can be trusted. */
  SECURITY_FAILED: { fault: 'device', retryable: false },
  INTERNAL: { fault: 'ours', retryable: false },
} as const satisfies Record<string, { fault: Fault; retryable: boolean }>;

export type ErrorCode = keyof typeof ERRORS;
