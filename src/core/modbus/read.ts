// Reads the registers of one unit: as few requests as the device allows, each value from one answer, no value from
// another request's answer. A register that the device refuses is a reading with an error; silence, or a function that
// the device does not know at all, fails the whole read.
import type { Reading, Readout } from '../meter/reading';
import { stage, type Dialogue, type LineMemory } from '../wire/dialogue';
import { failure, phrase, errorFacts, type ReadError, type Phrase } from '../wire/errors';
import { endPast, openTalk, type Peer } from './reading/exchange';
import { fetchAll } from './reading/fetch';
import type { Item, Limits } from './reading/lengths';
import { SILENCE } from './reading/refusals';
import { decodeRegister, registerId, type Register } from './registers/registers';

/**
 * One object per job: every try of the job is given the same one, so that a late answer to its first try serves the
 * second. A later job with the same wishes needs an object of its own.
 */
export interface ModbusReadOptions extends Peer, Limits {
  readonly registers: readonly Register[];
}

/** A register with the one that holds its power of ten, which must come in the same answer. */
export interface RegisterItem extends Item {
  readonly register: Register;
  readonly factor: Register | undefined;
}

export function* readModbus(options: ModbusReadOptions, memory: LineMemory): Dialogue<Readout> {
  const items = checkedItems(options);
  const readings = new Map<Register, Reading>();
  const nothing: { readonly exception: number; readonly error: ReadError }[] = [];
  const fetch = {
    talk: openTalk(options, memory, options),
    limits: options,
    serve(item: RegisterItem, address: number, values: readonly number[]): void {
      readings.set(item.register, decodeItem(item, address, values));
    },
    refuse({ register }: RegisterItem, error: ReadError, exception?: number): void {
      if (exception === SILENCE || exception === 1 || exception === 4) nothing.push({ exception, error });
      readings.set(register, {
        name: register.name,
        id: registerId(register),
        error: errorFacts(error),
      });
    },
  };
  yield* stage('read', endPast(fetch.talk));
  yield* stage('read', fetchAll(fetch, items));
  const [sole] = nothing;
  if (sole && nothing.length === items.length && nothing.every(({ exception }) => exception === sole.exception)) {
    sole.error.stage = 'read';
    throw sole.error;
  }
  return { readings: options.registers.flatMap((register) => readings.get(register) ?? []) };
}

/** What must be read for these registers: for the planner, and for the preview of a plan. */
export function itemsOf(registers: readonly Register[]): readonly RegisterItem[] {
  const byName = new Map(registers.map((register) => [register.name, register]));
  return registers.map((register, i) => {
    const factor = register.scaleFactor === undefined ? undefined : byName.get(register.scaleFactor);
    if (register.scaleFactor !== undefined && factor?.fc !== register.fc) {
      throw invalid(
        `registers[${i}].scaleFactor`,
        phrase('modbus.factorFunction', { function: register.fc, name: register.scaleFactor }),
      );
    }
    const both = factor ? [register, factor] : [register];
    const start = Math.min(...both.map(({ address }) => address));
    const end = Math.max(...both.map(({ address, length }) => address + length));
    if (!Number.isInteger(start) || start < 0 || end <= start || end > 0x10000) {
      throw invalid(
        `registers[${i}].address`,
        phrase('modbus.rangeOutside', { address: register.address, length: register.length }),
      );
    }
    const { answerLength } = register;
    if (answerLength !== undefined)
      return { function: register.fc, start, end: start + 1, answerBytes: answerLength, register, factor };
    return { function: register.fc, start, end, register, factor };
  });
}

/** What no device could answer is refused before anything is sent. */
function checkedItems({ unit, registers, maxRegisters, timeoutMs }: ModbusReadOptions): readonly RegisterItem[] {
  if (!Number.isInteger(unit) || unit < 1 || unit > 255)
    throw invalid('unit', phrase('modbus.unitUnreadable', { unit }));
  if (!Number.isInteger(maxRegisters) || maxRegisters < 1 || maxRegisters > 125)
    throw invalid('maxRegisters', phrase('modbus.maxRegisters', { shown: maxRegisters }));
  if (!(timeoutMs >= 0)) throw invalid('timeout', phrase('modbus.timeoutMs', { shown: timeoutMs }));
  if (registers.length === 0) throw invalid('registers', phrase('modbus.noRegisters', {}));
  return itemsOf(registers);
}

function decodeItem({ register, factor }: RegisterItem, address: number, values: readonly number[]): Reading {
  const power = factor && decodeRegister(factor, own(factor, address, values)).value;
  return decodeRegister(register, own(register, address, values), typeof power === 'number' ? power : undefined);
}

function own(register: Register, address: number, values: readonly number[]): readonly number[] {
  const from = register.address - address;
  return values.slice(from, from + register.length);
}

function invalid(field: string, why: Phrase): ReadError {
  return failure('modbus.field', { field, why }, 'configure');
}
