// What protects the APDUs of one association (Green Book 9.2.7.2): chooses the envelope, spends the invocation counter,
// and refuses answers with less protection, a foreign title or a counter heard before. Holds keys; shows none.
import { concatBytes } from '../../wire/bytes';
import { ReadError } from '../../wire/errors';
import {
  decodeEnvelope,
  encodeEnvelope,
  hasServiceTag,
  openBody,
  protectBody,
  signedOctets,
  takeSecuredBody,
  type CipherKeys,
  type Envelope,
  type GeneralHeader,
  type KeyInfo,
  type Protection,
} from './ciphering';
import { MAX_COUNTER } from './counter';
import { u32Octets, octetString } from '../apdu/cursor';
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

export class Protector {
  private readonly heard = new Map<'global' | 'dedicated' | 'own', number>();
  /** The meter's system title: from its AARE, or configured. */
  peerTitle: Uint8Array | undefined;
  private readonly ownTitle: Uint8Array;
  private readonly keys: CipherKeys;

  constructor(
    private readonly o: AssociationOptions,
    private readonly protection: Protection,
  ) {
    this.peerTitle = o.meterTitle;
    this.ownTitle = ownTitleOf(o);
    const encryptionKey = needed(o.credentials.encryptionKey, 'this security needs the encryption key');
    // Meters that only encrypt have no authentication key; nothing is made with it then.
    this.keys = { suite: o.suite, encryptionKey, authenticationKey: o.credentials.authenticationKey ?? NOTHING };
  }

  /** The InitiateRequest is always service-specific under the global key: there is no dedicated one yet. */
  protectInitiate(apdu: Uint8Array): Uint8Array {
    return encodeEnvelope({
      kind: 'service',
      isDedicated: false,
      tag: apdu[0] ?? 0,
      body: this.bodyOf(this.keys, apdu),
    });
  }

  /** `isProof`: HLS pass 3. The association does not stand yet, and captured clients use the global key until it does. */
  protect(apdu: Uint8Array, isProof = false): Uint8Array {
    const ciphered = this.cipher(apdu, !isProof && this.o.credentials.dedicatedKey !== undefined);
    if (!this.o.isSigned) return ciphered;
    const header = this.header();
    const signature = ecdsaSign(
      needed(this.o.credentials.signingKey, 'signing needs the private signing key of this client'),
      signedOctets(header, ciphered),
    );
    return encodeEnvelope({ kind: 'signing', header, content: ciphered, signature });
  }

  /** The plain APDU of an answer, or an error. Plain exception-response and confirmedServiceError pass: they bring no value. */
  unprotect(apdu: Uint8Array, mustBeSigned = this.o.isSigned === true): Uint8Array {
    let [plain, isCiphered, isSigned] = [apdu, false, false];
    for (let layer = 0; layer < MAX_LAYERS; layer++) {
      const envelope = decodeEnvelope(plain);
      if (!envelope) break;
      if (envelope.kind === 'signing') isSigned = true;
      else isCiphered = true;
      plain = this.opened(envelope);
    }
    if (plain[0] === 0xd8 || plain[0] === 0x0e) return plain;
    if (!isCiphered)
      throw new ReadError('SECURITY_FAILED', 'the meter answered without the protection agreed; its answer is refused');
    if (mustBeSigned && !isSigned)
      throw new ReadError('SECURITY_FAILED', 'the meter answered without the signature agreed; its answer is refused');
    return plain;
  }

  /** The InitiateResponse comes as the request went: ciphered under the global key, never signed. */
  unprotectInitiate(apdu: Uint8Array): Uint8Array {
    return this.unprotect(apdu, false);
  }

  /** A fresh invocation counter value. */
  nextCounter(): number {
    return nextCounter(this.o);
  }

  private cipher(apdu: Uint8Array, isDedicated: boolean): Uint8Array {
    const keys = isDedicated ? this.dedicatedKeys() : this.keys;
    const kind = this.o.ciphering ?? 'service';
    if (kind === 'service' && hasServiceTag(apdu[0] ?? 0))
      return encodeEnvelope({ kind, isDedicated, tag: apdu[0] ?? 0, body: this.bodyOf(keys, apdu) });
    if (kind === 'service' || kind === 'general')
      return encodeEnvelope({ kind: 'general', isDedicated, title: this.ownTitle, body: this.bodyOf(keys, apdu) });
    const header = this.header();
    const { key, keyInfo } = kind === 'wrapped' ? this.wrappedKey() : this.agreedKey(kind, header);
    return encodeEnvelope({
      kind: 'ciphering',
      header,
      keyInfo,
      body: this.bodyOf({ ...this.keys, encryptionKey: key }, apdu, header),
    });
  }

