// COSEM Data in A-XDR (Blue Book 4.1.5, Green Book 9.5; IEC 61334-6), from values to octets.
import { concatBytes } from '../../wire/bytes';
import type { Data, DataType, DeltaType, IntegerType } from './axdr';
import { lengthOctets, octetString, u16Octets } from './cursor';

/** One Data with its tag. */
export function encodeData(data: Data): Uint8Array {
  const tag = TAG_OF[data.type];
  if (data.type === 'compact-array') return concatBytes(Uint8Array.of(tag), encodeCompactArray(data.value));
  return concatBytes(Uint8Array.of(tag), encodeContents(data));
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
