// Information objects of the REE profile that carry energy, time and identity. Every layout is checked by its length:
// what does not fit exactly is refused with the count, never read in part.
import { failure } from '../wire/errors';
import { concatBytes } from '../wire/bytes';
import type { Asdu } from './asdu';
import { decodeTimeA, decodeTimeB, encodeTimeA, TIME_A_SIZE, TIME_B_SIZE, type TimeTag } from './time-tag';

/** One integrated total (IT, 7.2.2.1.x): counted energy with its qualifier. */
export interface Total {
  /** 1 active import, 2 active export, 3..6 reactive Q1..Q4, 7 and 8 reserve. */
  readonly address: number;
  readonly value: number;
  readonly quality: number;
}

/** All totals of one integration period; `time` is the end of the period. */
export interface Period {
  readonly totals: readonly Total[];
  readonly time: TimeTag;
}

/** Types 8 and 11: n x (address, value, qualifier), one time A for all. */
export function decodeTotals(asdu: Asdu): readonly Period[] {
  expectSize(asdu, asdu.count * 6 + TIME_A_SIZE);
  const totals = Array.from({ length: asdu.count }, (_, i) =>
    totalAt(asdu.objects, i * 6 + 1, asdu.objects[i * 6] ?? 0),
  );
  return [{ totals, time: decodeTimeA(asdu.objects, asdu.count * 6) }];
}

/** The objects of types 8 and 11. */
export function encodeTotals({ totals, time }: Period): Uint8Array {
  return concatBytes(
    ...totals.map((total) => concatBytes(Uint8Array.of(total.address), encodeTotal(total))),
    encodeTimeA(time),
  );
}

/** Types 139 and 140: per period the block's object address, its totals without addresses, and time A. */
export function decodeTotalBlocks(asdu: Asdu): readonly Period[] {
  const periods: Period[] = [];
  let offset = 0;
  for (let i = 0; i < asdu.count; i++) {
    const addresses = BLOCKS[asdu.objects[offset] ?? 0];
    if (!addresses) throw failure('iec870.noTotals', { object: asdu.objects[offset] ?? '-', offset, type: asdu.type });
    const totals = addresses.map((address, n) => totalAt(asdu.objects, offset + 1 + n * 5, address));
    periods.push({ totals, time: decodeTimeA(asdu.objects, offset + 1 + addresses.length * 5) });
    offset += blockSize(addresses.length);
  }
  expectSize(asdu, offset);
  return periods;
}

/** The block of one period; `totals` in the order of the block's addresses. */
export function encodeBlock(object: number, { totals, time }: Period): Uint8Array {
  return concatBytes(Uint8Array.of(object), ...totals.map(encodeTotal), encodeTimeA(time));
}

/** Bytes of one period in a block answer: 5n + 6, so 5, 6 or 11 periods fit into one frame. */
export function blockSize(totals: number): number {
  return totals * 5 + 6;
}

/** Type 71: standard date, manufacturer, device number. */
export interface DeviceIdentity {
  readonly manufacturer: number;
  readonly device: number;
  readonly standardYear: number;
  readonly standardMonth: number;
}

/** Throws BAD_VALUE where the objects are not six octets. */
export function decodeIdentity(asdu: Asdu): DeviceIdentity {
  expectSize(asdu, 6);
  return identityAt(asdu.objects[0] ?? 0, asdu.objects[1] ?? 0, uint32(asdu.objects, 2));
}

/** An identity from its octets: standard date, maker, and device number. */
export function identityAt(standard: number, manufacturer: number, device: number): DeviceIdentity {
  return { manufacturer, device, standardYear: 2000 + (standard >> 4), standardMonth: standard & 0x0f };
}

/** The objects of type 71. */
export function encodeIdentity(identity: DeviceIdentity): Uint8Array {
  return Uint8Array.of(
    identity.standardMonth | ((identity.standardYear - 2000) << 4),
    identity.manufacturer,
    ...bytesOf(identity.device),
  );
}

/** Types 72 and 181: the clock as time B. Some meters confirm 181 without repeating the time. */
export function decodeClock(asdu: Asdu): TimeTag {
  expectSize(asdu, TIME_B_SIZE);
  return decodeTimeB(asdu.objects, 0);
}

/** Type 145: n x (contract period, kW) and the time since when they hold. */
export interface ContractedPowers {
  readonly powers: readonly { readonly address: number; readonly kw: number }[];
  readonly time: TimeTag;
}

/** Throws BAD_VALUE where the objects do not fit their count. */
export function decodeContractedPowers(asdu: Asdu): ContractedPowers {
  expectSize(asdu, asdu.count * 5 + TIME_A_SIZE);
  const powers = Array.from({ length: asdu.count }, (_, i) => ({
    address: asdu.objects[i * 5] ?? 0,
    kw: uint32(asdu.objects, i * 5 + 1),
  }));
  return { powers, time: decodeTimeA(asdu.objects, asdu.count * 5) };
}

