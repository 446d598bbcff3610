// Types 135 and 136: billing information of the running and of stored periods. One record of 63 bytes per tariff
// period: 20 = total, 21..29 = tariff periods 1..9.
import { concatBytes } from '../wire/bytes';
import type { Asdu } from './asdu';
import { bytesOf, expectSize, uint32 } from './objects';
import { decodeTimeA, encodeTimeA, type TimeTag } from './time-tag';

/** A counter at the end of the period, and what was counted within it. */
export interface Energy {
  readonly absolute: number;
  readonly increment: number;
  readonly quality: number;
}

/** A value with its quality bits. */
export interface Qualified {
  readonly value: number;
  readonly quality: number;
}

/** One tariff period of one closing; energies in kWh and kvarh, powers in kW. */
export interface BillingRecord {
  readonly address: number;
  readonly active: Energy;
  readonly inductive: Energy;
  readonly capacitive: Energy;
  readonly reserve7: Qualified;
  readonly reserve8: Qualified;
  readonly maxPower: Qualified & { readonly time: TimeTag };
  readonly excessPower: Qualified;
  readonly start: TimeTag;
  readonly end: TimeTag;
}

/** Throws BAD_VALUE where the objects are not whole records. */
export function decodeBilling(asdu: Asdu): readonly BillingRecord[] {
  expectSize(asdu, asdu.count * RECORD_SIZE);
  return Array.from({ length: asdu.count }, (_, i) =>
    recordAt(asdu.objects.subarray(i * RECORD_SIZE, (i + 1) * RECORD_SIZE)),
  );
}

/** The octets of one record. */
export function encodeBilling(record: BillingRecord): Uint8Array {
  const energies = [record.active, record.inductive, record.capacitive].map((e) =>
    Uint8Array.of(...bytesOf(e.absolute), ...bytesOf(e.increment), e.quality),
  );
  return concatBytes(
    Uint8Array.of(record.address),
    ...energies,
    qualified(record.reserve7),
    qualified(record.reserve8),
    bytesOf(record.maxPower.value),
    encodeTimeA(record.maxPower.time),
    Uint8Array.of(record.maxPower.quality),
    qualified(record.excessPower),
    encodeTimeA(record.start),
    encodeTimeA(record.end),
  );
}

function recordAt(bytes: Uint8Array): BillingRecord {
  const energy = (offset: number): Energy => ({
    absolute: uint32(bytes, offset),
    increment: uint32(bytes, offset + 4),
    quality: bytes[offset + 8] ?? 0,
  });
  const value = (offset: number): Qualified => ({ value: uint32(bytes, offset), quality: bytes[offset + 4] ?? 0 });
  return {
    address: bytes[0] ?? 0,
    active: energy(1),
    inductive: energy(10),
    capacitive: energy(19),
    reserve7: value(28),
    reserve8: value(33),
    maxPower: { value: uint32(bytes, 38), time: decodeTimeA(bytes, 42), quality: bytes[47] ?? 0 },
    excessPower: value(48),
    start: decodeTimeA(bytes, 53),
    end: decodeTimeA(bytes, 58),
  };
}

function qualified({ value, quality }: Qualified): Uint8Array {
  return Uint8Array.of(...bytesOf(value), quality);
}

const RECORD_SIZE = 63;
