// Mode D (IEC 62056-21, 6.4.5): a meter that sends unasked, from `/` to `!`. The stream may be entered anywhere; a
// telegram cut short, run into the next one or with a wrong CRC is dropped, never repaired.
import { toLatin1 } from '../wire/bytes';
import { Inbox, type Scan } from '../wire/inbox';
import type { Readout } from '../meter/reading';
import { decodeDataSets, type DataSet } from './dataset';
import { decodeIdentification, type Identification } from './identification';
import { ParityFilter, softParityOf, type ParityOption } from './parity';
import { identityOf, readingOf } from './readings';

export interface PushTelegram {
  readonly identification: Identification;
  readonly sets: readonly DataSet[];
  /** DSMR 4 and later close with a CRC; older meters and the standard itself with `!` alone. */
  readonly check: 'crc' | 'none';
}

/** Decodes an unasked stream in pieces of any size: one readout per good telegram. One per meter and line. */
export class TelegramStream {
  private readonly inbox = new Inbox();
  private readonly filter: ParityFilter;
  private hasCrc = false;

  constructor(parity: ParityOption = 'auto') {
    this.filter = new ParityFilter(softParityOf(parity));
  }

  /** What comes next does not follow: a telegram joined from two halves could hold a wrong value. */
  cut(): void {
    this.filter.release();
    this.inbox.clear();
  }

  take(chunk: Uint8Array): readonly Readout[] {
    this.inbox.push(this.filter.clean(chunk));
    const readouts: Readout[] = [];
    for (;;) {
      const telegram = this.inbox.next(scanTelegram(this.hasCrc));
      if (!telegram) return readouts;
      this.hasCrc ||= telegram.check === 'crc';
      readouts.push(readoutOfTelegram(telegram));
    }
  }
}

export function readoutOfTelegram({ identification, sets, check }: PushTelegram): Readout {
  return { readings: sets.map((set) => readingOf(set)), identity: identityOf(identification, check) };
}

/** The next whole telegram; `needsCrc` once the meter has shown that it sends one. */
export function scanTelegram(needsCrc: boolean): Scan<PushTelegram> {
  return (buf) => {
    if (buf[0] !== SLASH) {
      const begin = buf.indexOf(SLASH);
      return { skip: begin < 0 ? buf.length : begin };
    }
    const mark = buf.indexOf(MARK);
    const body = mark < 0 ? buf : buf.subarray(0, mark);
    if (mark < 0) return buf.length < MAX_TELEGRAM ? 'more' : { skip: 1 };
    const end = buf.subarray(mark, mark + MAX_CLOSING).indexOf(LF);
    if (end < 0) return buf.length < mark + MAX_CLOSING ? 'more' : { skip: 1 };
    const telegram = decodeTelegram(body, toLatin1(buf.subarray(mark + 1, mark + end)).trim(), crc16Arc(buf, mark + 1));
    return telegram && (telegram.check === 'crc' || !needsCrc)
      ? { frame: telegram, size: mark + end + 1 }
      : { skip: 1 };
  };
}

/** CRC-16/ARC over `/` to `!` (DSMR P1 companion standard, 5.2): poly 0x8005 reflected, start 0. */
export function crc16Arc(bytes: Uint8Array, end = bytes.length): number {
  let crc = 0;
  for (let i = 0; i < end; i++) {
    crc ^= bytes[i] ?? 0;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}

function decodeTelegram(body: Uint8Array, closing: string, crc: number): PushTelegram | undefined {
  const isNamed = /^[0-9a-f]{4}$/i.test(closing);
  if (closing !== '' && !(isNamed && Number.parseInt(closing, 16) === crc)) return undefined;
  const text = toLatin1(body);
  const line = text.indexOf('\n');
  const identification = line < 0 ? undefined : decodeIdentification(text.slice(0, line).trimEnd());
  if (!identification || !/^[\t\r\n\x20-\x7e]*$/.test(text)) return undefined;
  try {
    return { identification, sets: decodeDataSets(text.slice(line + 1)), check: isNamed ? 'crc' : 'none' };
  } catch {
    return undefined; // Cut, or run into the next one: no code holds a `/`. The next telegram comes by itself.
  }
}

const SLASH = 0x2f;
const MARK = 0x21;
const LF = 0x0a;
/** `!`, four hex digits, CR LF and one to spare. */
const MAX_CLOSING = 8;
const MAX_TELEGRAM = 16_384;