/** The objects of type 145. */
export function encodeContractedPowers({ powers, time }: ContractedPowers): Uint8Array {
  return concatBytes(...powers.map(({ address, kw }) => Uint8Array.of(address, ...bytesOf(kw))), encodeTimeA(time));
}

/** Type 1: one event (single-point information with time B): SPA, SPQ and SPI, time. */
export interface PointEvent {
  /** SPA: which event of the section. */
  readonly address: number;
  /** SPQ: its qualifier. */
  readonly qualifier: number;
  /** SPI: the state of the point. */
  readonly isOn: boolean;
  readonly time: TimeTag;
}

/** Throws BAD_VALUE where the objects do not fit their count. */
export function decodeEvents(asdu: Asdu): readonly PointEvent[] {
  expectSize(asdu, asdu.count * EVENT_SIZE);
  return Array.from({ length: asdu.count }, (_, i) => {
    const offset = i * EVENT_SIZE;
    const point = asdu.objects[offset + 1] ?? 0;
    return {
      address: asdu.objects[offset] ?? 0,
      qualifier: point >> 1,
      isOn: (point & 1) !== 0,
      time: decodeTimeB(asdu.objects, offset + 2),
    };
  });
}

/** Bodies of interval requests: 122/123 name a range of addresses, 189/190 a block, 102 and 134 only the times. */
export function encodeIntervalBody(addresses: readonly number[], from: TimeTag, to: TimeTag): Uint8Array {
  return concatBytes(Uint8Array.from(addresses), encodeTimeA(from), encodeTimeA(to));
}

/**
 * Whether a mirrored request names other times than the one that was sent. Only what a clock shows counts: a meter may
 * fill in SU and weekday by its own calendar. What is not as long as the request tells nothing.
 */
export function isOtherInterval(sent: Uint8Array, mirrored: Uint8Array): boolean {
  const start = sent.length - 2 * TIME_A_SIZE;
  if (start < 0 || mirrored.length !== sent.length) return false;
  return sent.some(
    (byte, i) => i >= start && ((byte ^ (mirrored[i] ?? 0)) & (CLOCK_BITS[(i - start) % TIME_A_SIZE] ?? 0)) !== 0,
  );
}

/** Types 183: the password, 32 bits. */
export function encodePassword(password: number): Uint8Array {
  return bytesOf(password);
}

/** Throws BAD_VALUE unless the objects have exactly this size. */
export function expectSize(asdu: Asdu, size: number): void {
  if (asdu.objects.length === size) return;
  throw failure('iec870.sizeMisfit', { type: asdu.type, count: asdu.count, bytes: asdu.objects.length, size });
}

/** Four octets, low one first. */
export function uint32(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] ?? 0) |
      ((bytes[offset + 1] ?? 0) << 8) |
      ((bytes[offset + 2] ?? 0) << 16) |
      ((bytes[offset + 3] ?? 0) << 24)) >>>
    0
  );
}

/** A number as four octets, low one first. */
export function bytesOf(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff);
}

function totalAt(bytes: Uint8Array, offset: number, address: number): Total {
  if (bytes.length < offset + 5) throw failure('iec870.totalEnds', { address, offset });
  return { address, value: uint32(bytes, offset), quality: bytes[offset + 4] ?? 0 };
}

function encodeTotal({ value, quality }: Total): Uint8Array {
  return Uint8Array.of(...bytesOf(value), quality);
}

/** Qualifier bits of a total, and the words for them. 0x01 is reserved. */
export const INVALID = 0x80;
export const QUALITIES: readonly (readonly [number, string])[] = [
  [INVALID, 'invalid'],
  [0x40, 'clock-adjusted'],
  [0x20, 'overflow'],
  [0x10, 'clock-not-verified'],
  [0x08, 'parameters-changed'],
  [0x04, 'intrusion'],
  [0x02, 'power-failure'],
  [0x01, 'reserved'],
];

/** Which totals a block holds, by its object address: generic with reserves, generic, pure consumption. */
export const BLOCKS: Readonly<Record<number, readonly number[]>> = {
  9: [1, 2, 3, 4, 5, 6, 7, 8],
  10: [1, 2, 3, 4, 5, 6],
  11: [1, 3, 6],
};

/** Minute, hour, day, month and year of a time A, without IV, SU, weekday and tariff bits. */
const CLOCK_BITS: readonly number[] = [0x3f, 0x1f, 0x1f, 0x0f, 0x7f];
const EVENT_SIZE = 2 + TIME_B_SIZE;
