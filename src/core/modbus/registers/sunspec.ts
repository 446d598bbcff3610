// Where a SunSpec device keeps its models: "SunS" at one of three addresses, then a chain of models, each beginning
// with its id and length (SunSpec Device Information Model Specification, 6.1 to 6.3).
import { failure } from '../../wire/errors';
import type { Register } from './registers';

/** PDU addresses to look for the mark, in the order the specification prefers. */
export const SUNSPEC_BASES: readonly number[] = [40_000, 0, 50_000];

/** The two registers before the first model. */
export function isSunSpecMark(registers: readonly number[]): boolean {
  return registers[0] === 0x5375 && registers[1] === 0x6e53;
}

/** From the two registers a model begins with; undefined at the end of the chain. */
export function decodeModelHeader(
  registers: readonly number[],
  address: number,
): { readonly model: number; readonly next: number } | undefined {
  const [model, length] = registers;
  if (model === undefined || length === undefined) throw failure('wire.defect', { where: 'decodeModelHeader' });
  if (model === END_MODEL) return undefined;
  const next = address + HEADER_REGISTERS + length;
  if (next + HEADER_REGISTERS > 0x10000) throw failure('modbus.modelBeyond', { model, address });
  return { model, next };
}

/** Registers of a profile whose addresses count from the model's first register. */
export function placeRegisters(registers: readonly Register[], modelAddress: number): readonly Register[] {
  return registers.map((register) => {
    const address = modelAddress + register.address;
    if (!Number.isInteger(address) || address < 0 || address + register.length > 0x10000) {
      throw failure('modbus.placeBeyond', { register: register.name, address });
    }
    return { ...register, address };
  });
}

const HEADER_REGISTERS = 2;
const END_MODEL = 0xffff;