  private bodyOf(keys: CipherKeys, apdu: Uint8Array, header?: GeneralHeader): Uint8Array {
    return protectBody(keys, this.protection, this.ownTitle, this.nextCounter(), apdu, header);
  }

  private opened(envelope: Envelope): Uint8Array {
    switch (envelope.kind) {
      case 'signing': {
        this.checkTitle(envelope.header.originator);
        const key = needed(
          this.o.credentials.meterSigningKey,
          'the meter signs its answers; enter its public signing key',
        );
        if (!ecdsaVerify(key, signedOctets(envelope.header, envelope.content), envelope.signature))
          throw new ReadError(
            'SECURITY_FAILED',
            'the signature of the answer is wrong; check the public signing key of the meter',
          );
        return envelope.content;
      }
      case 'ciphering':
        this.checkTitle(envelope.header.originator);
        return this.openedBody(
          'own',
          { ...this.keys, encryptionKey: this.keyOf(envelope.header, envelope.keyInfo) },
          envelope.body,
          envelope.header,
        );
      case 'general':
        this.checkTitle(envelope.title);
        return this.openedBody(
          envelope.isDedicated ? 'dedicated' : 'global',
          envelope.isDedicated ? this.dedicatedKeys() : this.keys,
          envelope.body,
        );
      case 'service': {
        const plain = this.openedBody(
          envelope.isDedicated ? 'dedicated' : 'global',
          envelope.isDedicated ? this.dedicatedKeys() : this.keys,
          envelope.body,
        );
        if (plain[0] !== envelope.tag)
          throw new ReadError(
            'SECURITY_FAILED',
            'the deciphered answer is not the service its tag names; check the encryption key',
          );
        return plain;
      }
    }
  }

  private openedBody(
    use: 'global' | 'dedicated' | 'own',
    keys: CipherKeys,
    body: Uint8Array,
    header?: GeneralHeader,
  ): Uint8Array {
    const title = peerTitleOf(this.peerTitle);
    const secured = takeSecuredBody(body);
    const plain = openBody(keys, this.protection, title, secured, header);
    const last = this.heard.get(use);
    if (last !== undefined && secured.counter <= last)
      throw new ReadError(
        'SECURITY_FAILED',
        `the answer's invocation counter ${secured.counter} is not above ${last}, heard before: a repeated or recorded answer is refused`,
      );
    this.heard.set(use, secured.counter);
    return plain;
  }

  /** An empty title means the one known from the AARE (Elgama and others); another meter's title is refused. */
  private checkTitle(title: Uint8Array): void {
    if (title.length === 0) return;
    this.peerTitle ??= title;
    if (!isSame(this.peerTitle, title))
      throw new ReadError(
        'SECURITY_FAILED',
        'the answer carries the system title of another meter; check the server address',
      );
  }

  private dedicatedKeys(): CipherKeys {
    return {
      ...this.keys,
      encryptionKey: needed(
        this.o.credentials.dedicatedKey,
        'the meter answers under a dedicated key, and none was agreed',
      ),
    };
  }

  private header(): GeneralHeader {
    const counter = this.nextCounter();
    return {
      transaction: concatBytes(new Uint8Array(4), u32Octets(counter)),
      originator: this.ownTitle,
      recipient: this.peerTitle ?? NOTHING,
      time: NOTHING,
      other: NOTHING,
    };
  }

  private wrappedKey(): { key: Uint8Array; keyInfo: KeyInfo } {
    const key = randomOctets(KEY_OCTETS[this.o.suite]);
    const kek = needed(this.o.credentials.masterKey, 'a wrapped key needs the master key');
    return { key, keyInfo: { kind: 'wrapped', kek: 0, wrapped: wrapKey(kek, key) } };
  }

