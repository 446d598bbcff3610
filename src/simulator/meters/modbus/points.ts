// Values as the registers of a Modbus device hold them. Written from the device's side and on its own, so that a
// mistake in the platform's decoding cannot be repeated here and hide itself.

import type { Point } from '../register-list';

/**
 * The registers of a value: raw = (value - offset) / scale for numbers, cut to whole ones where the type holds no
 * fractions.
 */
export function registersOf(point: Point, value: number | string): readonly number[] {
  const bytes = new DataView(new ArrayBuffer(point.length * 2));
  if (typeof value === 'string') {
    for (let i = 0; i < Math.min(value.length, bytes.byteLength); i++) bytes.setUint8(i, value.charCodeAt(i) & 0xff);
    // a text has no low end
    return point.order === 'BADC' || point.order === 'DCBA' ? wordsOf(bytes).map(swapped) : wordsOf(bytes);
  }
  const raw = (value - (point.offset ?? 0)) / point.scale;
  switch (point.type) {
    case 'uint8':
    case 'int8':
      return [point.half === 'high' ? (Math.floor(raw) & 0xff) << 8 : Math.floor(raw) & 0xff];
    case 'uint16':
    case 'int16':
    case 'uint32':
    case 'int32':
    case 'uint64':
    case 'int64':
    case 'uint48':
    case 'int48':
    case 'bits':
      return ordered(wholeWords(BigInt(Math.floor(raw)), point.length), point.order);
    case 'bcd':
      return ordered(wholeWords(BigInt(`0x${Math.floor(raw)}`), point.length), point.order); // each digit a half byte
    case 'mod10k': {
      const digits = String(Math.floor(raw)).padStart(point.length * 4, '0');
      return ordered(
        Array.from({ length: point.length }, (_, i) => Number(digits.slice(i * 4, i * 4 + 4))),
        point.order,
      );
    }
    case 'decfloat': {
      const exponent = raw === 0 ? 0 : Math.floor(Math.log10(Math.abs(raw))) - 5; // six digits fit into 23 bits
      bytes.setInt32(0, Math.round(raw / 10 ** exponent));
      bytes.setInt8(0, exponent);
      break;
    }
    case 'ymdhms': {
      const at = new Date(raw); // milliseconds since 1970
      const fields = [
        at.getUTCFullYear() - 2000,
        at.getUTCMonth() + 1,
        at.getUTCDate(),
        at.getUTCHours(),
        at.getUTCMinutes(),
        at.getUTCSeconds(),
      ];
      fields.forEach((field, i) => bytes.setUint8(i, field));
      break;
    }
    case 'float32':
      bytes.setFloat32(0, raw);
      break;
    case 'float64':
      bytes.setFloat64(0, raw);
      break;
    case 'string':
      return registersOf(point, String(value));
  }
  return ordered(wordsOf(bytes), point.order);
}

/** The not-available pattern of a point: all of its registers. */
export function sentinelOf(point: Point): readonly number[] {
  const hex = (point.notAvailable?.[0] ?? 'ff'.repeat(point.length * 2)).padEnd(point.length * 4, '0');
  return ordered(
    Array.from({ length: point.length }, (_, i) => parseInt(hex.slice(i * 4, i * 4 + 4), 16)),
    point.order,
  );
}

function wordsOf(bytes: DataView): number[] {
  return Array.from({ length: bytes.byteLength / 2 }, (_, i) => bytes.getUint16(i * 2));
}

/** Two's complement in so many registers, high word first. */
function wholeWords(value: bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number(BigInt.asUintN(16, value >> BigInt(16 * (length - 1 - i)))));
}

function ordered(words: number[], order: Point['order']): readonly number[] {
  const inBytes = order === 'BADC' || order === 'DCBA' ? words.map(swapped) : words;
  return order === 'CDAB' || order === 'DCBA' ? inBytes.reverse() : inBytes;
}

function swapped(word: number): number {
  return ((word & 0xff) << 8) | (word >> 8);
}
