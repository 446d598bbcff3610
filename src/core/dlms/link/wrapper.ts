// The wrapper of TCP and UDP (IEC 62056-47, 4.4; Green Book 7.3.3.2): version, source wPort, destination wPort, length,
// 16 bits each, high octet first, then the APDU. There is no checksum: the transport below is trusted.
import { failure } from '../../wire/errors';
import type { Scan } from '../../wire/inbox';

/** One APDU with its ports (62056-47, 4.4). */
export interface Wpdu {
  readonly source: number;
  readonly destination: number;
  readonly apdu: Uint8Array;
}

/** Octets before the APDU. */
export const WRAPPER_HEADER = 8;
/** The largest APDU that the header can tell. */
export const MAX_WRAPPED = 0xffff;

/** Header and APDU. */
export function encodeWrapper({ source, destination, apdu }: Wpdu): Uint8Array {
  if (apdu.length === 0 || apdu.length > MAX_WRAPPED)
    throw failure('wire.defect', { where: `encodeWrapper ${apdu.length}` });
  const bytes = new Uint8Array(WRAPPER_HEADER + apdu.length);
  const header = [VERSION, source, destination, apdu.length];
  header.forEach((field, i) => bytes.set([field >> 8, field & 0xff], 2 * i));
  bytes.set(apdu, WRAPPER_HEADER);
  return bytes;
}

/** The next wrapped APDU. Anything that does not begin with version 1 is passed over; so is an empty one. */
export const scanWrapper: Scan<Wpdu> = (buf) => {
  const field = (at: number): number => ((buf[at] ?? 0) << 8) | (buf[at + 1] ?? 0);
  if (buf[0] !== 0) return { skip: toZero(buf, 1) };
  if (buf.length < 2) return 'more';
  if (field(0) !== VERSION) return { skip: buf[1] === 0 ? 1 : toZero(buf, 2) };
  if (buf.length < WRAPPER_HEADER) return 'more';
  const length = field(6);
  if (length === 0) return { skip: WRAPPER_HEADER };
  const size = WRAPPER_HEADER + length;
  if (buf.length < size) return 'more';
  return { frame: { source: field(2), destination: field(4), apdu: buf.slice(WRAPPER_HEADER, size) }, size };
};

function toZero(buf: Uint8Array, from: number): number {
  const at = buf.indexOf(0, from);
  return at < 0 ? buf.length : at;
}

const VERSION = 1;
