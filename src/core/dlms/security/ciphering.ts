// Ciphered APDUs (Green Book 9.2.7.2, 9.5): security header, service-specific glo/ded, general-glo/-ded,
// general-ciphering and general-signing. Pure: counters and keys come in, the caller keeps them.
import { concatBytes } from '../../wire/bytes';
import { failure, phrase } from '../../wire/errors';
import { Cursor, octetString, u32Octets } from '../apdu/cursor';
import { gmac, seal, unseal, type Suite } from './primitives';

/** What protects an APDU: bit 0x10 authentication, 0x20 encryption of the security control octet. */
export type Protection = 'auth' | 'encrypt' | 'auth+encrypt';
/** Bits of the security control octet. */
export const PROTECTION_BITS: { readonly [P in Protection]: number } = {
  auth: 0x10,
  encrypt: 0x20,
  'auth+encrypt': 0x30,
};

/** The keys of one APDU. */
export interface CipherKeys {
  readonly suite: Suite;
  readonly encryptionKey: Uint8Array;
  readonly authenticationKey: Uint8Array;
}

/** The header of general-ciphering and general-signing; all five travel as octet-strings and are authenticated. */
export interface GeneralHeader {
  readonly transaction: Uint8Array;
  readonly originator: Uint8Array;
  readonly recipient: Uint8Array;
  readonly time: Uint8Array;
  readonly other: Uint8Array;
}

/** key-info of general-ciphering: which key, and what makes it. */
export type KeyInfo =
  | { readonly kind: 'identified'; readonly key: number }
  | { readonly kind: 'wrapped'; readonly kek: number; readonly wrapped: Uint8Array }
  /** parameters 01 = one-pass Diffie-Hellman (ephemeral key and signature in `keyData`), 02 = static unified model. */
  | { readonly kind: 'agreed'; readonly parameters: Uint8Array; readonly keyData: Uint8Array };

/** A ciphered or signed APDU, not yet opened. */
export type Envelope =
  | { readonly kind: 'service'; readonly isDedicated: boolean; readonly tag: number; readonly body: Uint8Array }
  | { readonly kind: 'general'; readonly isDedicated: boolean; readonly title: Uint8Array; readonly body: Uint8Array }
  | {
      readonly kind: 'ciphering';
      readonly header: GeneralHeader;
      readonly keyInfo: KeyInfo | undefined;
      readonly body: Uint8Array;
    }
  | {
      readonly kind: 'signing';
      readonly header: GeneralHeader;
      readonly content: Uint8Array;
      readonly signature: Uint8Array;
    };

/** Security control, invocation counter, and what is sealed. */
export interface SecuredBody {
  readonly control: number;
  readonly counter: number;
  readonly sealed: Uint8Array;
}

/** SC || IC || protected APDU [|| tag]: what stands inside every ciphered APDU. */
export function protectBody(
  keys: CipherKeys,
  protection: Protection,
  title: Uint8Array,
  counter: number,
  plain: Uint8Array,
  header?: GeneralHeader,
): Uint8Array {
  const control = PROTECTION_BITS[protection] | keys.suite;
  const head = concatBytes(Uint8Array.of(control), u32Octets(counter));
  const iv = concatBytes(title, u32Octets(counter));
  const bound = concatBytes(Uint8Array.of(control), keys.authenticationKey, header ? headerOctets(header) : NOTHING);
  switch (protection) {
    case 'auth':
      return concatBytes(head, plain, gmac(keys.encryptionKey, iv, concatBytes(bound, plain)));
    case 'encrypt':
      return concatBytes(head, seal({ key: keys.encryptionKey, iv, aad: undefined }, plain));
    case 'auth+encrypt':
      return concatBytes(head, seal({ key: keys.encryptionKey, iv, aad: bound }, plain));
  }
}

/** The parts of a body; BAD_VALUE when it is too short. */
export function takeSecuredBody(body: Uint8Array): SecuredBody {
  const cursor = new Cursor(body);
  return { control: cursor.u8(), counter: cursor.u32(), sealed: cursor.rest() };
}

/** The APDU inside, or an error that says what to check. `least` = the protection that was agreed. */
export function openBody(
  keys: CipherKeys,
  least: Protection,
  title: Uint8Array,
  secured: SecuredBody,
  header?: GeneralHeader,
): Uint8Array {
  const { control, counter, sealed } = secured;
  if (control & 0x80) throw failure('dlms.compressed', {});
  if ((control & 0x0f) !== keys.suite) throw failure('dlms.otherSuite', { theirs: control & 0x0f, ours: keys.suite });
  const agreed = PROTECTION_BITS[least];
  if ((control & agreed) !== agreed)
    throw failure('dlms.lessProtection', { came: PROTECTION_NAMES[(control >> 4) & 3] ?? '', least });
  const iv = concatBytes(title, u32Octets(counter));
  const bound = concatBytes(Uint8Array.of(control), keys.authenticationKey, header ? headerOctets(header) : NOTHING);
  const plain = openSealed(keys.encryptionKey, iv, control & 0x30, bound, sealed);
  if (!plain) throw failure('dlms.wrongTag', {});
  return plain;
}

function openSealed(
  key: Uint8Array,
  iv: Uint8Array,
  bits: number,
  bound: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (bits === 0x20) return unseal({ key, iv, aad: undefined }, sealed);
  if (bits === 0x30) return unseal({ key, iv, aad: bound }, sealed);
  if (bits !== 0x10 || sealed.length < TAG_OCTETS) return undefined;
  const plain = sealed.subarray(0, -TAG_OCTETS);
  return unseal({ key, iv, aad: concatBytes(bound, plain) }, sealed.subarray(-TAG_OCTETS)) && plain;
}

