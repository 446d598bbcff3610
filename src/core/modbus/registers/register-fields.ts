// The fields of a register row, one by one: as they come from an editor, a file or a message, to what they mean.
import { failure, phrase, type Phrase, type ReadError } from '../../wire/errors';
import { ORDERS, TYPE_LENGTHS, type Order, type Register, type RegisterType } from './register';

export function parseType(input: unknown, fc: Register['fc'], where: string): RegisterType {
  if (fc <= 2 && isBlank(input)) return 'bits';
  const type = (Object.keys(TYPE_LENGTHS) as RegisterType[]).find((one) => one === input);
  if (type === undefined) throw invalid(where, phrase('modbus.oneOf', { choices: Object.keys(TYPE_LENGTHS) }));
  if (fc <= 2 && type !== 'bits') throw invalid(where, phrase('modbus.coilsAreBits', {}));
  return type;
}

/** `answerLength`: octets of the answer, which are as good as a length. */
export function parseLength(
  input: unknown,
  type: RegisterType,
  fc: Register['fc'],
  where: string,
  answerLength?: number,
): number {
  const fixed = TYPE_LENGTHS[type];
  if (isBlank(input)) {
    if (fixed > 0) return fixed;
    if (answerLength !== undefined) return Math.ceil(answerLength / 2);
    if (type === 'bits') return 1;
    throw invalid(where, phrase('modbus.lengthNeeded', { type }));
  }
  const length = parseNumber(input);
  if (fixed > 0 && length !== fixed) throw invalid(where, phrase('modbus.fixedLength', { type, registers: fixed }));
  const most = fc <= 2 ? MAX_COILS : MAX_REGISTERS;
  if (length === undefined || !Number.isInteger(length) || length < 1 || length > most)
    throw invalid(where, phrase('modbus.oneTo', { most }));
  return length;
}

export function parseOrder(input: unknown, where: string): Order {
  if (isBlank(input)) return 'ABCD';
  const order = ORDERS.find((one) => one === input);
  if (order === undefined) throw invalid(where, phrase('modbus.orders', { orders: ORDERS }));
  return order;
}

export function parseScale(input: unknown, where: string): number {
  if (isBlank(input)) return 1;
  const scale = parseNumber(input);
  if (scale === undefined || scale === 0) throw invalid(where, phrase('modbus.scaleNumber', {}));
  return scale;
}

export function parseOffset(input: unknown, where: string): number {
  const offset = parseNumber(input);
  if (offset === undefined) throw invalid(where, phrase('modbus.offsetNumber', {}));
  return offset;
}

export function parseChars(input: unknown, type: RegisterType, where: string): 1 {
  if (type !== 'string' || parseNumber(input) !== 1) throw invalid(where, phrase('modbus.charsOne', {}));
  return 1;
}

/** `digits`: of the value as hex. */
export function parseNotAvailable(input: unknown, digits: number, where: string): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input];
  return texts.map((text) => {
    const hex = typeof text === 'string' ? text.replace(/^0x/i, '').toLowerCase() : '';
    if (!/^[0-9a-f]+$/.test(hex) || hex.length !== digits)
      throw invalid(where, phrase('modbus.hexDigits', { digits, example: '7fff'.slice(-digits).padEnd(digits, 'f') }));
    return hex;
  });
}

export function parseLabels(input: unknown, where: string): { readonly [raw: string]: string } {
  if (
    !isRecord(input) ||
    Object.entries(input).some(([raw, text]) => !/^-?\d+$/.test(raw) || typeof text !== 'string')
  ) {
    throw invalid(where, phrase('modbus.labelShape', {}));
  }
  return input as { readonly [raw: string]: string };
}

export function parseText(input: unknown, where: string): string {
  if (typeof input !== 'string' || input.trim() === '') throw invalid(where, phrase('modbus.textNeeded', {}));
  return input;
}

/** A register that holds one small number holds it in its low octet. */
export function parseHalf(input: unknown, type: RegisterType, where: string): 'high' | 'low' | undefined {
  const isOctet = type === 'uint8' || type === 'int8';
  if (isBlank(input)) return isOctet ? 'low' : undefined;
  if (!isOctet || (input !== 'high' && input !== 'low')) throw invalid(where, phrase('modbus.halfNeeded', {}));
  return input;
}

/** `digits`: of the value as hex; a shorter mask is filled up with zeros in front. */
export function parseMask(input: unknown, type: RegisterType, digits: number, where: string): string {
  const hex = typeof input === 'string' ? input.trim().replace(/^0x/i, '').toLowerCase() : '';
  if (!MASKABLE.includes(type)) throw invalid(where, phrase('modbus.maskType', { types: MASKABLE }));
  if (!/^[0-9a-f]+$/.test(hex) || hex.length > digits || /^0+$/.test(hex))
    throw invalid(where, phrase('modbus.maskDigits', { digits, example: 'ff'.padStart(digits, '0') }));
  return hex.padStart(digits, '0');
}

export function parseEncoding(input: unknown, type: RegisterType, where: string): 'utf-8' | 'latin-1' {
  const encoding = ENCODINGS.find((one) => one === input);
  if (encoding === undefined || type !== 'string')
    throw invalid(where, phrase('modbus.encodings', { choices: ENCODINGS }));
  return encoding;
}

/** Octets: whole registers, or a single one. */
export function parseAnswerLength(input: unknown, fc: Register['fc'], where: string): number {
  const octets = parseNumber(input);
  const isCount = octets === 1 || (octets !== undefined && octets % 2 === 0 && octets >= 2 && octets <= 250);
  if (!isCount || fc <= 2) throw invalid(where, phrase('modbus.answerOctets', {}));
  return octets;
}

/** The function, whichever of its two names says it; undefined where neither does. */
export function parseFunction(row: Row, where: string): unknown {
  const [fc, named] = [row['fc'], row['function']];
  if (!isBlank(fc) && !isBlank(named) && parseNumber(fc) !== parseNumber(named))
    throw invalid(`${where}.function`, phrase('modbus.twoFunctions', {}));
  const said = isBlank(named) ? fc : named;
  return isBlank(said) ? undefined : (parseNumber(said) ?? said);
}

export function parseBase(input: unknown, where: string): 0 | 1 | undefined {
  if (isBlank(input)) return undefined;
  const base = parseNumber(input);
  if (base !== 0 && base !== 1) throw invalid(where, phrase('modbus.bases', {}));
  return base;
}

/** Numbers may come as text from an editor's fields. */
export function parseNumber(input: unknown): number | undefined {
  if (typeof input === 'number') return Number.isFinite(input) ? input : undefined;
  if (typeof input !== 'string' || !/^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(input.trim()))
    return undefined;
  const value = Number(input);
  return Number.isFinite(value) ? value : undefined;
}

export type Row = { readonly [field: string]: unknown };

export function isRecord(input: unknown): input is Row {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

export function isBlank(input: unknown): boolean {
  return input === undefined || input === null || input === '';
}

export function invalid(where: string, why: Phrase | ReadError): ReadError {
  return failure('modbus.field', { field: where, why });
}

const ENCODINGS = ['utf-8', 'latin-1'] as const;
const MASKABLE: readonly RegisterType[] = ['uint8', 'uint16', 'uint32', 'uint48', 'uint64', 'bits'];
/** One register must fit into one read (V1.1b3 6.1 to 6.4): in two it could be torn. */
const MAX_REGISTERS = 125;
const MAX_COILS = 2000;
