// Messages of IEC 62056-21 (6.3): their bytes, and how the stream is told apart. Whatever arrives is classified, never
// assumed; a character with bit 7 set is a damaged one, for the standard knows only seven bits.
import { bccXor, sumOf } from '../wire/checksum';
import { concatBytes, fromLatin1, toLatin1 } from '../wire/bytes';
import { failure, phrase, type Phrase } from '../wire/errors';
import type { Scan } from '../wire/inbox';
import { judgeBlock, type BccKind, type Check } from './block-check';
import { decodeIdentification, type Identification } from './identification';

/** What a meter may say, as it was heard: a damaged message is one too. */
export type MeterMessage =
  | { readonly kind: 'identification'; readonly identification: Identification }
  | { readonly kind: 'data'; readonly text: string; readonly check: Check; readonly isLast: boolean }
  | { readonly kind: 'command'; readonly command: string; readonly set: string; readonly check: Check }
  | {
      readonly kind: 'damaged';
      readonly why: Phrase;
      /** How many octets of it were heard. */
      readonly octets: number;
      /** Silence cut it, and nothing shows that its sender has block checks: none that would repeat it. */
      readonly isBare: boolean;
      readonly otherBcc?: BccKind;
    }
  | { readonly kind: 'echo' | 'ack' | 'nak' | 'bell' };

/** How far the block that is coming in was searched for its end. */
export interface BlockSearch {
  /** All octets heard so far; what a scan is given are the last of them. */
  heard: number;
  /** Where the block begins among them, and where the next look at it does. */
  start: number;
  end: number;
}

/** What the scan may take for granted: the BCC form this meter is known to use, and that nothing more is to come. */
export interface Known {
  readonly bcc?: BccKind | undefined;
  readonly isQuiet: boolean;
  /** Bit 7 was never a parity bit on this line: a block check then proves octets above 7F too. */
  readonly isEightBit?: boolean;
  /** Kept from one look at the stream to the next. */
  readonly search?: BlockSearch;
}

/** `/ ? address ! CR LF` (6.3.1). An empty address means any meter: for a line with one. */
export function encodeRequestMessage(address: string): Uint8Array {
  return fromLatin1(`/?${checkedAddress(address)}!\r\n`);
}

/** `ACK V Z Y CR LF` (6.3.3): protocol, speed, and what is wanted. */
export function encodeOptionSelect(protocol: '0' | '1' | '2', baudChar: string, option: string): Uint8Array {
  return fromLatin1(`\x06${protocol}${baudChar}${option}\r\n`);
}

/** `SOH c d STX set ETX BCC` (6.3.4); the set is `address(value)`. */
export function encodeCommandMessage(command: string, set: string, bcc: BccKind): Uint8Array {
  return sealed(fromLatin1(`\x01${command}\x02${set}\x03`), bcc);
}

/** `SOH B 0 ETX BCC` (6.3.5): the end of a programming session. */
export function encodeBreak(bcc: BccKind): Uint8Array {
  return sealed(fromLatin1('\x01B0\x03'), bcc);
}

/** ACK: done, next block. NAK: not understood, repeat. */
export const ACK_MESSAGE: Uint8Array = Uint8Array.of(0x06);
export const NAK_MESSAGE: Uint8Array = Uint8Array.of(0x15);

/** Energomera's fast read: request and command in one go, without identification and session. */
export function encodeGroupRead(address: string, items: readonly string[], bcc: BccKind): Uint8Array {
  return concatBytes(
    fromLatin1(`/?${checkedAddress(address)}!`),
    encodeCommandMessage('R1', `GROUP(${items.join('')})`, bcc),
  );
}

/** The next message in the stream. Blocks without a fitting BCC are `damaged`; noise is skipped. */
export function scanMessage(known: Known): Scan<MeterMessage> {
  return (buf) => {
    switch (buf[0]) {
      case ACK:
        return { frame: { kind: 'ack' }, size: 1 };
      case NAK:
        return { frame: { kind: 'nak' }, size: 1 };
      case BEL:
        return { frame: { kind: 'bell' }, size: 1 };
      case OPEN:
        return { skip: 1 };
      case SLASH:
        return scanLine(buf, known);
      case SOH:
      case STX:
        return scanBlock(buf, known);
      default:
        return scanBareText(buf, known);
    }
  };
}

/** Is what was heard our own message come back? Half-duplex adapters and two-wire lines give an echo. */
export function scanEcho(sent: Uint8Array): Scan<'echo' | 'other'> {
  return (buf) => {
    const differs = buf.subarray(0, sent.length).some((byte, i) => byte !== sent[i]);
    if (differs) return { frame: 'other', size: 0 };
    return buf.length < sent.length ? 'more' : { frame: 'echo', size: sent.length };
  };
}

