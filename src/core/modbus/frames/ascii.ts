// ASCII framing: Modbus over Serial Line V1.02, 2.5.2. A colon begins a frame wherever it stands, CR LF ends it; the
// LRC is over the bytes, not over the characters. Upper case is sent, both cases are heard.
import { fromLatin1, isSameBytes, toHex } from '../../wire/bytes';
import { lrc } from '../../wire/checksum';
import type { Scan } from '../../wire/inbox';
import { answerSize, checkAdu, echoDue, shapeOf, type Adu, type Answer, type Expected, type Shape } from './adu';

/** Characters that frame a PDU: colon, unit, LRC, CR LF. */
export const ASCII_FRAME_CHARACTERS = 7;

export function encodeAscii(unit: number, pdu: Uint8Array): Uint8Array {
  checkAdu(unit, pdu);
  const bytes = new Uint8Array(pdu.length + 2);
  bytes[0] = unit;
  bytes.set(pdu, 1);
  bytes[pdu.length + 1] = lrc(bytes, 0, pdu.length + 1);
  return fromLatin1(`:${toHex(bytes).toUpperCase()}\r\n`);
}

/** As scanRtuAnswer; a whole frame that answers none of `expected` is skipped whole. */
export function scanAsciiAnswer(expected: readonly Expected[]): Scan<Answer> {
  const shapes = expected.map(shapeOf);
  const due = expected.map(echoDue);
  return (buf) => {
    const found = scanAsciiRequest(buf);
    if (found === 'more' || 'skip' in found) return found;
    const { unit, pdu } = found.frame;
    let index = shapes.length - 1;
    while (index >= 0 && !answers(shapes[index], unit, pdu)) index--;
    if (index < 0) return { skip: found.size };
    const own = due[index];
    if (own !== undefined && isSameBytes(pdu, own)) {
      due[index] = undefined;
      return { skip: found.size };
    }
    return { frame: { index, pdu }, size: found.size };
  };
}

/**
 * Any frame, to any unit: the delimiters alone tell where it ends. Seeks two characters in at most 513, parses once.
 */
export const scanAsciiRequest: Scan<Adu> = (buf) => {
  if (buf[0] !== COLON) return buf.length === 0 ? 'more' : skipToColon(buf);
  const longest = buf.subarray(0, MAX_CHARACTERS);
  const end = longest.indexOf(LF);
  const restart = longest.indexOf(COLON, 1);
  if (restart > 0 && (end < 0 || restart < end)) return { skip: restart };
  if (end < 0) return buf.length < MAX_CHARACTERS ? 'more' : skipToColon(buf);
  const bytes = buf[end - 1] === CR ? parseHex(buf, 1, end - 1) : undefined;
  if (bytes === undefined || bytes.length < 3 || lrc(bytes) !== 0) return { skip: end + 1 };
  return { frame: { unit: bytes[0] ?? 0, pdu: bytes.slice(1, -1) }, size: end + 1 };
};

function answers(shape: Shape | undefined, unit: number, pdu: Uint8Array): boolean {
  return shape !== undefined && shape.unit === unit && answerSize(shape, pdu, 0) === pdu.length;
}

function skipToColon(buf: Uint8Array): { readonly skip: number } {
  const next = buf.indexOf(COLON, 1);
  return { skip: next < 0 ? buf.length : next };
}

/** undefined for an odd count or a character that is no hex digit. */
function parseHex(buf: Uint8Array, start: number, end: number): Uint8Array | undefined {
  if ((end - start) % 2 !== 0) return undefined;
  const bytes = new Uint8Array((end - start) / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = hexDigit(buf[start + i * 2] ?? 0);
    const low = hexDigit(buf[start + i * 2 + 1] ?? 0);
    if (high < 0 || low < 0) return undefined;
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

function hexDigit(character: number): number {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  const upper = character & ~0x20;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : -1;
}

const COLON = 0x3a;
const CR = 0x0d;
const LF = 0x0a;
const MAX_CHARACTERS = 513;
