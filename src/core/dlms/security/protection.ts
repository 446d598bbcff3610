// What protects the APDUs of one association (Green Book 9.2.7.2): chooses the envelope, spends the invocation counter,
// and refuses answers with less protection, a foreign title or a counter heard before. Holds keys; shows none.
import { concatBytes, isSameBytes } from '../../wire/bytes';
import { failure, phrase } from '../../wire/errors';
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
  type Protection,
} from './ciphering';
import { MAX_COUNTER } from './counter';
import { u32Octets } from '../apdu/cursor';
import type { AssociationOptions } from './options';
import { freshKey, keyTold } from './message-key';
import { needed } from './needed';
import { ecdsaSign, ecdsaVerify } from './primitives';

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
    const encryptionKey = needed(o.credentials.encryptionKey, () =>
      failure('dlms.needsKey', { what: phrase('dlms.thisSecurity', {}), key: phrase('dlms.keyEncryption', {}) }),
    );
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

  /**
   * `isProof`: HLS pass 3. The association does not stand yet, and captured clients use the global key until it does.
   */
  protect(apdu: Uint8Array, isProof = false): Uint8Array {
    const ciphered = this.cipher(apdu, !isProof && this.o.credentials.dedicatedKey !== undefined);
    if (!this.o.isSigned) return ciphered;
    const header = this.header();
    const signature = ecdsaSign(
      needed(this.o.credentials.signingKey, () =>
        failure('dlms.needsKey', { what: phrase('dlms.signing', {}), key: phrase('dlms.keySigning', {}) }),
      ),
      signedOctets(header, ciphered),
    );
    return encodeEnvelope({ kind: 'signing', header, content: ciphered, signature });
  }

  /**
   * The plain APDU of an answer, or an error. Plain exception-response and confirmedServiceError pass: they bring no
   * value.
   */
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
    if (!isCiphered) throw failure('dlms.unprotected', {});
    if (mustBeSigned && !isSigned) throw failure('dlms.unsigned', {});
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
    const { key, keyInfo } = freshKey(kind, this.o, header);
    return encodeEnvelope({
      kind: 'ciphering',
      header,
      keyInfo,
      body: this.bodyOf({ ...this.keys, encryptionKey: key }, apdu, header),
    });
  }

  private bodyOf(keys: CipherKeys, apdu: Uint8Array, header?: GeneralHeader): Uint8Array {
    return protectBody(keys, this.protection, this.ownTitle, this.nextCounter(), apdu, this.boundOf(header));
  }

  /** The header that the tag covers. */
  private boundOf(header: GeneralHeader | undefined): GeneralHeader | undefined {
    return this.o.hasBareAad ? undefined : header;
  }

  private opened(envelope: Envelope): Uint8Array {
    switch (envelope.kind) {
      case 'signing': {
        this.checkTitle(envelope.header.originator);
        const key = needed(this.o.credentials.meterSigningKey, () => failure('dlms.meterSigns', {}));
        if (!ecdsaVerify(key, signedOctets(envelope.header, envelope.content), envelope.signature))
          throw failure('dlms.wrongSignature', {});
        return envelope.content;
      }
      case 'ciphering':
        this.checkTitle(envelope.header.originator);
        return this.openedBody(
          'own',
          { ...this.keys, encryptionKey: keyTold(this.o, this.keys.encryptionKey, envelope.header, envelope.keyInfo) },
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
        if (plain[0] !== envelope.tag) throw failure('dlms.wrongService', {});
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
    const plain = openBody(keys, this.protection, title, secured, this.boundOf(header));
    const last = this.heard.get(use);
    if (last !== undefined && secured.counter <= last)
      throw failure('dlms.counterBack', { counter: secured.counter, last });
    this.heard.set(use, secured.counter);
    return plain;
  }

  /** An empty title means the one known from the AARE (Elgama and others); another meter's title is refused. */
  private checkTitle(title: Uint8Array): void {
    if (title.length === 0) return;
    this.peerTitle ??= title;
    if (!isSameBytes(this.peerTitle, title)) throw failure('dlms.otherTitle', {});
  }

  private dedicatedKeys(): CipherKeys {
    return {
      ...this.keys,
      encryptionKey: needed(this.o.credentials.dedicatedKey, () => failure('dlms.dedicatedUnagreed', {})),
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
}

export function nextCounter(o: AssociationOptions): number {
  const counter = o.counter.next();
  if (counter > MAX_COUNTER) throw failure('dlms.counterUsedUp', {});
  return Number(counter);
}

export function ownTitleOf(o: AssociationOptions): Uint8Array {
  const title = o.clientTitle;
  if (!title || title.length !== 8) throw failure('dlms.needsTitle', {});
  return title;
}

/** An AARE may hide the title, or carry an empty one (Elgama). */
export function peerTitleOf(title: Uint8Array | undefined): Uint8Array {
  if (title?.length !== 8) throw failure('dlms.noMeterTitle', {});
  return title;
}

const NOTHING = new Uint8Array(0);
/** Ciphered inside signed, or signed inside ciphered. */
const MAX_LAYERS = 3;
