// COSEM Data in A-XDR (Blue Book 4.1.5 "Common data types", Green Book 9.5; IEC 61334-6): every type, both ways.
// Whole input or a ReadError with the octet's offset; nesting and element count are bounded, so that no input can
// exhaust stack or memory.
import { phrase } from '../../wire/errors';
import { concatBytes } from '../../wire/bytes';
import { Cursor, lengthOctets, octetString, u16Octets } from './cursor';

export type IntegerType =
  'double-long' | 'double-long-unsigned' | 'bcd' | 'integer' | 'long' | 'unsigned' | 'long-unsigned' | 'enum';
export type DeltaType =
  | 'delta-integer'
  | 'delta-long'
  | 'delta-double-long'
  | 'delta-unsigned'
  | 'delta-long-unsigned'
  | 'delta-double-long-unsigned';
export type ListType = 'array' | 'structure' | 'compact-array';
export type OctetsType = 'octet-string' | 'visible-string' | 'utf8-string' | 'date-time' | 'date' | 'time';
export type Data =
  | { readonly type: 'null-data' | 'dont-care'; readonly value: null }
  | { readonly type: ListType; readonly value: readonly Data[] }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** The bits as text, first bit first: `1011011`. */
  | { readonly type: 'bit-string'; readonly value: string }
  | { readonly type: IntegerType | DeltaType | 'float32' | 'float64'; readonly value: number }
  | { readonly type: 'long64' | 'long64-unsigned'; readonly value: bigint }
  | { readonly type: OctetsType; readonly value: Uint8Array };
export type DataType = Data['type'];

/** One Data and nothing after it. */
export function decodeData(bytes: Uint8Array): Data {
  const cursor = new Cursor(bytes);
  const data = takeData(cursor);
  cursor.finish();
  return data;
}

/** The Data at the cursor, which is left behind it. */
export function takeData(cursor: Cursor, depth = 0): Data {
  const at = cursor.at;
  const tag = cursor.u8();
  switch (tag) {
    case 0x01:
    case 0x02:
      return { type: tag === 0x01 ? 'array' : 'structure', value: takeItems(cursor, depth) };
    case 0x13:
      return takeCompactArray(cursor, depth);
    default:
      return takePlain(cursor, tag, at);
  }
}

/**
 * The complete elements at the front of an array that may be cut off anywhere: what of a profile arrived before a
 * break. `items` holds only elements of which every octet is there.
 */
export function decodeLeadingItems(bytes: Uint8Array): readonly Data[] {
  const items: Data[] = [];
  try {
    const cursor = new Cursor(bytes);
    if (cursor.u8() !== 0x01) return items;
    for (let count = cursor.length(); count > 0; count--) items.push(takeData(cursor, 1));
  } catch {
    // The first element that is not whole ends the list: that is what this function is for.
  }
  return items;
}

export function encodeData(data: Data): Uint8Array {
  const tag = TAG_OF[data.type];
  if (data.type === 'compact-array') return concatBytes(Uint8Array.of(tag), encodeCompactArray(data.value));
  return concatBytes(Uint8Array.of(tag), encodeContents(data));
}

function takeItems(cursor: Cursor, depth: number): Data[] {
  if (depth >= MAX_DEPTH) throw cursor.fail(phrase('dlms.nested', { depth: MAX_DEPTH }));
  const at = cursor.at;
  const count = cursor.length();
  if (count > cursor.left) throw cursor.fail(phrase('dlms.announced', { count, left: cursor.left }), at);
  const items = new Array<Data>(count);
  for (let i = 0; i < count; i++) items[i] = takeData(cursor, depth + 1);
  return items;
}

