// HDLC addresses of COSEM servers and clients (IEC 62056-46, 6.4.2; Green Book 8.4.2): extended addressing, where the
// low bit of each octet says whether the address ends there, so an octet carries seven bits.
import { failure } from '../../wire/errors';

/** One octet holds the logical device alone, two hold 7 + 7 bits, four hold 14 + 14; other lengths do not exist. */
export type AddressSize = 1 | 2 | 4;

/** An address as it stands in a frame. */
export interface HdlcAddress {
  readonly size: AddressSize;
  /** Upper HDLC address = logical device (server SAP), or the client SAP. */
  readonly upper: number;
  /** Lower HDLC address = physical device; undefined in one-octet addresses. */
  readonly lower?: number;
}

/** The octets of an address, in its size. */
export function encodeAddress({ size, upper, lower = 0 }: HdlcAddress): Uint8Array {
  if (size === 1) return Uint8Array.of((upper << 1) | 1);
  if (size === 2) return Uint8Array.of(upper << 1, (lower << 1) | 1);
  return Uint8Array.of((upper >> 6) & 0xfe, (upper << 1) & 0xfe, (lower >> 6) & 0xfe, ((lower << 1) & 0xfe) | 1);
}

/**
 * The address that begins at `at`; `more` when the bytes end before it does, undefined when its length is none of the
 * standard's.
 */
export function decodeAddress(bytes: Uint8Array, at: number): HdlcAddress | 'more' | undefined {
  for (let size = 1; size <= 4; size++) {
    const octet = bytes[at + size - 1];
    if (octet === undefined) return 'more';
    if ((octet & 1) === 0) continue;
    const bits = (n: number): number => (bytes[at + n] ?? 0) >> 1;
    if (size === 1) return { size, upper: bits(0) };
    if (size === 2) return { size, upper: bits(0), lower: bits(1) };
    return size === 4 ? { size, upper: (bits(0) << 7) | bits(1), lower: (bits(2) << 7) | bits(3) } : undefined;
  }
  return undefined;
}

/** The same in another size is another address. */
export function isSameAddress(a: HdlcAddress, b: HdlcAddress): boolean {
  return a.size === b.size && a.upper === b.upper && a.lower === b.lower;
}

/** All-station (6.4.2.3): every meter on the line takes it as its own, and answers with its true address. */
export function isAllStation({ size, upper, lower }: HdlcAddress): boolean {
  return (lower ?? upper) === (size === 4 ? 0x3fff : 0x7f);
}

/** A client has always one octet (6.4.2.2). */
export function clientAddress(client: number): HdlcAddress {
  if (!isWithin(client, 0x7f)) throw failure('dlms.clientRange', { client }, 'configure');
  return { size: 1, upper: client };
}

/**
 * The server addresses to try, in order. `auto` leaves out every length that could not hold both numbers: a physical
 * address is never dropped, or on a bus another meter might answer for this one.
 */
export function serverAddresses(
  server: number,
  physical: number,
  bytes: AddressSize | 'auto',
): readonly [HdlcAddress, ...HdlcAddress[]] {
  if (!isWithin(server, 0x3fff)) throw failure('dlms.serverRange', { server }, 'configure');
  if (!isWithin(physical, 0x3fff)) throw failure('dlms.physicalRange', { physical }, 'configure');
  const sizes: readonly AddressSize[] = bytes === 'auto' ? [1, 2, 4] : [bytes];
  const [first, ...others] = sizes
    .filter((size) => isFitting(size, server, physical))
    .map((size) => addressOf(size, server, physical));
  if (first !== undefined) return [first, ...others];
  throw failure('dlms.addressBytes', { server, physical, bytes }, 'configure');
}

/** For people: `1/17 in 2 bytes`. */
export function addressText({ size, upper, lower }: HdlcAddress): string {
  return `${upper}${lower === undefined ? '' : `/${lower}`} in ${size} byte${size === 1 ? '' : 's'}`;
}

function addressOf(size: AddressSize, upper: number, lower: number): HdlcAddress {
  return size === 1 ? { size, upper } : { size, upper, lower };
}

function isFitting(size: AddressSize, server: number, physical: number): boolean {
  if (size === 1) return server <= 0x7f && physical === 0;
  return size === 4 || (server <= 0x7f && physical <= 0x7f);
}

function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}
