// What the socket, TLS or mqtt.js reported when a connection failed: codes of Node.js and OpenSSL.
import { failure, type ReadError } from '../../wire/errors';
import { addressOf, type BrokerTarget } from './connect-options';

export interface Failure {
  readonly error: ReadError;
  /** Will not mend itself: tried again at the slowest pace only. */
  readonly isLasting: boolean;
  /** The broker closed a working connection without a word: what a taken-over client id looks like in MQTT 3.1.1. */
  readonly isSilentClose?: boolean;
}

/** `closed`: the other side ended the stream. */
export function socketFailure(target: BrokerTarget, thrown: unknown): Failure | 'closed' {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const code = causeCodeOf(thrown) === 'EPROTO' ? sslCode(text) : causeCodeOf(thrown);
  if (typeof code === 'string' && CLOSED.has(code)) return 'closed';
  const address = addressOf(target);
  const reason = typeof code === 'string' ? (SOCKET.get(code) ?? alertOf(code)) : undefined;
  if (reason !== undefined) {
    const error = failure(reason, { address }, 'connect');
    return { error, isLasting: error.code === 'BROKER_CERTIFICATE' };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return lasting(otherName(address, thrown));
  if (/^Unexpected server response: (\d+)/.test(text))
    return lasting(failure('mqtt.webSocketHttp', { address, status: text.replace(/\D/g, '') }, 'connect'));
  if (/keepalive timeout/i.test(text))
    return { error: failure('mqtt.keepaliveSilent', { address }, 'connect'), isLasting: false };
  if (typeof code === 'string' && /^ERR_(SSL|TLS|OSSL)/.test(code))
    return lasting(failure('mqtt.tlsFailed', { address, text: plain(text) }, 'connect'));
  return { error: failure('mqtt.failed', { address, text: plain(text) }, 'connect'), isLasting: false };
}

/** tls.connect refused its own options: nothing was sent. */
export function tlsOptionsInvalid(thrown: unknown): Failure {
  const text = plain(thrown instanceof Error ? thrown.message : String(thrown));
  if (/decrypt|passphrase|password/i.test(text)) return lasting(failure('mqtt.keyLocked', { text }, 'connect'));
  return lasting(failure(/mismatch/i.test(text) ? 'mqtt.keyMismatch' : 'mqtt.pemUnreadable', { text }, 'connect'));
}

/** The numeric reason of an MQTT error or the name of a system error. */
export function causeCodeOf(thrown: unknown): string | number | undefined {
  const code: unknown = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? code : undefined;
}

/** The names in a certificate, as Node's ERR_TLS_CERT_ALTNAME_INVALID carries it. */
function otherName(address: string, thrown: unknown): ReadError {
  const cert: unknown = typeof thrown === 'object' && thrown !== null && 'cert' in thrown ? thrown.cert : undefined;
  const names: unknown =
    typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : undefined;
  if (typeof names !== 'string') return failure('mqtt.noName', { address }, 'connect');
  return failure('mqtt.otherName', { address, names: plain(names) }, 'connect');
}

function lasting(error: ReadError): Failure {
  return { error, isLasting: true };
}

/** OpenSSL's reason in a failed write, in the form that Node gives a failed read: `wrong version number`. */
function sslCode(text: string): string {
  return `ERR_SSL_${plain(text).toUpperCase().replace(/\W+/g, '_')}`;
}

/** One line, without OpenSSL's file names and addresses. */
function plain(text: string): string {
  const [, reason] = /:SSL routines:[^:]*:([^:]+):/.exec(text) ?? [];
  return (reason ?? text).slice(0, 2_000).replace(/\s+/g, ' ').trim().slice(0, 160);
}

/**
 * OpenSSL names one alert differently by TLS version: ERR_SSL_SSLV3_ALERT_..., ERR_SSL_TLSV1_..., ERR_SSL_TLSV13_...
 */
function alertOf(code: string): SocketReason | undefined {
  return ALERTS.find(([pattern]) => pattern.test(code))?.[1];
}

type SocketReason =
  | 'mqtt.nameUnknown'
  | 'mqtt.noDns'
  | 'mqtt.refuses'
  | 'mqtt.noAnswer'
  | 'mqtt.noRoute'
  | 'mqtt.noNetwork'
  | 'mqtt.selfSigned'
  | 'mqtt.expired'
  | 'mqtt.notYetValid'
  | 'mqtt.revoked'
  | 'mqtt.noTlsThere'
  | 'mqtt.clientCertificate'
  | 'mqtt.notTrusted'
  | 'mqtt.oursNotAccepted'
  | 'mqtt.oursExpired'
  | 'mqtt.oursRevoked'
  | 'mqtt.handshake'
  | 'mqtt.tlsVersion'
  | 'mqtt.alpn'
  | 'mqtt.serverName';

const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);
const SOCKET: ReadonlyMap<string, SocketReason> = new Map<string, SocketReason>([
  ['ENOTFOUND', 'mqtt.nameUnknown'],
  ['EAI_AGAIN', 'mqtt.noDns'],
  ['ECONNREFUSED', 'mqtt.refuses'],
  ['ETIMEDOUT', 'mqtt.noAnswer'],
  ['EHOSTUNREACH', 'mqtt.noRoute'],
  ['ENETUNREACH', 'mqtt.noNetwork'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'mqtt.selfSigned'],
  ['CERT_HAS_EXPIRED', 'mqtt.expired'],
  ['CERT_NOT_YET_VALID', 'mqtt.notYetValid'],
  ['CERT_REVOKED', 'mqtt.revoked'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'mqtt.notTrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'mqtt.notTrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'mqtt.notTrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'mqtt.notTrusted'],
  ['CERT_UNTRUSTED', 'mqtt.notTrusted'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'mqtt.noTlsThere'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'mqtt.noTlsThere'],
  ['ERR_SSL_HTTP_REQUEST', 'mqtt.noTlsThere'],
]);
const ALERTS: readonly (readonly [RegExp, SocketReason])[] = [
  [/ALERT_CERTIFICATE_REQUIRED/, 'mqtt.clientCertificate'],
  [/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE)/, 'mqtt.oursNotAccepted'],
  [/ALERT_CERTIFICATE_EXPIRED/, 'mqtt.oursExpired'],
  [/ALERT_CERTIFICATE_REVOKED/, 'mqtt.oursRevoked'],
  [/ALERT_HANDSHAKE_FAILURE/, 'mqtt.handshake'],
  [/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, 'mqtt.tlsVersion'],
  [/NO_APPLICATION_PROTOCOL/, 'mqtt.alpn'],
  [/UNRECOGNIZED_NAME/, 'mqtt.serverName'],
];
