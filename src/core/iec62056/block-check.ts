// The block check character (IEC 62056-21, 6.3.1 item 8; ISO 1155), and which octets a block may hold. The standard
// knows seven bits; meters behind ports of eight send NUL and signs above 7F in texts and units, and their check proves
// them.
import { sumOf } from '../wire/checksum';
import { toLatin1 } from '../wire/bytes';

/** XOR is what meters of the standard send; the sum modulo 128 is seen at Energomera, SATEC and Kamstrup. */
export type BccKind = 'xor' | 'sum';
/** How a block was protected; `both` forms agree once in 128 and then prove neither. */
export type Check = BccKind | 'both' | 'none';
type Fit = Exclude<Check, 'none'>;

/**
 * How the block up to `end` (ETX or EOT, the check behind it) is protected, undefined = it is damaged, and whether all
 * of it is text. `isEightBit`: bit 7 was never a parity bit on this line.
 */
export function judgeBlock(
  buf: Uint8Array,
  end: number,
  isEightBit: boolean,
): { readonly check: Fit | undefined; readonly isText: boolean } {
  const text = toLatin1(buf.subarray(1, end));
  if (PLAIN_TEXT.test(text) || !isEightBit) return { check: checkOf(buf, end, 0x7f), isText: PLAIN_TEXT.test(text) };
  // A degree sign as the unit of an angle is no damage of a digit, so a check of seven bits will do for it.
  const isPlain = PLAIN_TEXT.test(text.replaceAll(DEGREES, ''));
  // Any other has to be counted in, or the check would not see one that bit 7 was added to.
  const check = checkOf(buf, end, 0xff) ?? (isPlain ? checkOf(buf, end, 0x7f) : undefined);
  return { check, isText: isPlain || EIGHT_BIT_TEXT.test(text) };
}

function checkOf(buf: Uint8Array, end: number, mask: number): Fit | undefined {
  const received = buf[end + 1];
  const isXor = (xorOf(buf, 1, end + 1) & mask) === received;
  const isSum = sumOf(buf, 1, end + 1, mask) === received;
  if (isXor && isSum) return 'both';
  return isXor ? 'xor' : isSum ? 'sum' : undefined;
}

function xorOf(bytes: Uint8Array, start: number, end: number): number {
  let xor = 0;
  for (let i = start; i < end; i++) xor ^= bytes[i] ?? 0;
  return xor;
}

const DEGREES = '*\xb0)';
const PLAIN_TEXT = /^[\0\x02\t\r\n\x20-\x7e]*$/;
const EIGHT_BIT_TEXT = /^[\0\x02\t\r\n\x20-\x7e\x80-\xff]*$/;
