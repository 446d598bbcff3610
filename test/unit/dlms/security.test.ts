import assert from 'node:assert/strict';
import {
  accessRefusal,
  confirmedServiceError,
  exceptionResponse,
  releaseRefusal,
} from '../../../src/core/dlms/apdu/result-codes';
import {
  decodeEnvelope,
  openBody,
  protectBody,
  takeSecuredBody,
  encodeEnvelope,
  type CipherKeys,
} from '../../../src/core/dlms/security/ciphering';
import { answerChallenge, isRightAnswer } from '../../../src/core/dlms/security/hls';
import { decodeData } from '../../../src/core/dlms/apdu/axdr';
import { ProcessCounter } from '../../../src/core/dlms/security/counter';
import { Protector } from '../../../src/core/dlms/security/protection';
import {
  deriveKey,
  ecdsaSign,
  ecdsaVerify,
  publicKeyOf,
  sharedSecret,
  unwrapKey,
  wrapKey,
} from '../../../src/core/dlms/security/primitives';
import { concatBytes, fromHex, toHex } from '../../../src/core/wire/bytes';
import { DlmsSession } from '../../../src/core/dlms/session';
import {
  AK,
  bench,
  CLIENT_TITLE,
  EK,
  FakeLink,
  METER_TITLE,
  PASSWORD,
  run,
  thrown,
  type BenchOptions,
} from '../../support/dlms-bench';
import { decodeActionResponse, encodeActionRequest } from '../../../src/core/dlms/apdu/action';
import { obisOctets } from '../../../src/core/meter/obis';
import { vectorFile } from '../../support/vectors';
import { said } from '../../support/said';

interface Vector {
  readonly id: string;
  readonly layer: string;
  readonly hex: string;
  readonly [field: string]: unknown;
  readonly expect: Readonly<Record<string, string>>;
}
const VECTORS = vectorFile<{ vectors: readonly Vector[] }>('dlms.json').vectors;
const vector = (id: string): Vector => VECTORS.find((one) => one.id === id) ?? assert.fail(id);
const bytes = (id: string, field: string): Uint8Array =>
  fromHex(String(vector(id)[field] ?? vector(id).expect[field] ?? assert.fail(`${id}.${field}`)));
const KEYS: CipherKeys = { suite: 0, encryptionKey: EK, authenticationKey: AK };
const CLOCK = [{ obis: obisOctets('0-0:1.0.0') }, { obis: obisOctets('1-0:1.8.0') }];

/** A word that tells a person to do something, behind the fact. */
const NEXT_STEP = /; .*\b(read|check|change|choose|use|enter|try|look|ask|list|wait|load|another|have)\b/;

