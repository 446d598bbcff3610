// What the tests of modbus share.
import { readFileSync } from 'node:fs';
import { fromHex, toHex } from '../../../src/core/wire/bytes';
import { crc16Modbus } from '../../../src/core/wire/checksum';
import { ModbusMeter, seededRandom, type Meter, type ModbusDevice } from '../../../src/simulator';
import { N8 } from './support';

export const meterOf = (devices: readonly ModbusDevice[], framing: 'rtu' | 'ascii' = 'rtu'): ModbusMeter =>
  new ModbusMeter({ devices, line: N8, framing, random: seededRandom(1), answerMsMin: 5, answerMsMax: 10 });
export const withCrc = (hex: string): Uint8Array => {
  const body = fromHex(hex);
  const crc = crc16Modbus(body);
  return Uint8Array.from([...body, crc & 0xff, crc >> 8]);
};
/** The PDU and unit that come back, in hex without CRC. */
export const asked = (meter: Meter, hex: string, now = 1e6): string =>
  meter
    .hear(withCrc(hex), now)
    .map((reply) => toHex(reply.bytes.slice(0, -2)))
    .join(' ');

export interface Vector {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly requestHex?: string;
  readonly responseHex?: string | null;
}
export const { vectors } = JSON.parse(readFileSync('test/vectors/modbus.json', 'utf8')) as {
  vectors: readonly Vector[];
};
