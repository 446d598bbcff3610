// A user's register rows to Registers: parsed once, so that nothing behind has to doubt them. A field that is unknown,
// missing or contradictory is refused by name: a mistyped `scael` would else be a value ten times too large.
import { ReadError, phrase } from '../../wire/errors';
import { parseAddress, type AddressContext } from './address';
import { registerId, type Register, type RegisterType } from './register';
import {
  invalid,
  isBlank,
  isRecord,
  parseAnswerLength,
  parseBase,
  parseChars,
  parseEncoding,
  parseFunction,
  parseHalf,
  parseLabels,
  parseLength,
  parseMask,
  parseNotAvailable,
  parseOffset,
  parseOrder,
  parseScale,
  parseText,
  parseType,
  type Row,
} from './register-fields';

/** `where` names the row in messages: `registers[2]`. */
export function parseRegister(input: unknown, where: string): Register {
  if (!isRecord(input)) throw invalid(where, phrase('modbus.registerShape', {}));
  const unknown = Object.keys(input).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw invalid(`${where}.${unknown}`, phrase('modbus.noSuchField', { fields: FIELDS }));
  const { fc, address } = parseWhere(input, where);
  const type = parseType(input['type'], fc, `${where}.type`);
  /** A field that may be left out. */
  const optional = <K extends keyof Register>(
    field: K,
    parse: (value: unknown, at: string) => Register[K],
  ): { readonly [F in K]?: Register[K] } =>
    isBlank(input[field]) ? {} : ({ [field]: parse(input[field], `${where}.${field}`) } as { [F in K]: Register[K] });
  const answer = optional('answerLength', (value, at) => parseAnswerLength(value, fc, at));
  const length = parseLength(input['length'], type, fc, `${where}.length`, answer.answerLength);
  const half = parseHalf(input['half'], type, `${where}.half`);
  const digits = half === undefined ? length * 4 : 2;
  if (address + length > 0x10000 && answer.answerLength === undefined)
    throw invalid(`${where}.length`, phrase('modbus.lengthBeyond', { address, length }));
  const register: Register = {
    name: isBlank(input['name']) ? registerId({ fc, address }) : parseText(input['name'], `${where}.name`),
    fc,
    address,
    type,
    order: parseOrder(input['order'], `${where}.order`),
    scale: parseScale(input['scale'], `${where}.scale`),
    ...optional('offset', parseOffset),
    unit: isBlank(input['unit']) ? '' : parseText(input['unit'], `${where}.unit`),
    length,
    ...(half === undefined ? {} : { half }),
    ...optional('mask', (value, at) => parseMask(value, type, digits, at)),
    ...optional('encoding', (value, at) => parseEncoding(value, type, at)),
    ...answer,
    ...optional('charsPerRegister', (value, at) => parseChars(value, type, at)),
    ...optional('notAvailable', (value, at) => parseNotAvailable(value, digits, at)),
    ...optional('scaleFactor', parseText),
    ...optional('labels', parseLabels),
  };
  checkTogether(register, where);
  return register;
}

/** Fields that exclude each other. */
function checkTogether(register: Register, where: string): void {
  const { fc, type, length, answerLength } = register;
  if (fc <= 2 && (register.notAvailable ?? register.mask) !== undefined)
    throw invalid(`${where}.${register.mask === undefined ? 'notAvailable' : 'mask'}`, phrase('modbus.coilOnOff', {}));
  if (!NUMERIC.includes(type) && register.offset !== undefined)
    throw invalid(`${where}.offset`, phrase('modbus.noScale', { type }));
  if (!NUMERIC.includes(type) && (register.scale !== 1 || register.scaleFactor !== undefined))
    throw invalid(`${where}.scale`, phrase('modbus.noScale', { type }));
  if (answerLength !== undefined && (Math.ceil(answerLength / 2) < length || register.scaleFactor !== undefined))
    throw invalid(`${where}.answerLength`, phrase('modbus.answerShort', { octets: answerLength, length }));
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
  const { address } = input;
  if (typeof address !== 'string' && typeof address !== 'number')
    throw invalid(`${where}.address`, phrase('modbus.addressNeeded', {}));
  const said = parseFunction(input, where);
  const base = parseBase(input['base'], `${where}.base`);
  const written = parsePart(`${where}.address`, address, {
    hasTable: said !== undefined,
    ...(base === undefined ? {} : { base }),
  });
  const fc = said ?? written.fc;
  if (fc !== 1 && fc !== 2 && fc !== 3 && fc !== 4) throw invalid(`${where}.fc`, phrase('modbus.functionNeeded', {}));
  if (written.fc !== undefined && written.fc !== fc) {
    const facts = { shown: String(address).trim(), written: written.fc, function: fc };
    throw invalid(`${where}.address`, phrase('modbus.otherFunction', facts));
  }
  return { fc, address: written.address };
}

function parsePart(where: string, address: string | number, context: AddressContext): ReturnType<typeof parseAddress> {
  try {
    return parseAddress(address, context);
  } catch (thrown) {
    throw thrown instanceof ReadError ? invalid(where, thrown) : thrown;
  }
}

/** Every name that a row may use. */
export const FIELDS: readonly string[] = [
  'name',
  'fc',
  'function',
  'address',
  'base',
  'type',
  'half',
  'mask',
  'order',
  'scale',
  'offset',
  'unit',
  'length',
  'encoding',
  'charsPerRegister',
  'answerLength',
  'notAvailable',
  'scaleFactor',
  'labels',
];
const NUMERIC: readonly RegisterType[] = [
  'uint8',
  'int8',
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
