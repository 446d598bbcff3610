// COSEM Data in A-XDR (Blue Book 4.1.5 "Common data types", Green Book 9.5; IEC 61334-6), from octets to values: every
// type. Whole input or a ReadError with the octet's offset; nesting and element count are bounded, so that no input can
// exhaust stack or memory.
import { phrase } from '../../wire/errors';
import { Cursor } from './cursor';

/** Types whose values a JS number holds exactly. */
export type IntegerType =
  'double-long' | 'double-long-unsigned' | 'bcd' | 'integer' | 'long' | 'unsigned' | 'long-unsigned' | 'enum';
/** Differences to the value before, in compressed profiles. */
export type DeltaType =
  | 'delta-integer'
  | 'delta-long'
  | 'delta-double-long'
  | 'delta-unsigned'
  | 'delta-long-unsigned'
  | 'delta-double-long-unsigned';
/** Types that hold other Data. */
export type ListType = 'array' | 'structure' | 'compact-array';
/** Types whose value is octets, whatever they mean. */
export type OctetsType = 'octet-string' | 'visible-string' | 'utf8-string' | 'date-time' | 'date' | 'time';
/** One value as the meter typed it (Blue Book 4.1.5). */
export type Data =
  | { readonly type: 'null-data' | 'dont-care'; readonly value: null }
  | { readonly type: ListType; readonly value: readonly Data[] }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** The bits as text, first bit first: `1011011`. */
  | { readonly type: 'bit-string'; readonly value: string }
  | { readonly type: IntegerType | DeltaType | 'float32' | 'float64'; readonly value: number }
  | { readonly type: 'long64' | 'long64-unsigned'; readonly value: bigint }
  | { readonly type: OctetsType; readonly value: Uint8Array };
/** The name of a type, as the Blue Book has it. */
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

/**
 * The elements of an array that holds more than it announces: some meters count what was asked for and go on to the end
 * of their memory. `announced` = how many the count says; undefined when the octets are no array.
 */
export function decodeOverfullArray(
  bytes: Uint8Array,
): { readonly announced: number; readonly items: readonly Data[] } | undefined {
  const items: Data[] = [];
  const cursor = new Cursor(bytes);
  if (cursor.left < 2 || cursor.u8() !== 0x01) return undefined;
  try {
    const announced = cursor.length();
    try {
      while (cursor.left > 0) items.push(takeData(cursor, 1));
    } catch {
      // The first element that is not whole ends the list.
    }
    return { announced, items };
  } catch {
    return undefined;
  }
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
  const budget = { left: COMPACT_VALUES_PER_OCTET * size + FEW_COMPACT_VALUES };
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

/** null-data. */
export const NULL_DATA: Data = { type: 'null-data', value: null };
const MAX_DEPTH = 32;
/** Types without contents (null-data) make values of nothing: a few octets could announce millions. */
const COMPACT_VALUES_PER_OCTET = 4;
const FEW_COMPACT_VALUES = 4_096;
