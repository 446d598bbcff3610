// HDLC frames, format type 3 (IEC 62056-46, 6.4.1 and 6.4.3; ISO/IEC 13239 Annex H.4):
//   7E | format (2) | destination | source | control | HCS (2) | information | FCS (2) | 7E
// The length in the format field makes the frame transparent: 7E may stand anywhere inside, nothing is escaped.
// HCS is there only with information; FCS covers all between the flags. Both go low octet first.
import { concatBytes } from '../../wire/bytes';
import { crc16X25 } from '../../wire/checksum';
import { failure, phrase, type Phrase, type Fact } from '../../wire/errors';
import type { Scan } from '../../wire/inbox';
import { decodeAddress, encodeAddress, type HdlcAddress } from './hdlc-address';

/** Unnumbered frames (62056-46, table 4). */
export type Unnumbered = 'SNRM' | 'UA' | 'DISC' | 'DM' | 'FRMR' | 'UI';
/** Supervisory frames. */
export type Supervisory = 'RR' | 'RNR' | 'REJ';

/** The control field (6.4.3.1). `isFinal` is the P bit of a command and the F bit of a response. */
export type Control =
  | { readonly type: 'I'; readonly ns: number; readonly nr: number; readonly isFinal: boolean }
  | { readonly type: Supervisory; readonly nr: number; readonly isFinal: boolean }
  | { readonly type: Unnumbered; readonly isFinal: boolean }
  /** A valid frame with a control field that this profile does not use (XID, TEST, SREJ ...). */
  | { readonly type: 'other'; readonly octet: number; readonly isFinal: boolean };

/** A frame between its flags, checks passed. */
export type HdlcFrame = Control & {
  readonly dest: HdlcAddress;
  readonly src: HdlcAddress;
  /** The S bit: more segments of the same APDU follow. */
  readonly isSegmented?: boolean;
  readonly info: Uint8Array;
};

/** The largest information field that the standard has. */
export const MAX_INFO = 2030;

/** The octets of a frame, flags and checks with them. */
export function encodeHdlc(frame: HdlcFrame): Uint8Array {
  const header = concatBytes(encodeAddress(frame.dest), encodeAddress(frame.src), Uint8Array.of(encodeControl(frame)));
  const hasInfo = frame.info.length > 0;
  const length = 2 + header.length + (hasInfo ? 2 + frame.info.length : 0) + 2;
  if (length > MAX_LENGTH) throw failure('wire.defect', { where: `encodeHdlc ${frame.info.length}` });
  const bytes = new Uint8Array(length + 2);
  bytes[0] = bytes[length + 1] = FLAG;
  bytes[1] = TYPE_3 | (frame.isSegmented ? SEGMENTED : 0) | (length >> 8);
  bytes[2] = length & 0xff;
  bytes.set(header, 3);
  if (hasInfo) {
    putCheck(bytes, 3 + header.length);
    bytes.set(frame.info, 5 + header.length);
  }
  putCheck(bytes, length - 1);
  return bytes;
}

/**
 * The next frame. The closing flag stays in the buffer, for it may also open the next frame; single flags between
 * frames are fill. HCS is judged as soon as it is there, so that a false length never holds back a true frame for long.
 */
export const scanHdlc: Scan<HdlcFrame> = (buf) => {
  if (buf[0] !== FLAG) return { skip: toFlag(buf, 0) };
  const format = buf[1];
  if (format === undefined) return 'more';
  if (format === FLAG) return { skip: 1 };
  const low = buf[2];
  if ((format & 0xf0) !== TYPE_3) return { skip: toFlag(buf, 1) };
  if (low === undefined) return 'more';
  const length = ((format & 7) << 8) | low;
  const dest = decodeAddress(buf, 3);
  if (dest === 'more') return 'more';
  const src = dest && decodeAddress(buf, 3 + dest.size);
  if (src === 'more') return 'more';
  if (!dest || !src) return { skip: toFlag(buf, 1) };
  const head = 4 + dest.size + src.size; // where HCS, or FCS when there is no information, begins
  const hasInfo = length !== head + 1;
  if (length < head + 1 || length === head + 2 || length === head + 3) return { skip: toFlag(buf, 1) };
  if (buf.length < head + 2) return 'more';
  if (!isChecked(buf, head)) return { skip: toFlag(buf, 1) };
  if (buf.length < length + 2) return 'more';
  if (buf[length + 1] !== FLAG || (hasInfo && !isChecked(buf, length - 1))) return { skip: toFlag(buf, 1) };
  const info = hasInfo ? buf.slice(head + 2, length - 1) : NOTHING;
  return {
    frame: { dest, src, ...decodeControl(buf[head - 1] ?? 0), isSegmented: (format & SEGMENTED) !== 0, info },
    size: length + 1,
  };
};

