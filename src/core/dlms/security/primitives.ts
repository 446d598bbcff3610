// Cryptographic primitives of the security suites (Green Book 9.2.3): all from node:crypto, none home-made. The only
// file of a protocol that names a built-in. Keys come in, never go out in a message.
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto';
import { concatBytes, toLatin1 } from '../../wire/bytes';
import { failure } from '../../wire/errors';

/** Security suite: 0 and 1 AES-128, 2 AES-256; 1 with P-256/SHA-256, 2 with P-384/SHA-384 (Green Book table 22). */
export type Suite = 0 | 1 | 2;
/** Octets of a key, by suite. */
export const KEY_OCTETS: { readonly [S in Suite]: 16 | 32 } = { 0: 16, 1: 16, 2: 32 };

/** What AES-GCM needs beside the text. */
export interface Sealing {
  readonly key: Uint8Array;
  /** System title and invocation counter: 12 octets, never twice under one key. */
  readonly iv: Uint8Array;
  /** Authenticated but not encrypted; undefined = no tag is made or checked (encryption only). */
  readonly aad: Uint8Array | undefined;
}

/** AES-GCM: ciphertext, and behind it the 96-bit tag if there is something to authenticate. */
export function seal({ key, iv, aad }: Sealing, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv(gcmName(key), key, iv, { authTagLength: TAG_OCTETS });
  if (aad) cipher.setAAD(aad);
  const body = concatBytes(cipher.update(plain), cipher.final());
  return aad ? concatBytes(body, cipher.getAuthTag()) : body;
}

/** The plaintext, or undefined when the tag is not right. Without aad there is no tag and nothing is checked. */
export function unseal({ key, iv, aad }: Sealing, sealed: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv(gcmName(key), key, iv, { authTagLength: TAG_OCTETS });
  if (!aad) return new Uint8Array(decipher.update(sealed));
  if (sealed.length < TAG_OCTETS) return undefined;
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-TAG_OCTETS));
  const plain = decipher.update(sealed.subarray(0, -TAG_OCTETS));
  try {
    return concatBytes(plain, decipher.final());
  } catch {
    return undefined;
  }
}

/** GMAC: the tag alone, over `aad`. */
export function gmac(key: Uint8Array, iv: Uint8Array, aad: Uint8Array): Uint8Array {
  return seal({ key, iv, aad }, new Uint8Array(0));
}

/** The digest of all parts, one behind the other. */
export function digest(name: 'md5' | 'sha1' | 'sha256' | 'sha384', ...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    createHash(name)
      .update(concatBytes(...parts))
      .digest(),
  );
}

/** AES key wrap (RFC 3394). */
export function wrapKey(kek: Uint8Array, key: Uint8Array): Uint8Array {
  const cipher = createCipheriv(kek.length === 32 ? 'id-aes256-wrap' : 'id-aes128-wrap', kek, WRAP_IV);
  return concatBytes(cipher.update(key), cipher.final());
}

/** The key inside (RFC 3394), or undefined where its check is wrong. */
export function unwrapKey(kek: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined {
  try {
    const decipher = createDecipheriv(kek.length === 32 ? 'id-aes256-wrap' : 'id-aes128-wrap', kek, WRAP_IV);
    return concatBytes(decipher.update(wrapped), decipher.final());
  } catch {
    return undefined;
  }
}

/** ECDSA of suite 1 (P-256, SHA-256) or 2 (P-384, SHA-384); the signature is r || s, the private key its scalar. */
export function ecdsaSign(privateKey: Uint8Array, message: Uint8Array): Uint8Array {
  const { hash } = curveOf(privateKey.length);
  return new Uint8Array(sign(hash, message, { key: privateObject(privateKey), dsaEncoding: 'ieee-p1363' }));
}

export function ecdsaVerify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const { hash } = curveOf(publicKey.length / 2);
  return verify(hash, message, { key: publicObject(publicKey), dsaEncoding: 'ieee-p1363' }, signature);
}