describe('security primitives and vectors', () => {
  for (const id of ['hls-md5', 'hls-sha256']) {
    it(`${id}: both answers of a foreign pair`, () => {
      const mechanism = id === 'hls-md5' ? 3 : 6;
      const client = {
        ownTitle: bytes(id, 'client_title'),
        peerTitle: bytes(id, 'server_title'),
        received: bytes(id, 'stoc'),
        sent: bytes(id, 'ctos'),
      };
      const secrets = { suite: 0, password: bytes(id, 'secret') } as const;
      assert.equal(toHex(answerChallenge(mechanism, client, secrets, 0)), vector(id).expect['f_stoc']);
      assert.ok(isRightAnswer(mechanism, client, secrets, bytes(id, 'f_ctos')));
      const action = {
        invoke: 0xc1,
        classId: 15,
        instance: fromHex('0000280000ff'),
        method: 1,
        parameter: { type: 'octet-string', value: bytes(id, 'f_stoc') },
      } as const;
      assert.equal(toHex(encodeActionRequest(action)), vector(id).expect['action_request']);
      const answer = decodeActionResponse(bytes(id, 'action_response'));
      assert.ok(
        answer.result === 0 &&
          answer.returned &&
          'data' in answer.returned &&
          isRightAnswer(mechanism, client, secrets, answer.returned.data.value as Uint8Array),
      );
      assert.ok(!isRightAnswer(mechanism, client, secrets, bytes(id, 'f_stoc')));
    });
  }
  it('gmac-pass3: the Green Book example, checked from the other side too', () => {
    const challenges = {
      ownTitle: bytes('gmac-pass3', 'client_title'),
      peerTitle: METER_TITLE,
      received: bytes('gmac-pass3', 'stoc'),
      sent: fromHex('00'),
    };
    const secrets = { suite: 0, encryptionKey: EK, authenticationKey: AK } as const;
    const answer = answerChallenge(5, challenges, secrets, 1);
    assert.equal(toHex(answer), vector('gmac-pass3').expect['f_stoc']);
    const server = {
      ownTitle: METER_TITLE,
      peerTitle: challenges.ownTitle,
      received: challenges.sent,
      sent: challenges.received,
    };
    assert.ok(isRightAnswer(5, server, secrets, answer));
    for (let i = 0; i < answer.length; i++)
      assert.ok(
        !isRightAnswer(
          5,
          server,
          secrets,
          answer.map((octet, at) => (at === i ? octet ^ 1 : octet)),
        ),
        `octet ${i}`,
      );
  });
  it('key wrap (RFC 3394), ECDSA P-256 (RFC 6979), ECDH P-256 (RFC 5903)', () => {
    assert.equal(
      toHex(wrapKey(bytes('key-wrap', 'kek'), bytes('key-wrap', 'key'))),
      vector('key-wrap').expect['wrapped'],
    );
    assert.deepEqual(unwrapKey(bytes('key-wrap', 'kek'), bytes('key-wrap', 'wrapped')), bytes('key-wrap', 'key'));
    const id = 'ecdsa-p256-verify';
    const publicKey = concatBytes(bytes(id, 'public_x'), bytes(id, 'public_y'));
    assert.deepEqual(publicKeyOf(bytes(id, 'private')), publicKey);
    assert.ok(ecdsaVerify(publicKey, bytes(id, 'message'), bytes(id, 'signature')));
    assert.ok(ecdsaVerify(publicKey, bytes(id, 'message'), ecdsaSign(bytes(id, 'private'), bytes(id, 'message'))));
    assert.ok(!ecdsaVerify(publicKey, fromHex('00'), bytes(id, 'signature')));
    assert.deepEqual(
      sharedSecret(
        bytes('ecdh-p256', 'private'),
        concatBytes(bytes('ecdh-p256', 'peer_x'), bytes('ecdh-p256', 'peer_y')),
      ),
      bytes('ecdh-p256', 'z'),
    );
    assert.equal(deriveKey(2, new Uint8Array(48), new Uint8Array(7)).length, 32);
    assert.equal(thrown(() => sharedSecret(bytes('ecdh-p256', 'private'), new Uint8Array(64))).code, 'SECURITY_FAILED');
  });
  for (const id of ['glo-get-ae', 'glo-initiate-request']) {
    it(`${id}: opened, and sealed to the same octets`, () => {
      const envelope = decodeEnvelope(fromHex(vector(id).hex));
      assert.ok(envelope?.kind === 'service');
      const title = bytes(id, 'system_title');
      const plain = openBody(KEYS, 'auth+encrypt', title, takeSecuredBody(envelope.body));
      assert.equal(toHex(plain), vector(id).expect['plain']);
      assert.equal(
        toHex(
          encodeEnvelope({
            ...envelope,
            body: protectBody(KEYS, 'auth+encrypt', title, Number(vector(id)['ic']), plain),
          }),
        ),
        vector(id).hex,
      );
      const whole = fromHex(vector(id).hex);
      for (let bit = 16; bit < whole.length * 8; bit++) {
        const broken = whole.slice();
        broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
        assert.match(
          thrown(() => {
            const e = decodeEnvelope(broken);
            if (e?.kind === 'service') openBody(KEYS, 'auth+encrypt', title, takeSecuredBody(e.body));
          }).code,
          /SECURITY_FAILED|BAD_VALUE/,
        );
      }
    });
  }
  it('opens the pushes of a real meter (general-glo, UDP) and refuses them a second time', () => {
    const key = fromHex('4d5944554d4d59474c4f42414c4b4559');
    const options = {
      ...bench().options,
      security: 'auth+encrypt',
      credentials: { encryptionKey: key, authenticationKey: key },
    } as const;
    const protector = new Protector(options, 'auth+encrypt');
    for (const id of ['gengl-udp-0', 'gengl-udp-2', 'gengl-udp-4']) {
      const apdu = fromHex(vector(id).hex).subarray(8);
      assert.equal(toHex(protector.unprotect(apdu)), vector(id).expect['plain']);
      assert.match(said(thrown(() => protector.unprotect(apdu))), /counter \d+ is not above/);
    }
  });
  it('takes an empty system title as the one known from the AARE', () => {
    const envelope = decodeEnvelope(fromHex(vector('gengl-notitle').hex));
    assert.ok(envelope?.kind === 'general' && envelope.title.length === 0);
  });
  it('opens the captured GMAC session of GuruxDLMS.c: AARE, proof, values', () => {
    const session = vector('sess-gmac-general-glo');
    const frames = (session['frames'] as readonly { dir: string; hex: string }[]).map(({ hex }) => fromHex(hex));
    const protector = new Protector(
      {
        ...bench().options,
        security: 'auth+encrypt',
        credentials: { encryptionKey: EK, authenticationKey: AK },
        meterTitle: fromHex('4142434445464748'),
      },
      'auth+encrypt',
    );
    const information = fromHex(
      toHex(frames[3] ?? assert.fail())
        .replace(/^.*be230421/, '')
        .slice(0, 66),
    );
    assert.equal(toHex(protector.unprotect(information)).slice(0, 6), '080006');
    // HDLC head 8 octets with flag, LLC 3, FCS and flag
    const apdus = [5, 7, 9].map((i) => (frames[i] ?? assert.fail()).subarray(11, -3));
    const [proof, ...values] = apdus.map((apdu) => protector.unprotect(apdu));
    assert.equal(toHex(proof ?? assert.fail()).slice(0, 4), 'c701');
    const challenges = {
      ownTitle: CLIENT_TITLE,
      peerTitle: fromHex('4142434445464748'),
      received: fromHex(String(session['stoc'])),
      sent: fromHex(String(session['ctos'])),
    };
    assert.ok(
      isRightAnswer(
        5,
        challenges,
        { suite: 0, encryptionKey: EK, authenticationKey: AK },
        (proof ?? assert.fail()).subarray(-17),
      ),
    );
    assert.deepEqual(
      values.map((value) => toHex(value).slice(0, 4)),
      ['c401', 'c401'],
    );
  });
  it('opens the captured session of Gurux Java under a dedicated key, general-ded and service-specific', () => {
    const frames = (vector('sess-dedicated')['frames'] as readonly { hex: string }[]).map(({ hex }) => fromHex(hex));
    const protector = new Protector(
      {
        ...bench().options,
        security: 'auth+encrypt',
        credentials: {
          encryptionKey: EK,
          authenticationKey: AK,
          dedicatedKey: fromHex(String(vector('sess-dedicated')['dedicated_key'])),
        },
        meterTitle: fromHex('4752580000000001'),
      },
      'auth+encrypt',
    );
    const plain = [5, 7, 9].map((i) => toHex(protector.unprotect((frames[i] ?? assert.fail()).subarray(11, -3))));
    assert.deepEqual(
      plain.map((apdu) => apdu.slice(0, 4)),
      ['c701', 'c401', 'c401'],
    );
    const request = decodeEnvelope((frames[6] ?? assert.fail()).subarray(11, -3));
    assert.ok(request?.kind === 'general' && request.isDedicated);
    const sent = openBody(
      { ...KEYS, encryptionKey: fromHex(String(vector('sess-dedicated')['dedicated_key'])) },
      'auth+encrypt',
      CLIENT_TITLE,
      takeSecuredBody(request.body),
    );
    assert.equal(toHex(sent).slice(0, 4), 'c001');
  });
});