/** The octets of an envelope. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  switch (envelope.kind) {
    case 'service': {
      const tags = CIPHERED_TAGS[envelope.tag];
      if (!tags) throw failure('wire.defect', { where: `ciphered form of ${envelope.tag.toString(16)}` });
      return concatBytes(Uint8Array.of(envelope.isDedicated ? tags[1] : tags[0]), octetString(envelope.body));
    }
    case 'general':
      return concatBytes(
        Uint8Array.of(envelope.isDedicated ? 0xdc : 0xdb),
        octetString(envelope.title),
        octetString(envelope.body),
      );
    case 'ciphering':
      return concatBytes(
        Uint8Array.of(0xdd),
        headerOctets(envelope.header),
        encodeKeyInfo(envelope.keyInfo),
        octetString(envelope.body),
      );
    case 'signing':
      return concatBytes(
        Uint8Array.of(0xdf),
        headerOctets(envelope.header),
        octetString(envelope.content),
        octetString(envelope.signature),
      );
  }
}

/** The envelope, or undefined when the APDU is not a ciphered one. */
export function decodeEnvelope(apdu: Uint8Array): Envelope | undefined {
  const cursor = new Cursor(apdu);
  const tag = cursor.u8();
  const envelope = takeEnvelope(cursor, tag);
  if (envelope) cursor.finish();
  return envelope;
}

/** What general-signing signs: the header and the content, each with its length. */
export function signedOctets(header: GeneralHeader, content: Uint8Array): Uint8Array {
  return concatBytes(headerOctets(header), octetString(content));
}

/** Whether an APDU of this tag has a service-specific ciphered form. */
export function hasServiceTag(tag: number): boolean {
  return CIPHERED_TAGS[tag] !== undefined;
}

/** By its first octet alone. */
export function isCiphered(apdu: Uint8Array): boolean {
  const tag = apdu[0] ?? 0;
  return tag === 0xdb || tag === 0xdc || tag === 0xdd || tag === 0xdf || PLAIN_TAGS.has(tag);
}

function takeEnvelope(cursor: Cursor, tag: number): Envelope | undefined {
  if (tag === 0xdb || tag === 0xdc)
    return { kind: 'general', isDedicated: tag === 0xdc, title: cursor.octets(), body: cursor.octets() };
  if (tag === 0xdd)
    return { kind: 'ciphering', header: takeHeader(cursor), keyInfo: takeKeyInfo(cursor), body: cursor.octets() };
  if (tag === 0xdf)
    return { kind: 'signing', header: takeHeader(cursor), content: cursor.octets(), signature: cursor.octets() };
  const found = PLAIN_TAGS.get(tag);
  return found && { kind: 'service', ...found, body: cursor.octets() };
}

function takeHeader(cursor: Cursor): GeneralHeader {
  return {
    transaction: cursor.octets(),
    originator: cursor.octets(),
    recipient: cursor.octets(),
    time: cursor.octets(),
    other: cursor.octets(),
  };
}

function takeKeyInfo(cursor: Cursor): KeyInfo | undefined {
  if (!cursor.isPresent()) return undefined;
  const choice = cursor.u8();
  if (choice === 0) return { kind: 'identified', key: cursor.u8() };
  if (choice === 1) return { kind: 'wrapped', kek: cursor.u8(), wrapped: cursor.octets() };
  if (choice === 2) return { kind: 'agreed', parameters: cursor.octets(), keyData: cursor.octets() };
  throw cursor.fail(phrase('dlms.keyInfoChoice', { choice }), cursor.at - 1);
}

function encodeKeyInfo(info: KeyInfo | undefined): Uint8Array {
  if (!info) return Uint8Array.of(0x00);
  if (info.kind === 'identified') return Uint8Array.of(0x01, 0x00, info.key);
  if (info.kind === 'wrapped') return concatBytes(Uint8Array.of(0x01, 0x01, info.kek), octetString(info.wrapped));
  return concatBytes(Uint8Array.of(0x01, 0x02), octetString(info.parameters), octetString(info.keyData));
}

const headerOctets = (h: GeneralHeader): Uint8Array =>
  concatBytes(
    octetString(h.transaction),
    octetString(h.originator),
    octetString(h.recipient),
    octetString(h.time),
    octetString(h.other),
  );
const NOTHING = new Uint8Array(0);
const TAG_OCTETS = 12;
const PROTECTION_NAMES: readonly string[] = ['none', 'auth', 'encrypt', 'auth+encrypt'];

/** Plain tag: its glo and its ded tag. */
const CIPHERED_TAGS: { readonly [tag: number]: readonly [number, number] } = {
  0x01: [0x21, 0x41],
  0x05: [0x25, 0x45],
  0x06: [0x26, 0x46],
  0x08: [0x28, 0x48],
  0x0c: [0x2c, 0x4c],
  0x0d: [0x2d, 0x4d],
  0x0e: [0x2e, 0x4e],
  0x18: [0x38, 0x58],
  0xc0: [0xc8, 0xd0],
  0xc1: [0xc9, 0xd1],
  0xc2: [0xca, 0xd2],
  0xc3: [0xcb, 0xd3],
  0xc4: [0xcc, 0xd4],
  0xc5: [0xcd, 0xd5],
  0xc7: [0xcf, 0xd7],
};
type PlainTag = { readonly tag: number; readonly isDedicated: boolean };
const PLAIN_TAGS: ReadonlyMap<number, PlainTag> = new Map(
  Object.entries(CIPHERED_TAGS).flatMap(([tag, [glo, ded]]): [number, PlainTag][] => [
    [glo, { tag: Number(tag), isDedicated: false }],
    [ded, { tag: Number(tag), isDedicated: true }],
  ]),
);
