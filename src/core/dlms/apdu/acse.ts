// ACSE of DLMS (Green Book 9.4.2, 9.5; ISO/IEC 8650 in BER): AARQ, AARE, RLRQ, RLRE. Known fields are read, others
// are skipped, for meters send more than the minimum (an explicit protocol-version, an invocation identifier).
import { phrase } from '../../wire/errors';
import { concatBytes, isSameBytes } from '../../wire/bytes';
import { Cursor, octetString } from './cursor';

/** Logical or short names (Green Book 9.4.2.2, application context). */
export type Referencing = 'LN' | 'SN';
/** application-context-name: how objects are named, and whether APDUs are ciphered. */
export interface ApplicationContext {
  readonly referencing: Referencing;
  readonly isCiphered: boolean;
}

/** What an AARQ asks for. */
export interface Aarq {
  readonly context: ApplicationContext;
  readonly systemTitle?: Uint8Array;
  /** Mechanism id: 0 none, 1 LLS, 2..7 HLS. Left out means none. */
  readonly mechanism?: number;
  /** The LLS password or the challenge CtoS. */
  readonly authenticationValue?: Uint8Array;
  /** calling-AE-qualifier: the client's certificate, for HLS 7. */
  readonly certificate?: Uint8Array;
  readonly userInformation?: Uint8Array;
}

/** What an AARE answers; `result` 0 = accepted. */
export interface Aare {
  readonly context: ApplicationContext | undefined;
  readonly result: number;
  readonly source: 'user' | 'provider';
  readonly diagnostic: number;
  readonly systemTitle?: Uint8Array;
  readonly mechanism?: number;
  /** The challenge StoC. */
  readonly authenticationValue?: Uint8Array;
  readonly userInformation?: Uint8Array;
}

/** An AARQ in BER. */
export function encodeAarq(aarq: Aarq): Uint8Array {
  const { mechanism = 0 } = aarq;
  return element(
    0x60,
    contextName(aarq.context),
    optional(aarq.systemTitle, (title) => element(0xa6, element(0x04, title))),
    optional(aarq.certificate, (certificate) => element(0xa7, element(0x04, certificate))),
    mechanism === 0
      ? NOTHING
      : concatBytes(element(0x8a, ACSE_REQUIREMENTS), element(0x8b, MECHANISM_OID, Uint8Array.of(mechanism))),
    optional(aarq.authenticationValue, (value) => element(0xac, element(0x80, value))),
    optional(aarq.userInformation, (information) => element(0xbe, element(0x04, information))),
  );
}

/** An AARQ of any client; BAD_VALUE where it is none. */
export function decodeAarq(apdu: Uint8Array): Aarq {
  const fields = fieldsOf(apdu, 0x60);
  return {
    context: contextOf(fields.get(0xa1)) ?? { referencing: 'LN', isCiphered: false },
    ...(fields.has(0xa6) && { systemTitle: inner(fields.get(0xa6)) }),
    ...(fields.has(0xa7) && { certificate: inner(fields.get(0xa7)) }),
    ...mechanismField(fields.get(0x8b)),
    ...(fields.has(0xac) && { authenticationValue: inner(fields.get(0xac)) }),
    ...(fields.has(0xbe) && { userInformation: inner(fields.get(0xbe)) }),
  };
}

/** An AARE in BER. */
export function encodeAare(aare: Aare): Uint8Array {
  const { mechanism } = aare;
  return element(
    0x61,
    aare.context ? contextName(aare.context) : NOTHING,
    element(0xa2, Uint8Array.of(0x02, 0x01, aare.result)),
    element(0xa3, element(aare.source === 'user' ? 0xa1 : 0xa2, Uint8Array.of(0x02, 0x01, aare.diagnostic))),
    optional(aare.systemTitle, (title) => element(0xa4, element(0x04, title))),
    mechanism === undefined
      ? NOTHING
      : concatBytes(element(0x88, ACSE_REQUIREMENTS), element(0x89, MECHANISM_OID, Uint8Array.of(mechanism))),
    optional(aare.authenticationValue, (value) => element(0xaa, element(0x80, value))),
    optional(aare.userInformation, (information) => element(0xbe, element(0x04, information))),
  );
}

/** An AARE of any meter; BAD_VALUE where result or diagnostic are missing. */
export function decodeAare(apdu: Uint8Array): Aare {
  const fields = fieldsOf(apdu, 0x61);
  const result = fields.get(0xa2);
  const diagnostic = fields.get(0xa3);
  if (!result || !diagnostic)
    throw new Cursor(apdu).fail(phrase('dlms.expected', { what: 'result-source-diagnostic' }), 0);
  const choice = diagnostic.u8();
  if (choice !== 0xa1 && choice !== 0xa2)
    throw diagnostic.fail(phrase('dlms.undefinedChoice', { choice }), diagnostic.at - 1);
  diagnostic.length();
  return {
    context: contextOf(fields.get(0xa1)),
    result: smallInteger(result),
    source: choice === 0xa1 ? 'user' : 'provider',
    diagnostic: smallInteger(diagnostic),
    ...(fields.has(0xa4) && { systemTitle: inner(fields.get(0xa4)) }),
    ...mechanismField(fields.get(0x89)),
    ...(fields.has(0xaa) && { authenticationValue: inner(fields.get(0xaa)) }),
    ...(fields.has(0xbe) && { userInformation: information(fields.get(0xbe)) }),
  };
}

