// Why a connection to a broker failed. CONNACK codes: MQTT 3.1.1, table 3.1; reason codes: MQTT 5, table 2-6. What the
// socket and TLS report stands in socket-errors.ts.
import { failure, phrase, type ReadError, type Phrase } from '../../wire/errors';
import { addressOf, isTls, type BrokerTarget } from './connect-options';
import { socketFailure, type Failure } from './socket-errors';

export type { Failure } from './socket-errors';

/** How far the connection had come. */
export type Phase = 'dialing' | 'securing' | 'greeting' | 'open';

/** CONNACK of MQTT 3.1.1 (1-5) or MQTT 5 (0x80 and above). */
export function connectRefused(target: BrokerTarget, code: number): Failure {
  const why = CONNACK.get(code)?.(target) ?? phrase('mqtt.connackUnknown', { code: hex(code) });
  return passing(failure('mqtt.refused', { address: addressOf(target), why }, 'connect'), !PASSING.has(code));
}

/** DISCONNECT sent by an MQTT 5 broker. */
export function disconnected(target: BrokerTarget, code: number): Failure {
  if (code === TAKEN_OVER) return takenOver(target);
  const address = addressOf(target);
  const why = DISCONNECT.get(code);
  if (why === undefined) return passing(failure('mqtt.endedCode', { address, code: hex(code) }, 'connect'));
  return passing(failure(BROKEN.has(code) ? 'mqtt.endedBroken' : 'mqtt.endedRefused', { address, why }, 'connect'));
}

export function takenOver(target: BrokerTarget): Failure {
  return passing(failure('mqtt.takenOver', { address: addressOf(target), client: target.clientId }, 'connect'));
}

/** The stream closed without an error. */
export function closedByBroker(target: BrokerTarget, phase: Phase): Failure {
  const address = addressOf(target);
  switch (phase) {
    case 'dialing':
    case 'securing':
      return passing(failure(isTls(target) ? 'mqtt.closedInTls' : 'mqtt.closedAtOnce', { address }, 'connect'));
    case 'greeting':
      return passing(closedGreeting(target));
    case 'open':
      return { ...passing(failure('mqtt.closed', { address }, 'connect')), isSilentClose: true };
  }
}

function closedGreeting(target: BrokerTarget): ReadError {
  const address = addressOf(target);
  const why = isTls(target)
    ? failure('mqtt.closedGreetingTls', { address }, 'connect')
    : failure('mqtt.closedGreeting', { address, protocol: target.protocol }, 'connect');
  return target.protocolVersion === 5 ? failure('mqtt.tryOlder', { why }, 'connect') : why;
}

/** Nothing more came within the time for connecting. */
export function connectTimedOut(target: BrokerTarget, phase: Phase, seconds: number): Failure {
  const address = addressOf(target);
  switch (phase) {
    case 'dialing':
      return passing(failure('mqtt.dialTimeout', { address, seconds }, 'connect'));
    case 'securing':
      return passing(failure('mqtt.tlsTimeout', { address, seconds }, 'connect'));
    case 'greeting':
    case 'open':
      return passing(
        isTls(target)
          ? failure('mqtt.mqttTimeoutTls', { address, seconds }, 'connect')
          : failure('mqtt.mqttTimeout', { address, seconds, protocol: target.protocol }, 'connect'),
      );
  }
}

/** The first bytes from the other side were none of MQTT. */
export function notMqtt(target: BrokerTarget, first: Uint8Array): Failure {
  const address = addressOf(target);
  const text = String.fromCharCode(...first.subarray(0, 8));
  // A TLS alert record: 0x15, version 0x03nn.
  if (first[0] === 0x15 && first[1] === 0x03)
    return passing(failure('mqtt.speaksTls', { address, protocol: target.protocol }, 'connect'), true);
  const isWeb = /^(HTTP|<!DOC|<html)/i.test(text);
  return passing(failure(isWeb ? 'mqtt.webServer' : 'mqtt.notMqtt', { address }, 'connect'), true);
}

/** What the socket, TLS or mqtt.js reported. */
export function failureOf(target: BrokerTarget, thrown: unknown, phase: Phase): Failure {
  const found = socketFailure(target, thrown);
  if (found !== 'closed') return found;
  return phase === 'open'
    ? passing(failure('mqtt.dropped', { address: addressOf(target) }, 'connect'))
    : closedByBroker(target, phase);
}

