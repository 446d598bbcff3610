// Wired M-Bus transport around what a meter pushes (EN 13757-2, long frame 68 L L 68 C A CI ... CS 16; EN 13757-3, CI
// 00 to 1F: a segment of a DLMS APDU with its number, 10 on the last, and the two SAPs behind it), as meters in Austria
// do.
import { concatBytes } from '../../wire/bytes';
import { Inbox, type Scan } from '../../wire/inbox';

/** One segment of a DLMS APDU in a long frame. */
export interface MbusSegment {
  /** 0 to 15, then 0 again. */
  readonly number: number;
  readonly isLast: boolean;
  readonly source: number;
  readonly destination: number;
  readonly data: Uint8Array;
}

/** The next segment with a right sum. Looks at no octet more often than a frame is long. */
export const scanMbus: Scan<MbusSegment> = (buf) => {
  if (buf[0] !== START) {
    const next = buf.indexOf(START);
    return { skip: next < 0 ? buf.length : next };
  }
  const length = buf[1] ?? 0;
  if (buf.length > 2 && buf[2] !== length) return { skip: 1 };
  if (buf.length > 3 && (buf[3] !== START || length < MIN_LENGTH)) return { skip: 1 };
  const size = length + FRAME_OCTETS;
  if (buf.length < 4 || buf.length < size) return 'more';
  const body = buf.subarray(4, 4 + length);
  const [sum, end] = [buf[4 + length], buf[5 + length]];
  if (end !== STOP || sum !== (body.reduce((total, octet) => total + octet, 0) & 0xff)) return { skip: 1 };
  const [, , control = 0xff, source = 0, destination = 0] = body;
  if (control > LAST_CI) return { skip: size };
  const frame = { number: control & 0x0f, isLast: (control & FINAL) !== 0, source, destination, data: body.slice(5) };
  return { frame, size };
};

/** Joins the segments of one APDU; a number out of turn ends it. */
export class MbusCollector {
  private readonly inbox = new Inbox(MAX_UNREAD);
  private parts: Uint8Array[] = [];
  private source = -1;

  /** Everything that this chunk completed. */
  push(chunk: Uint8Array): readonly { readonly source: number; readonly apdu: Uint8Array }[] {
    const found: { source: number; apdu: Uint8Array }[] = [];
    for (let at = 0; at < chunk.length; at += PIECE) {
      this.inbox.push(chunk.subarray(at, at + PIECE));
      for (let one = this.inbox.next(scanMbus); one; one = this.inbox.next(scanMbus)) {
        const apdu = this.joined(one);
        if (apdu) found.push({ source: one.source, apdu });
      }
    }
    return found;
  }

  private joined({ number, isLast, source, data }: MbusSegment): Uint8Array | undefined {
    if (source !== this.source || number !== this.parts.length % SEQUENCE || this.parts.length >= MAX_SEGMENTS)
      this.parts = [];
    this.source = source;
    if (number !== this.parts.length % SEQUENCE) return undefined; // its beginning was lost
    this.parts.push(data);
    if (!isLast) return undefined;
    const apdu = concatBytes(...this.parts);
    this.parts = [];
    return apdu;
  }
}

const START = 0x68;
const STOP = 0x16;
/** Two marks, two lengths, sum and end. */
const FRAME_OCTETS = 6;
/** C, A, CI and the two SAPs. */
const MIN_LENGTH = 5;
const LAST_CI = 0x1f;
const FINAL = 0x10;
const SEQUENCE = 16;
const MAX_SEGMENTS = 256;
const PIECE = 1024;
const MAX_UNREAD = 4096;
