// Why a connection to a broker failed, in words for the technician who can mend it. CONNACK codes: MQTT 3.1.1, table
// 3.1; reason codes: MQTT 5, table 2-6; TLS and socket codes: Node.js and OpenSSL.
import { type ErrorCode, ReadError } from '../../wire/errors';
import { addressOf, isTls, type Target } from './connect-options';

export interface Failure {
  readonly error: ReadError;
  /** Will not mend itself: tried again at the slowest pace only. */
  readonly isLasting: boolean;
  /** The broker closed a working connection without a word: what a taken-over client id looks like in MQTT 3.1.1. */
  readonly isSilentClose?: boolean;
}

/** How far the connection had come. */
export type Phase = 'dialing' | 'securing' | 'greeting' | 'open';

/** CONNACK of MQTT 3.1.1 (1-5) or MQTT 5 (0x80 and above). */
export function connectRefused(target: Target, code: number): Failure {
  const known = CONNACK.get(code);
  const reason = known ? known.reason : `it gives the reason code ${hex(code)}`;
  const text = reason
    .replace('CLIENT', `"${target.clientId}"`)
    .replace('VERSION', target.protocolVersion === 5 ? '5' : '3.1.1')
    .replace('OTHER', target.protocolVersion === 5 ? '3.1.1' : '5');
  return failure('BROKER_REFUSED', `${addressOf(target)} refused the connection: ${text}`, !known?.isPassing);
}

/** DISCONNECT sent by an MQTT 5 broker. */
export function disconnected(target: Target, code: number): Failure {
  if (code === TAKEN_OVER) return takenOver(target);
  const known = DISCONNECT.get(code);
  if (known) return failure(known.code, `${addressOf(target)} ended the connection: ${known.reason}`, false);
  return failure(
    'BROKER_UNREACHABLE',
    `${addressOf(target)} ended the connection with reason code ${hex(code)}; it is tried again by itself`,
    false,
  );
}

export function takenOver(target: Target): Failure {
  return failure(
    'BROKER_REFUSED',
    `another client connects to ${addressOf(target)} with the same client id "${target.clientId}", and the two throw each other out; give each its own client id, or leave it empty`,
    false,
  );
}

/** The stream closed without an error. */
export function closedByBroker(target: Target, phase: Phase): Failure {
  const address = addressOf(target);
  switch (phase) {
    case 'dialing':
    case 'securing':
      return isTls(target)
        ? failure(
            'BROKER_CERTIFICATE',
            `${address} closed the connection during the TLS handshake; is this a port without TLS, or does it demand a client certificate?`,
            false,
          )
        : failure(
            'BROKER_UNREACHABLE',
            `${address} closed the connection at once; is an MQTT broker listening there?`,
            false,
          );
    case 'greeting': {
      const doubt = isTls(target)
        ? 'it may demand a client certificate, or not be an MQTT broker'
        : `is it an MQTT port, and one without TLS? (a TLS port needs ${target.protocol}s://)`;
      const version = target.protocolVersion === 5 ? '; old brokers close on MQTT 5, so try version 3.1.1' : '';
      return failure(
        'BROKER_UNREACHABLE',
        `${address} closed the connection without an answer; ${doubt}${version}`,
        false,
      );
    }
    case 'open':
      return {
        ...failure('BROKER_UNREACHABLE', `${address} closed the connection; it is tried again by itself`, false),
        isSilentClose: true,
      };
  }
}