/** Mode E: the meter repeats the option select, in seven bits with parity or already in eight plain ones. */
export function scanOption(option: Uint8Array): Scan<'same' | 'other'> {
  return (buf) => {
    const isAlike = buf.subarray(0, option.length).every((byte, i) => (byte & 0x7f) === option[i]);
    if (isAlike) return buf.length < option.length ? 'more' : { frame: 'same', size: option.length };
    return buf[0] === STX || buf[0] === OPEN || buf[0] === NAK ? { frame: 'other', size: 1 } : { skip: 1 };
  };
}

/** Does a request message begin here? Nothing else that is sent can be mistaken for an answer's begin. */
export function isRequest(bytes: Uint8Array): boolean {
  return bytes[0] === SLASH;
}

/** Is there a begin of data, or only blanks and line ends? */
export function hasContent(buf: Uint8Array): boolean {
  return buf.some((byte) => byte === STX || byte > 0x20);
}

/**
 * Does the text heard so far end with `!`? Then only ETX and BCC can follow, and a short silence tells that they do
 * not.
 */
export function endsWithMark(buf: Uint8Array): boolean {
  return buf.length > 1 && /![\r\n]*$/.test(toLatin1(buf.subarray(-4)));
}

/** Is it a line that ended by CR alone? Some meters send no LF; a short silence tells that none follows. */
export function endsWithReturn(buf: Uint8Array): boolean {
  return buf[0] === SLASH && buf[buf.length - 1] === CR;
}

/** From `/` to the line end; a second `/` in it begins anew, for an identification carries none. */
function scanLine(buf: Uint8Array, { isQuiet }: Known): ReturnType<Scan<MeterMessage>> {
  const end = endOfLine(buf.subarray(0, MAX_LINE), isQuiet);
  if (end < 0) return buf.length < MAX_LINE && !isQuiet ? 'more' : { skip: 1 };
  const again = buf.subarray(0, end).lastIndexOf(SLASH);
  if (again > 0) return { skip: again };
  const line = toLatin1(buf.subarray(0, endOfText(buf, end)));
  if (line.startsWith('/?')) return { frame: { kind: 'echo' }, size: end + 1 };
  const identification = decodeIdentification(line);
  return identification && /^[\x20-\x7e]*$/.test(line)
    ? { frame: { kind: 'identification', identification }, size: end + 1 }
    : { skip: 1 };
}

/** The LF, or a CR that none follows. */
function endOfLine(buf: Uint8Array, isQuiet: boolean): number {
  const [feed, first] = [buf.indexOf(LF), buf.indexOf(CR)];
  let last = first;
  while (last >= 0 && buf[last + 1] === CR) last += 1;
  const isAlone = first >= 0 && (last + 1 < buf.length ? buf[last + 1] !== LF : isQuiet);
  return isAlone ? last : feed;
}

/** Where the text of a line ends, its CRs taken off. */
function endOfText(buf: Uint8Array, lineFeed: number): number {
  let end = lineFeed;
  while (end > 0 && buf[end - 1] === CR) end -= 1;
  return end;
}

/**
 * `STX ... ETX BCC`, `STX ... EOT BCC` (partial block) or `SOH ... ETX BCC`; the BCC counts from the second byte
 * (5.3.3).
 */
function scanBlock(buf: Uint8Array, known: Known): ReturnType<Scan<MeterMessage>> {
  const end = endOfBlock(buf, known.search);
  if (end === undefined || end + 1 >= buf.length) return known.isQuiet ? cutBlock(buf, known) : 'more';
  const { check, isText } = judgeBlock(buf, end, known.isEightBit ?? false);
  const size = end + 2;
  const damaged = { kind: 'damaged', octets: size, isBare: false } as const;
  if (check === undefined) return { frame: { ...damaged, why: phrase('iec62056.bccMisfit', {}) }, size };
  if (known.bcc !== undefined && check !== 'both' && check !== known.bcc) {
    return {
      frame: { ...damaged, why: phrase('iec62056.bccOther', { kind: known.bcc }), otherBcc: check },
      size,
    };
  }
  // E550 and others fill fields with NUL and send signs above 7F; the block check counts them too.
  const text = toLatin1(buf.subarray(1, end)).replaceAll('\0', '');
  if (!isText) return { frame: { ...damaged, why: phrase('iec62056.noText', {}) }, size };
  if (buf[0] === STX) return { frame: { kind: 'data', text, check, isLast: buf[end] === ETX }, size };
  const parts = /^([A-Z][0-9A-Z])(?:\x02(.*))?$/s.exec(text);
  if (!parts) return { frame: { ...damaged, why: phrase('iec62056.noCommand', {}) }, size };
  return { frame: { kind: 'command', command: parts[1] ?? '', set: parts[2] ?? '', check }, size };
}

