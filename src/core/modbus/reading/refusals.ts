// What is said of what a device refuses.
import { failure, phrase, type Phrase, type ReadError } from '../../wire/errors';
import { exceptionName } from '../frames/pdu';
import type { Refusal } from './facts';
import type { Item, Limits } from './lengths';

/** Standing for an exception code: no answer, although the unit answers elsewhere. */
export const SILENCE = 0;

/** It refuses the function itself, as far as was tried. */
export function refusedFunction(unit: number, fn: number): ReadError {
  const other = TWINS[fn] ?? 3;
  return failure('modbus.functionRefused', { unit, function: fn, name: exceptionName(1), other });
}

/** Refused although asked for alone. */
export function refusedAlone(unit: number, { item, exception }: Refusal): ReadError {
  const span = spanPhrase({ function: item.function, address: item.start, quantity: item.end - item.start });
  if (exception === SILENCE) return failure('modbus.silentThere', { unit, span });
  return failure('modbus.nothingThere', { unit, span, exception, name: exceptionName(exception) });
}

/** No legal read can bring it. */
export function tooLong({ maxRegisters }: Limits, item: Item): ReadError {
  const most = item.function <= 2 ? maxRegisters * 16 : maxRegisters;
  const where = { address: item.start, function: item.function };
  const needed = item.end - item.start;
  return needed > most ? failure('modbus.tooLong', { ...where, needed, most }) : failure('modbus.noReadThere', where);
}

export function spanPhrase(read: {
  readonly function: number;
  readonly address: number;
  readonly quantity: number;
}): Phrase {
  const { function: fn, address } = read;
  const last = address + read.quantity - 1;
  if (last === address) return phrase('modbus.span', { function: fn, address });
  return phrase('modbus.spanTo', { function: fn, address, last });
}

/** The function of the table that is mistaken for this one: coils and discrete inputs, holding and input registers. */
const TWINS: Readonly<Record<number, number>> = { 1: 2, 2: 1, 3: 4, 4: 3 };
