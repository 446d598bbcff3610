// Why a connection failed, row by row, without a network: which of them a real broker makes is often a matter of
// timing. Codes of sockets and TLS: Node.js `errors`, OpenSSL's SSL_R_ names; of MQTT: 3.1.1 table 3.1, 5 table 2-6.
import assert from 'node:assert/strict';
import {
  closedByBroker,
  connectRefused,
  connectTimedOut,
  disconnected,
  failureOf,
  notMqtt,
  type Phase,
  publishRefused,
  subscribeRefused,
} from '../../../src/core/transport/mqtt/connect-errors';
import {
  parseBrokerOptions,
  type BrokerOptions,
  type BrokerTarget,
} from '../../../src/core/transport/mqtt/connect-options';
import { tlsOptionsInvalid } from '../../../src/core/transport/mqtt/socket-errors';
import type { ReadError } from '../../../src/core/wire/errors';
import { said } from '../../support/said';

const target = (options: Partial<BrokerOptions> = {}): BrokerTarget =>
  parseBrokerOptions({ url: 'mqtt://b.example', clientId: 'platform', ...options }, () => 0.5);
const PLAIN = target();
const SECURE = target({ url: 'mqtts://b.example' });
const coded = (code: string | number, message = 'as reported', more: object = {}): Error =>
  Object.assign(new Error(message), { code, ...more });
const octets = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** The reason and, of a connection's end, whether waiting alone will not mend it. */
function told(error: ReadError, reason: string, pattern: RegExp): void {
  assert.equal(error.reason, reason);
  assert.match(said(error), pattern, reason);
  assert.doesNotMatch(said(error), /[{}]|undefined/, reason);
}

