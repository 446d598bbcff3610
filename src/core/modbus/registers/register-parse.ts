// A user's register rows to Registers: parsed once, so that nothing behind has to doubt them. A field that is unknown,
// missing or contradictory is refused by name: a mistyped `scael` would else be a value ten times too large.
import { ReadError, failure, phrase, type Phrase } from '../../wire/errors';
import { parseAddress } from './address';
import { ORDERS, TYPE_LENGTHS, registerId, type Order, type Register, type RegisterType } from './register';

/** `where` names the row in messages: `registers[2]`. */
export function parseRegister(input: unknown, where: string): Register {
  if (!isRecord(input)) throw invalid(where, phrase('modbus.registerShape', {}));
  const unknown = Object.keys(input).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw invalid(`${where}.${unknown}`, phrase('modbus.noSuchField', { fields: FIELDS }));
  const { fc, address } = parseWhere(input, where);
  const type = parseType(input.type, fc, `${where}.type`);
  const length = parseLength(input.length, type, fc, `${where}.length`);
  if (address + length > 0x10000) throw invalid(`${where}.length`, phrase('modbus.lengthBeyond', { address, length }));
  const name =
    input.name === undefined || input.name === ''
      ? registerId({ fc, address })
      : parseText(input.name, `${where}.name`);
  const register: Register = {
    name,
    fc,
    address,
    type,
    order: parseOrder(input.order, `${where}.order`),
    scale: parseScale(input.scale, `${where}.scale`),
    ...(isBlank(input.offset) ? {} : { offset: parseOffset(input.offset, `${where}.offset`) }),
    unit: isBlank(input.unit) ? '' : parseText(input.unit, `${where}.unit`),
    length,
    ...(isBlank(input.charsPerRegister)
      ? {}
      : { charsPerRegister: parseChars(input.charsPerRegister, type, `${where}.charsPerRegister`) }),
    ...(isBlank(input.notAvailable)
      ? {}
      : { notAvailable: parseNotAvailable(input.notAvailable, length, `${where}.notAvailable`) }),
    ...(isBlank(input.scaleFactor) ? {} : { scaleFactor: parseText(input.scaleFactor, `${where}.scaleFactor`) }),
    ...(isBlank(input.labels) ? {} : { labels: parseLabels(input.labels, `${where}.labels`) }),
  };
  if (fc <= 2 && register.notAvailable !== undefined)
    throw invalid(`${where}.notAvailable`, phrase('modbus.coilOnOff', {}));
  if (!NUMERIC.includes(type) && register.offset !== undefined)
    throw invalid(`${where}.offset`, phrase('modbus.noScale', { type }));
  if (!NUMERIC.includes(type) && (register.scale !== 1 || register.scaleFactor !== undefined))
    throw invalid(`${where}.scale`, phrase('modbus.noScale', { type }));
  return register;
}

/** All rows, and what must hold between them: names are unique, a scale factor is one of the rows. */
export function parseRegisters(input: unknown, where: string): readonly Register[] {
  if (!Array.isArray(input)) throw invalid(where, phrase('modbus.registerList', {}));
  const registers = input.map((row: unknown, i) => parseRegister(row, `${where}[${i}]`));
  const byName = new Map<string, Register>();
  registers.forEach((register, i) => {
    if (byName.has(register.name))
      throw invalid(`${where}[${i}].name`, phrase('modbus.twice', { name: register.name }));
    byName.set(register.name, register);
  });
  registers.forEach(({ scaleFactor, fc }, i) => {
    if (scaleFactor === undefined) return;
    const factor = byName.get(scaleFactor);
    if (factor === undefined)
      throw invalid(`${where}[${i}].scaleFactor`, phrase('modbus.noFactor', { name: scaleFactor }));
    if (
      factor.fc !== fc ||
      factor.type !== 'int16' ||
      factor.scale !== 1 ||
      factor.offset !== undefined ||
      factor.scaleFactor !== undefined
    ) {
      throw invalid(`${where}[${i}].scaleFactor`, phrase('modbus.factorShape', { name: scaleFactor }));
    }
  });
  return registers;
}

function parseWhere(input: Row, where: string): { readonly fc: Register['fc']; readonly address: number } {
  if (typeof input.address !== 'string' && typeof input.address !== 'number')
    throw invalid(`${where}.address`, phrase('modbus.addressNeeded', {}));
  const written = parsePart(`${where}.address`, input.address);
  const fc = isBlank(input.fc) ? written.fc : parseNumber(input.fc);
  if (fc !== 1 && fc !== 2 && fc !== 3 && fc !== 4) {
    throw invalid(`${where}.fc`, phrase('modbus.functionNeeded', {}));
  }
  if (written.fc !== undefined && written.fc !== fc) {
    const facts = { shown: String(input.address).trim(), written: written.fc, function: fc };
    const wire = `0x${Number(input.address).toString(16).toUpperCase()}`;
    throw invalid(
      `${where}.address`,
      /^\d+$/.test(facts.shown)
        ? phrase('modbus.otherFunctionOrWire', { ...facts, wire })
        : phrase('modbus.otherFunction', facts),
    );
  }
  return { fc, address: written.address };
}