function takePlain(cursor: Cursor, tag: number, at: number): Data {
  switch (tag) {
    case 0x00:
      return NULL_DATA;
    case 0x03:
      return { type: 'boolean', value: cursor.u8() !== 0 };
    case 0x04:
      return { type: 'bit-string', value: takeBits(cursor) };
    case 0x05:
      return { type: 'double-long', value: cursor.i32() };
    case 0x06:
      return { type: 'double-long-unsigned', value: cursor.u32() };
    case 0x09:
      return { type: 'octet-string', value: cursor.octets() };
    case 0x0a:
      return { type: 'visible-string', value: cursor.octets() };
    case 0x0c:
      return { type: 'utf8-string', value: cursor.octets() };
    case 0x0d:
      return { type: 'bcd', value: cursor.i8() };
    case 0x0f:
      return { type: 'integer', value: cursor.i8() };
    case 0x10:
      return { type: 'long', value: cursor.i16() };
    case 0x11:
      return { type: 'unsigned', value: cursor.u8() };
    case 0x12:
      return { type: 'long-unsigned', value: cursor.u16() };
    case 0x14:
      return { type: 'long64', value: cursor.i64() };
    case 0x15:
      return { type: 'long64-unsigned', value: cursor.u64() };
    case 0x16:
      return { type: 'enum', value: cursor.u8() };
    case 0x17:
      return { type: 'float32', value: cursor.f32() };
    case 0x18:
      return { type: 'float64', value: cursor.f64() };
    case 0x19:
      return { type: 'date-time', value: cursor.take(12) };
    case 0x1a:
      return { type: 'date', value: cursor.take(5) };
    case 0x1b:
      return { type: 'time', value: cursor.take(4) };
    case 0x1c:
      return { type: 'delta-integer', value: cursor.i8() };
    case 0x1d:
      return { type: 'delta-long', value: cursor.i16() };
    case 0x1e:
      return { type: 'delta-double-long', value: cursor.i32() };
    case 0x1f:
      return { type: 'delta-unsigned', value: cursor.u8() };
    case 0x20:
      return { type: 'delta-long-unsigned', value: cursor.u16() };
    case 0x21:
      return { type: 'delta-double-long-unsigned', value: cursor.u32() };
    case 0xff:
      return { type: 'dont-care', value: null };
    default:
      throw cursor.fail(phrase('dlms.undefinedType', { type: tag }), at);
  }
}

function takeBits(cursor: Cursor): string {
  const bits = cursor.length();
  const octets = cursor.take(Math.ceil(bits / 8));
  let text = '';
  for (const octet of octets) text += octet.toString(2).padStart(8, '0');
  return text.slice(0, bits);
}

/**
 * compact-array: one TypeDescription, then the contents of all elements without tags. The element count is nowhere:
 * the contents' length decides. Elements without contents would have no end, so such a description is refused.
 */
function takeCompactArray(cursor: Cursor, depth: number): Data {
  const at = cursor.at;
  const element = takeDescription(cursor, depth + 1);
  const size = cursor.length();
  const contents = new Cursor(cursor.bytes, cursor.at, cursor.at + size);
  cursor.take(size);
  if (element.least === 0 && size > 0) throw cursor.fail(phrase('dlms.compactEmpty', {}), at);
  const budget = { left: MAX_COMPACT_VALUES };
  const items: Data[] = [];
  while (contents.left > 0) items.push(takeDescribed(contents, element, budget));
  return { type: 'compact-array', value: items };
}

type Description = {
  readonly tag: number;
  readonly least: number;
  readonly items: readonly Description[];
  readonly count: number;
};

function takeDescription(cursor: Cursor, depth: number): Description {
  if (depth >= MAX_DEPTH) throw cursor.fail(phrase('dlms.nested', { depth: MAX_DEPTH }));
  const at = cursor.at;
  const tag = cursor.u8();
  if (tag === 0x01) {
    const count = cursor.u16();
    const element = takeDescription(cursor, depth + 1);
    if (element.least === 0 && count > 0) throw cursor.fail(phrase('dlms.compactEmpty', {}), at);
    return { tag, count, items: [element], least: count * element.least };
  }
  if (tag === 0x02) {
    const count = cursor.length();
    if (count > cursor.left) throw cursor.fail(phrase('dlms.announced', { count, left: cursor.left }), at);
    const items = Array.from({ length: count }, () => takeDescription(cursor, depth + 1));
    return { tag, count, items, least: items.reduce((sum, item) => sum + item.least, 0) };
  }
  if (tag === 0x13) throw cursor.fail(phrase('dlms.compactInside', {}), at);
  return { tag, count: 0, items: [], least: tag === 0x00 || tag === 0xff ? 0 : 1 };
}

function takeDescribed(cursor: Cursor, description: Description, budget: { left: number }): Data {
  if (--budget.left < 0) throw cursor.fail(phrase('dlms.compactLarge', {}));
  const { tag, items, count } = description;
  const [element] = items;
  if (tag === 0x01 && element)
    return { type: 'array', value: Array.from({ length: count }, () => takeDescribed(cursor, element, budget)) };
  if (tag === 0x02) return { type: 'structure', value: items.map((item) => takeDescribed(cursor, item, budget)) };
  return takePlain(cursor, tag, cursor.at);
}

