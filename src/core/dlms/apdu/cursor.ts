// Reading and writing octets in the order of A-XDR (IEC 61334-6): every read is checked against the end, and every
// failure names the octet where it happened. Nothing here knows what the octets mean.
import { concatBytes } from '../../wire/bytes';
import { failure, phrase, type ReadError, type Phrase } from '../../wire/errors';

/** A place in an APDU. Total: a read past the end throws BAD_VALUE with the offset. */
export class Cursor {
  private readonly view: DataView;
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    readonly end = bytes.length,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  get left(): number {
    return this.end - this.at;
  }
  fail(what: Phrase, at = this.at): ReadError {
    return failure('dlms.undecodable', { what, at, octets: this.bytes.length });
  }
  private step(size: number): number {
    const from = this.at;
    if (from + size > this.end) throw this.fail(phrase('dlms.octetsExpected', { size, left: this.end - from }));
    this.at = from + size;
    return from;
  }
  u8(): number {
    return this.view.getUint8(this.step(1));
  }
  i8(): number {
    return this.view.getInt8(this.step(1));
  }
  u16(): number {
    return this.view.getUint16(this.step(2));
  }
  i16(): number {
    return this.view.getInt16(this.step(2));
  }
  u32(): number {
    return this.view.getUint32(this.step(4));
  }
  i32(): number {
    return this.view.getInt32(this.step(4));
  }
  u64(): bigint {
    return this.view.getBigUint64(this.step(8));
  }
  i64(): bigint {
    return this.view.getBigInt64(this.step(8));
  }
  f32(): number {
    return this.view.getFloat32(this.step(4));
  }
  f64(): number {
    return this.view.getFloat64(this.step(8));
  }
  /** A view, not a copy. */
  take(size: number): Uint8Array {
    const from = this.step(size);
    return this.bytes.subarray(from, from + size);
  }
  rest(): Uint8Array {
    return this.take(this.left);
  }
  /** Length of A-XDR (IEC 61334-6, 6.10) and BER: below 0x80 itself, else 0x81..0x84 and that many octets. */
  length(): number {
    const at = this.at;
    const first = this.u8();
    if (first < 0x80) return first;
    const octets = first & 0x7f;
    if (octets < 1 || octets > 4) throw this.fail(phrase('dlms.lengthOctets', { octets }), at);
    let length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + this.u8();
    return length;
  }
  octets(): Uint8Array {
    return this.take(this.length());
  }
  /**
   * OPTIONAL and DEFAULT of A-XDR: one octet, 00 = absent, anything else = present (the standard says 01, meters also
   * say FF).
   */
  isPresent(): boolean {
    return this.u8() !== 0;
  }
  /** The end of something that must have no octet left. */
  finish(): void {
    if (this.left > 0) throw this.fail(phrase('dlms.octetsOver', { count: this.left }));
  }
  /** The end of an answer: the same once more in one frame (GuruxDLMS.c) says nothing new. */
  finishAnswer(): void {
    if (!this.isRepeated()) this.finish();
  }
  private isRepeated(): boolean {
    const [size, all] = [this.at, this.bytes.subarray(0, this.end)];
    const copyAt = all.length - size;
    if (size === 0 || copyAt < size || copyAt - size > MAX_FILL) return false;
    return all.every((octet, i) => i < size || octet === (i < copyAt ? 0 : all[i - copyAt]));
  }
}

/** Zero octets that stand between an answer and its double. */
const MAX_FILL = 4;

/** A length as A-XDR and BER write it. */
export function lengthOctets(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  if (length < 0x100) return Uint8Array.of(0x81, length);
  if (length < 0x10000) return Uint8Array.of(0x82, length >> 8, length & 0xff);
  return Uint8Array.of(0x84, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}

/** An octet-string without tag: its length, then itself. */
export function octetString(bytes: Uint8Array): Uint8Array {
  return concatBytes(lengthOctets(bytes.length), bytes);
}

/** Two octets, high one first. */
export function u16Octets(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

/** Four octets, high one first. */
export function u32Octets(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
}
