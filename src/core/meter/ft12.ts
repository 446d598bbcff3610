// The link layer's frames, format class FT1.2 (IEC 60870-5-1, 6.2.4.2; services of IEC 60870-5-2, unbalanced).
// Law kept here: a damaged frame is never a frame. Start, both lengths, the second start, the sum and the end
// character must all fit; on any mismatch the scan moves on by one byte and looks for the next start.
import { sumOf } from '../wire/checksum';
import { concatBytes } from '../wire/bytes';
import type { Scan } from '../wire/inbox';

export type Ft12Frame =
  | { readonly kind: 'fixed'; readonly control: number; readonly link: number }
  | { readonly kind: 'variable'; readonly control: number; readonly link: number; readonly asdu: Uint8Array };

/** What a secondary station may say: a frame, or the single character, which tells neither a sum nor a sender. */
export type Ft12Answer = Ft12Frame | { readonly kind: 'single' };

/** 10 C A A CS 16: link services without user data. */
export function encodeFixed(control: number, link: number): Uint8Array {
  const body = Uint8Array.of(control, link & 0xff, link >> 8);
  return Uint8Array.of(FIXED_START, ...body, sumOf(body), END);
}

/** 68 L L 68 C A A ASDU CS 16; L counts from C to the end of the ASDU. */
export function encodeVariable(control: number, link: number, asdu: Uint8Array): Uint8Array {
  const body = concatBytes(Uint8Array.of(control, link & 0xff, link >> 8), asdu);
  if (body.length > MAX_LENGTH) throw new RangeError(`ASDU: ${asdu.length} octets, FT1.2: ${MAX_LENGTH}`);
  return concatBytes(
    Uint8Array.of(VARIABLE_START, body.length, body.length, VARIABLE_START),
    body,
    Uint8Array.of(sumOf(body), END),
  );
}

export const scanFt12: Scan<Ft12Frame> = (buf) => {
  if (buf[0] === FIXED_START) return scanFixed(buf);
  if (buf[0] === VARIABLE_START) return scanVariable(buf);
  return { skip: nextStart(buf) };
};

/**
 * The single character E5 (IEC 60870-5-1, 6.2.4.2) or a frame. It is taken only where it stands alone: `isAlone` says
 * whether all octets before it made frames, for an E5 among the ruins of a frame is no word of the meter.
 */
export function scanFt12Answer(isAlone: () => boolean): Scan<Ft12Answer> {
  return (buf) =>
    buf.length === 1 && buf[0] === SINGLE_CHARACTER && isAlone()
      ? { frame: { kind: 'single' }, size: 1 }
      : scanFt12(buf);
}

/** Octets of a frame on the wire; one of the single character. */
export function sizeOfAnswer(answer: Ft12Answer): number {
  if (answer.kind === 'single') return 1;
  return answer.kind === 'fixed' ? FIXED_SIZE : answer.asdu.length + FRAME_OVERHEAD;
}

/** The function code of a control field, its low four bits. */
export function functionOf(control: number): number {
  return control & 0x0f;
}

/** PRM: the frame comes from a primary station. To a master that hears it, it is its own echo. */
export function isFromPrimary(control: number): boolean {
  return (control & 0x40) !== 0;
}

/** FCV: the frame count bit of a primary's frame is valid. */
export function hasFrameCount(control: number): boolean {
  return (control & 0x10) !== 0;
}

/** DFC: the secondary's buffer is full; it asks for a pause. */
export function isOverflowing(control: number): boolean {
  return !isFromPrimary(control) && (control & 0x10) !== 0;
}

function scanFixed(buf: Uint8Array): ReturnType<Scan<Ft12Frame>> {
  if (buf.length < FIXED_SIZE) return 'more';
  if (buf[5] !== END || buf[4] !== sumOf(buf, 1, 4)) return { skip: 1 };
  return { frame: { kind: 'fixed', control: at(buf, 1), link: at(buf, 2) | (at(buf, 3) << 8) }, size: FIXED_SIZE };
}

function scanVariable(buf: Uint8Array): ReturnType<Scan<Ft12Frame>> {
  // Each header byte is judged as soon as it is there, so that noise like 68 FF FF FF does not stop the line.
  const length = buf[1];
  if (length === undefined) return 'more';
  if (length < MIN_LENGTH) return { skip: 1 };
  if (buf.length > 2 && buf[2] !== length) return { skip: 1 };
  if (buf.length > 3 && buf[3] !== VARIABLE_START) return { skip: 1 };
  const size = length + 6;
  if (buf.length < size) return 'more';
  if (buf[size - 1] !== END || buf[size - 2] !== sumOf(buf, 4, size - 2)) return { skip: 1 };
  return {
    frame: {
      kind: 'variable',
      control: at(buf, 4),
      link: at(buf, 5) | (at(buf, 6) << 8),
      asdu: buf.slice(7, size - 2),
    },
    size,
  };
}

function nextStart(buf: Uint8Array): number {
  const found = buf.findIndex((byte) => byte === FIXED_START || byte === VARIABLE_START);
  return found < 0 ? buf.length : found;
}

function at(buf: Uint8Array, index: number): number {
  return buf[index] ?? 0;
}

/** Control fields of the master (PRM = 1) without FCB; 0x53 and 0x5B carry FCV. */
export const PRIMARY = { resetLink: 0x40, linkStatus: 0x49, userData: 0x53, requestClass2: 0x5b } as const;
/** The frame count bit: toggles on each new frame with FCV, stays on a repeat. */
export const FCB = 0x20;
/** Function codes of the meter (PRM = 0). */
export const SECONDARY = { ack: 0x00, nack: 0x01, userData: 0x08, noData: 0x09, linkStatus: 0x0b } as const;

/** Bytes around an ASDU on the wire: two starts, two lengths, control, two of address, sum, end. */
export const FRAME_OVERHEAD = 9;
export const FIXED_SIZE = 6;
export const SINGLE_CHARACTER = 0xe5;
const FIXED_START = 0x10;
const VARIABLE_START = 0x68;
const END = 0x16;
const MAX_LENGTH = 255;
/** C and A are always there, and so is the six-byte head of an ASDU (REE profile). */
const MIN_LENGTH = 9;
