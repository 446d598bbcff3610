// AES-GCM is broken by one nonce used twice: everything that a client seals under one key and title, the proof of HLS 5
// included, has to bear a counter of its own (Green Book 9.2.3.3.7.3, 9.2.7.4).
import assert from 'node:assert/strict';
import { decodeAarq } from '../../../src/core/dlms/apdu/acse';
import { decodeEnvelope, openBody, takeSecuredBody } from '../../../src/core/dlms/security/ciphering';
import { obisOctets } from '../../../src/core/meter/obis';
import type { Authentication } from '../../../src/core/dlms/security/options';
import { decodeActionRequest } from '../../../src/core/dlms/apdu/action';
import { AK, bench, CLIENT_TITLE, EK, PASSWORD } from '../../support/dlms-bench';

const KEYS = { suite: 0, encryptionKey: EK, authenticationKey: AK } as const;
const ITEMS = [{ obis: obisOctets('0-0:1.0.0') }, { obis: obisOctets('1-0:1.8.0') }];

/** The counters that an APDU of the client spends: of its own protection, and of a GMAC proof in it. */
function countersIn(apdu: Uint8Array): readonly number[] {
  if (apdu[0] === 0x60) return countersIn(decodeAarq(apdu).userInformation ?? new Uint8Array(0));
  const envelope = decodeEnvelope(apdu);
  if (envelope?.kind === 'service') {
    const body = takeSecuredBody(envelope.body);
    return [body.counter, ...countersIn(openBody(KEYS, 'auth+encrypt', CLIENT_TITLE, body))];
  }
  const proof = apdu[0] === 0xc3 ? decodeActionRequest(apdu).parameter?.value : undefined;
  return proof instanceof Uint8Array && proof.length === 17
    ? [new DataView(proof.buffer, proof.byteOffset).getUint32(1)]
    : [];
}

describe('nonces', () => {
  const cases: readonly (readonly [Authentication, number, 'none' | 'auth+encrypt', number, number])[] = [
    ['gmac', 5, 'none', 0, 1],
    ['gmac', 5, 'auth+encrypt', 0x30, 4],
    ['low', 1, 'auth+encrypt', 0x30, 2],
  ];
  for (const [authentication, mechanism, security, policy, spent] of cases) {
    it(`${authentication}, ${security}: no counter is used twice, in one session or the next`, () => {
      const sent: Uint8Array[] = [];
      const set = bench({
        client: 2,
        server: {
          clients: [
            { client: 16, mechanism: 0, policy: 0 },
            { client: 2, mechanism, policy, password: PASSWORD },
          ],
        },
        session: {
          authentication,
          security,
          credentials: { password: PASSWORD, encryptionKey: EK, authenticationKey: AK },
        },
        loses: (_exchange, apdu) => {
          sent.push(apdu.slice());
          return false;
        },
      });
      for (let session = 0; session < 2; session++) set.read({ kind: 'attributes', items: ITEMS });
      const counters = sent.flatMap(countersIn);
      assert.equal(counters.length, 2 * spent, 'the sessions seal what they are known to seal');
      assert.deepEqual(
        [...new Set(counters)].sort((a, b) => a - b),
        [...counters].sort((a, b) => a - b),
      );
      assert.ok(counters.every((counter) => counter > 0));
    });
  }
});
