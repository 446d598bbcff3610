// Which octets of a push are an OBIS code: nothing but their value tells, for names, serial numbers and addresses have
// six octets as well.
import type { Data } from '../apdu/axdr';
import { logicalNameOf } from '../model/cosem';

/** Six octets whose group A is a medium (IEC 62056-61, table 2: 0 to 15). Printable text never is: it begins at 32. */
export function codeOf(item: Data | undefined): Uint8Array | undefined {
  const octets = logicalNameOf(item);
  return octets && (octets[0] ?? 0xff) <= LAST_MEDIUM ? octets : undefined;
}

/** Logical names of push set-ups (0-b:25.9.0) stand in pushes as values: the meter says which set-up sent it. */
export function isPushSetup(code: Uint8Array): boolean {
  const [a, , c, d] = code;
  return a === 0 && c === 25 && d === 9;
}

const LAST_MEDIUM = 15;