/** Nothing more came within the time for connecting. */
export function connectTimedOut(target: Target, phase: Phase, seconds: number): Failure {
  const waited = `within ${seconds} s`;
  switch (phase) {
    case 'dialing':
      return unreachable(
        target,
        `did not answer ${waited}; check the address and port, and whether a firewall is in between`,
      );
    case 'securing':
      return unreachable(
        target,
        `accepted the connection, but no TLS handshake followed ${waited}; is this a port without TLS?`,
      );
    case 'greeting':
    case 'open':
      return unreachable(
        target,
        `accepted the connection, but no MQTT broker answered ${waited}; check the port${isTls(target) ? '' : `, and whether it wants TLS (${target.protocol}s://)`}`,
      );
  }
}

/** The first bytes from the other side were none of MQTT. */
export function notMqtt(target: Target, first: Uint8Array): Failure {
  const text = Buffer.from(first.subarray(0, 8)).toString('latin1');
  // A TLS alert record: 0x15, version 0x03nn.
  if (first[0] === 0x15 && first[1] === 0x03)
    return lastingUnreachable(target, `speaks TLS on this port; write ${target.protocol}s://`);
  if (/^(HTTP|<!DOC|<html)/i.test(text))
    return lastingUnreachable(
      target,
      'is a web server on this port, not an MQTT broker; check the port, or use ws:// or wss://',
    );
  return lastingUnreachable(target, 'answers, but not in MQTT; check the port');
}

/** What the socket, TLS or mqtt.js reported. */
export function failureOf(target: Target, thrown: unknown, phase: Phase): Failure {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const code = codeOf(thrown) === 'EPROTO' ? sslCode(text) : codeOf(thrown);
  const known = typeof code === 'string' ? (SOCKET.get(code) ?? socketPattern(code)) : undefined;
  if (known === 'closed')
    return phase === 'open'
      ? unreachable(target, 'dropped the connection; it is tried again by itself')
      : closedByBroker(target, phase);
  if (known) return failure(known.code, `${addressOf(target)} ${known.reason}`, known.isLasting);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return failure(
      'BROKER_CERTIFICATE',
      `${addressOf(target)} shows a certificate for another name (${namesOf(thrown)}); use that name in the address, or set it as server name in the TLS configuration`,
      true,
    );
  if (/^Unexpected server response: (\d+)/.test(text))
    return lastingUnreachable(
      target,
      `answers the websocket request with HTTP ${text.replace(/\D+/g, '')}; check the path at the end of the address`,
    );
  if (/keepalive timeout/i.test(text))
    return unreachable(target, 'went silent (no answer to keep-alive); it is tried again by itself');
  if (typeof code === 'string' && /^ERR_(SSL|TLS|OSSL)/.test(code))
    return failure('BROKER_CERTIFICATE', `TLS with ${addressOf(target)} failed: ${plain(text)}`, true);
  return unreachable(target, `failed: ${plain(text)}`);
}

/** tls.connect refused its own options: nothing was sent. */
export function tlsOptionsInvalid(thrown: unknown): Failure {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const what = /decrypt|passphrase|password/i.test(text)
    ? 'the private key cannot be opened; check its passphrase'
    : /mismatch/i.test(text)
      ? 'certificate and private key do not belong together'
      : 'a certificate or key of the TLS configuration cannot be read; they must be PEM texts';
  return failure('BROKER_CERTIFICATE', `${what} (${plain(text)})`, true);
}

export function subscribeRefused(filter: string, code: number): ReadError {
  const reasons: Readonly<Record<number, string>> = {
    0x8f: 'it says the filter is not valid',
    0x97: 'the number of subscriptions allowed is used up',
    0x9e: 'it does not know shared subscriptions',
    0xa2: 'it does not allow wildcards; use topics without + and #',
  };
  const reason = reasons[code] ?? 'allow this user to subscribe to it and read it (ACL)';
  return new ReadError(
    'SUBSCRIBE_REFUSED',
    `the broker refused the subscription to "${filter}" (code ${hex(code)}): ${reason}`,
    'connect',
  );
}

/** PUBACK of MQTT 5; MQTT 3.1.1 has no way to say so. */
export function publishRefused(topic: string, code: number): ReadError {
  const reasons: Readonly<Record<number, string>> = {
    0x87: 'allow this user to write to it (ACL)',
    0x90: 'it says the topic is not valid',
    0x97: 'a quota is used up',
  };
  return new ReadError(
    'PUBLISH_FAILED',
    `the broker did not take a message to "${topic}" (code ${hex(code)})${reasons[code] ? `: ${reasons[code]}` : ''}`,
    'publish',
  );
}

/** The numeric reason of an MQTT error or the name of a system error. */
export function codeOf(thrown: unknown): string | number | undefined {
  const code: unknown = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? code : undefined;
}

/** The names in a certificate, as Node's ERR_TLS_CERT_ALTNAME_INVALID carries it. */
function namesOf(thrown: unknown): string {
  const cert: unknown = typeof thrown === 'object' && thrown !== null && 'cert' in thrown ? thrown.cert : undefined;
  const names: unknown =
    typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : undefined;
  return typeof names === 'string' ? plain(names) : 'it names none';
}

function failure(code: ErrorCode, detail: string, isLasting: boolean): Failure {
  return { error: new ReadError(code, detail, 'connect'), isLasting };
}

function unreachable(target: Target, what: string): Failure {
  return failure('BROKER_UNREACHABLE', `${addressOf(target)} ${what}`, false);
}

function lastingUnreachable(target: Target, what: string): Failure {
  return failure('BROKER_UNREACHABLE', `${addressOf(target)} ${what}`, true);
}

function hex(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** OpenSSL's reason in a failed write, in the form that Node gives a failed read: `wrong version number`. */
function sslCode(text: string): string {
  return `ERR_SSL_${plain(text).toUpperCase().replace(/\W+/g, '_')}`;
}

/** One line, without OpenSSL's file names and addresses. */
function plain(text: string): string {
  const [, reason] = /:SSL routines:[^:]*:([^:]+):/.exec(text) ?? [];
  return (reason ?? text).replace(/\s+/g, ' ').trim().slice(0, 160);
}

type Known = { readonly code: ErrorCode; readonly reason: string; readonly isLasting: boolean } | 'closed';

function certificate(reason: string): Known {
  return { code: 'BROKER_CERTIFICATE', reason, isLasting: true };
}

function network(reason: string): Known {
  return { code: 'BROKER_UNREACHABLE', reason, isLasting: false };
}

const NO_TLS_THERE = certificate(
  'answers without TLS on this port; use its TLS port, or an address without the s (mqtt://, ws://)',
);
const CLIENT_CERTIFICATE = certificate(
  'demands a client certificate; give certificate and private key in the TLS configuration',
);
const NOT_TRUSTED = certificate(
  'shows a certificate of an authority that is not known here; give its CA certificate in the TLS configuration',
);

const SOCKET: ReadonlyMap<string, Known> = new Map<string, Known>([
  ['ENOTFOUND', network('cannot be found: the name is not known to the DNS; check its spelling')],
  ['EAI_AGAIN', network('cannot be looked up: no DNS server answers; check the network of this machine')],
  ['ECONNREFUSED', network('refuses connections; is the broker running, and is the port right?')],
  ['ETIMEDOUT', network('does not answer; check the address and port, and whether a firewall is in between')],
  ['EHOSTUNREACH', network('cannot be reached: no route to it; check the network')],
  ['ENETUNREACH', network('cannot be reached: no route to its network; check the network')],
  ['ECONNRESET', 'closed'],
  ['EPIPE', 'closed'],
  ['ECONNABORTED', 'closed'],
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    certificate('shows a self-signed certificate; give this certificate as CA in the TLS configuration'),
  ],
  ['SELF_SIGNED_CERT_IN_CHAIN', NOT_TRUSTED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', NOT_TRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', NOT_TRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', NOT_TRUSTED],
  ['CERT_UNTRUSTED', NOT_TRUSTED],
  [
    'CERT_HAS_EXPIRED',
    certificate('shows a certificate that has expired; renew it on the broker (and check the clock of this machine)'),
  ],
  [
    'CERT_NOT_YET_VALID',
    certificate('shows a certificate that is not valid yet; check the clocks of this machine and of the broker'),
  ],
  ['CERT_REVOKED', certificate('shows a certificate that has been revoked')],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS_THERE],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NO_TLS_THERE],
  ['ERR_SSL_HTTP_REQUEST', NO_TLS_THERE],
]);

