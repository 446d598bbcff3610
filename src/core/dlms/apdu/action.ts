// ACTION service, normal form (Green Book 9.4.6.5, 9.5): what reply_to_HLS_authentication needs.
import { phrase } from '../../wire/errors';
import { concatBytes } from '../../wire/bytes';
import { takeData, type Data } from './axdr';
import { encodeData } from './axdr-encode';
import { Cursor, u16Octets } from './cursor';
import { encodeDataResult, type DataResult } from './get';

/** action-request-normal: one method of one object. */
export interface ActionRequest {
  readonly invoke: number;
  readonly classId: number;
  readonly instance: Uint8Array;
  readonly method: number;
  readonly parameter?: Data;
}

/** action-response-normal: `result` is an action-result, `returned` what the method gave back. */
export interface ActionResponse {
  readonly invoke: number;
  readonly result: number;
  readonly returned?: DataResult;
}

/** The octets of an action-request-normal. */
export function encodeActionRequest({ invoke, classId, instance, method, parameter }: ActionRequest): Uint8Array {
  const data = parameter ? concatBytes(Uint8Array.of(0x01), encodeData(parameter)) : Uint8Array.of(0x00);
  return concatBytes(Uint8Array.of(0xc3, 0x01, invoke), u16Octets(classId), instance, Uint8Array.of(method), data);
}

/** An action-request-normal; BAD_VALUE for anything else. */
export function decodeActionRequest(apdu: Uint8Array): ActionRequest {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0xc3 || cursor.u8() !== 0x01)
    throw cursor.fail(phrase('dlms.expected', { what: 'action-request-normal' }), 0);
  const head = { invoke: cursor.u8(), classId: cursor.u16(), instance: cursor.take(6), method: cursor.u8() };
  const request = cursor.isPresent() ? { ...head, parameter: takeData(cursor) } : head;
  cursor.finish();
  return request;
}

/** The octets of an action-response-normal. */
export function encodeActionResponse({ invoke, result, returned }: ActionResponse): Uint8Array {
  const data = returned ? concatBytes(Uint8Array.of(0x01), encodeDataResult(returned)) : Uint8Array.of(0x00);
  return concatBytes(Uint8Array.of(0xc7, 0x01, invoke, result), data);
}

/** An action-response-normal; BAD_VALUE for anything else. */
export function decodeActionResponse(apdu: Uint8Array): ActionResponse {
  const cursor = new Cursor(apdu);
  if (cursor.u8() !== 0xc7 || cursor.u8() !== 0x01)
    throw cursor.fail(phrase('dlms.expected', { what: 'action-response-normal' }), 0);
  const head = { invoke: cursor.u8(), result: cursor.u8() };
  if (!cursor.isPresent()) {
    cursor.finishAnswer();
    return head;
  }
  const choice = cursor.u8();
  if (choice > 1) throw cursor.fail(phrase('dlms.undefinedChoice', { choice }), cursor.at - 1);
  const returned = choice === 0 ? { data: takeData(cursor) } : { refused: cursor.u8() };
  cursor.finishAnswer();
  return { ...head, returned };
}
