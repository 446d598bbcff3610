// RTU framing: Modbus over Serial Line V1.02, 2.5.1. The standard ends a frame by silence; behind a tunnel silence means
// nothing, so a frame is found by its expected length and its CRC, and every mismatch gives up exactly one byte.
import { isSameBytes } from '../../wire/bytes';
import { crc16Modbus } from '../../wire/checksum';
import type { PatientScan, Scan } from '../../wire/inbox';
import {
  HEAD_BYTES,
  NO_ANSWER,
  UNKNOWN_SIZE,
  answerSize,
  checkAdu,
  echoDue,
  shapeOf,
  type Adu,
  type Answer,
  type Expected,
} from './adu';
import { encodeRequest } from './request';

/** Bytes that frame a PDU: unit and CRC. */
export const RTU_FRAME_BYTES = 3;

export function encodeRtu(unit: number, pdu: Uint8Array): Uint8Array {
  checkAdu(unit, pdu);
  const adu = new Uint8Array(pdu.length + RTU_FRAME_BYTES);
  adu[0] = unit;
  adu.set(pdu, 1);
  const crc = crc16Modbus(adu, 0, pdu.length + 1);
  adu[pdu.length + 1] = crc; // low byte first (6.2.2)
  adu[pdu.length + 2] = crc >>> 8;
  return adu;
}

/**
 * Scans for an answer to any of `expected`; the newest that fits gets it, exceptions included. One scan serves one
 * exchange: it remembers whether the line's own echo has been seen.
 */
export function scanRtuAnswer(expected: readonly Expected[]): PatientScan<Answer> {
  const candidates = expected.map((one) => ({
    shape: shapeOf(one),
    confusingEcho: confusingEcho(one),
    echoDue: echoDue(one),
  }));
  return (buf) => {
    let need = buf.length === 0 ? 1 : Infinity;
    for (let index = candidates.length - 1; index >= 0; index--) {
      const candidate = candidates[index];
      if (candidate === undefined || candidate.shape.unit !== buf[0]) continue;
      const size = answerSize(candidate.shape, buf, 1);
      if (size === NO_ANSWER) continue;
      const { confusingEcho, echoDue } = candidate;
      if (confusingEcho !== undefined && startsWith(buf, confusingEcho)) return { skip: confusingEcho.length };
      const end = size + RTU_FRAME_BYTES;
      if (size === UNKNOWN_SIZE || buf.length < end) {
        // Head first: a candidate that its head betrays must not hold up what stands behind it.
        need = Math.min(
          need,
          confusingEcho !== undefined || buf.length <= Math.min(candidate.shape.prefix.length, HEAD_BYTES)
            ? buf.length + 1
            : end,
        );
      } else if (isCrcRight(buf, size + 1)) {
        const pdu = buf.subarray(1, 1 + size);
        if (echoDue === undefined || !isSameBytes(pdu, echoDue)) return { frame: { index, pdu }, size: end };
        candidate.echoDue = undefined;
        return { skip: end };
      }
    }
    return need === Infinity ? SKIP_ONE : { need };
  };
}

/** The server's side: any request to any unit, by length and CRC. */
export const scanRtuRequest: Scan<Adu> = (buf) => {
  if (buf.length < 2) return 'more';
  for (const size of requestSizes(buf)) {
    if (size === UNKNOWN_SIZE || buf.length < size + RTU_FRAME_BYTES) return 'more';
    if (isCrcRight(buf, size + 1))
      return {
        frame: { unit: buf[0] ?? 0, pdu: new Uint8Array(buf.subarray(1, 1 + size)) },
        size: size + RTU_FRAME_BYTES,
      };
  }
  return SKIP_ONE;
};

/**
 * An answer of unknown length begins with a count where the request already has its CRC: the echo of `01 11 C0 2C` would
 * pass for the head of a server id of 192 bytes and hide the true answer behind it.
 */
function confusingEcho({ unit, request }: Expected): Uint8Array | undefined {
  const { function: code } = request;
  return code === 12 || code === 17 || code === 24 || code === 43 ? encodeRtu(unit, encodeRequest(request)) : undefined;
}

/** Possible PDU lengths by function code and byte count (V1.1b3 chapter 6); none = not a request. */
function requestSizes(buf: Uint8Array): readonly number[] {
  const code = buf[1] ?? 0;
  if (code >= 1 && code <= 6) return [5];
  switch (code) {
    case 7:
    case 11:
    case 12:
    case 17:
      return [1];
    case 8:
      return buf[2] === 0 && buf[3] === 0 ? ECHO_TEST_SIZES : [5];
    case 15:
    case 16:
      return [buf.length < 7 ? UNKNOWN_SIZE : 6 + (buf[6] ?? 0)];
    case 22:
      return [7];
    case 23:
      return [buf.length < 11 ? UNKNOWN_SIZE : 10 + (buf[10] ?? 0)];
    case 24:
      return [3];
    case 43:
      return [4];
    default:
      return [];
  }
}

export function isCrcRight(buf: Uint8Array, end: number): boolean {
  const crc = crc16Modbus(buf, 0, end);
  return buf[end] === (crc & 0xff) && buf[end + 1] === crc >>> 8;
}

function startsWith(buf: Uint8Array, head: Uint8Array): boolean {
  return buf.length >= head.length && head.every((byte, i) => buf[i] === byte);
}

const SKIP_ONE = { skip: 1 } as const;
/** 6.8.1: an echo test (subfunction 0) carries any number of words, and only the CRC tells where they end. */
const ECHO_TEST_SIZES: readonly number[] = Array.from({ length: 125 }, (_, i) => 5 + i * 2);
