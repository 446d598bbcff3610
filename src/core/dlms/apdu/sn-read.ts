// Read service of short names (Green Book 9.4.6.7, 9.5): variable name, parameterised access, block number.
import { phrase } from '../../wire/errors';
import { concatBytes } from '../../wire/bytes';
import { decodeData, takeData, type Data } from './axdr';
import { encodeData } from './axdr-encode';
import { Cursor, lengthOctets, octetString, u16Octets } from './cursor';
import { takeList, type DataResult, type Selection } from './get';

/** Variable-Access-Specification: what a ReadRequest asks for. */
export type Variable =
  | { readonly kind: 'name'; readonly name: number }
  | { readonly kind: 'parameterised'; readonly name: number; readonly selection: Selection }
  | { readonly kind: 'block'; readonly block: number };

/** One result of a ReadResponse: data, a refusal, or a block. */
export type ReadResult = DataResult | { readonly isLast: boolean; readonly block: number; readonly raw: Uint8Array };

/** The octets of a ReadRequest. */
export function encodeReadRequest(variables: readonly Variable[]): Uint8Array {
  return concatBytes(Uint8Array.of(0x05), lengthOctets(variables.length), ...variables.map(encodeVariable));
}

/** A ReadRequest; BAD_VALUE for anything else. */
export function decodeReadRequest(apdu: Uint8Array): readonly Variable[] {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0x05) throw cursor.fail(phrase('dlms.expected', { what: 'ReadRequest' }), 0);
  const variables = takeList(cursor, takeVariable);
  cursor.finish();
  return variables;
}

/** The octets of a ReadResponse. */
export function encodeReadResponse(results: readonly ReadResult[]): Uint8Array {
  return concatBytes(Uint8Array.of(0x0c), encodeReadResults(results));
}

/** The results of a ReadResponse, without its tag. */
export function encodeReadResults(results: readonly ReadResult[]): Uint8Array {
  return concatBytes(lengthOctets(results.length), ...results.map(encodeResult));
}

/** The results of a ReadResponse; BAD_VALUE for anything else. */
export function decodeReadResponse(apdu: Uint8Array): readonly ReadResult[] {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0x0c) throw cursor.fail(phrase('dlms.expected', { what: 'ReadResponse' }), 0);
  const results = takeList(cursor, takeResult);
  cursor.finishAnswer();
  return results;
}

/** What an answer in blocks carries: the result list without its tag, or the value of one name alone (Gurux Java). */
export function decodeReadResults(bytes: Uint8Array): readonly ReadResult[] {
  try {
    return takeResultList(bytes);
  } catch (noList) {
    try {
      return [{ data: decodeData(bytes) }];
    } catch {
      throw noList;
    }
  }
}

/** The octets of the first value in what an answer in blocks carries. */
export function valueOctets(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0x01 && bytes[1] === 0x00 ? bytes.subarray(2) : bytes;
}

function takeResultList(bytes: Uint8Array): readonly ReadResult[] {
  const cursor = new Cursor(bytes);
  const results = takeList(cursor, takeResult);
  cursor.finish();
  return results;
}

function encodeVariable(variable: Variable): Uint8Array {
  switch (variable.kind) {
    case 'name':
      return concatBytes(Uint8Array.of(0x02), u16Octets(variable.name));
    case 'parameterised':
      return concatBytes(
        Uint8Array.of(0x04),
        u16Octets(variable.name),
        Uint8Array.of(variable.selection.selector),
        encodeData(variable.selection.parameter),
      );
    case 'block':
      return concatBytes(Uint8Array.of(0x05), u16Octets(variable.block));
  }
}

function takeVariable(cursor: Cursor): Variable {
  const choice = cursor.u8();
  if (choice === 0x02) return { kind: 'name', name: cursor.u16() };
  if (choice === 0x04)
    return {
      kind: 'parameterised',
      name: cursor.u16(),
      selection: { selector: cursor.u8(), parameter: takeData(cursor) },
    };
  if (choice === 0x05) return { kind: 'block', block: cursor.u16() };
  throw cursor.fail(phrase('dlms.undefinedChoice', { choice }), cursor.at - 1);
}

function encodeResult(result: ReadResult): Uint8Array {
  if ('data' in result) return concatBytes(Uint8Array.of(0x00), encodeData(result.data));
  if ('refused' in result) return Uint8Array.of(0x01, result.refused);
  return concatBytes(Uint8Array.of(0x02, result.isLast ? 1 : 0), u16Octets(result.block), octetString(result.raw));
}

function takeResult(cursor: Cursor): ReadResult {
  const choice = cursor.u8();
  if (choice === 0x00) return { data: takeData(cursor) };
  if (choice === 0x01) return { refused: cursor.u8() };
  if (choice === 0x02) return { isLast: cursor.u8() !== 0, block: cursor.u16(), raw: cursor.octets() };
  throw cursor.fail(phrase('dlms.undefinedChoice', { choice }), cursor.at - 1);
}

/** reply_to_HLS_authentication parameters travel as parameterised access of the method's short name. */
export const hlsVariable = (name: number, value: Data): Variable => ({
  kind: 'parameterised',
  name,
  selection: { selector: 0, parameter: value },
});