export function subscribeRefused(filter: string, code: number): ReadError {
  return failure(SUBACK.get(code) ?? 'mqtt.filterAcl', { filter, code: hex(code) }, 'connect');
}

/** PUBACK of MQTT 5; MQTT 3.1.1 has no way to say so. */
export function publishRefused(topic: string, code: number): ReadError {
  return failure(PUBACK.get(code) ?? 'mqtt.notTaken', { topic, code: hex(code) }, 'publish');
}

function passing(error: ReadError, isLasting = false): Failure {
  return { error, isLasting };
}

function hex(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

const TAKEN_OVER = 0x8e;
type Why = (target: BrokerTarget) => Phrase;
const WRONG_VERSION: Why = ({ protocolVersion }) => {
  const [version, other] = protocolVersion === 5 ? ['5', '3.1.1'] : ['3.1.1', '5'];
  return phrase('mqtt.wrongVersion', { version: version ?? '', other: other ?? '' });
};
const ID_REJECTED: Why = ({ clientId }) => phrase('mqtt.idRejected', { client: clientId });
const BAD_LOGIN: Why = () => phrase('mqtt.badLogin', {});
const NOT_ALLOWED: Why = ({ clientId }) => phrase('mqtt.notAllowed', { client: clientId });
const UNAVAILABLE: Why = () => phrase('mqtt.notAvailable', {});
const CONNACK: ReadonlyMap<number, Why> = new Map([
  [0x01, WRONG_VERSION],
  [0x02, ID_REJECTED],
  [0x03, UNAVAILABLE],
  [0x04, BAD_LOGIN],
  [0x05, NOT_ALLOWED],
  [0x80, () => phrase('mqtt.noReason', {})],
  [0x84, WRONG_VERSION],
  [0x85, ID_REJECTED],
  [0x86, BAD_LOGIN],
  [0x87, NOT_ALLOWED],
  [0x88, UNAVAILABLE],
  [0x89, UNAVAILABLE],
  [0x8a, () => phrase('mqtt.banned', {})],
  [0x8c, () => phrase('mqtt.otherAuth', {})],
  [0x97, () => phrase('mqtt.quota', {})],
  [0x9c, () => phrase('mqtt.otherServer', {})],
  [0x9d, () => phrase('mqtt.movedServer', {})],
  [0x9f, () => phrase('mqtt.connectionRate', {})],
]);
/** Refusals that pass by themselves. */
const PASSING: ReadonlySet<number> = new Set([0x03, 0x88, 0x89, 0x97, 0x9f]);
const DISCONNECT: ReadonlyMap<number, Phrase> = new Map([
  [0x87, phrase('mqtt.aclDenied', {})],
  [0x89, phrase('mqtt.busy', {})],
  [0x8b, phrase('mqtt.shuttingDown', {})],
  [0x8d, phrase('mqtt.noKeepalive', {})],
  [0x95, phrase('mqtt.packetLarge', {})],
  [0x96, phrase('mqtt.messageRate', {})],
  [0x97, phrase('mqtt.quota', {})],
  [0x98, phrase('mqtt.administrator', {})],
  [0x9c, phrase('mqtt.otherServer', {})],
  [0x9d, phrase('mqtt.movedServer', {})],
  [0xa0, phrase('mqtt.noLonger', {})],
]);
/** Ends that are nobody's fault. */
const BROKEN: ReadonlySet<number> = new Set([0x89, 0x8b, 0x8d, 0xa0]);
const SUBACK = new Map([
  [0x8f, 'mqtt.filterInvalid'],
  [0x97, 'mqtt.filterQuota'],
  [0x9e, 'mqtt.filterShared'],
  [0xa2, 'mqtt.filterWildcards'],
] as const) as ReadonlyMap<
  number,
  'mqtt.filterInvalid' | 'mqtt.filterQuota' | 'mqtt.filterShared' | 'mqtt.filterWildcards'
>;
const PUBACK = new Map([
  [0x87, 'mqtt.writeAcl'],
  [0x90, 'mqtt.topicInvalid'],
  [0x97, 'mqtt.publishQuota'],
] as const) as ReadonlyMap<number, 'mqtt.writeAcl' | 'mqtt.topicInvalid' | 'mqtt.publishQuota'>;
