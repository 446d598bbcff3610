// Frames of a line that nobody of ours need have asked for: what another master asks, and what it is answered. A frame
// is believed by its CRC or LRC alone, so that it is found wherever it stands.
import { concatBytes } from '../../wire/bytes';
import { crc16Modbus } from '../../wire/checksum';
import { scanAsciiRequest } from './ascii';

/** Reads of coils, discrete inputs, holding and input registers. */
export type ReadCode = 1 | 2 | 3 | 4;

export type OverheardFrame =
  | {
      readonly kind: 'request';
      readonly unit: number;
      readonly function: ReadCode;
      readonly address: number;
      readonly quantity: number;
    }
  /** An answer with values: `byteCount` of them. */
  | { readonly kind: 'answer'; readonly unit: number; readonly function: ReadCode; readonly values: Uint8Array }
  | { readonly kind: 'refusal'; readonly unit: number; readonly function: number }
  /** A write, a diagnosis: request and answer look alike, and neither is an answer to a read. */
  | { readonly kind: 'other'; readonly unit: number; readonly function: number };

/** The frames of one direction-blind stream, each given once, in order. */
export interface OverheardStream {
  /** More of the stream. A frame is given as soon as it is whole, whatever may seem to have begun before it. */
  push(bytes: Uint8Array, on: (frame: OverheardFrame) => void): void;
  /** What follows does not continue what came. */
  cut(): void;
}

export function overheardStream(framing: 'rtu' | 'ascii'): OverheardStream {
  return framing === 'rtu' ? new RtuStream() : new AsciiStream();
}

/** Where a frame may stand: each place is looked at once, when it is whole. */
interface Candidate {
  readonly start: number;
  readonly size: number;
}

class RtuStream implements OverheardStream {
  private buf: Uint8Array = new Uint8Array(0);
  private candidates: Candidate[] = [];
  /** Up to here places are known. */
  private looked = 0;

  push(bytes: Uint8Array, on: (frame: OverheardFrame) => void): void {
    this.buf = concatBytes(this.buf, bytes);
    for (; this.looked + HEAD_BYTES <= this.buf.length; this.looked++)
      for (const size of sizesOf(this.buf[this.looked + 1] ?? 0, this.buf[this.looked + 2] ?? 0))
        this.candidates.push({ start: this.looked, size });
    let free = 0;
    const left: Candidate[] = [];
    for (const candidate of this.candidates) {
      const { start, size } = candidate;
      if (start < free) continue;
      if (start + size > this.buf.length) {
        left.push(candidate);
        continue;
      }
      if (crc16Modbus(this.buf, start, start + size) !== 0) continue;
      const frame = frameOf(this.buf[start] ?? 0, this.buf.subarray(start + 1, start + size - 2));
      if (!frame) continue;
      free = start + size;
      on(frame);
    }
    this.forget(free, left);
  }

  cut(): void {
    [this.buf, this.candidates, this.looked] = [new Uint8Array(0), [], 0];
  }

  /** Drops all before the first place that may still become a frame. */
  private forget(free: number, left: readonly Candidate[]): void {
    const open = left.filter(({ start }) => start >= free);
    const from = Math.max(free, Math.min(this.looked, open[0]?.start ?? Infinity));
    this.buf = this.buf.slice(from);
    this.candidates = open.map(({ start, size }) => ({ start: start - from, size }));
    this.looked = Math.max(0, this.looked - from);
  }
}

class AsciiStream implements OverheardStream {
  private buf: Uint8Array = new Uint8Array(0);

  push(bytes: Uint8Array, on: (frame: OverheardFrame) => void): void {
    let rest = concatBytes(this.buf, bytes);
    for (let found = scanAsciiRequest(rest); found !== 'more'; found = scanAsciiRequest(rest)) {
      if ('frame' in found) {
        const frame = frameOf(found.frame.unit, found.frame.pdu);
        if (frame) on(frame);
      }
      rest = rest.subarray('frame' in found ? found.size : found.skip);
    }
    this.buf = rest.slice();
  }

  cut(): void {
    this.buf = new Uint8Array(0);
  }
}

/** Lengths of whole RTU frames with this function code (V1.1b3, chapter 6). */
function sizesOf(code: number, count: number): readonly number[] {
  if (code > 0x80) return [5];
  if (code === 0) return [];
  // the answer first: its beginning may by chance pass for a request
  if (code <= 4) return [5 + count, 8];
  return code <= 6 || code === 8 || code === 15 || code === 16 ? [8] : [];
}

function frameOf(unit: number, pdu: Uint8Array): OverheardFrame | undefined {
  const code = pdu[0] ?? 0;
  if (code > 0x80) {
    const isKnown = pdu.length === 2 && (code & 0x7f) <= LAST_CODE && (pdu[1] ?? 0) <= LAST_EXCEPTION;
    return isKnown ? { kind: 'refusal', unit, function: code & 0x7f } : undefined;
  }
  if (!isRead(code)) return { kind: 'other', unit, function: code };
  const count = pdu[1] ?? 0;
  // registers come in pairs of octets; else these are the octets of an address
  if (count > 0 && pdu.length === 2 + count && (code <= 2 || count % 2 === 0))
    return { kind: 'answer', unit, function: code, values: pdu.slice(2) };
  if (pdu.length !== 5) return undefined;
  const view = new DataView(pdu.buffer, pdu.byteOffset);
  const [address, quantity] = [view.getUint16(1), view.getUint16(3)];
  return quantity > 0 && quantity <= (code <= 2 ? MOST_BITS : MOST_REGISTERS)
    ? { kind: 'request', unit, function: code, address, quantity }
    : undefined;
}

function isRead(code: number): code is ReadCode {
  return code >= 1 && code <= 4;
}

/** The highest public function code and exception code (V1.1b3, 5.1 and 7). */
const LAST_CODE = 0x2b;
const LAST_EXCEPTION = 0x0b;
/** Unit, function and byte count. */
const HEAD_BYTES = 3;
/** What the byte count of an answer can hold (V1.1b3, 6.1 to 6.4), also where the device refuses so many. */
const MOST_BITS = 2_040;
const MOST_REGISTERS = 255;
