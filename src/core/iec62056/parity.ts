// 7E1 and 7O1 through a port set to 8N1: the parity bit travels as bit 7 (IEC 62056-21, 5.1.3 asks 7 bits, even
// parity). On the way out it is put there, for a meter ignores a request without it; on the way in it is checked and
// taken off. A character that fails the check keeps bit 7, which no scan accepts.

/** How characters of seven bits come through the port: by its own parity, or in bit 7. */
export type ParityOption = 'none' | 'soft-even' | 'soft-odd' | 'auto';
/** The parity that bit 7 carries. */
export type SoftParity = 'none' | 'even' | 'odd';

/** undefined = to be found out. */
export function softParityOf(option: ParityOption): SoftParity | undefined {
  if (option === 'auto') return undefined;
  return option === 'soft-even' ? 'even' : option === 'soft-odd' ? 'odd' : 'none';
}

/** Characters of seven bits with their parity in bit 7. */
export function withParity(bytes: Uint8Array, parity: SoftParity): Uint8Array {
  if (parity === 'none') return bytes;
  return bytes.map((byte) => (byte & 0x7f) | (isOddCount(byte & 0x7f) === (parity === 'even') ? 0x80 : 0));
}

/** The incoming side of one dialogue. While the parity is unknown it holds characters back until a line tells. */
export class ParityFilter {
  private held: readonly number[] = [];
  /** undefined = not decided yet. */
  parity: SoftParity | undefined;

  constructor(parity: SoftParity | undefined) {
    this.parity = parity;
  }

  clean(chunk: Uint8Array): Uint8Array {
    if (this.parity !== undefined) return withoutParity(chunk, this.parity);
    this.held = [...this.held, ...chunk];
    const isTelling = this.held.length >= ENOUGH || this.held.some((byte) => (byte & 0x7f) === 0x0a);
    return isTelling ? this.release() : new Uint8Array(0);
  }

  /** What was held back, when nothing more comes. */
  release(): Uint8Array {
    const held = Uint8Array.from(this.held);
    this.held = [];
    if (held.length === 0) return held;
    const parity = this.parity ?? parityOf([...held]);
    if (held.length >= TELLING) this.parity = parity;
    return withoutParity(held, parity);
  }
}

/** The parity that (nearly) all characters of a heard text fit. Plain text never sets bit 7. */
export function parityOf(bytes: readonly number[]): SoftParity {
  if (bytes.every((byte) => byte < 0x80)) return 'none';
  const share = bytes.filter(isOddCount).length / bytes.length;
  return share <= 0.1 ? 'even' : share >= 0.9 ? 'odd' : 'none';
}

function withoutParity(bytes: Uint8Array, parity: SoftParity): Uint8Array {
  if (parity === 'none') return bytes;
  return bytes.map((byte) => octetWithoutParity(byte, parity));
}

/** The character of an octet; one whose parity is wrong keeps bit 7. */
export function octetWithoutParity(octet: number, parity: SoftParity): number {
  if (parity === 'none') return octet;
  return isOddCount(octet) === (parity === 'odd') ? octet & 0x7f : octet | 0x80;
}

function isOddCount(byte: number): boolean {
  byte ^= byte >> 4;
  return ((0x6996 >> (byte & 0xf)) & 1) === 1;
}

/**
 * `/` has five bits set and LF two: an identification line (7 characters at least) tells every parity from every other.
 */
const TELLING = 5;
const ENOUGH = 64;