/** Octets on the wire of a frame with so much information and the longest addresses: to reckon with, not to encode. */
export function frameBytes(info: number): number {
  return info + 16;
}

/** What an FRMR says of the frame it rejects (6.4.3.8; ISO/IEC 13239, 5.5.3.4.2), in words. */
export function rejectionOf(info: Uint8Array): Fact {
  const reasons = REJECTIONS.filter((_, bit) => ((info[2] ?? 0) & (1 << bit)) !== 0);
  return reasons.length > 0 ? reasons : phrase('dlms.rejectUnsaid', {});
}

/**
 * What a person does about it. A wrong N(R) is a matter of numbers; everything else should never come of our frames.
 */
export function rejectionAdvice(info: Uint8Array): Phrase {
  return ((info[2] ?? 0) & WRONG_NR) === 0 ? phrase('dlms.nextReport', {}) : phrase('dlms.nextNumbers', {});
}

function encodeControl(control: Control): number {
  const pf = control.isFinal ? 0x10 : 0;
  switch (control.type) {
    case 'I':
      return (control.nr << 5) | pf | (control.ns << 1);
    case 'RR':
    case 'RNR':
    case 'REJ':
      return (control.nr << 5) | pf | SUPERVISORY[control.type];
    case 'other':
      return control.octet;
    default:
      return UNNUMBERED[control.type] | pf;
  }
}

function decodeControl(octet: number): Control {
  const isFinal = (octet & 0x10) !== 0;
  const nr = octet >> 5;
  if ((octet & 1) === 0) return { type: 'I', ns: (octet >> 1) & 7, nr, isFinal };
  for (const type of ['RR', 'RNR', 'REJ'] as const)
    if ((octet & 0x0f) === SUPERVISORY[type]) return { type, nr, isFinal };
  for (const type of UNNUMBERED_TYPES) if ((octet & 0xef) === UNNUMBERED[type]) return { type, isFinal };
  return { type: 'other', octet, isFinal };
}

function isChecked(buf: Uint8Array, at: number): boolean {
  return crc16X25(buf, 1, at) === ((buf[at] ?? 0) | ((buf[at + 1] ?? 0) << 8));
}

function putCheck(bytes: Uint8Array, at: number): void {
  const check = crc16X25(bytes, 1, at);
  bytes[at] = check & 0xff;
  bytes[at + 1] = check >> 8;
}

/** Bytes before the next flag at or after `from`. */
function toFlag(buf: Uint8Array, from: number): number {
  const at = buf.indexOf(FLAG, from);
  return at < 0 ? buf.length : at;
}

const FLAG = 0x7e;
const TYPE_3 = 0xa0;
const SEGMENTED = 0x08;
const MAX_LENGTH = 0x7ff;
const NOTHING = new Uint8Array(0);
const SUPERVISORY = { RR: 0x01, RNR: 0x05, REJ: 0x09 } as const;
const UNNUMBERED = { SNRM: 0x83, UA: 0x63, DISC: 0x43, DM: 0x0f, FRMR: 0x87, UI: 0x03 } as const;
const WRONG_NR = 0x08;
const REJECTIONS = [
  phrase('dlms.rejectControl', {}),
  phrase('dlms.rejectInformation', {}),
  phrase('dlms.rejectLong', {}),
  phrase('dlms.rejectNr', {}),
] as const;
const UNNUMBERED_TYPES = ['SNRM', 'UA', 'DISC', 'DM', 'FRMR', 'UI'] as const;