/**
 * Nothing more comes, and a block has no end: complete only if it closed with `!` and this meter is not known to send a
 * BCC.
 */
function cutBlock(buf: Uint8Array, known: Known): ReturnType<Scan<MeterMessage>> {
  const text = toLatin1(buf.subarray(1, buf[buf.length - 1] === ETX ? -1 : buf.length));
  if (buf[0] === STX && known.bcc === undefined && COMPLETE_TEXT.test(text)) {
    return { frame: { kind: 'data', text, check: 'none', isLast: true }, size: buf.length };
  }
  return { frame: cut(buf, known, phrase('iec62056.endUnheard', {})), size: buf.length };
}

/** Data sets without STX, ETX and BCC: some meters send them so. Only silence tells that such a text is whole. */
function scanBareText(buf: Uint8Array, known: Known): ReturnType<Scan<MeterMessage>> {
  const turn = buf.findIndex((byte) => byte === OPEN || byte === LF || byte === SLASH || byte === NAK || byte <= BEL);
  if (turn < 0) return known.isQuiet || buf.length > MAX_LINE ? { skip: buf.length } : 'more';
  if (buf[turn] !== OPEN) return { skip: buf[turn] === LF ? turn + 1 : Math.max(1, turn) };
  if (!known.isQuiet) return 'more';
  const text = toLatin1(buf);
  if (known.bcc === undefined && COMPLETE_TEXT.test(text))
    return { frame: { kind: 'data', text, check: 'none', isLast: true }, size: buf.length };
  return { frame: cut(buf, known, phrase('iec62056.beginOrEndUnheard', {})), size: buf.length };
}

/** A text that silence cut. One without the least sign of a block came from a meter that sends none. */
function cut(buf: Uint8Array, { bcc }: Known, why: Phrase): MeterMessage {
  const isBare = bcc === undefined && buf[0] !== STX && buf[0] !== SOH && !buf.includes(ETX);
  return { kind: 'damaged', why, octets: buf.length, isBare };
}

/** The first ETX or EOT. A block that comes octet by octet is searched on from where the last look ended. */
function endOfBlock(buf: Uint8Array, search: BlockSearch | undefined): number | undefined {
  const start = (search?.heard ?? 0) - buf.length;
  let end = search?.start === start ? search.end : 0;
  while (end < buf.length && buf[end] !== ETX && buf[end] !== EOT) end += 1;
  if (search) [search.start, search.end] = [start, end];
  return end < buf.length ? end : undefined;
}

function sealed(block: Uint8Array, bcc: BccKind): Uint8Array {
  return concatBytes(block, Uint8Array.of(bcc === 'xor' ? bccXor(block, 1) : sumOf(block, 1, block.length, 0x7f)));
}

/** `code(argument)` of a read command; without brackets the argument is empty. Several codes may stand in a row. */
export function checkedItem(item: string): string {
  const set = item.includes('(') ? item.trim() : `${item.trim()}()`;
  if (set.length <= 128 && /^(?:[^()/!\x00-\x1f\x7f-\uffff]+\([^()/!\x00-\x1f\x7f-\uffff]*\))+$/.test(set)) return set;
  throw failure('iec62056.itemForm', { shown: JSON.stringify(item.slice(0, 40)) });
}

/** The password set of P1 or P2. The text of the password is never part of an error. */
export function checkedPassword(password: string): string {
  if (/^[^()/!\x00-\x1f\x7f-\uffff]{1,32}$/.test(password)) return `(${password})`;
  throw failure('iec62056.passwordForm', {});
}

/** 6.3.1 item 22 allows 32 of 0-9 A-Z a-z and space; meters with a point in it exist. */
function checkedAddress(address: string): string {
  if (/^[\x20-\x7e]{0,32}$/.test(address) && !/[/!?]/.test(address)) return address;
  throw failure('iec62056.addressForm', {});
}

/**
 * The whole of an unprotected readout: data sets with all brackets closed, `!`, nothing after but its line end (6.3.7).
 */
const COMPLETE_TEXT = /^[\t\r\n\x20-\x7e]*\)[ \r\n]*![ \r\n]*$/;
/** The standard's longest line is 78 characters; addresses and ids of the field are longer. */
const MAX_LINE = 128;
const SOH = 0x01;
const STX = 0x02;
const ETX = 0x03;
const EOT = 0x04;
const ACK = 0x06;
const BEL = 0x07;
const LF = 0x0a;
const CR = 0x0d;
const NAK = 0x15;
const OPEN = 0x28;
const SLASH = 0x2f;