/** OpenSSL names one alert differently by TLS version: ERR_SSL_SSLV3_ALERT_..., ERR_SSL_TLSV1_..., ERR_SSL_TLSV13_... */
function socketPattern(code: string): Known | undefined {
  if (/ALERT_CERTIFICATE_REQUIRED/.test(code)) return CLIENT_CERTIFICATE;
  if (/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE)/.test(code))
    return certificate(
      'does not accept our client certificate; it must be issued by an authority that the broker knows',
    );
  if (/ALERT_CERTIFICATE_EXPIRED/.test(code))
    return certificate('says that our client certificate has expired; renew it');
  if (/ALERT_CERTIFICATE_REVOKED/.test(code)) return certificate('says that our client certificate has been revoked');
  if (/ALERT_HANDSHAKE_FAILURE/.test(code))
    return certificate('ended the TLS handshake: it demands a client certificate, or has no cipher in common with us');
  if (/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(code))
    return certificate('speaks no TLS version that is allowed here (1.2 or 1.3)');
  if (/NO_APPLICATION_PROTOCOL/.test(code))
    return certificate('knows none of our ALPN protocols; check ALPN in the TLS configuration');
  if (/UNRECOGNIZED_NAME/.test(code))
    return certificate(
      'does not know the server name we ask for; check the name in the address or in the TLS configuration',
    );
  return undefined;
}