function parsePart(where: string, address: string | number): ReturnType<typeof parseAddress> {
  try {
    return parseAddress(address);
  } catch (thrown) {
    throw thrown instanceof ReadError ? invalid(where, thrown) : thrown;
  }
}

function parseType(input: unknown, fc: Register['fc'], where: string): RegisterType {
  if (fc <= 2 && isBlank(input)) return 'bits';
  const type = (Object.keys(TYPE_LENGTHS) as RegisterType[]).find((one) => one === input);
  if (type === undefined) throw invalid(where, phrase('modbus.oneOf', { choices: Object.keys(TYPE_LENGTHS) }));
  if (fc <= 2 && type !== 'bits') throw invalid(where, phrase('modbus.coilsAreBits', {}));
  return type;
}

function parseLength(input: unknown, type: RegisterType, fc: Register['fc'], where: string): number {
  const fixed = TYPE_LENGTHS[type];
  if (isBlank(input)) {
    if (fixed > 0) return fixed;
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

function parseOrder(input: unknown, where: string): Order {
  if (isBlank(input)) return 'ABCD';
  const order = ORDERS.find((one) => one === input);
  if (order === undefined) throw invalid(where, phrase('modbus.orders', { orders: ORDERS }));
  return order;
}

function parseScale(input: unknown, where: string): number {
  if (isBlank(input)) return 1;
  const scale = parseNumber(input);
  if (scale === undefined || scale === 0) throw invalid(where, phrase('modbus.scaleNumber', {}));
  return scale;
}

function parseOffset(input: unknown, where: string): number {
  const offset = parseNumber(input);
  if (offset === undefined) throw invalid(where, phrase('modbus.offsetNumber', {}));
  return offset;
}

function parseChars(input: unknown, type: RegisterType, where: string): 1 {
  if (type !== 'string' || parseNumber(input) !== 1) throw invalid(where, phrase('modbus.charsOne', {}));
  return 1;
}

function parseNotAvailable(input: unknown, length: number, where: string): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input];
  return texts.map((text) => {
    const hex = typeof text === 'string' ? text.replace(/^0x/i, '').toLowerCase() : '';
    if (!/^[0-9a-f]+$/.test(hex) || hex.length !== length * 4)
      throw invalid(where, phrase('modbus.hexDigits', { digits: length * 4, example: '7fff'.padEnd(length * 4, 'f') }));
    return hex;
  });
}

function parseLabels(input: unknown, where: string): { readonly [raw: string]: string } {
  if (
    !isRecord(input) ||
    Object.entries(input).some(([raw, text]) => !/^-?\d+$/.test(raw) || typeof text !== 'string')
  ) {
    throw invalid(where, phrase('modbus.labelShape', {}));
  }
  return input as { readonly [raw: string]: string };
}

function parseText(input: unknown, where: string): string {
  if (typeof input !== 'string' || input.trim() === '') throw invalid(where, phrase('modbus.textNeeded', {}));
  return input;
}

/** Numbers may come as text from an editor's fields. */
function parseNumber(input: unknown): number | undefined {
  if (typeof input === 'number') return Number.isFinite(input) ? input : undefined;
  if (typeof input !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(input.trim())) return undefined;
  const value = Number(input);
  return Number.isFinite(value) ? value : undefined;
}

type Row = { readonly [field: string]: unknown };

function isRecord(input: unknown): input is Row {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

function isBlank(input: unknown): boolean {
  return input === undefined || input === null || input === '';
}

function invalid(where: string, why: Phrase | ReadError): ReadError {
  return failure('modbus.field', { field: where, why });
}

const FIELDS: readonly string[] = [
  'name',
  'fc',
  'address',
  'type',
  'order',
  'scale',
  'offset',
  'unit',
  'length',
  'charsPerRegister',
  'notAvailable',
  'scaleFactor',
  'labels',
];
const NUMERIC: readonly RegisterType[] = [
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float32',
  'uint48',
  'int48',
  'float64',
  'bcd',
  'mod10k',
  'decfloat',
];
/** One register must fit into one read (V1.1b3 6.1 to 6.4): in two it could be torn. */
const MAX_REGISTERS = 125;
const MAX_COILS = 2000;
