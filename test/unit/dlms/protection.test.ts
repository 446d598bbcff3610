// Every agreement on protection against every answer (Green Book 9.2.7.2): what has less is refused, in the service's
// own envelope and in the general one, under the global and the dedicated key; what has as much or more is opened.
import assert from 'node:assert/strict';
import { encodeEnvelope, protectBody, type Protection } from '../../../src/core/dlms/security/ciphering';
import { Protector } from '../../../src/core/dlms/security/protection';
import { obisOctets } from '../../../src/core/meter/obis';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import { AK, bench, EK, METER_TITLE, thrown } from '../../support/dlms-bench';
import { said } from '../../support/said';

const PLAIN = fromHex('c401c10006000003e8');
const DEDICATED = fromHex('00112233445566778899aabbccddeeff');
const LEVELS = ['none', 'auth', 'encrypt', 'auth+encrypt'] as const;
const BITS = { none: 0, auth: 1, encrypt: 2, 'auth+encrypt': 3 } as const;
type Level = (typeof LEVELS)[number];
type Style = 'service' | 'general';

function answerWith(level: Level, style: Style, isDedicated: boolean, counter = 7): Uint8Array {
  if (level === 'none') return PLAIN;
  const body = protectBody(
    { suite: 0, encryptionKey: isDedicated ? DEDICATED : EK, authenticationKey: AK },
    level,
    METER_TITLE,
    counter,
    PLAIN,
  );
  return encodeEnvelope(
    style === 'service'
      ? { kind: 'service', isDedicated, tag: 0xc4, body }
      : { kind: 'general', isDedicated, title: METER_TITLE, body },
  );
}
const protectorFor = (agreed: Protection): Protector =>
  new Protector(
    {
      ...bench().options,
      security: agreed,
      meterTitle: METER_TITLE,
      credentials: { encryptionKey: EK, authenticationKey: AK, dedicatedKey: DEDICATED },
    },
    agreed,
  );

describe('protection agreed and protection answered', () => {
  for (const agreed of ['auth', 'encrypt', 'auth+encrypt'] as const) {
    for (const style of ['service', 'general'] as const) {
      for (const isDedicated of [false, true]) {
        it(`${agreed} agreed, ${style}${isDedicated ? ', dedicated key' : ''}`, () => {
          for (const level of LEVELS) {
            const act = (): Uint8Array => protectorFor(agreed).unprotect(answerWith(level, style, isDedicated));
            if ((BITS[level] & BITS[agreed]) === BITS[agreed]) assert.equal(toHex(act()), toHex(PLAIN), level);
            else {
              const error = thrown(act);
              assert.equal(error.code, 'SECURITY_FAILED', level);
              assert.match(
                said(error),
                level === 'none'
                  ? /without the protection agreed; its answer is refused/
                  : new RegExp(
                      `less protection than agreed \\(${level.replace('+', '\\+')} instead of ${agreed.replace('+', '\\+')}\\)`,
                    ),
              );
            }
          }
        });
      }
    }
  }
  it('a counter heard before is refused, under each key by itself and in either envelope', () => {
    for (const isDedicated of [false, true]) {
      const protector = protectorFor('auth+encrypt');
      protector.unprotect(answerWith('auth+encrypt', 'service', isDedicated, 20));
      for (const counter of [20, 19, 1]) {
        for (const style of ['service', 'general'] as const)
          assert.match(
            said(thrown(() => protector.unprotect(answerWith('auth+encrypt', style, isDedicated, counter)))),
            /repeated or recorded answer is refused/,
          );
      }
      protector.unprotect(answerWith('auth+encrypt', 'general', isDedicated, 21));
      protector.unprotect(answerWith('auth+encrypt', 'general', !isDedicated, 1)); // another key, another count
    }
  });
  it('another suite, and a compressed answer, are refused with what to change', () => {
    for (const [control, words] of [
      [0x31, /security suite 1, this reader is set to 0; correct the suite/],
      [0xb0, /compression is not supported; switch it off/],
    ] as const) {
      const body = protectBody(
        { suite: 0, encryptionKey: EK, authenticationKey: AK },
        'auth+encrypt',
        METER_TITLE,
        7,
        PLAIN,
      );
      body[0] = control;
      for (const envelope of [
        { kind: 'service', isDedicated: false, tag: 0xc4, body },
        { kind: 'general', isDedicated: false, title: METER_TITLE, body },
      ] as const) {
        const error = thrown(() => protectorFor('auth').unprotect(encodeEnvelope(envelope)));
        assert.equal(error.code, 'SECURITY_FAILED');
        assert.match(said(error), words);
      }
    }
  });
  it('none agreed, and the meter answers ciphered all the same: an error that says what to choose', () => {
    for (const style of ['service', 'general'] as const) {
      const change = (answer: Uint8Array): Uint8Array =>
        answer[0] === 0xc4 ? answerWith('auth+encrypt', style, false) : answer;
      const error = thrown(() =>
        bench({ change }).read({ kind: 'attributes', items: [{ obis: obisOctets('1.8.0') }] }),
      );
      assert.equal(error.code, 'SECURITY_FAILED');
      assert.match(said(error), /answers ciphered.*choose the security/);
    }
  });
  it('none agreed, and a ciphered notification for somebody else comes between: passed over', () => {
    const push = fromHex('db084c475a6772a9a1110a30002180f60102030405');
    assert.deepEqual(
      bench({ server: { quirks: { notifies: push } } })
        .read({ kind: 'attributes', items: [{ obis: obisOctets('1.8.0') }] })
        .readings.map(({ value }) => value),
      [1_043_677],
    );
  });
  it('two plain refusals alike are two refusals, and no double of one', () => {
    const clients = [
      { client: 16, mechanism: 0, policy: 0 },
      { client: 2, mechanism: 0, policy: 0x30 },
    ];
    const items = ['1.8.0', '1.8.1', '1.8.2', '32.7.0', '52.7.0', '72.7.0'].map((text) => ({ obis: obisOctets(text) }));
    const set = bench({
      client: 2,
      server: { clients, quirks: { lists: 'exception' } },
      session: { security: 'auth+encrypt', credentials: { encryptionKey: EK, authenticationKey: AK } },
    });
    assert.deepEqual(
      set.read({ kind: 'attributes', items }).readings.map(({ value }) => value),
      [1_043_677, 700_000, 343_677, 230.4, 231.1, 229.8],
    );
  });
  it('what is ciphered inside, and not the service that its tag names, is refused', () => {
    const body = protectBody(
      { suite: 0, encryptionKey: EK, authenticationKey: AK },
      'auth+encrypt',
      METER_TITLE,
      7,
      fromHex('d80101'),
    );
    assert.match(
      said(
        thrown(() =>
          protectorFor('auth+encrypt').unprotect(
            encodeEnvelope({ kind: 'service', isDedicated: false, tag: 0xc4, body }),
          ),
        ),
      ),
      /not the service its tag names/,
    );
  });
});
