// What was heard instead of the answer: a whole frame whose check is right is no damage, and says itself what is wrong.
import { isSameBytes, toLatin1 } from '../../wire/bytes';
import { lrc } from '../../wire/checksum';
import { isCrcRight, RTU_FRAME_BYTES } from './rtu';
import { shapeOf, type Adu, type Expected } from './adu';

export type Misfit =
  /** Another unit answered. */
  | { readonly kind: 'unit'; readonly unit: number }
  | { readonly kind: 'function'; readonly function: number }
  /** The right unit and function, with so many octets of values. */
  | { readonly kind: 'length'; readonly came: number; readonly expected: number }
  /** Whole, but of no known form. */
  | { readonly kind: 'form'; readonly octets: number }
  /** The other framing of a serial line. */
  | { readonly kind: 'framing'; readonly heard: 'RTU' | 'ASCII' }
  /** An ASCII frame that CR or LF alone ends. */
  | { readonly kind: 'lineEnd' };

/** What was heard behind our own request, where the line brings it back. */
export function withoutEcho(heard: Uint8Array, said: Uint8Array): Uint8Array {
  return isSameBytes(heard.subarray(0, said.length), said) ? heard.subarray(said.length) : heard;
}

/** Undefined: no frame is whole, so what was heard is damaged, or no Modbus. `heard`: without our own echo. */
export function misfitOf(heard: Uint8Array, expected: Expected, framing: 'rtu' | 'ascii'): Misfit | undefined {
  const recent = heard.subarray(0, MAX_OCTETS);
  const rtu = rtuFrame(recent, expected);
  const ascii = asciiFrame(recent);
  if (framing === 'rtu') {
    if (rtu) return judge(rtu, expected);
    return ascii ? { kind: 'framing', heard: 'ASCII' } : undefined;
  }
  if (ascii) return ascii.isEnded ? judge(ascii, expected) : { kind: 'lineEnd' };
  return rtu ? { kind: 'framing', heard: 'RTU' } : undefined;
}

function judge({ unit, pdu }: Adu, expected: Expected): Misfit | undefined {
  const shape = shapeOf(expected);
  const code = pdu[0] ?? 0;
  if (unit !== expected.unit) return { kind: 'unit', unit };
  if ((code & 0x7f) !== expected.request.function) return { kind: 'function', function: code & 0x7f };
  if (pdu.length === shape.size) return undefined;
  const isCounted = pdu[1] === pdu.length - COUNTED_HEAD;
  return isCounted
    ? { kind: 'length', came: pdu.length - COUNTED_HEAD, expected: Math.max(0, shape.size - COUNTED_HEAD) }
    : { kind: 'form', octets: pdu.length };
}

/** The first whole answer of a usual form, else everything that was heard, if its check is right. */
function rtuFrame(heard: Uint8Array, { unit, request }: Expected): Adu | undefined {
  for (let at = 0; at + SHORTEST_FRAME <= heard.length; at++) {
    const code = heard[at + 1] ?? 0;
    const size = code > 0x80 ? EXCEPTION_PDU : COUNTED_HEAD + (heard[at + 2] ?? 0);
    const isUsual = USUAL_FUNCTIONS.includes(code & 0x7f) || (code & 0x7f) === request.function;
    if (isUsual && isWhole(heard, at, size))
      return { unit: heard[at] ?? 0, pdu: heard.subarray(at + 1, at + 1 + size) };
  }
  const at = Math.max(0, heard.indexOf(unit));
  const size = heard.length - at - RTU_FRAME_BYTES;
  return size > 0 && isWhole(heard, at, size)
    ? { unit: heard[at] ?? 0, pdu: heard.subarray(at + 1, at + 1 + size) }
    : undefined;
}

function isWhole(heard: Uint8Array, at: number, size: number): boolean {
  const frame = heard.subarray(at, at + size + RTU_FRAME_BYTES);
  return frame.length === size + RTU_FRAME_BYTES && isCrcRight(frame, size + 1);
}

function asciiFrame(heard: Uint8Array): (Adu & { readonly isEnded: boolean }) | undefined {
  for (const [, digits = '', end = ''] of toLatin1(heard).matchAll(/:((?:[0-9A-Fa-f]{2}){3,255})([\r\n]{0,2})/g)) {
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    if (lrc(bytes) === 0) return { unit: bytes[0] ?? 0, pdu: bytes.subarray(1, -1), isEnded: end === '\r\n' };
  }
  return undefined;
}

/** Twice the longest ASCII frame. */
const MAX_OCTETS = 1026;
const USUAL_FUNCTIONS: readonly number[] = [1, 2, 3, 4];
/** Function and byte count. */
const COUNTED_HEAD = 2;
const EXCEPTION_PDU = 2;
const SHORTEST_FRAME = EXCEPTION_PDU + RTU_FRAME_BYTES;