describe('why a connection to the broker ended', () => {
  it('a stream that broke: by how far the connection had come', () => {
    for (const code of ['ECONNRESET', 'EPIPE', 'ECONNABORTED']) {
      const rows: readonly [BrokerTarget, Phase, string, RegExp][] = [
        [PLAIN, 'open', 'mqtt.dropped', /mqtt:\/\/b\.example:1883 dropped the connection/],
        [PLAIN, 'dialing', 'mqtt.closedAtOnce', /at once/],
        [SECURE, 'securing', 'mqtt.closedInTls', /during the TLS handshake/],
        [PLAIN, 'greeting', 'mqtt.closedGreeting', /a TLS port needs mqtts:/],
        [SECURE, 'greeting', 'mqtt.closedGreetingTls', /client certificate/],
        [target({ protocolVersion: 5 }), 'greeting', 'mqtt.tryOlder', /try version 3\.1\.1/],
      ];
      for (const [to, phase, reason, pattern] of rows) {
        const { error, isLasting } = failureOf(to, coded(code), phase);
        told(error, reason, pattern);
        assert.equal(isLasting, false, reason);
      }
    }
    const closed = closedByBroker(PLAIN, 'open');
    told(closed.error, 'mqtt.closed', /closed the connection/);
    assert.equal(closed.isSilentClose, true);
  });

  it('nothing more came', () => {
    for (const [to, phase, reason] of [
      [PLAIN, 'dialing', 'mqtt.dialTimeout'],
      [SECURE, 'securing', 'mqtt.tlsTimeout'],
      [PLAIN, 'greeting', 'mqtt.mqttTimeout'],
      [SECURE, 'greeting', 'mqtt.mqttTimeoutTls'],
    ] as const)
      told(connectTimedOut(to, phase, 15).error, reason, /within 15 s/);
  });

  it('what sockets report', () => {
    for (const [code, reason] of [
      ['ENOTFOUND', 'mqtt.nameUnknown'],
      ['EAI_AGAIN', 'mqtt.noDns'],
      ['ECONNREFUSED', 'mqtt.refuses'],
      ['ETIMEDOUT', 'mqtt.noAnswer'],
      ['EHOSTUNREACH', 'mqtt.noRoute'],
      ['ENETUNREACH', 'mqtt.noNetwork'],
      ['EMFILE', 'mqtt.failed'],
    ] as const) {
      const { error, isLasting } = failureOf(PLAIN, coded(code), 'dialing');
      told(error, reason, /b\.example/);
      assert.deepEqual([error.code, isLasting], ['BROKER_UNREACHABLE', false], code);
    }
    told(
      failureOf(PLAIN, new Error('Keepalive timeout'), 'open').error,
      'mqtt.keepaliveSilent',
      /no answer to keep-alive/,
    );
    told(
      failureOf(PLAIN, new Error('Unexpected server response: 403'), 'greeting').error,
      'mqtt.webSocketHttp',
      /HTTP 403/,
    );
  });

  it('what TLS reports: none of it passes by waiting', () => {
    const names = { cert: { subjectaltname: 'DNS:other.example' } };
    const rows: readonly [Error, string][] = [
      [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'mqtt.selfSigned'],
      [coded('CERT_HAS_EXPIRED'), 'mqtt.expired'],
      [coded('CERT_NOT_YET_VALID'), 'mqtt.notYetValid'],
      [coded('CERT_REVOKED'), 'mqtt.revoked'],
      [coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'mqtt.notTrusted'],
      [coded('SELF_SIGNED_CERT_IN_CHAIN'), 'mqtt.notTrusted'],
      [coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'mqtt.noTlsThere'],
      [
        coded('EPROTO', 'write EPROTO 80:error:0A00010B:SSL routines:f:wrong version number:x.c:354:'),
        'mqtt.noTlsThere',
      ],
      [coded('ERR_TLS_CERT_ALTNAME_INVALID', 'x', names), 'mqtt.otherName'],
      [coded('ERR_TLS_CERT_ALTNAME_INVALID', 'x', { cert: {} }), 'mqtt.noName'],
      [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'mqtt.noName'],
      [coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'mqtt.clientCertificate'],
      [coded('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'mqtt.oursNotAccepted'],
      [coded('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE'), 'mqtt.oursNotAccepted'],
      [coded('ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED'), 'mqtt.oursExpired'],
      [coded('ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED'), 'mqtt.oursRevoked'],
      [coded('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'), 'mqtt.handshake'],
      [coded('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), 'mqtt.tlsVersion'],
      [coded('ERR_SSL_UNSUPPORTED_PROTOCOL'), 'mqtt.tlsVersion'],
      [coded('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'), 'mqtt.alpn'],
      [coded('ERR_SSL_TLSV1_UNRECOGNIZED_NAME'), 'mqtt.serverName'],
      [coded('ERR_SSL_SOMETHING_NEW', 'a:b:SSL routines:f:something new:x.c:1:'), 'mqtt.tlsFailed'],
    ];
    for (const [thrown, reason] of rows) {
      const { error, isLasting } = failureOf(SECURE, thrown, 'securing');
      told(error, reason, /mqtts:\/\/b\.example:8883/);
      assert.deepEqual([error.code, isLasting], ['BROKER_CERTIFICATE', true], reason);
    }
  });

  it('TLS options that Node refuses before a byte is sent', () => {
    for (const [text, reason] of [
      ['error:1C800064:Provider routines::bad decrypt', 'mqtt.keyLocked'],
      ['error:07880109:common libcrypto routines::interrupted or cancelled: passphrase', 'mqtt.keyLocked'],
      ['error:05800074:x509 certificate routines::key values mismatch', 'mqtt.keyMismatch'],
      ['error:0480006C:PEM routines::no start line', 'mqtt.pemUnreadable'],
    ] as const) {
      const { error, isLasting } = tlsOptionsInvalid(new Error(text));
      told(error, reason, /\(error:/);
      assert.equal(isLasting, true);
    }
  });

  it('first bytes that are none of MQTT', () => {
    for (const [first, reason] of [
      [octets(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0a), 'mqtt.speaksTls'], // alert record, unexpected_message
      [ascii('HTTP/1.1 400 Bad Request'), 'mqtt.webServer'],
      [ascii('SSH-2.0-OpenSSH_9.2'), 'mqtt.notMqtt'],
      [octets(), 'mqtt.notMqtt'],
    ] as const) {
      const { error, isLasting } = notMqtt(PLAIN, first);
      told(error, reason, /b\.example/);
      assert.equal(isLasting, true);
    }
  });

  it('CONNACK: which refusals pass by themselves', () => {
    for (const [code, pattern, isLasting] of [
      [0x01, /does not speak MQTT 3\.1\.1; choose version 5/, true],
      [0x02, /client id "platform"/, true],
      [0x03, /not available now/, false],
      [0x04, /wrong user name or password/, true],
      [0x05, /may not connect/, true],
      [0x80, /does not say why/, true],
      [0x88, /not available/, false],
      [0x8a, /banned/, true],
      [0x8c, /another kind of authentication/, true],
      [0x97, /quota/, false],
      [0x9c, /another server/, true],
      [0x9d, /moved/, true],
      [0x9f, /too many connections/, false],
      [0x42, /reason code 0x42/, true],
    ] as const) {
      const refused = connectRefused(PLAIN, code);
      told(refused.error, 'mqtt.refused', pattern);
      assert.equal(refused.isLasting, isLasting, String(pattern));
    }
  });

  it('DISCONNECT of MQTT 5', () => {
    for (const [code, reason, pattern] of [
      [0x87, 'mqtt.endedRefused', /ACL/],
      [0x89, 'mqtt.endedBroken', /busy/],
      [0x8b, 'mqtt.endedBroken', /shutting down/],
      [0x8d, 'mqtt.endedBroken', /keep-alive/],
      [0x8e, 'mqtt.takenOver', /same client id "platform"/],
      [0x95, 'mqtt.endedRefused', /larger/],
      [0x96, 'mqtt.endedRefused', /faster/],
      [0x98, 'mqtt.endedRefused', /administrator/],
      [0xa0, 'mqtt.endedBroken', /no longer/],
      [0xff, 'mqtt.endedCode', /reason code 0xFF/],
    ] as const)
      told(disconnected(PLAIN, code).error, reason, pattern);
  });
});

describe('why the broker did not take a packet', () => {
  it('SUBACK', () => {
    for (const [code, reason, pattern] of [
      [0x80, 'mqtt.filterAcl', /"\+\/tx" \(code 0x80\).*ACL/],
      [0x87, 'mqtt.filterAcl', /ACL/],
      [0x8f, 'mqtt.filterInvalid', /not valid/],
      [0x97, 'mqtt.filterQuota', /used up/],
      [0x9e, 'mqtt.filterShared', /shared/],
      [0xa2, 'mqtt.filterWildcards', /wildcards/],
    ] as const) {
      const error = subscribeRefused('+/tx', code);
      told(error, reason, pattern);
      assert.equal(error.code, 'SUBSCRIBE_REFUSED');
    }
  });

  it('PUBACK of MQTT 5', () => {
    for (const [code, reason, pattern] of [
      [0x80, 'mqtt.notTaken', /"1\/rx" \(code 0x80\)/],
      [0x87, 'mqtt.writeAcl', /ACL/],
      [0x90, 'mqtt.topicInvalid', /not valid/],
      [0x97, 'mqtt.publishQuota', /quota/],
    ] as const) {
      const error = publishRefused('1/rx', code);
      told(error, reason, pattern);
      assert.equal(error.code, 'PUBLISH_FAILED');
    }
  });
});

describe('texts of a login', () => {
  it('that no CONNECT packet can carry are refused by name (clause 1.5.3)', () => {
    for (const [options, field] of [
      [{ clientId: 'x'.repeat(65_536) }, 'client id'],
      [{ user: 'é'.repeat(32_768) }, 'user'],
      [{ user: 'u', password: 'x'.repeat(65_536) }, 'password'],
    ] as const)
      assert.throws(
        () => target(options),
        (error: ReadError) => (told(error, 'mqtt.textLong', new RegExp(`${field}: longer than 65535 bytes`)), true),
      );
    assert.doesNotThrow(() => target({ user: 'é'.repeat(32_767) }));
  });
});