/**
 * Reason 0 = normal. The user-information of a ciphered association is a ciphered InitiateRequest, so that nobody else
 * can release it.
 */
export function encodeRlrq(userInformation: Uint8Array | undefined): Uint8Array {
  return element(
    0x62,
    Uint8Array.of(0x80, 0x01, 0x00),
    optional(userInformation, (information) => element(0xbe, element(0x04, information))),
  );
}

/** Reason 0 = normal. */
export function encodeRlre(userInformation: Uint8Array | undefined): Uint8Array {
  return element(
    0x63,
    Uint8Array.of(0x80, 0x01, 0x00),
    optional(userInformation, (information) => element(0xbe, element(0x04, information))),
  );
}

/** Reason and user-information of an RLRE (0x63) or RLRQ (0x62). */
export function decodeRelease(
  apdu: Uint8Array,
  tag: 0x62 | 0x63,
): { readonly reason: number; readonly userInformation?: Uint8Array } {
  const fields = fieldsOf(apdu, tag);
  const reason = fields.get(0x80);
  return { reason: reason ? reason.u8() : 0, ...(fields.has(0xbe) && { userInformation: inner(fields.get(0xbe)) }) };
}

/** Contents of the elements by tag. A later duplicate is ignored: the first one counts. */
function fieldsOf(apdu: Uint8Array, tag: number): Map<number, Cursor> {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== tag) throw cursor.fail(phrase('dlms.expected', { what: tag.toString(16) }), 0);
  const size = cursor.length();
  if (size > cursor.left) throw cursor.fail(phrase('dlms.octetsExpected', { size, left: cursor.left }), 1);
  const elements = new Cursor(apdu, cursor.at, cursor.at + size);
  const fields = new Map<number, Cursor>();
  while (elements.left > 0) {
    const name = elements.u8();
    const length = elements.length();
    // Elster EK240 and a short-name meter count user-information one octet short; it is the last element.
    const isShort = name === 0xbe && apdu[elements.at] === 0x04 && length + 1 === elements.left;
    const from = elements.at;
    elements.take(isShort ? length + 1 : length);
    if (!fields.has(name)) fields.set(name, new Cursor(apdu, from, elements.at));
  }
  return fields;
}

/** The octets inside an explicit tag: OCTET STRING of a title, charstring of a challenge. */
function inner(field: Cursor | undefined): Uint8Array {
  if (!field) return NOTHING;
  field.u8();
  return field.octets();
}

/** The octets of user-information: all that is there, where its own length is one octet short too. */
function information(field: Cursor | undefined): Uint8Array {
  if (!field) return NOTHING;
  field.u8();
  const length = field.length();
  return field.take(length + 1 === field.left ? length + 1 : length);
}

function smallInteger(field: Cursor): number {
  const at = field.at;
  const value = field.u8() === 0x02 && field.length() === 1 ? field.u8() : undefined;
  if (value === undefined) throw field.fail(phrase('dlms.expected', { what: 'INTEGER(1)' }), at);
  return value;
}

function contextOf(field: Cursor | undefined): ApplicationContext | undefined {
  const oid = inner(field);
  const id = oid[6];
  if (!isSameBytes(oid.subarray(0, 6), CONTEXT_OID) || id === undefined || id < 1 || id > 4) return undefined;
  return { referencing: id % 2 === 1 ? 'LN' : 'SN', isCiphered: id > 2 };
}

function mechanismField(field: Cursor | undefined): { readonly mechanism?: number } {
  const mechanism = field?.rest()[6];
  return mechanism === undefined ? {} : { mechanism };
}

const contextName = (context: ApplicationContext): Uint8Array =>
  element(
    0xa1,
    element(0x06, CONTEXT_OID, Uint8Array.of((context.referencing === 'LN' ? 1 : 2) + (context.isCiphered ? 2 : 0))),
  );
const element = (tag: number, ...contents: readonly Uint8Array[]): Uint8Array =>
  concatBytes(Uint8Array.of(tag), octetString(concatBytes(...contents)));
const optional = (value: Uint8Array | undefined, encode: (value: Uint8Array) => Uint8Array): Uint8Array =>
  value ? encode(value) : NOTHING;

const NOTHING = new Uint8Array(0);
/**
 * joint-iso-ccitt(2) country(16) country-name(756) identified-organization(5) DLMS-UA(8): 1 = context, 2 = mechanism.
 */
const CONTEXT_OID = Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x01);
const MECHANISM_OID = Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x02);
/** BIT STRING, 7 bits unused, bit 0 = authentication. */
const ACSE_REQUIREMENTS = Uint8Array.of(0x07, 0x80);
