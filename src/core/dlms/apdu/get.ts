// GET service (Green Book 9.4.6.3, 9.5): normal, next, with-list, both directions.
import { phrase } from '../../wire/errors';
import { concatBytes } from '../../wire/bytes';
import { takeData, type Data } from './axdr';
import { encodeData } from './axdr-encode';
import { Cursor, lengthOctets, octetString, u16Octets, u32Octets } from './cursor';

/** selective-access-descriptor (Blue Book 4.3.6.2.2). */
export interface Selection {
  readonly selector: number;
  readonly parameter: Data;
}

/** cosem-attribute-descriptor with its selective access. */
export interface Attribute {
  readonly classId: number;
  readonly instance: Uint8Array;
  readonly attribute: number;
  readonly selection?: Selection;
}

/** The three forms of a get-request. */
export type GetRequest =
  | { readonly kind: 'normal'; readonly invoke: number; readonly attribute: Attribute }
  | { readonly kind: 'next'; readonly invoke: number; readonly block: number }
  | { readonly kind: 'with-list'; readonly invoke: number; readonly attributes: readonly Attribute[] };

/** Get-Data-Result: data, or the data-access-result that stands in its place. */
export type DataResult = { readonly data: Data } | { readonly refused: number };

/** The three forms of a get-response; a block holds raw octets, or the refusal that ends it. */
export type GetResponse =
  | { readonly kind: 'normal'; readonly invoke: number; readonly result: DataResult }
  | {
      readonly kind: 'block';
      readonly invoke: number;
      readonly isLast: boolean;
      readonly block: number;
      readonly result: { readonly raw: Uint8Array } | { readonly refused: number };
    }
  | { readonly kind: 'with-list'; readonly invoke: number; readonly results: readonly DataResult[] };

/** The octets of a get-request. */
export function encodeGetRequest(request: GetRequest): Uint8Array {
  switch (request.kind) {
    case 'normal':
      return concatBytes(Uint8Array.of(0xc0, 0x01, request.invoke), encodeAttribute(request.attribute));
    case 'next':
      return concatBytes(Uint8Array.of(0xc0, 0x02, request.invoke), u32Octets(request.block));
    case 'with-list':
      return concatBytes(
        Uint8Array.of(0xc0, 0x03, request.invoke),
        lengthOctets(request.attributes.length),
        ...request.attributes.map(encodeAttribute),
      );
  }
}

/** A get-request; BAD_VALUE for anything else. */
export function decodeGetRequest(apdu: Uint8Array): GetRequest {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0xc0) throw cursor.fail(phrase('dlms.expected', { what: 'get-request' }), 0);
  const choice = cursor.u8();
  const invoke = cursor.u8();
  const request = takeRequest(cursor, choice, invoke);
  cursor.finish();
  return request;
}

/** The octets of a get-response. */
export function encodeGetResponse(response: GetResponse): Uint8Array {
  switch (response.kind) {
    case 'normal':
      return concatBytes(Uint8Array.of(0xc4, 0x01, response.invoke), encodeDataResult(response.result));
    case 'block':
      return concatBytes(
        Uint8Array.of(0xc4, 0x02, response.invoke, response.isLast ? 1 : 0),
        u32Octets(response.block),
        'raw' in response.result
          ? concatBytes(Uint8Array.of(0x00), octetString(response.result.raw))
          : Uint8Array.of(0x01, response.result.refused),
      );
    case 'with-list':
      return concatBytes(Uint8Array.of(0xc4, 0x03, response.invoke), encodeResultList(response.results));
  }
}

/** A get-response; BAD_VALUE for anything else. */
export function decodeGetResponse(apdu: Uint8Array): GetResponse {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0xc4) throw cursor.fail(phrase('dlms.expected', { what: 'get-response' }), 0);
  const choice = cursor.u8();
  const invoke = cursor.u8();
  const response = takeResponse(cursor, choice, invoke);
  cursor.finishAnswer();
  return response;
}

/**
 * The data octets of an answer to this very request that broke off, as far as they came; undefined when it is not one.
 */
