// The octets of a PDU, both directions: 16-bit words high octet first (V1.1b3, 4.2), bits the lowest first, and what is
// said where they are not what a function demands.
import { toHex } from '../../wire/bytes';
import { failure, phrase, type Phrase, type ReadError } from '../../wire/errors';

/** Function code and 16-bit words, high byte first (4.2). A value beyond 16 bits is refused, not cut. */
export function words(code: number, ...values: readonly number[]): Uint8Array {
  const pdu = new Uint8Array(1 + values.length * 2);
  pdu[0] = code;
  values.forEach((value, i) => {
    checkWord('value', value);
    pdu[1 + i * 2] = value >>> 8;
    pdu[2 + i * 2] = value;
  });
  return pdu;
}

export function checkByte(what: string, value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xff) throw invalid(what, value, 0, 0xff);
  return value;
}

export function readWords(bytes: Uint8Array, at: number, count: number): number[] {
  const values = new Array<number>(count);
  for (let i = 0; i < count; i++) values[i] = ((bytes[at + i * 2] ?? 0) << 8) | (bytes[at + i * 2 + 1] ?? 0);
  return values;
}

/** Coils and discrete inputs: the first one in the lowest bit of the first byte, the rest padded with zeros (6.1). */
export function packBits(values: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (value) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7));
  });
  return bytes;
}

export function unpackBits(bytes: Uint8Array, at: number, count: number): boolean[] {
  return Array.from({ length: count }, (_, i) => (((bytes[at + (i >> 3)] ?? 0) >> (i & 7)) & 1) === 1);
}

/** A copy for the caller to keep. Buffer's own slice() would only be a view. */
export function copyOf(bytes: Uint8Array, start: number, end = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** A PDU that is not what its function demands, with the place where it goes wrong. */
export function broken(pdu: Uint8Array, offset: number, why: Phrase): ReadError {
  return failure('modbus.pdu', { pdu: toHex(pdu.subarray(0, 12)), offset, why });
}

export function checkSize(pdu: Uint8Array, size: number): void {
  if (pdu.length !== size)
    throw broken(pdu, Math.min(pdu.length, size), phrase('modbus.sizeMisfit', { expected: size, came: pdu.length }));
}

export function checkWord(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw invalid(what, value, 0, 0xffff);
}

export function invalid(what: string, value: number, min: number, max: number): ReadError {
  return failure('modbus.notPossible', { what, value, min, max });
}
