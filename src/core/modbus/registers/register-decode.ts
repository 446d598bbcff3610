// Registers to readings, exactly: integers through BigInt, scales through decimal arithmetic, a float32 as the shortest
// decimal that is that very float32. What a device marks as "none" is null; what cannot be a value is an error.
import { toHex } from '../../wire/bytes';
import { add, decimalOf, exactValue, multiply, type Decimal } from '../../wire/decimal';
import { failure, phrase, errorFacts, type ErrorFacts, type Phrase } from '../../wire/errors';
import type { Reading, Value } from '../../meter/reading';
import { registerId, type Order, type Register } from './register';
import { decodeText } from './register-text';

/**
 * The reading of a register from its own raw registers (for fc 1 and 2: 0 or 1 for each coil). `scaleFactor` is the
 * power of ten read in the same answer; undefined = the device has none at this moment, so that the value is not known
 * either.
 */
export function decodeRegister(register: Register, raw: ArrayLike<number>, scaleFactor?: number): Reading {
  if (raw.length !== register.length) throw failure('wire.defect', { where: 'decodeRegister length' });
  const frame = {
    name: register.name,
    id: registerId(register),
    ...(register.unit === '' ? {} : { unit: register.unit }),
  };
  if (register.fc <= 2) return { ...frame, value: coils(register, raw) };
  const bytes = halved(
    register,
    ordered(raw, register.type === 'string' ? TEXT_ORDERS[register.order] : register.order),
  );
  const hex = toHex(bytes);
  if (register.notAvailable?.some((none) => none.toLowerCase() === hex)) return { ...frame, value: null, raw: hex };
  const decoded = decode(register, bytes);
  if (decoded.kind === 'none') return { ...frame, value: null, raw: hex };
  if (decoded.kind === 'error') return { ...frame, raw: hex, error: badValue(register, decoded.why) };
  if (decoded.kind === 'value')
    return { ...frame, value: decoded.value, ...(decoded.isRawShown === true ? { raw: hex } : {}) };
  const label = register.labels?.[String(exactValue(decoded.decimal))];
  if (label !== undefined) return { ...frame, value: label, raw: hex };
  if (register.scaleFactor === undefined)
    return { ...frame, value: exactValue(shifted(register, multiply(decoded.decimal, scaleOf(register)))) };
  if (scaleFactor === undefined) return { ...frame, value: null, raw: hex };
  if (!Number.isInteger(scaleFactor) || Math.abs(scaleFactor) > MAX_SCALE_FACTOR) {
    return {
      ...frame,
      raw: hex,
      error: badValue(register, phrase('modbus.powerOfTen', { power: scaleFactor })),
    };
  }
  return {
    ...frame,
    value: exactValue(
      shifted(register, multiply(multiply(decoded.decimal, scaleOf(register)), { digits: 1n, exponent: scaleFactor })),
    ),
  };
}

function badValue({ name }: Register, why: Phrase): ErrorFacts {
  return errorFacts(failure('modbus.badValue', { register: name, why }));
}

/**
 * The shortest decimal text that is this float32 and no other one: 230.1, where the number itself prints
 * 230.10000610351562.
 */
export function float32Text(value: number): string {
  for (let precision = 1; precision < 9; precision++) {
    const nearest = value.toExponential(precision - 1);
    if (Math.fround(Number(nearest)) === value) return nearest;
    // Above a power of two float32 stand half as dense as below: a decimal farther off may fit where the nearest does
    // not.
    const above = lastDigitUp(nearest);
    if (Math.fround(Number(above)) === value) return above;
  }
  return value.toExponential(8); // nine digits tell any two float32 apart
}

/** `-1.29e5` to `-130e3`: one more in the last digit, away from zero. */
function lastDigitUp(text: string): string {
  const [mantissa = '', power = ''] = text.split('e');
  const digits = mantissa.replace(/[-.]/g, '');
  return `${text.startsWith('-') ? '-' : ''}${Number(digits) + 1}e${Number(power) - digits.length + 1}`;
}

type Decoded =
  | { readonly kind: 'number'; readonly decimal: Decimal }
  | { readonly kind: 'value'; readonly value: Value; readonly isRawShown?: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly why: Phrase };

function decode(register: Register, bytes: Uint8Array): Decoded {
  switch (register.type) {
    case 'uint8':
    case 'uint16':
    case 'uint32':
    case 'uint64':
    case 'uint48':
      return whole(masked(register, unsigned(bytes)));
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
    case 'int48':
      return whole(BigInt.asIntN(bytes.length * 8, unsigned(bytes)));
    case 'float32': {
      const value = viewOf(bytes).getFloat32(0);
      return real(value, Number.isFinite(value) ? Number(float32Text(value)) : value);
    }
    case 'float64': {
      const value = viewOf(bytes).getFloat64(0);
      return real(value, value);
    }
    case 'string':
      return text(register, bytes);
    case 'bits':
      return {
        kind: 'value',
        value: labelled(register, setBits(unsigned(bytes) & maskOf(register))),
        isRawShown: true,
      };
    case 'bcd':
      return bcd(bytes);
    case 'mod10k':
      return mod10k(bytes);
    case 'decfloat':
      return decfloat(bytes);
    case 'ymdhms':
      return clock(bytes);
  }
}