export function unfinishedData(bytes: Uint8Array, invoke: number): Uint8Array | undefined {
  const isOurs =
    bytes.length > 4 &&
    bytes[0] === 0xc4 &&
    bytes[1] === 0x01 &&
    ((bytes[2] ?? 0) & 0x0f) === (invoke & 0x0f) &&
    bytes[3] === 0x00;
  return isOurs ? bytes.subarray(4) : undefined;
}

/** What a with-list answer carries in blocks: the result list without its APDU head. */
export function decodeResultList(bytes: Uint8Array): readonly DataResult[] {
  const cursor = new Cursor(bytes);
  const results = takeList(cursor, takeDataResult);
  cursor.finish();
  return results;
}

/** A SEQUENCE OF Get-Data-Result. */
export function encodeResultList(results: readonly DataResult[]): Uint8Array {
  return concatBytes(lengthOctets(results.length), ...results.map(encodeDataResult));
}

/** cosem-attribute-descriptor-with-selection. */
export function encodeAttribute({ classId, instance, attribute, selection }: Attribute): Uint8Array {
  const access = selection
    ? concatBytes(Uint8Array.of(0x01, selection.selector), encodeData(selection.parameter))
    : Uint8Array.of(0x00);
  return concatBytes(u16Octets(classId), instance, Uint8Array.of(attribute), access);
}

/** The cosem-attribute-descriptor-with-selection at the cursor. */
export function takeAttribute(cursor: Cursor): Attribute {
  const classId = cursor.u16();
  const instance = cursor.take(6);
  const attribute = cursor.i8();
  if (!cursor.isPresent()) return { classId, instance, attribute };
  return { classId, instance, attribute, selection: { selector: cursor.u8(), parameter: takeData(cursor) } };
}

/** A SEQUENCE OF: each element takes at least one octet, so the count cannot run away. */
export function takeList<T>(cursor: Cursor, take: (cursor: Cursor) => T): readonly T[] {
  const at = cursor.at;
  const count = cursor.length();
  if (count > cursor.left) throw cursor.fail(phrase('dlms.announced', { count, left: cursor.left }), at);
  return Array.from({ length: count }, () => take(cursor));
}

function takeRequest(cursor: Cursor, choice: number, invoke: number): GetRequest {
  switch (choice) {
    case 0x01:
      return { kind: 'normal', invoke, attribute: takeAttribute(cursor) };
    case 0x02:
      return { kind: 'next', invoke, block: cursor.u32() };
    case 0x03:
      return { kind: 'with-list', invoke, attributes: takeList(cursor, takeAttribute) };
    default:
      return unknownChoice(cursor, choice);
  }
}

function takeResponse(cursor: Cursor, choice: number, invoke: number): GetResponse {
  switch (choice) {
    case 0x01:
      return { kind: 'normal', invoke, result: takeDataResult(cursor) };
    case 0x02:
      return takeBlock(cursor, invoke);
    case 0x03:
      return { kind: 'with-list', invoke, results: takeList(cursor, takeDataResult) };
    default:
      return unknownChoice(cursor, choice);
  }
}

function takeBlock(cursor: Cursor, invoke: number): GetResponse {
  const isLast = cursor.u8() !== 0;
  const block = cursor.u32();
  const choice = cursor.u8();
  if (choice > 0x01) unknownChoice(cursor, choice);
  const result = choice === 0x00 ? { raw: cursor.octets() } : { refused: cursor.u8() };
  return { kind: 'block', invoke, isLast, block, result };
}

function takeDataResult(cursor: Cursor): DataResult {
  const choice = cursor.u8();
  if (choice > 0x01) unknownChoice(cursor, choice);
  return choice === 0x00 ? { data: takeData(cursor) } : { refused: cursor.u8() };
}

/** Get-Data-Result with its choice. */
export function encodeDataResult(result: DataResult): Uint8Array {
  return 'data' in result
    ? concatBytes(Uint8Array.of(0x00), encodeData(result.data))
    : Uint8Array.of(0x01, result.refused);
}

function unknownChoice(cursor: Cursor, choice: number): never {
  throw cursor.fail(phrase('dlms.undefinedChoice', { choice }), cursor.at - 1);
}