const TAKEN_OVER = 0x8e;
const WRONG_VERSION = { reason: 'it does not speak MQTT VERSION; choose version OTHER' } as const;
const ID_REJECTED = { reason: 'it does not accept the client id CLIENT; set another one' } as const;
const BAD_LOGIN = { reason: 'wrong user name or password' } as const;
const NOT_ALLOWED = {
  reason: 'user name and password are wrong, or this user may not connect (with the client id CLIENT)',
} as const;
const UNAVAILABLE = {
  reason: 'it says it is not available now; it is tried again by itself',
  isPassing: true,
} as const;
const CONNACK: ReadonlyMap<number, { readonly reason: string; readonly isPassing?: boolean }> = new Map([
  [0x01, WRONG_VERSION],
  [0x02, ID_REJECTED],
  [0x03, UNAVAILABLE],
  [0x04, BAD_LOGIN],
  [0x05, NOT_ALLOWED],
  [0x80, { reason: 'it does not say why; see its log' }],
  [0x84, WRONG_VERSION],
  [0x85, ID_REJECTED],
  [0x86, BAD_LOGIN],
  [0x87, NOT_ALLOWED],
  [0x88, UNAVAILABLE],
  [0x89, UNAVAILABLE],
  [0x8a, { reason: 'this client is banned there' }],
  [0x8c, { reason: 'it wants another kind of authentication than user and password' }],
  [0x97, { reason: 'a quota is used up there', isPassing: true }],
  [0x9c, { reason: 'it says to use another server' }],
  [0x9d, { reason: 'it has moved to another server' }],
  [0x9f, { reason: 'too many connections at once; it is tried again by itself', isPassing: true }],
]);
const DISCONNECT: ReadonlyMap<number, { readonly code: ErrorCode; readonly reason: string }> = new Map([
  [0x87, { code: 'BROKER_REFUSED', reason: 'this user may not do what was asked (ACL)' }],
  [0x89, { code: 'BROKER_UNREACHABLE', reason: 'it is busy; it is tried again by itself' }],
  [0x8b, { code: 'BROKER_UNREACHABLE', reason: 'it is shutting down; it is tried again by itself' }],
  [0x8d, { code: 'BROKER_UNREACHABLE', reason: 'it heard no keep-alive from us; it is tried again by itself' }],
  [0x95, { code: 'BROKER_REFUSED', reason: 'a message was larger than it allows' }],
  [0x96, { code: 'BROKER_REFUSED', reason: 'messages come faster than it allows' }],
  [0x97, { code: 'BROKER_REFUSED', reason: 'a quota is used up there' }],
  [0x98, { code: 'BROKER_REFUSED', reason: 'its administrator ended it' }],
  [0x9c, { code: 'BROKER_REFUSED', reason: 'it says to use another server' }],
  [0x9d, { code: 'BROKER_REFUSED', reason: 'it has moved to another server' }],
  [0xa0, { code: 'BROKER_UNREACHABLE', reason: 'it allows no longer connections; it is tried again by itself' }],
]);