function whole(digits: bigint): Decoded {
  return { kind: 'number', decimal: { digits, exponent: 0 } };
}

/** Four digits in each register: 10000 and above is none of them. */
function mod10k(bytes: Uint8Array): Decoded {
  const view = viewOf(bytes);
  let digits = 0n;
  for (let at = 0; at < bytes.length; at += 2) {
    const four = view.getUint16(at);
    if (four > 9999) return { kind: 'error', why: phrase('modbus.noMod10k', { digits: four }) };
    digits = digits * 10_000n + BigInt(four);
  }
  return whole(digits);
}

function decfloat(bytes: Uint8Array): Decoded {
  const digits = BigInt.asIntN(24, unsigned(bytes.subarray(1)));
  return { kind: 'number', decimal: { digits, exponent: viewOf(bytes).getInt8(0) } };
}

/** NaN and the infinities say that there is no number; the raw bytes say which of them it was. */
function real(value: number, shown: number): Decoded {
  const decimal = decimalOf(shown);
  return Number.isFinite(value) && decimal !== undefined ? { kind: 'number', decimal } : { kind: 'none' };
}

function text({ charsPerRegister, encoding }: Register, bytes: Uint8Array): Decoded {
  const decoded = decodeText(bytes, charsPerRegister, encoding);
  if (decoded === undefined) return { kind: 'none' };
  return typeof decoded === 'string' ? { kind: 'value', value: decoded } : { kind: 'error', why: decoded };
}

function bcd(bytes: Uint8Array): Decoded {
  const digits = toHex(bytes);
  return /^\d+$/.test(digits) ? whole(BigInt(digits)) : { kind: 'error', why: phrase('modbus.noBcd', { digits }) };
}

/** A clock that was never set shows zeros, one that is broken shows anything: neither is a time. */
function clock(bytes: Uint8Array): Decoded {
  if (bytes.every((byte) => byte === 0) || bytes.every((byte) => byte === 0xff)) return { kind: 'none' };
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = bytes;
  const isTime =
    year <= 99 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOf(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59;
  if (!isTime) return { kind: 'error', why: phrase('modbus.noTime', { hex: toHex(bytes) }) };
  const two = (n: number): string => String(n).padStart(2, '0');
  return {
    kind: 'value',
    value: `20${two(year)}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`,
  };
}

/** From 2000 to 2099, where every fourth year is a leap year. */
function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** One coil is true or false; several are the numbers of those that are on, from 0. */
function coils(register: Register, raw: ArrayLike<number>): Value {
  if (register.length === 1) return register.labels?.[raw[0] === 0 ? '0' : '1'] ?? raw[0] !== 0;
  return labelled(
    register,
    Array.from(raw).flatMap((coil, i) => (coil === 0 ? [] : [i])),
  );
}

function labelled({ labels }: Register, bits: readonly number[]): readonly Value[] {
  return bits.map((bit) => labels?.[String(bit)] ?? bit);
}

function setBits(value: bigint): number[] {
  return [...value.toString(2)].reverse().flatMap((digit, i) => (digit === '1' ? [i] : []));
}

function unsigned(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

/** The octet that is asked for, of a register that holds two; else all. */
function halved({ half }: Register, bytes: Uint8Array): Uint8Array {
  if (half === undefined) return bytes;
  return half === 'high' ? bytes.subarray(0, 1) : bytes.subarray(1, 2);
}

/** All bits where no mask is. */
function maskOf({ mask }: Register): bigint {
  return mask === undefined ? -1n : BigInt(`0x${mask}`);
}

/** The bits that count, the lowest of them as bit 0. */
function masked(register: Register, value: bigint): bigint {
  const mask = maskOf(register);
  let lowest = 0n;
  while (((mask >> lowest) & 1n) === 0n) lowest += 1n;
  return (value & mask) >> lowest;
}

function scaleOf({ name, scale }: Register): Decimal {
  const decimal = decimalOf(scale);
  if (decimal === undefined) throw failure('wire.defect', { where: `scale of ${name}` });
  return decimal;
}

function shifted({ offset = 0 }: Register, decimal: Decimal): Decimal {
  const by = decimalOf(offset);
  return by === undefined ? decimal : add(decimal, by);
}

/** The value's bytes, the most significant one first. */
function ordered(raw: ArrayLike<number>, order: Order): Uint8Array {
  const bytes = new Uint8Array(raw.length * 2);
  const isLastFirst = order === 'CDAB' || order === 'DCBA';
  const isSwapped = order === 'BADC' || order === 'DCBA';
  for (let i = 0; i < raw.length; i++) {
    const word = raw[isLastFirst ? raw.length - 1 - i : i] ?? 0;
    bytes[i * 2] = isSwapped ? word : word >>> 8;
    bytes[i * 2 + 1] = isSwapped ? word >>> 8 : word;
  }
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const TEXT_ORDERS: { readonly [O in Order]: Order } = { ABCD: 'ABCD', CDAB: 'ABCD', BADC: 'BADC', DCBA: 'BADC' };
/** SunSpec information model 3.4: a scale factor is -10 to 10. */
const MAX_SCALE_FACTOR = 10;