function encodeContents(data: Data): Uint8Array {
  switch (data.type) {
    case 'null-data':
    case 'dont-care':
      return new Uint8Array(0);
    case 'array':
    case 'structure':
    case 'compact-array':
      return concatBytes(lengthOctets(data.value.length), ...data.value.map(encodeData));
    case 'boolean':
      return Uint8Array.of(data.value ? 1 : 0);
    case 'bit-string':
      return concatBytes(lengthOctets(data.value.length), bitOctets(data.value));
    case 'long64':
    case 'long64-unsigned': {
      const view = new DataView(new ArrayBuffer(8));
      view.setBigUint64(0, BigInt.asUintN(64, data.value));
      return new Uint8Array(view.buffer);
    }
    case 'float32':
    case 'float64': {
      const view = new DataView(new ArrayBuffer(data.type === 'float32' ? 4 : 8));
      if (data.type === 'float32') view.setFloat32(0, data.value);
      else view.setFloat64(0, data.value);
      return new Uint8Array(view.buffer);
    }
    case 'octet-string':
    case 'visible-string':
    case 'utf8-string':
      return octetString(data.value);
    case 'date-time':
    case 'date':
    case 'time':
      return data.value;
    default:
      return wholeNumberOctets(data.value, NUMBER_SIZE[data.type]);
  }
}

function bitOctets(bits: string): Uint8Array {
  return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    Number.parseInt(bits.slice(i * 8, i * 8 + 8).padEnd(8, '0'), 2),
  );
}

function wholeNumberOctets(value: number, size: 1 | 2 | 4): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (value >> (8 * (size - 1 - i))) & 0xff);
}

/** All elements must have the shape of the first one: the simulated meter's rows do. */
function encodeCompactArray(items: readonly Data[]): Uint8Array {
  const [first] = items;
  const contents = concatBytes(...items.map(describedContents));
  return concatBytes(first ? describe(first) : Uint8Array.of(0x00), octetString(contents));
}

function describe(data: Data): Uint8Array {
  if (data.type === 'array')
    return concatBytes(
      Uint8Array.of(0x01),
      u16Octets(data.value.length),
      data.value[0] ? describe(data.value[0]) : Uint8Array.of(0x00),
    );
  if (data.type === 'structure')
    return concatBytes(Uint8Array.of(0x02), lengthOctets(data.value.length), ...data.value.map(describe));
  return Uint8Array.of(TAG_OF[data.type]);
}

function describedContents(data: Data): Uint8Array {
  return data.type === 'array' || data.type === 'structure'
    ? concatBytes(...data.value.map(describedContents))
    : encodeContents(data);
}

export const NULL_DATA: Data = { type: 'null-data', value: null };
const MAX_DEPTH = 32;
const MAX_COMPACT_VALUES = 2_000_000;

const TAG_OF: { readonly [T in DataType]: number } = {
  'null-data': 0x00,
  array: 0x01,
  structure: 0x02,
  boolean: 0x03,
  'bit-string': 0x04,
  'double-long': 0x05,
  'double-long-unsigned': 0x06,
  'octet-string': 0x09,
  'visible-string': 0x0a,
  'utf8-string': 0x0c,
  bcd: 0x0d,
  integer: 0x0f,
  long: 0x10,
  unsigned: 0x11,
  'long-unsigned': 0x12,
  'compact-array': 0x13,
  long64: 0x14,
  'long64-unsigned': 0x15,
  enum: 0x16,
  float32: 0x17,
  float64: 0x18,
  'date-time': 0x19,
  date: 0x1a,
  time: 0x1b,
  'delta-integer': 0x1c,
  'delta-long': 0x1d,
  'delta-double-long': 0x1e,
  'delta-unsigned': 0x1f,
  'delta-long-unsigned': 0x20,
  'delta-double-long-unsigned': 0x21,
  'dont-care': 0xff,
};

const NUMBER_SIZE: { readonly [T in IntegerType | DeltaType]: 1 | 2 | 4 } = {
  'double-long': 4,
  'double-long-unsigned': 4,
  bcd: 1,
  integer: 1,
  long: 2,
  unsigned: 1,
  'long-unsigned': 2,
  enum: 1,
  'delta-integer': 1,
  'delta-long': 2,
  'delta-double-long': 4,
  'delta-unsigned': 1,
  'delta-long-unsigned': 2,
  'delta-double-long-unsigned': 4,
};