/** ECDH: the shared secret Z of one's private scalar and the other side's point x || y. */
export function sharedSecret(privateKey: Uint8Array, peer: Uint8Array): Uint8Array {
  const ecdh = createECDH(curveOf(privateKey.length).openssl);
  ecdh.setPrivateKey(privateKey);
  try {
    return new Uint8Array(ecdh.computeSecret(concatBytes(Uint8Array.of(0x04), peer)));
  } catch {
    throw failure('dlms.curvePoint', {});
  }
}

/** A fresh key pair of the suite's curve; the public key is x || y. */
export function ephemeralPair(suite: Suite): { readonly privateKey: Uint8Array; readonly publicKey: Uint8Array } {
  const curve = curveOf(suite === 2 ? 48 : 32);
  const ecdh = createECDH(curve.openssl);
  ecdh.generateKeys();
  const scalar = new Uint8Array(ecdh.getPrivateKey());
  const privateKey = concatBytes(new Uint8Array(curve.octets - scalar.length), scalar); // leading zeros count
  return { privateKey, publicKey: publicKeyOf(privateKey) };
}

export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  const ecdh = createECDH(curveOf(privateKey.length).openssl);
  ecdh.setPrivateKey(privateKey);
  return new Uint8Array(ecdh.getPublicKey()).subarray(1);
}

export function isPrivateKey(key: Uint8Array): boolean {
  return doesWork(() => publicKeyOf(key));
}

export function isPublicKey(key: Uint8Array): boolean {
  return doesWork(() => publicObject(key));
}

/** One-step key derivation (NIST SP 800-56A, 5.8.1; Green Book 9.2.3.4.6.5): enough of SHA for one key of the suite. */
export function deriveKey(suite: Suite, z: Uint8Array, otherInformation: Uint8Array): Uint8Array {
  return digest(suite === 2 ? 'sha384' : 'sha256', Uint8Array.of(0, 0, 0, 1), z, otherInformation).subarray(
    0,
    KEY_OCTETS[suite],
  );
}

export function randomOctets(count: number): Uint8Array {
  return new Uint8Array(randomBytes(count));
}

/** Compares secrets without telling by its time where they differ. */
export function isSameSecret(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function doesWork(use: () => unknown): boolean {
  try {
    use();
    return true;
  } catch {
    return false;
  }
}

function gcmName(key: Uint8Array): 'aes-128-gcm' | 'aes-256-gcm' {
  return key.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm';
}

interface Curve {
  readonly openssl: string;
  readonly jwk: string;
  readonly hash: string;
  readonly octets: number;
}

function curveOf(octets: number): Curve {
  const curve = octets === 32 ? P256 : octets === 48 ? P384 : undefined;
  if (!curve) throw failure('dlms.curveKeySize', {});
  return curve;
}

function publicObject(publicKey: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: jwkOf(publicKey), format: 'jwk' });
  } catch (cause) {
    throw failure('dlms.meterCurvePoint', {}, undefined, { cause });
  }
}

function privateObject(privateKey: Uint8Array): KeyObject {
  return createPrivateKey({ key: { ...jwkOf(publicKeyOf(privateKey)), d: base64Url(privateKey) }, format: 'jwk' });
}

function jwkOf(publicKey: Uint8Array): {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
} {
  const half = publicKey.length / 2;
  return {
    kty: 'EC',
    crv: curveOf(half).jwk,
    x: base64Url(publicKey.subarray(0, half)),
    y: base64Url(publicKey.subarray(half)),
  };
}

/** RFC 4648, section 5, without padding, as a JWK has it. */
function base64Url(bytes: Uint8Array): string {
  return btoa(toLatin1(bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const TAG_OCTETS = 12;
const WRAP_IV = new Uint8Array(8).fill(0xa6);
const P256: Curve = { openssl: 'prime256v1', jwk: 'P-256', hash: 'sha256', octets: 32 };
const P384: Curve = { openssl: 'secp384r1', jwk: 'P-384', hash: 'sha384', octets: 48 };