  private agreedKey(
    kind: 'agreed-ephemeral' | 'agreed-static',
    header: GeneralHeader,
  ): { key: Uint8Array; keyInfo: KeyInfo } {
    const peer = needed(
      this.o.credentials.meterAgreementKey,
      'key agreement needs the public agreement key of the meter',
    );
    if (kind === 'agreed-static') {
      const z = sharedSecret(
        needed(this.o.credentials.agreementKey, 'key agreement needs the private agreement key of this client'),
        peer,
      );
      return {
        key: deriveKey(this.o.suite, z, agreementInformation(this.o.suite, header, true)),
        keyInfo: { kind: 'agreed', parameters: STATIC_UNIFIED, keyData: NOTHING },
      };
    }
    const { privateKey, publicKey } = ephemeralPair(this.o.suite);
    const signature = ecdsaSign(
      needed(
        this.o.credentials.signingKey,
        'key agreement with an ephemeral key needs the private signing key of this client',
      ),
      publicKey,
    );
    const key = deriveKey(
      this.o.suite,
      sharedSecret(privateKey, peer),
      agreementInformation(this.o.suite, header, false),
    );
    return { key, keyInfo: { kind: 'agreed', parameters: ONE_PASS, keyData: concatBytes(publicKey, signature) } };
  }

  private keyOf(header: GeneralHeader, info: KeyInfo | undefined): Uint8Array {
    if (!info || info.kind === 'identified') return this.keys.encryptionKey;
    if (info.kind === 'wrapped') {
      const kek = needed(this.o.credentials.masterKey, 'the meter wraps its keys; enter the master key');
      return needed(
        unwrapKey(kek, info.wrapped),
        'the wrapped key of the answer does not open; check the master key',
        'SECURITY_FAILED',
      );
    }
    const own = needed(
      this.o.credentials.agreementKey,
      'the meter uses key agreement; enter the private agreement key of this client',
    );
    if (isSame(info.parameters, STATIC_UNIFIED)) {
      const peer = needed(
        this.o.credentials.meterAgreementKey,
        'key agreement needs the public agreement key of the meter',
      );
      return deriveKey(this.o.suite, sharedSecret(own, peer), agreementInformation(this.o.suite, header, true));
    }
    const half = info.keyData.length / 2;
    const [publicKey, signature] = [info.keyData.subarray(0, half), info.keyData.subarray(half)];
    const signer = needed(
      this.o.credentials.meterSigningKey,
      'key agreement with an ephemeral key needs the public signing key of the meter',
    );
    if (!ecdsaVerify(signer, publicKey, signature))
      throw new ReadError(
        'SECURITY_FAILED',
        "the meter's ephemeral key is not signed by it; check its public signing key",
      );
    return deriveKey(this.o.suite, sharedSecret(own, publicKey), agreementInformation(this.o.suite, header, false));
  }
}

export function nextCounter(o: AssociationOptions): number {
  const counter = o.counter.next();
  if (counter > MAX_COUNTER)
    throw new ReadError(
      'SECURITY_FAILED',
      'the invocation counter of this key is used up; change the encryption key of the meter',
    );
  return Number(counter);
}

export function ownTitleOf(o: AssociationOptions): Uint8Array {
  const title = o.clientTitle;
  if (!title || title.length !== 8)
    throw new ReadError('CONFIG_INVALID', 'this authentication or security needs a client system title of 8 octets');
  return title;
}

/** An AARE may hide the title, or carry an empty one (Elgama). */
export function peerTitleOf(title: Uint8Array | undefined): Uint8Array {
  if (title?.length !== 8)
    throw new ReadError(
      'SECURITY_FAILED',
      "the meter did not tell its system title; enter the meter's system title (8 octets)",
    );
  return title;
}

/** AlgorithmID || PartyUInfo || PartyVInfo (Green Book 9.2.3.4.6.5); with two static keys the transaction makes them fresh. */
function agreementInformation(suite: number, header: GeneralHeader, isStatic: boolean): Uint8Array {
  const algorithm = Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x03, suite === 2 ? 0x01 : 0x00);
  return concatBytes(
    algorithm,
    header.originator,
    isStatic ? octetString(header.transaction) : NOTHING,
    header.recipient,
  );
}

function needed<T>(
  value: T | undefined,
  why: string,
  code: 'CONFIG_INVALID' | 'SECURITY_FAILED' = 'CONFIG_INVALID',
): T {
  if (value === undefined) throw new ReadError(code, why);
  return value;
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((octet, i) => octet === b[i]);
const NOTHING = new Uint8Array(0);
const ONE_PASS = Uint8Array.of(0x01);
const STATIC_UNIFIED = Uint8Array.of(0x02);
/** Ciphered inside signed, or signed inside ciphered. */
const MAX_LAYERS = 3;
