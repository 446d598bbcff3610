// Reads a SunSpec model wherever the device keeps it: the mark "SunS" at one of three addresses, then the chain of
// models (SunSpec Device Information Model Specification, 6.1 to 6.3). What was found is remembered per unit.
import type { Readout } from '../meter/reading';
import type { Dialogue, LineMemory } from '../wire/dialogue';
import { failure } from '../wire/errors';
import { readModbus, type ModbusReadOptions } from './read';
import type { Register } from './registers/registers';
import { decodeModelHeader, isSunSpecMark, placeRegisters, SUNSPEC_BASES } from './registers/sunspec';

/** `options.registers` count from the first register of the model. */
export function* readSunSpec(model: number, options: ModbusReadOptions, memory: LineMemory): Dialogue<Readout> {
  const found = memory.recall(`modbus-sunspec ${options.unit}`, () => new Map<number, number>());
  const address = found.get(model) ?? (yield* findModel(model, options, memory));
  found.set(model, address);
  return yield* readModbus({ ...options, registers: placeRegisters(options.registers, address) }, memory);
}

function* findModel(model: number, options: ModbusReadOptions, memory: LineMemory): Dialogue<number> {
  for (const base of SUNSPEC_BASES) {
    const mark = yield* readPair(base, options, memory);
    if (!mark || !isSunSpecMark(mark)) continue;
    let address = base + MARK_REGISTERS;
    for (let models = 0; models < MAX_MODELS; models++) {
      const header = yield* readPair(address, options, memory);
      const decoded = header && decodeModelHeader(header, address);
      if (!decoded) break;
      if (decoded.model === model) return address;
      address = decoded.next;
    }
    throw failure('modbus.noModel', { unit: options.unit, model }, 'read');
  }
  throw failure('modbus.noSunSpec', { unit: options.unit, bases: SUNSPEC_BASES }, 'read');
}

/** Two holding registers, or undefined where the device has none. */
function* readPair(
  address: number,
  options: ModbusReadOptions,
  memory: LineMemory,
): Dialogue<readonly number[] | undefined> {
  const { readings } = yield* readModbus({ ...options, registers: [raw(address), raw(address + 1)] }, memory);
  const values = readings.map(({ value }) => value);
  return values.every((value) => typeof value === 'number') ? values : undefined;
}

function raw(address: number): Register {
  return { name: `register ${address}`, fc: 3, address, type: 'uint16', order: 'ABCD', scale: 1, unit: '', length: 1 };
}

const MARK_REGISTERS = 2;
/** Real devices have a dozen. */
const MAX_MODELS = 64;