const gmac: BenchOptions = {
  client: 2,
  server: {
    clients: [
      { client: 16, mechanism: 0, policy: 0 },
      { client: 2, mechanism: 5, policy: 0x30 },
    ],
  },
  session: {
    authentication: 'gmac',
    security: 'auth+encrypt',
    credentials: { encryptionKey: EK, authenticationKey: AK },
  },
};
const value = (o: BenchOptions): unknown =>
  bench(o)
    .read({ kind: 'attributes', items: CLOCK })
    .readings.map((reading) => reading.value);
const VALUES = ['2026-11-22T08:30:00+01:00', 1043677];

describe('associations', () => {
  const scalar = (size: number, seed: number): Uint8Array => new Uint8Array(size).fill(seed);
  for (const referencing of ['LN', 'SN'] as const) {
    for (const [authentication, mechanism] of [
      ['none', 0],
      ['low', 1],
      ['high', 2],
      ['md5', 3],
      ['sha1', 4],
      ['gmac', 5],
      ['sha256', 6],
      ['ecdsa', 7],
    ] as const) {
      for (const [security, policy] of [
        ['none', 0],
        ['auth', 0x10],
        ['encrypt', 0x20],
        ['auth+encrypt', 0x30],
      ] as const) {
        it(`${referencing}, ${authentication}, ${security}`, () => {
          const [mine, meters] = [scalar(32, 7), scalar(32, 9)];
          const highLevel = (challenge: Uint8Array): Uint8Array => challenge.map((octet) => octet ^ 0x5a);
          assert.deepEqual(
            value({
              client: 2,
              server: {
                referencing,
                clients: [
                  { client: 16, mechanism: 0, policy: 0 },
                  { client: 2, mechanism, password: PASSWORD, policy },
                ],
              },
              security: { signingKey: meters, clientSigningKey: publicKeyOf(mine), highLevel },
              session: {
                referencing,
                authentication,
                security,
                credentials: {
                  password: PASSWORD,
                  encryptionKey: EK,
                  authenticationKey: AK,
                  signingKey: mine,
                  meterSigningKey: publicKeyOf(meters),
                  highLevel,
                },
              },
            }),
            VALUES,
          );
        });
      }
    }
  }
  for (const suite of [0, 1, 2] as const) {
    const size = suite === 2 ? 48 : 32;
    const keys =
      suite === 2
        ? { encryptionKey: scalar(32, 1), authenticationKey: scalar(32, 2), masterKey: scalar(32, 3) }
        : { encryptionKey: EK, authenticationKey: AK, masterKey: scalar(16, 3) };
    const [mine, meters, mineAgree, metersAgree] = [7, 9, 11, 13].map((seed) => scalar(size, seed)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    for (const ciphering of [
      'service',
      'general',
      'wrapped',
      ...(suite > 0 ? (['agreed-ephemeral', 'agreed-static'] as const) : []),
    ] as const) {
      for (const extra of ['', 'dedicated', ...(suite > 0 ? ['signed'] : [])]) {
        it(`suite ${suite}, ${ciphering} ${extra}`, () => {
          assert.deepEqual(
            value({
              client: 2,
              server: {
                clients: [
                  { client: 16, mechanism: 0, policy: 0 },
                  { client: 2, mechanism: suite > 0 ? 7 : 5, policy: 0x30 },
                ],
              },
              security: {
                suite,
                ...keys,
                signingKey: meters,
                clientSigningKey: publicKeyOf(mine),
                agreementKey: metersAgree,
                clientAgreementKey: publicKeyOf(mineAgree),
              },
              session: {
                authentication: suite > 0 ? 'ecdsa' : 'gmac',
                security: 'auth+encrypt',
                suite,
                ciphering,
                isSigned: extra === 'signed',
                credentials: {
                  ...keys,
                  ...(extra === 'dedicated' && { dedicatedKey: scalar(suite === 2 ? 32 : 16, 5) }),
                  signingKey: mine,
                  meterSigningKey: publicKeyOf(meters),
                  agreementKey: mineAgree,
                  meterAgreementKey: publicKeyOf(metersAgree),
                },
              },
            }),
            VALUES,
          );
        });
      }
    }
  }

  it('proves itself under the global key, and uses the dedicated one from then on, as the captured client of sess-dedicated did', () => {
    for (const [ciphering, tags] of [
      ['service', ['60', 'cb', 'd0']],
      ['general', ['60', 'db', 'dc']],
    ] as const) {
      const said: string[] = [];
      const session = {
        authentication: 'gmac',
        security: 'auth+encrypt',
        ciphering,
        credentials: { encryptionKey: EK, authenticationKey: AK, dedicatedKey: scalar(16, 5) },
      } as const;
      bench({ ...gmac, session, loses: (_, apdu) => said.push(toHex(apdu.subarray(0, 1))) < 0 }).read({
        kind: 'attributes',
        items: CLOCK.slice(0, 1),
      });
      assert.deepEqual(said.slice(said.lastIndexOf('60')), tags);
    }
  });

  it('says what to do for every AARE diagnostic, and never takes a refusal for success', () => {
    const wording: Record<string, RegExp> = {
      '1.user.2': /LN or SN/,
      '1.user.3': /system title/,
      '1.user.4': /client SAP/,
      '1.user.11': /authentication level/,
      '1.user.12': /public client 16/,
      '1.user.13': /password or key is wrong/,
      '1.user.14': /high level/,
      '1.provider.2': /version/,
      '2.user.0': /wait/,
    };
    for (const result of [1, 2]) {
      for (const source of ['user', 'provider'] as const) {
        for (let diagnostic = 0; diagnostic < 16; diagnostic++) {
          const error = thrown(() => value({ server: { quirks: { refuses: [result, source, diagnostic] } } }));
          assert.match(error.code, /ASSOCIATION_REFUSED|ACCESS_DENIED|METER_BUSY/);
          assert.equal(error.stage, 'authenticate');
          assert.match(said(error), wording[`${result}.${source}.${diagnostic}`] ?? NEXT_STEP);
        }
      }
    }
  });
  it('says what to do for every other refusal too, named by the standard or not', () => {
    for (let result = 1; result < 256; result++)
      assert.match(said(accessRefusal(result)), NEXT_STEP, `data-access-result ${result}`);
    for (let service = 0; service < 21; service++)
      for (let kind = 0; kind < 12; kind++)
        for (let at = 0; at < 9; at++)
          assert.match(said(confirmedServiceError(service, kind, at)), NEXT_STEP, `${service}.${kind}.${at}`);
    for (let state = 0; state < 4; state++)
      for (let service = 0; service < 8; service++)
        assert.match(
          said(exceptionResponse(state, service, service === 6 ? 7 : undefined)),
          NEXT_STEP,
          `${state}.${service}`,
        );
    for (const reason of [0, 1, 30, 99]) assert.match(said(releaseRefusal(reason)), /may have to wait/);
  });
  it('names the wrong password', () => {
    const error = thrown(() =>
      value({ client: 1, session: { authentication: 'low', credentials: { password: fromHex('77726f6e67') } } }),
    );
    assert.deepEqual([error.code, error.stage], ['ACCESS_DENIED', 'authenticate']);
    assert.ok(!said(error).includes('wrong\0') && !said(error).includes('77726f6e67'));
  });
  it('does not take "accepted" without user-information, or accepted without the HLS asked for', () => {
    assert.match(said(thrown(() => value({ server: { quirks: { bareAare: true } } }))), /without granting any service/);
    assert.equal(
      thrown(() => value({ ...gmac, server: { ...gmac.server, quirks: { skipsHls: true } } })).code,
      'SECURITY_FAILED',
    );
    assert.match(
      said(thrown(() => value({ ...gmac, server: { ...gmac.server, quirks: { wrongProof: true } } }))),
      /did not prove/,
    );
  });
  it('understands a confirmedServiceError inside an AARE and instead of one', () => {
    assert.match(
      said(thrown(() => value({ server: { quirks: { aareInstead: fromHex(vector('aare-sn-error').hex) } } }))),
      /incompatible-conformance.*LN or SN/,
    );
    assert.match(
      said(thrown(() => value({ server: { quirks: { aareInstead: fromHex(vector('aare-version').hex) } } }))),
      /dlms-version-too-low/,
    );
    assert.match(
      said(thrown(() => value({ server: { quirks: { aareInstead: fromHex('0e010302') } } }))),
      /service-unsupported/,
    );
    assert.match(
      said(thrown(() => value({ server: { quirks: { aareInstead: fromHex('0d0100') } } }))),
      /another association/,
    );
  });
  it('lives with AAREs of the field: protocol version, short length, wrong context', () => {
    for (const quirks of [{ protocolVersion: true }, { shortUserInformation: true }, { wrongContext: true }])
      assert.deepEqual(value({ server: { quirks } }), VALUES, JSON.stringify(quirks));
  });
  it('asks for what it needs', () => {
    const set = bench({ session: { authentication: 'low' } });
    const error = thrown(() => set.read({ kind: 'attributes', items: CLOCK }));
    // nothing was sent
    assert.deepEqual([error.code, error.stage, set.links.length], ['CONFIG_INVALID', 'configure', 0]);
    for (const authentication of ['high', 'md5', 'sha1', 'gmac', 'sha256', 'ecdsa'] as const)
      assert.match(
        said(thrown(() => value({ session: { authentication } }))),
        new RegExp(`authentication ${authentication} needs the`),
      );
    assert.match(said(thrown(() => value({ session: { security: 'auth+encrypt' } }))), /encryption key/);
    assert.match(
      said(thrown(() => value({ session: { security: 'auth+encrypt', credentials: { encryptionKey: EK } } }))),
      /authentication key/,
    );
    assert.match(
      said(
        thrown(() =>
          value({
            session: { security: 'auth+encrypt', suite: 2, credentials: { encryptionKey: EK, authenticationKey: AK } },
          }),
        ),
      ),
      /16 octets; security suite 2 needs 32/,
    );
    assert.match(said(thrown(() => value({ session: { authentication: 'low' } }))), /password/);
    for (const [name, size] of [
      ['signingKey', 32],
      ['agreementKey', 48],
      ['meterSigningKey', 64],
      ['meterAgreementKey', 96],
    ] as const) {
      for (const key of [new Uint8Array(size), new Uint8Array(size).fill(0xff), new Uint8Array(size - 1).fill(7)]) {
        const wrong = thrown(() => value({ session: { credentials: { [name]: key } } }));
        assert.deepEqual([wrong.code, wrong.stage], ['CONFIG_INVALID', 'configure'], name);
        assert.match(said(wrong), /is no key of P-256 or P-384/);
      }
    }
    assert.match(
      said(thrown(() => value({ ...gmac, session: { ...gmac.session, clientTitle: fromHex('01') } }))),
      /system title of 8/,
    );
  });
});

describe('protection of answers', () => {
  const answers = (kind: 'plain' | 'weaker' | 'wrong-tag' | 'repeated' | 'compressed'): string => {
    const error = thrown(() => value({ ...gmac, server: { ...gmac.server, quirks: { answers: kind } } }));
    assert.equal(error.code, 'SECURITY_FAILED');
    return said(error);
  };
  it('refuses less than agreed, and says so', () => {
    assert.match(answers('plain'), /without the protection agreed/);
    assert.match(answers('weaker'), /less protection than agreed \(auth instead of auth\+encrypt\)/);
    assert.match(answers('wrong-tag'), /tag of the answer is wrong; check/);
    assert.match(answers('repeated'), /repeated or recorded/);
    assert.match(answers('compressed'), /compression is not supported/);
  });
  it('refuses an answer without the signature agreed, and one of another meter', () => {
    const scalar = (seed: number): Uint8Array => new Uint8Array(32).fill(seed);
    const o: BenchOptions = {
      client: 2,
      server: {
        clients: [
          { client: 16, mechanism: 0, policy: 0 },
          { client: 2, mechanism: 7, policy: 0x30 },
        ],
        quirks: { forgetsSignature: true },
      },
      security: { suite: 1, signingKey: scalar(9), clientSigningKey: publicKeyOf(scalar(7)) },
      session: {
        authentication: 'ecdsa',
        security: 'auth+encrypt',
        suite: 1,
        isSigned: true,
        credentials: {
          encryptionKey: EK,
          authenticationKey: AK,
          signingKey: scalar(7),
          meterSigningKey: publicKeyOf(scalar(9)),
        },
      },
    };
    assert.match(said(thrown(() => value(o))), /without the signature agreed/);
    assert.match(
      said(
        thrown(() =>
          value({
            ...o,
            server: { ...o.server, quirks: {} },
            security: { ...o.security, signingKey: scalar(10) },
            session: { ...o.session, authentication: 'gmac' },
          }),
        ),
      ),
      /./,
    );
    assert.match(
      said(
        thrown(() =>
          value({
            ...gmac,
            server: { ...gmac.server, quirks: { foreignTitle: true } },
            session: { ...gmac.session, ciphering: 'general' },
          }),
        ),
      ),
      /system title of another meter/,
    );
  });
  it('does not answer its own challenge sent back', () => {
    let sent = '';
    const set = {
      ...gmac,
      loses: (_n: number, apdu: Uint8Array): boolean => {
        const found = /ac128010(.{32})/.exec(toHex(apdu));
        if (found?.[1]) sent = found[1];
        return false;
      },
      change: (answer: Uint8Array): Uint8Array => fromHex(toHex(answer).replace(/aa128010.{32}/, `aa128010${sent}`)),
    };
    assert.match(said(thrown(() => value(set))), /own challenge back/);
  });
  it('works with an empty title, and with a title that only the user knows', () => {
    assert.deepEqual(
      value({
        ...gmac,
        server: { ...gmac.server, quirks: { emptyTitle: true } },
        session: { ...gmac.session, ciphering: 'general' },
      }),
      VALUES,
    );
    for (const hidesTitle of [true, 'empty'] as const) {
      for (const security of ['auth+encrypt', 'none'] as const) {
        const hidden = {
          ...gmac,
          server: {
            clients: [
              { client: 16, mechanism: 0, policy: 0 },
              { client: 2, mechanism: 5, policy: security === 'none' ? 0 : 0x30 },
            ],
            quirks: { hidesTitle },
          },
          session: { ...gmac.session, security },
        };
        assert.match(said(thrown(() => value(hidden))), /enter the meter's system title/);
        assert.deepEqual(value({ ...hidden, session: { ...hidden.session, meterTitle: METER_TITLE } }), VALUES);
      }
    }
  });
  it('says what a wrong key looks like, without the key', () => {
    for (const credentials of [
      { encryptionKey: AK, authenticationKey: AK },
      { encryptionKey: EK, authenticationKey: EK },
    ]) {
      const error = thrown(() => value({ ...gmac, session: { ...gmac.session, credentials } }));
      assert.equal(error.code, 'SECURITY_FAILED');
      assert.match(said(error), /check encryption key, authentication key/);
      assert.ok(!/000102030405|d0d1d2d3/i.test(said(error) + String(error.stack)));
    }
  });
});

describe('invocation counter', () => {
  it('is read through the public client first, once, and never used twice', () => {
    const counter = new ProcessCounter();
    const heard: string[] = [];
    const set = bench({
      ...gmac,
      security: { lowestCounter: 5000 },
      session: { ...gmac.session, counter },
      change: (answer) => (heard.push(toHex(answer)), answer),
    });
    set.read({ kind: 'attributes', items: CLOCK });
    assert.ok(!heard.some((hex) => hex.startsWith('d8')), 'a counter error had to say it');
    assert.equal(set.links.length, 2); // public client, then the own one
    assert.ok(counter.next() > 5000n);
    set.read({ kind: 'attributes', items: CLOCK });
    assert.equal(set.links.length, 3);
  });
  it('is not begun anywhere when the answer of the public client was lost, and a meter that was silent once is asked again', () => {
    const counter = new ProcessCounter();
    let lost = 1;
    const o: BenchOptions = {
      ...gmac,
      security: { lowestCounter: 700 },
      server: { ...gmac.server, quirks: { counterAsDecipheringError: true } },
      session: { ...gmac.session, counter },
      loses: (exchange) => exchange === lost,
    };
    const set = bench(o);
    lost = 2; // the counter's own answer
    assert.equal(thrown(() => set.read({ kind: 'attributes', items: CLOCK })).code, 'NO_REPLY');
    assert.equal(counter.isKnown, false);
    lost = 1; // every association request of this session
    assert.equal(thrown(() => set.read({ kind: 'attributes', items: CLOCK })).code, 'NO_REPLY');
    lost = 0;
    assert.deepEqual(
      set.read({ kind: 'attributes', items: CLOCK }).readings.map((reading) => reading.value),
      VALUES,
    );
  });
  it('leaves nothing of what the public client sees to the own one', () => {
    const all = bench().server.options.objects;
    const hidden = all.map((object) =>
      object.classId === 12
        ? { ...object, attributes: new Map([[2, decodeData(fromHex('010102041001001200011100090600002b0100ff'))]]) }
        : object,
    );
    const o: BenchOptions = {
      client: 2,
      server: {
        referencing: 'SN',
        clients: [
          { client: 16, mechanism: 0, policy: 0 },
          { client: 2, mechanism: 5, policy: 0x30 },
        ],
      },
      session: { ...gmac.session, referencing: 'SN' },
    };
    const [own, open] = [bench(o), bench({ ...o, server: { ...o.server, objects: hidden } })];
    const session = new DlmsSession(
      (client) => new FakeLink(client === 16 ? open.server : own.server, client),
      own.options,
      own.memory,
    );
    run(session.open());
    assert.deepEqual(
      run(session.read({ kind: 'attributes', items: CLOCK })).readings.map((reading) => reading.value),
      VALUES,
    );
  });
  it('is repaired by the value that a counter error names, the last or the next', () => {
    for (const quirks of [{}, { namesLastCounter: true }]) {
      const counter = new ProcessCounter();
      counter.atLeast(1n);
      const set = bench({
        ...gmac,
        security: { lowestCounter: 0x186a5 },
        server: { ...gmac.server, quirks },
        session: { ...gmac.session, counter },
      });
      assert.deepEqual(
        set.read({ kind: 'attributes', items: CLOCK }).readings.map((reading) => reading.value),
        VALUES,
      );
    }
  });
  it('is read anew when the meter calls a low counter a deciphering error', () => {
    const counter = new ProcessCounter();
    counter.atLeast(1n);
    const set = bench({
      ...gmac,
      security: { lowestCounter: 700 },
      server: { ...gmac.server, quirks: { counterAsDecipheringError: true } },
      session: { ...gmac.session, counter },
    });
    assert.deepEqual(
      set.read({ kind: 'attributes', items: CLOCK }).readings.map((reading) => reading.value),
      VALUES,
    );
  });
  it('is taken in whatever unsigned type the meter keeps it', () => {
    for (const type of ['06000003e7', '15' + '00000000000003e7', '1203e7']) {
      const objects = bench().server.options.objects.map((object) =>
        object.classId === 1 && object.instance[2] === 43
          ? { ...object, attributes: new Map([[2, decodeData(fromHex(type))]]) }
          : object,
      );
      const heard: string[] = [];
      const set = bench({
        ...gmac,
        server: { ...gmac.server, objects },
        security: { lowestCounter: 1000 },
        change: (answer) => (heard.push(toHex(answer)), answer),
      });
      assert.deepEqual(
        set
          .read({ kind: 'attributes', items: [{ obis: obisOctets('1-0:1.8.0') }] })
          .readings.map((reading) => reading.value),
        [1043677],
        type,
      );
      assert.ok(!heard.some((hex) => hex.startsWith('d8')), `${type}: a value below the meter's was used`);
    }
  });
  it('that is no number is no counter: the meter names it when it is too low', () => {
    for (const type of ['17' + '7fc00000', '17' + '3fc00000', '0901ff', '00']) {
      const objects = bench().server.options.objects.map((object) =>
        object.classId === 1 && object.instance[2] === 43
          ? { ...object, attributes: new Map([[2, decodeData(fromHex(type))]]) }
          : object,
      );
      assert.deepEqual(
        value({ ...gmac, server: { ...gmac.server, objects }, security: { lowestCounter: 1000 } }),
        VALUES,
        type,
      );
    }
  });
  it('is not asked for again because an answer cannot be trusted', () => {
    for (const answers of ['plain', 'weaker', 'wrong-tag', 'repeated', 'compressed'] as const) {
      const counter = new ProcessCounter();
      counter.atLeast(1n);
      const set = bench({
        ...gmac,
        server: { ...gmac.server, quirks: { answers } },
        session: { ...gmac.session, counter },
      });
      assert.equal(thrown(() => set.read({ kind: 'attributes', items: CLOCK })).code, 'SECURITY_FAILED');
      assert.equal(set.links.length, 1, answers);
    }
  });
  it('is repaired in the middle of an association too', () => {
    const set = bench(gmac);
    const session = set.session();
    run(session.open());
    set.security.lowestCounter = 100_000; // another client of the same key was faster
    assert.deepEqual(
      run(session.read({ kind: 'attributes', items: CLOCK })).readings.map((reading) => reading.value),
      VALUES,
    );
  });
  it('ends before it would wrap', () => {
    const counter = new ProcessCounter(0x1_0000_0000n);
    counter.atLeast(0x1_0000_0000n);
    assert.match(
      said(thrown(() => value({ ...gmac, session: { ...gmac.session, counter } }))),
      /used up; change the encryption key/,
    );
    const spoilt = new ProcessCounter();
    spoilt.atLeast(1n);
    assert.match(
      said(
        thrown(() =>
          value({ ...gmac, security: { lowestCounter: 0xffff_ff00 }, session: { ...gmac.session, counter: spoilt } }),
        ),
      ),
      /almost the end/,
    );
  });
});
