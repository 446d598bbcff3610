// The key of one general-ciphering APDU (Green Book 9.2.3.4.6): wrapped under the master key, or agreed with the meter
// by one-pass Diffie-Hellman C(1e, 1s) or the static unified model C(0e, 2s). Both directions, for keys travel both
// ways.
import { concatBytes, isSameBytes } from '../../wire/bytes';
import { failure, phrase, type ReadError } from '../../wire/errors';
import { octetString } from '../apdu/cursor';
import type { GeneralHeader, KeyInfo } from './ciphering';
import { needed } from './needed';
import type { AssociationOptions } from './options';
import {
  deriveKey,
  ecdsaSign,
  ecdsaVerify,
  ephemeralPair,
  KEY_OCTETS,
  randomOctets,
  sharedSecret,
  unwrapKey,
  wrapKey,
} from './primitives';

/** How the key of one APDU is made. */
export type MessageKeyKind = 'wrapped' | 'agreed-ephemeral' | 'agreed-static';

/** A key for one APDU of ours, and what tells it to the meter. */
export function freshKey(
  kind: MessageKeyKind,
  o: AssociationOptions,
  header: GeneralHeader,
): { readonly key: Uint8Array; readonly keyInfo: KeyInfo } {
  switch (kind) {
    case 'wrapped':
      return wrappedKey(o);
    case 'agreed-ephemeral':
      return ephemeralKey(o, header);
    case 'agreed-static':
      return { key: staticKey(o, header), keyInfo: { kind: 'agreed', parameters: STATIC_UNIFIED, keyData: NOTHING } };
  }
}

/** The key of an APDU of the meter's; `global` is the one that needs no telling. */
export function keyTold(
  o: AssociationOptions,
  global: Uint8Array,
  header: GeneralHeader,
  info: KeyInfo | undefined,
): Uint8Array {
  if (!info || info.kind === 'identified') return global;
  if (info.kind === 'wrapped') {
    const kek = needed(o.credentials.masterKey, () => failure('dlms.meterWraps', {}));
    return needed(unwrapKey(kek, info.wrapped), () => failure('dlms.wrappedUnopened', {}));
  }
  const own = needed(o.credentials.agreementKey, () => failure('dlms.meterAgrees', {}));
  if (isSameBytes(info.parameters, STATIC_UNIFIED)) return staticKey(o, header);
  const half = info.keyData.length / 2;
  const [publicKey, signature] = [info.keyData.subarray(0, half), info.keyData.subarray(half)];
  const signer = needed(o.credentials.meterSigningKey, () =>
    lacking('dlms.agreementEphemeral', 'dlms.keyMeterSigning'),
  );
  if (!ecdsaVerify(signer, publicKey, signature)) throw failure('dlms.ephemeralUnsigned', {});
  return deriveKey(o.suite, sharedSecret(own, publicKey), agreementInformation(o.suite, header, false));
}

function wrappedKey(o: AssociationOptions): { key: Uint8Array; keyInfo: KeyInfo } {
  const key = randomOctets(KEY_OCTETS[o.suite]);
  const kek = needed(o.credentials.masterKey, () => lacking('dlms.wrapping', 'dlms.keyMaster'));
  return { key, keyInfo: { kind: 'wrapped', kek: 0, wrapped: wrapKey(kek, key) } };
}

function ephemeralKey(o: AssociationOptions, header: GeneralHeader): { key: Uint8Array; keyInfo: KeyInfo } {
  const peer = needed(o.credentials.meterAgreementKey, () => lacking('dlms.agreement', 'dlms.keyMeterAgreement'));
  const signer = needed(o.credentials.signingKey, () => lacking('dlms.agreementEphemeral', 'dlms.keySigning'));
  const { privateKey, publicKey } = ephemeralPair(o.suite);
  const keyData = concatBytes(publicKey, ecdsaSign(signer, publicKey));
  const key = deriveKey(o.suite, sharedSecret(privateKey, peer), agreementInformation(o.suite, header, false));
  return { key, keyInfo: { kind: 'agreed', parameters: ONE_PASS, keyData } };
}

function staticKey(o: AssociationOptions, header: GeneralHeader): Uint8Array {
  const own = needed(o.credentials.agreementKey, () => lacking('dlms.agreement', 'dlms.keyAgreement'));
  const peer = needed(o.credentials.meterAgreementKey, () => lacking('dlms.agreement', 'dlms.keyMeterAgreement'));
  return deriveKey(o.suite, sharedSecret(own, peer), agreementInformation(o.suite, header, true));
}

/**
 * AlgorithmID || PartyUInfo || PartyVInfo (Green Book 9.2.3.4.6.5); with two static keys the transaction makes them
 * fresh.
 */
function agreementInformation(suite: number, header: GeneralHeader, isStatic: boolean): Uint8Array {
  const algorithm = Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x03, suite === 2 ? 0x01 : 0x00);
  const fresh = isStatic ? octetString(header.transaction) : NOTHING;
  return concatBytes(algorithm, header.originator, fresh, header.recipient);
}

function lacking(
  what: 'dlms.wrapping' | 'dlms.agreement' | 'dlms.agreementEphemeral',
  key: 'dlms.keyMaster' | 'dlms.keySigning' | 'dlms.keyAgreement' | 'dlms.keyMeterSigning' | 'dlms.keyMeterAgreement',
): ReadError {
  return failure('dlms.needsKey', { what: phrase(what, {}), key: phrase(key, {}) });
}

const NOTHING = new Uint8Array(0);
const ONE_PASS = Uint8Array.of(0x01);
const STATIC_UNIFIED = Uint8Array.of(0x02);
