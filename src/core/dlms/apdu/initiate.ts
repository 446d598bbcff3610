// xDLMS InitiateRequest and InitiateResponse (Green Book 9.4.3, 9.5): version, conformance, PDU sizes, dedicated key.
import { phrase } from '../../wire/errors';
import { concatBytes } from '../../wire/bytes';
import { Cursor, octetString, u16Octets } from './cursor';

/** What a client proposes; `conformance` by the bits of CONFORMANCE. */
export interface InitiateRequest {
  readonly dedicatedKey?: Uint8Array;
  readonly conformance: number;
  /** 0 = the client takes any size. */
  readonly maxPdu: number;
}

/** What the meter grants. */
export interface InitiateResponse {
  readonly version: number;
  readonly conformance: number;
  readonly maxPdu: number;
  /** 0x0007 with logical names; the base name of the association with short names (0xFA00). */
  readonly vaaName: number;
}

/** The octets of an xDLMS InitiateRequest. */
export function encodeInitiateRequest(request: InitiateRequest): Uint8Array {
  const key = request.dedicatedKey;
  return concatBytes(
    Uint8Array.of(0x01),
    key ? concatBytes(Uint8Array.of(0x01), octetString(key)) : Uint8Array.of(0x00),
    Uint8Array.of(0x00, 0x00, DLMS_VERSION), // response-allowed and quality of service left at their defaults
    conformanceBlock(request.conformance),
    u16Octets(request.maxPdu),
  );
}

/** An xDLMS InitiateRequest; BAD_VALUE for anything else. */
export function decodeInitiateRequest(apdu: Uint8Array): InitiateRequest & { readonly version: number } {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0x01) throw cursor.fail(phrase('dlms.expected', { what: 'InitiateRequest' }), 0);
  const dedicatedKey = cursor.isPresent() ? cursor.octets() : undefined;
  if (cursor.isPresent()) cursor.u8();
  if (cursor.isPresent()) cursor.u8();
  const version = cursor.u8();
  const conformance = takeConformance(cursor);
  return { version, conformance, maxPdu: cursor.u16(), ...(dedicatedKey && { dedicatedKey }) };
}

/** The octets of an xDLMS InitiateResponse. */
export function encodeInitiateResponse(response: InitiateResponse): Uint8Array {
  return concatBytes(
    Uint8Array.of(0x08, 0x00, response.version),
    conformanceBlock(response.conformance),
    u16Octets(response.maxPdu),
    u16Octets(response.vaaName),
  );
}

/** An xDLMS InitiateResponse; BAD_VALUE for anything else. */
export function decodeInitiateResponse(apdu: Uint8Array): InitiateResponse {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0x08) throw cursor.fail(phrase('dlms.expected', { what: 'InitiateResponse' }), 0);
  if (cursor.isPresent()) cursor.u8();
  const version = cursor.u8();
  const conformance = takeConformance(cursor);
  const maxPdu = cursor.u16();
  const vaaName = cursor.u16();
  cursor.finishAnswer();
  return { version, conformance, maxPdu, vaaName };
}

/** Conformance ::= [APPLICATION 31] BIT STRING (24 bits): 5F 1F in BER, 5F alone in older meters. */
function takeConformance(cursor: Cursor): number {
  const at = cursor.at;
  if (cursor.u8() !== 0x5f) throw cursor.fail(phrase('dlms.expected', { what: 'conformance' }), at);
  const next = cursor.u8();
  const length = next === 0x1f ? cursor.u8() : next;
  if (length !== 4) throw cursor.fail(phrase('dlms.conformanceSize', { octets: length }), at);
  return cursor.u32() & 0xffffff;
}

const conformanceBlock = (bits: number): Uint8Array =>
  Uint8Array.of(0x5f, 0x1f, 0x04, 0x00, (bits >> 16) & 0xff, (bits >> 8) & 0xff, bits & 0xff);
/** The version of DLMS that this client speaks. */
export const DLMS_VERSION = 6;

/** Conformance bits; bit 0 of the standard is the first bit of the three octets. */
export const CONFORMANCE = {
  generalProtection: 0x400000,
  generalBlockTransfer: 0x200000,
  read: 0x100000,
  write: 0x080000,
  unconfirmedWrite: 0x040000,
  attribute0Set: 0x008000,
  priority: 0x004000,
  attribute0Get: 0x002000,
  blockGet: 0x001000,
  blockSet: 0x000800,
  blockAction: 0x000400,
  multipleReferences: 0x000200,
  informationReport: 0x000100,
  dataNotification: 0x000080,
  access: 0x000040,
  parameterizedAccess: 0x000020,
  get: 0x000010,
  set: 0x000008,
  selectiveAccess: 0x000004,
  eventNotification: 0x000002,
  action: 0x000001,
} as const;

/** What this client always asks for: it reads, and writes nothing. */
export const PROPOSED = {
  LN:
    CONFORMANCE.priority |
    CONFORMANCE.attribute0Get |
    CONFORMANCE.blockGet |
    CONFORMANCE.blockAction |
    CONFORMANCE.multipleReferences |
    CONFORMANCE.dataNotification |
    CONFORMANCE.access |
    CONFORMANCE.get |
    CONFORMANCE.selectiveAccess |
    CONFORMANCE.eventNotification |
    CONFORMANCE.action,
  SN:
    CONFORMANCE.read |
    CONFORMANCE.multipleReferences |
    CONFORMANCE.blockGet |
    CONFORMANCE.informationReport |
    CONFORMANCE.parameterizedAccess,
} as const;
