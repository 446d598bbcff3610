// The few frames that the modem's own Modbus master sends (GETMODBUS, SETMODBUS): function 3 and function 6 in RTU.
// Written out here byte by byte, so that nothing of the platform's Modbus stands on both sides of a test.
import { concatBytes } from '../../core/wire/bytes';
import { crc16Modbus } from '../../core/wire/checksum';

export function modbusReadRequest(unit: number, address: number, count: number): Uint8Array {
  return withCrc(unit, 0x03, address >> 8, address, count >> 8, count);
}

export function modbusWriteRequest(unit: number, address: number, value: number): Uint8Array {
  return withCrc(unit, 0x06, address >> 8, address, value >> 8, value);
}

/** The registers of a whole, correct answer; undefined for everything else. */
export function modbusReadValues(heard: Uint8Array, unit: number, count: number): readonly number[] | undefined {
  const isOurs = heard.length === 5 + 2 * count && heard[0] === unit && heard[1] === 0x03 && heard[2] === 2 * count;
  if (!isOurs || crc16Modbus(heard) !== 0) return undefined; // the CRC over a frame with its CRC is 0
  return Array.from({ length: count }, (_, i) => ((heard[3 + 2 * i] ?? 0) << 8) | (heard[4 + 2 * i] ?? 0));
}

function withCrc(...bytes: readonly number[]): Uint8Array {
  const frame = Uint8Array.from(bytes);
  const crc = crc16Modbus(frame);
  return concatBytes(frame, Uint8Array.of(crc & 0xff, crc >> 8));
}
