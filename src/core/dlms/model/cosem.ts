// COSEM attributes as readings (Blue Book 4): the one place that decides value, scaler and unit. Exact scaling only;
// what does not have the shape its class promises is shown raw, never bent.
import { toHex, toLatin1 } from '../../wire/bytes';
import { decimalOf, exactValue, type Decimal } from '../../wire/decimal';
import type { Value } from '../../meter/reading';
import type { Data } from '../apdu/axdr';
import { COSEM_CLASSES, type AttributeShape } from './cosem-classes';
import { decodeDate, decodeDateTime, decodeTime, isoOf, patternText, type DateTime } from './date-time';
import { obisText } from '../../meter/obis';
import { unitText } from '../../meter/units';

/** scaler_unit of a register: a power of ten, and a unit by the table of Blue Book 4.3.2. */
export interface ScalerUnit {
  readonly scaler: number;
  readonly unit: number;
}

/** A value as a reading has it. */
export interface Meaning {
  readonly value: Value;
  readonly unit?: string;
  /** The meter's own number or hex, where it differs from the value. */
  readonly raw?: string;
}

/** What an attribute means. `scalerUnit` undefined: the class has none, or the meter would not tell it. */
export function meaningOf(classId: number, attribute: number, data: Data, scalerUnit: ScalerUnit | undefined): Meaning {
  const shape = attribute === 1 ? 'obis' : (COSEM_CLASSES[classId]?.attributes[attribute]?.[1] ?? 'plain');
  if (shape === 'scaled' && scalerUnit) return scaledMeaning(data, scalerUnit);
  const value = shapedValue(data, shape);
  return isText(data) && value !== toHex(data.value) ? { value, raw: toHex(data.value) } : { value };
}

/** value x 10^scaler, digit by digit. A value that is no number keeps its plain meaning, without unit. */
export function scaledMeaning(data: Data, { scaler, unit }: ScalerUnit): Meaning {
  const decimal = decimalFrom(data);
  if (!decimal) return { value: plainValue(data) };
  const value = exactValue({ digits: decimal.digits, exponent: decimal.exponent + scaler });
  const raw = String(exactValue(decimal));
  const text = unitText(unit);
  return { value, ...(text !== undefined && { unit: text }), ...(raw !== String(value) && { raw }) };
}

/** The scaler_unit in Data, or undefined where it has another shape. */
export function scalerUnitOf(data: Data): ScalerUnit | undefined {
  if (data.type !== 'structure') return undefined;
  const [scaler, unit] = data.value;
  return scaler?.type === 'integer' && unit?.type === 'enum' ? { scaler: scaler.value, unit: unit.value } : undefined;
}

/** Any Data without knowing its class: numbers exact, printable octets as text, others as hex, lists as lists. */
export function plainValue(data: Data): Value {
  switch (data.type) {
    case 'null-data':
    case 'dont-care':
      return null;
    case 'array':
    case 'structure':
    case 'compact-array':
      return data.value.map(plainValue);
    case 'boolean':
    case 'bit-string':
      return data.value;
    case 'octet-string':
    case 'visible-string':
    case 'utf8-string':
      return textOf(data.value, data.type === 'utf8-string') ?? toHex(data.value);
    case 'date-time':
    case 'date':
    case 'time':
      return timeValue(data) ?? toHex(data.value);
    case 'long64':
    case 'long64-unsigned':
    case 'float32':
    case 'float64': {
      const decimal = decimalFrom(data);
      return decimal ? exactValue(decimal) : null; // only NaN and infinities are none
    }
    default:
      return data.value; // 32 bits at most: exact as it is
  }
}

/** The time in an octet-string or date-time, or undefined when it holds none. */
export function timeOf(data: Data): DateTime | undefined {
  if (!isOctets(data)) return undefined;
  try {
    if (data.type === 'date' || (data.type === 'octet-string' && data.value.length === 5))
      return decodeDate(data.value);
    if (data.type === 'time' || (data.type === 'octet-string' && data.value.length === 4))
      return decodeTime(data.value);
    return decodeDateTime(data.value);
  } catch {
    return undefined; // impossible fields: shown as hex, not as a time
  }
}

/** Six octets, or undefined. */
export function logicalNameOf(data: Data | undefined): Uint8Array | undefined {
  return data?.type === 'octet-string' && data.value.length === 6 ? data.value : undefined;
}

function shapedValue(data: Data, shape: AttributeShape): Value {
  if (typeof shape === 'string') return namedValue(data, shape);
  if ('choice' in shape)
    return (data.type === 'enum' || data.type === 'unsigned') && shape.choice[data.value]
      ? (shape.choice[data.value] ?? null)
      : plainValue(data);
  if ('list' in shape)
    return data.type === 'array' || data.type === 'compact-array'
      ? data.value.map((item) => shapedValue(item, shape.list))
      : plainValue(data);
  if (data.type !== 'structure' || data.value.length > shape.fields.length) return plainValue(data);
  return Object.fromEntries(
    data.value.map((item, i) => [
      shape.fields[i]?.[0] ?? String(i),
      shapedValue(item, shape.fields[i]?.[1] ?? 'plain'),
    ]),
  );
}

function namedValue(data: Data, shape: Extract<AttributeShape, string>): Value {
  switch (shape) {
    case 'time':
      return timeValue(data) ?? plainValue(data);
    case 'obis': {
      const name = logicalNameOf(data);
      return name ? obisText(name) : plainValue(data);
    }
    case 'hex':
      return isOctets(data) ? toHex(data.value) : plainValue(data);
    case 'scaler-unit': {
      const found = scalerUnitOf(data);
      return found ? { scaler: found.scaler, unit: unitText(found.unit) ?? null } : plainValue(data);
    }
    default:
      return plainValue(data);
  }
}

function timeValue(data: Data): string | undefined {
  const time = timeOf(data);
  return time && (isoOf(time) ?? patternText(time));
}

function decimalFrom(data: Data): Decimal | undefined {
  switch (data.type) {
    case 'long64':
    case 'long64-unsigned':
      return { digits: data.value, exponent: 0 };
    case 'float32':
      return decimalOf(shortestFloat32(data.value));
    case 'float64':
      return decimalOf(data.value);
    case 'double-long':
    case 'double-long-unsigned':
    case 'bcd':
    case 'integer':
    case 'long':
    case 'unsigned':
    case 'long-unsigned':
    case 'enum':
    case 'delta-integer':
    case 'delta-long':
    case 'delta-double-long':
    case 'delta-unsigned':
    case 'delta-long-unsigned':
    case 'delta-double-long-unsigned':
      return { digits: BigInt(data.value), exponent: 0 };
    default:
      return undefined;
  }
}

/** The shortest decimal that is this float32: 49.98, not the 49.97999954223633 of the same bits in a double. */
function shortestFloat32(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** Printable text, without the zero octets that pad it; undefined for anything else. */
function textOf(bytes: Uint8Array, isUtf8: boolean): string | undefined {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const text = bytes.subarray(0, end);
  if (end === 0) return bytes.length === 0 ? '' : undefined;
  if (text.every((octet) => octet >= 0x20 && octet < 0x7f)) return toLatin1(text);
  if (!isUtf8) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    return undefined;
  }
}

type Octets = Extract<Data, { value: Uint8Array }>;
const isOctets = (data: Data): data is Octets => data.value instanceof Uint8Array;
const isText = (data: Data): data is Octets =>
  isOctets(data) && (data.type === 'octet-string' || data.type === 'date-time');
