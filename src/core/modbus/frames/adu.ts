// What may go on a serial line, and what an answer to it must look like (Modbus over Serial Line V1.02, chapter 2).
// RTU and ASCII share this: an answer is recognised by unit, function and exact length or whole echo, never by time.
import { failure } from '../../wire/errors';
import { MAX_PDU_BYTES, type Request } from './functions';
import { encodeRequest } from './request';
import { isCounterSubfunction } from './response';

export interface Adu {
  readonly unit: number;
  readonly pdu: Uint8Array;
}

export interface Expected {
  readonly unit: number;
  readonly request: Request;
  /** The line echoes what is sent (RS-485 adapter with local echo): the first copy of the request is our own. */
  readonly expectEcho?: boolean;
}

/** An answer to `expected[index]`; the newest one where several look alike. */
export interface Answer {
  readonly index: number;
  /** A view of what was heard: good until more is heard. */
  readonly pdu: Uint8Array;
}

/** What the PDU of an answer must begin with, and its length: 0 where only the answer itself tells. */
export interface Shape {
  readonly unit: number;
  readonly prefix: ArrayLike<number>;
  readonly size: number;
}

export function shapeOf({ unit, request }: Expected): Shape {
  switch (request.function) {
    case 1:
    case 2:
      return counted(unit, request.function, Math.ceil(request.quantity / 8));
    case 3:
    case 4:
      return counted(unit, request.function, request.answerBytes ?? request.quantity * 2);
    case 23:
      return counted(unit, 23, request.readQuantity * 2);
    case 5:
    case 6:
    case 22:
      return echo(unit, encodeRequest(request));
    case 8: {
      const pdu = encodeRequest(request);
      return isCounterSubfunction(request.subfunction)
        ? { unit, prefix: pdu.subarray(0, 3), size: 5 }
        : echo(unit, pdu);
    }
    case 15:
    case 16:
      return { unit, prefix: encodeRequest(request).subarray(0, 5), size: 5 };
    case 7:
      return { unit, prefix: [7], size: 2 };
    case 11:
      return { unit, prefix: [11], size: 5 };
    case 12:
    case 17:
    case 24:
      return { unit, prefix: [request.function], size: 0 };
    case 43:
      return { unit, prefix: [43, 14, request.readDeviceId], size: 0 };
  }
}

/** Bytes of the longest PDU that can answer this request: for the time an answer may take on the wire. */
export function longestAnswer(request: Request): number {
  return shapeOf({ unit: 1, request }).size || MAX_PDU_BYTES;
}

/** Length of the PDU that begins at `at`, or why there is none. Looks at its head only while the rest is still to come. */
export function answerSize({ prefix, size }: Shape, bytes: Uint8Array, at: number): number {
  const here = bytes.length - at;
  if (here > 0 && bytes[at] === ((prefix[0] ?? 0) | 0x80)) return EXCEPTION_BYTES;
  const known = here < size ? Math.min(here, prefix.length, HEAD_BYTES) : Math.min(here, prefix.length);
  for (let i = 0; i < known; i++) if (bytes[at + i] !== prefix[i]) return NO_ANSWER;
  return size > 0 || here === 0 ? size : ownSize(bytes, at);
}

/**
 * The PDU that is our own when heard first: a write is answered by its very bytes, a diagnostics counter may be, and
 * only counting the copies tells echo from answer.
 */
export function echoDue({ request, expectEcho }: Expected): Uint8Array | undefined {
  return expectEcho === true ? encodeRequest(request) : undefined;
}

/** Refuses what no frame may carry: a unit of more than an octet, a broadcast that asks for an answer, an oversized PDU. */
export function checkAdu(unit: number, pdu: Uint8Array): void {
  if (!Number.isInteger(unit) || unit < 0 || unit > MAX_UNIT) {
    throw failure('modbus.unit', { unit, most: MAX_UNIT });
  }
  if (unit === 0 && !BROADCAST_FUNCTIONS.includes(pdu[0] ?? 0)) {
    throw failure('modbus.broadcastRead', {});
  }
  if (pdu.length < 1 || pdu.length > MAX_PDU_BYTES) {
    throw failure('modbus.pduSize', { most: MAX_PDU_BYTES, size: pdu.length });
  }
}

/** Its head is not here yet. */
export const UNKNOWN_SIZE = 0;
/** It answers something else, or is noise. */
export const NO_ANSWER = -1;

function counted(unit: number, code: number, bytes: number): Shape {
  return { unit, prefix: [code, bytes], size: 2 + bytes };
}

function echo(unit: number, pdu: Uint8Array): Shape {
  return { unit, prefix: pdu, size: pdu.length };
}

/** Functions whose answer tells its own length (V1.1b3 6.10, 6.13, 6.18, 6.21). */
function ownSize(bytes: Uint8Array, at: number): number {
  const code = bytes[at];
  if (code === 43) return identificationSize(bytes, at);
  const first = bytes[at + 1];
  if (first === undefined) return UNKNOWN_SIZE;
  if (code !== 24) return code === 12 && first < 6 ? NO_ANSWER : bounded(2 + first);
  const [second, high, low] = [bytes[at + 2], bytes[at + 3], bytes[at + 4]];
  if (second === undefined || high === undefined || low === undefined) return UNKNOWN_SIZE;
  const count = (high << 8) | low;
  return count <= MAX_FIFO && ((first << 8) | second) === 2 + count * 2 ? 5 + count * 2 : NO_ANSWER;
}

/** Walks from object to object, at most 123 in a PDU: each names its length. */
function identificationSize(bytes: Uint8Array, at: number): number {
  const follows = bytes[at + 4];
  const objects = bytes[at + 6];
  if (follows !== undefined && follows !== 0 && follows !== 0xff) return NO_ANSWER;
  if (objects === undefined) return UNKNOWN_SIZE;
  let end = at + 7;
  for (let left = objects; left > 0; left--) {
    const length = bytes[end + 1];
    if (end - at > MAX_PDU_BYTES) return NO_ANSWER;
    if (length === undefined) return UNKNOWN_SIZE;
    end += 2 + length;
  }
  return bounded(end - at);
}

function bounded(size: number): number {
  return size <= MAX_PDU_BYTES ? size : NO_ANSWER;
}

const EXCEPTION_BYTES = 2;
/** Enough to tell any read, write or mask write from any other; a long diagnostics echo is compared once it is whole. */
export const HEAD_BYTES = 9;
const MAX_FIFO = 31;
/** 248 to 255 are reserved (2.2); some devices answer there all the same, as at a general address of their own. */
const MAX_UNIT = 255;
const BROADCAST_FUNCTIONS: readonly number[] = [5, 6, 15, 16, 22];
