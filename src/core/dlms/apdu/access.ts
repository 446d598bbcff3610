// ACCESS service, get only (Green Book 9.4.6.6, 9.5): several attributes in one unified request.
import { phrase } from '../../wire/errors';
import { concatBytes } from '../../wire/bytes';
import { NULL_DATA, takeData, type Data } from './axdr';
import { encodeData } from './axdr-encode';
import { Cursor, lengthOctets, octetString, u16Octets, u32Octets } from './cursor';
import { takeList, type Attribute, type DataResult } from './get';

/** An ACCESS.request of GETs: `invoke` is the long invoke id with its option bits. */
export function encodeAccessRequest(invoke: number, attributes: readonly Attribute[]): Uint8Array {
  return concatBytes(
    Uint8Array.of(0xd9),
    u32Octets(invoke),
    octetString(new Uint8Array(0)),
    lengthOctets(attributes.length),
    ...attributes.map(specification),
    lengthOctets(attributes.length),
    ...attributes.map(() => encodeData(NULL_DATA)), // one parameter per request; a get has none
  );
}

/** The attributes that an ACCESS.request asks for; BAD_VALUE for anything else. */
export function decodeAccessRequest(apdu: Uint8Array): {
  readonly invoke: number;
  readonly attributes: readonly Attribute[];
} {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0xd9) throw cursor.fail(phrase('dlms.expected', { what: 'access-request' }), 0);
  const invoke = cursor.u32();
  cursor.octets();
  const attributes = takeList(cursor, takeSpecification);
  takeList(cursor, (c) => takeData(c));
  cursor.finish();
  return { invoke, attributes };
}

/** An ACCESS.response with one result per attribute asked for. */
export function encodeAccessResponse(invoke: number, results: readonly DataResult[]): Uint8Array {
  return concatBytes(
    Uint8Array.of(0xda),
    u32Octets(invoke),
    octetString(new Uint8Array(0)),
    Uint8Array.of(0x00),
    lengthOctets(results.length),
    ...results.map((result) => encodeData('data' in result ? result.data : NULL_DATA)),
    lengthOctets(results.length),
    ...results.map((result) => Uint8Array.of(0x01, 'data' in result ? 0 : result.refused)),
  );
}

/** One result per attribute asked for, in its order. */
export function decodeAccessResponse(apdu: Uint8Array): {
  readonly invoke: number;
  readonly results: readonly DataResult[];
} {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0xda) throw cursor.fail(phrase('dlms.expected', { what: 'access-response' }), 0);
  const invoke = cursor.u32();
  cursor.octets();
  if (cursor.isPresent()) takeList(cursor, takeSpecification);
  const values = takeList(cursor, (c) => takeData(c));
  const outcomes = takeList(cursor, takeOutcome);
  cursor.finishAnswer();
  if (values.length !== outcomes.length)
    throw cursor.fail(phrase('dlms.valuesResults', { values: values.length, results: outcomes.length }), 0);
  return {
    invoke,
    results: values.map((data, i): DataResult => (outcomes[i] === 0 ? { data } : { refused: outcomes[i] ?? 250 })),
  };
}

/** access-request-get 01, access-request-get-with-selection 04. */
function specification({ classId, instance, attribute, selection }: Attribute): Uint8Array {
  const descriptor = concatBytes(u16Octets(classId), instance, Uint8Array.of(attribute));
  return selection
    ? concatBytes(Uint8Array.of(0x04), descriptor, Uint8Array.of(selection.selector), encodeData(selection.parameter))
    : concatBytes(Uint8Array.of(0x01), descriptor);
}

function takeSpecification(cursor: Cursor): Attribute {
  const choice = cursor.u8();
  if (choice !== 0x01 && choice !== 0x04)
    throw cursor.fail(phrase('dlms.expected', { what: 'access-request-get' }), cursor.at - 1);
  const descriptor = { classId: cursor.u16(), instance: cursor.take(6), attribute: cursor.i8() };
  const selection: { selector: number; parameter: Data } | undefined =
    choice === 0x04 ? { selector: cursor.u8(), parameter: takeData(cursor) } : undefined;
  return selection ? { ...descriptor, selection } : descriptor;
}

function takeOutcome(cursor: Cursor): number {
  const choice = cursor.u8();
  if (choice < 1 || choice > 4) throw cursor.fail(phrase('dlms.undefinedChoice', { choice }), cursor.at - 1);
  return cursor.u8();
}
