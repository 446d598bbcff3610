// Type 163: instantaneous values of the protocol's extension. Object 192 totals, 193 powers, 194 voltages and currents
// (referred to the secondary side of the transformers). The voltage and current layout was read from captures.
// Bit 31 of a total or voltage = invalid. Powers are magnitudes; the six upper bits beside a power factor are flags:
// bit 10 active power exported, bit 11 reactive power of quadrants III and IV, bit 15 invalid (gisce/iec870ree, PR 45).
import { failure } from '../wire/errors';
import { concatBytes } from '../wire/bytes';
import type { Asdu } from './asdu';
import { bytesOf, uint32 } from './objects';
import { decodeTimeA, encodeTimeA, TIME_A_SIZE, type TimeTag } from './time-tag';

/** Object 192. */
export interface InstantTotals {
  readonly object: 192;
  /** Active import, active export, reactive Q1..Q4; null = invalid. */
  readonly totals: readonly (number | null)[];
  readonly time: TimeTag;
}

/** Powers of all phases, or of one. */
export interface Power {
  readonly activeKw: number;
  readonly reactiveKvar: number;
  /** In thousandths. */
  readonly factor: number;
  /** The six bits above the factor. */
  readonly flags: number;
}

/** Object 193. */
export interface InstantPowers {
  readonly object: 193;
  /** All phases together, then phase 1, 2, 3. */
  readonly powers: readonly Power[];
  readonly time: TimeTag;
}

/** Object 194, referred to the secondary side. */
export interface InstantPhases {
  readonly object: 194;
  /** In tenths of ampere and volt; null = invalid. */
  readonly phases: readonly { readonly deciAmperes: number; readonly deciVolts: number | null }[];
  readonly time: TimeTag;
}

/** One object of an answer of type 163. */
export type Instant = InstantTotals | InstantPowers | InstantPhases;

/** Throws BAD_VALUE for an unknown object, and where octets are missing or left. */
export function decodeInstantaneous(asdu: Asdu): readonly Instant[] {
  const found: Instant[] = [];
  let offset = 0;
  for (let i = 0; i < asdu.count; i++) {
    const object = asdu.objects[offset];
    const layout = LAYOUTS.find((candidate) => candidate.object === object);
    if (!layout) throw failure('iec870.instantObject', { object: object ?? '-', offset });
    const size = 1 + layout.size + TIME_A_SIZE;
    if (asdu.objects.length < offset + size) throw failure('iec870.instantEnds', { object: layout.object });
    found.push(
      layout.decode(
        asdu.objects.subarray(offset + 1, offset + 1 + layout.size),
        decodeTimeA(asdu.objects, offset + 1 + layout.size),
      ),
    );
    offset += size;
  }
  if (offset !== asdu.objects.length) throw failure('iec870.instantLeft', { bytes: asdu.objects.length - offset });
  return found;
}

/** The octets of one object. */
export function encodeInstantaneous(instant: Instant): Uint8Array {
  return concatBytes(Uint8Array.of(instant.object), body(instant), encodeTimeA(instant.time));
}

function body(instant: Instant): Uint8Array {
  switch (instant.object) {
    case 192:
      return concatBytes(...instant.totals.map(withValidity));
    case 193:
      return concatBytes(
        ...instant.powers.map((p) =>
          concatBytes(
            uint24Bytes(p.activeKw),
            uint24Bytes(p.reactiveKvar),
            bytesOf(p.factor | (p.flags << 10)).subarray(0, 2),
          ),
        ),
      );
    case 194:
      return concatBytes(
        ...instant.phases.map((p) => concatBytes(uint24Bytes(p.deciAmperes), withValidity(p.deciVolts))),
      );
  }
}

const LAYOUTS: readonly {
  readonly object: number;
  readonly size: number;
  readonly decode: (bytes: Uint8Array, time: TimeTag) => Instant;
}[] = [
  {
    object: 192,
    size: 24,
    decode: (bytes, time) => ({
      object: 192,
      totals: [0, 4, 8, 12, 16, 20].map((offset) => validOrNull(bytes, offset)),
      time,
    }),
  },
  {
    object: 193,
    size: 32,
    decode: (bytes, time) => ({ object: 193, powers: [0, 8, 16, 24].map((offset) => powerAt(bytes, offset)), time }),
  },
  {
    object: 194,
    size: 21,
    decode: (bytes, time) => ({
      object: 194,
      phases: [0, 7, 14].map((offset) => ({
        deciAmperes: uint24(bytes, offset),
        deciVolts: voltageOrNull(bytes, offset + 3),
      })),
      time,
    }),
  },
];

function powerAt(bytes: Uint8Array, offset: number): Power {
  const factor = (bytes[offset + 6] ?? 0) | ((bytes[offset + 7] ?? 0) << 8);
  return {
    activeKw: uint24(bytes, offset),
    reactiveKvar: uint24(bytes, offset + 3),
    factor: factor & 0x3ff,
    flags: factor >> 10,
  };
}

/** 30 bits; bit 30 is not used, bit 31 = invalid. */
function voltageOrNull(bytes: Uint8Array, offset: number): number | null {
  const value = validOrNull(bytes, offset);
  return value === null ? null : value & VOLTAGE_BITS;
}

function validOrNull(bytes: Uint8Array, offset: number): number | null {
  const word = uint32(bytes, offset);
  return word >= INVALID_WORD ? null : word;
}

function withValidity(value: number | null): Uint8Array {
  return bytesOf(value ?? INVALID_WORD);
}

function uint24(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8) | ((bytes[offset + 2] ?? 0) << 16);
}

function uint24Bytes(value: number): Uint8Array {
  return bytesOf(value).subarray(0, 3);
}

const VOLTAGE_BITS = 0x3fff_ffff;
const INVALID_WORD = 0x8000_0000;
