// Type 142: the meter's configuration. The layout was read from one real answer with known values; what that answer
// does not settle (other speed and parity codes, contracts, calendars) is handed on as codes and hex, not guessed.
import { failure } from '../wire/errors';
import { toHex, toLatin1 } from '../wire/bytes';
import type { Asdu } from './asdu';
import { identityAt, uint32, type DeviceIdentity } from './objects';
import { decodeTimeA, type TimeTag } from './time-tag';

/** A port of the meter; what no source explains stands as its code. */
export interface Port {
  readonly speed: string;
  readonly format: string;
}

/** The meter's configuration, as far as it is known. */
export interface Configuration {
  readonly identity: DeviceIdentity;
  readonly model: string;
  readonly firmware: number;
  readonly protocolDate: TimeTag;
  readonly battery: number;
  /** Serial 1, serial 2, optical. */
  readonly ports: readonly Port[];
  /** Transformer values in tenths of volt and ampere. */
  readonly primaryDeciVolts: number;
  readonly secondaryDeciVolts: number;
  readonly primaryDeciAmperes: number;
  readonly secondaryDeciAmperes: number;
  /** Integration periods 1, 2, 3 in minutes; 0 = not in use. */
  readonly periods: readonly number[];
  /** All that follows, as hex without the zeros that fill the frame. */
  readonly rest: string;
}

/** Throws BAD_VALUE for an answer that is shorter than what is known. */
export function decodeConfiguration(asdu: Asdu): Configuration {
  const { objects } = asdu;
  if (objects.length < KNOWN_SIZE)
    throw failure('iec870.configurationShort', { size: objects.length, known: KNOWN_SIZE });
  const byte = (offset: number): number => objects[offset] ?? 0;
  return {
    identity: identityAt(byte(8), byte(0), uint32(objects, 4)),
    model: toLatin1(objects.subarray(1, 3)),
    firmware: byte(3),
    protocolDate: decodeTimeA(objects, 9),
    battery: byte(14),
    // Port 1 has two further fields, the modem's start mode and its start text of 20 characters.
    ports: [15, 38, 40].map((offset) => portAt(byte(offset), byte(offset + 1))),
    primaryDeciVolts: uint32(objects, 42),
    secondaryDeciVolts: uint32(objects, 46),
    primaryDeciAmperes: uint32(objects, 50),
    secondaryDeciAmperes: uint32(objects, 54),
    periods: [byte(58), byte(59), byte(60)],
    rest: toHex(objects.subarray(KNOWN_SIZE, endOfContent(objects))),
  };
}

function endOfContent(objects: Uint8Array): number {
  let end = objects.length;
  while (end > KNOWN_SIZE && objects[end - 1] === 0) end -= 1;
  return end;
}

function portAt(speed: number, format: number): Port {
  return { speed: speed === 0x06 ? '9600' : `code ${speed}`, format: format === 0x08 ? '8E1' : `code ${format}` };
}

const KNOWN_SIZE = 61;
