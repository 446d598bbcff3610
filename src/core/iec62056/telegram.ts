// The bytes of a pushed telegram (IEC 62056-21, 6.4.5; DSMR P1 companion standard, 5.2): `/` identification CR LF, data
// sets, `!`, and a CRC where the meter has one. Law: each octet is looked at once, whatever the stream holds. A
// telegram that cannot go on as it began ends there; a `/` begins another one, and only a `/` inside brackets leaves
// the first alive.
import { toLatin1 } from '../wire/bytes';
import { crc16X25 } from '../wire/checksum';
import { decodeDataSets, type DataSet } from './dataset';
import { decodeIdentification, type Identification } from './identification';
import { octetWithoutParity, parityOf, softParityOf, type ParityOption, type SoftParity } from './parity';

/** A whole telegram. */
export interface PushTelegram {
  readonly identification: Identification;
  readonly sets: readonly DataSet[];
  /** DSMR 4 and later close with a CRC; older meters and the standard itself with `!` alone. */
  readonly check: 'crc' | 'none';
}

/** A telegram that has begun. */
export class BegunTelegram {
  /** Without parity; those of the identification as they came, until its end tells the parity. */
  private octets: number[];
  private identification: Identification | undefined;
  private parity: SoftParity;
  private at: 'identification' | 'outside' | 'inside' | 'closing' = 'identification';
  private closing = '';
  /** All of it is text so far: else only a CRC can prove it. */
  private isText = true;
  private bodyAt = 0;

  /** `first`: the octet that began it, which is `/` whatever the parity. */
  constructor(
    first: number,
    private readonly option: ParityOption,
  ) {
    this.parity = softParityOf(option) ?? 'none';
    this.octets = [first];
  }

  /** What an octet makes of it. `needsCrc`: its meter has shown that it sends one. */
  take(octet: number, needsCrc: boolean): 'more' | 'over' | PushTelegram {
    if (this.at === 'identification') return this.takeIdentification(octet, needsCrc);
    const clean = octetWithoutParity(octet, this.parity);
    if (this.at === 'closing') return this.takeClosing(clean, needsCrc);
    if (this.octets.push(clean) > MAX_OCTETS) return 'over';
    this.isText &&= isPlain(clean);
    if (this.at === 'inside') {
      if (clean === CLOSE) this.at = 'outside';
      return clean === OPEN ? 'over' : 'more';
    }
    if (clean === OPEN) this.at = 'inside';
    if (clean === MARK) this.at = 'closing';
    return clean === CLOSE || clean === SLASH ? 'over' : 'more';
  }

  private takeIdentification(octet: number, needsCrc: boolean): 'more' | 'over' | PushTelegram {
    const character = octet & 0x7f;
    const isReturned = ((this.octets.at(-1) ?? 0) & 0x7f) === CR;
    // The line may end by CR alone.
    if (isReturned && character !== LF && character !== CR)
      return this.endIdentification() ? this.take(octet, needsCrc) : 'over';
    this.octets.push(octet);
    // Holley's older firmware has `/HLY5/D545-METER`: a slash behind the speed, where none belongs.
    const isOdd = character === SLASH && this.octets.length !== LETTERS_AND_SPEED + 2;
    if (isOdd || character === MARK || character === OPEN || character === CLOSE) return 'over';
    if (character !== LF) return this.octets.length < MAX_LINE ? 'more' : 'over';
    return this.endIdentification() ? 'more' : 'over';
  }

  /** Its parity and its fields; false = it is none. */
  private endIdentification(): boolean {
    if (this.option === 'auto') this.parity = parityOf(this.octets);
    if (this.parity !== 'none') this.octets = this.octets.map((one) => octetWithoutParity(one, this.parity));
    if (!this.octets.every(isPlain)) return false;
    this.identification = decodeIdentification(String.fromCharCode(...this.octets).trimEnd());
    this.bodyAt = this.octets.length;
    this.at = 'outside';
    return this.identification !== undefined;
  }

  private takeClosing(octet: number, needsCrc: boolean): 'more' | 'over' | PushTelegram {
    if (octet === CR || octet === LF || octet === SLASH) return this.end(needsCrc) ?? 'over';
    if (octet !== BLANK) this.closing += String.fromCharCode(octet);
    return this.closing.length > CRC_DIGITS ? 'over' : 'more';
  }

  private end(needsCrc: boolean): PushTelegram | undefined {
    const { identification, closing } = this;
    const isNamed = /^[0-9a-f]{4}$/i.test(closing);
    if (!identification || (isNamed ? !isProven(this.octets, Number.parseInt(closing, 16)) : closing !== ''))
      return undefined;
    const hasStrayOctets = !this.isText || identification.id.startsWith('/');
    if (!isNamed && (needsCrc || hasStrayOctets)) return undefined;
    try {
      const sets = decodeDataSets(toLatin1(Uint8Array.from(this.octets.slice(this.bodyAt, -1))));
      return sets.length === 0 ? undefined : { identification, sets, check: isNamed ? 'crc' : 'none' };
    } catch {
      return undefined; // cut, or run into the next one: the next telegram comes by itself
    }
  }
}

/** Is it `/`, whatever its parity bit? */
export function beginsTelegram(octet: number): boolean {
  return (octet & 0x7f) === SLASH;
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

/** Holley's DTSD545 (Hungary) closes with CRC-16/X-25 in place of DSMR's. */
function isProven(octets: readonly number[], crc: number): boolean {
  const bytes = Uint8Array.from(octets);
  return crc16Arc(bytes) === crc || crc16X25(bytes) === crc;
}

function isPlain(octet: number): boolean {
  return (octet >= 0x20 && octet < 0x7f) || octet === CR || octet === LF || octet === TAB;
}

const SLASH = 0x2f;
const MARK = 0x21;
const OPEN = 0x28;
const CLOSE = 0x29;
const BLANK = 0x20;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const CRC_DIGITS = 4;
/** XXX and Z of the identification message (6.3.14 items 12 and 13). */
const LETTERS_AND_SPEED = 4;
const MAX_LINE = 128;
const MAX_OCTETS = 16_384;
