// What a Modbus address means. The standard knows 16-bit registers only: type, order, scale and unit are the device
// maker's, and no byte on the wire tells them.

/**
 * `ymdhms`: year since 2000, month, day, hour, minute, second in one byte each, as many meters keep their clock.
 * `mod10k`: four decimal digits in each register (Schneider PM800). `decfloat`: a power of ten in the first byte, a
 * whole number in the other three, both with sign (Finder 7M: T5).
 * `uint8`, `int8`: one octet of a register, `half` says which.
 */
export type RegisterType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'uint48'
  | 'int48'
  | 'float32'
  | 'float64'
  | 'string'
  | 'bits'
  | 'bcd'
  | 'mod10k'
  | 'decfloat'
  | 'ymdhms';

/**
 * Where the bytes of a value stand on the wire, A being the most significant one: 0x11223344 is sent as 11 22 33 44
 * (ABCD), 33 44 11 22 (CDAB), 22 11 44 33 (BADC) or 44 33 22 11 (DCBA). In four registers likewise: CDAB sends the
 * registers last to first, BADC swaps the bytes within each, DCBA does both. A text has no significant end: only the
 * byte swap of BADC and DCBA applies to it.
 */
export type Order = 'ABCD' | 'CDAB' | 'BADC' | 'DCBA';

export interface Register {
  readonly name: string;
  /** 1 coils, 2 discrete inputs, 3 holding registers, 4 input registers. */
  readonly fc: 1 | 2 | 3 | 4;
  /** As in the PDU: counted from 0. */
  readonly address: number;
  readonly type: RegisterType;
  readonly order: Order;
  /** value = raw x scale + offset. */
  readonly scale: number;
  readonly offset?: number;
  readonly unit: string;
  /** Registers; coils or inputs for fc 1 and 2. */
  readonly length: number;
  /** Raw values that mean "none", as hex of the value with its most significant byte first. */
  readonly notAvailable?: readonly string[];
  /** Which octet of the register: `high` is sent first. */
  readonly half?: 'high' | 'low';
  /**
   * Hex of the value's bits that count; the others are cut off, and the lowest one that counts is bit 0 of the value.
   */
  readonly mask?: string;
  /** How a text is written, where its octets leave it open: UTF-8 where they are UTF-8, else Latin-1. */
  readonly encoding?: 'utf-8' | 'latin-1';
  /** Octets in the answer of a device that answers one address with a whole value, whatever quantity was asked for. */
  readonly answerLength?: number;
  /** A text with one character in each register, the other byte NUL: it cannot be told from a text that has ended. */
  readonly charsPerRegister?: 1;
  /** Name of the register that holds the power of ten; it may change at run time, so both must come from one answer. */
  readonly scaleFactor?: string;
  /** Text for a raw number, or for a bit number of `bits`. */
  readonly labels?: { readonly [raw: string]: string };
}

/** The address as readings show it: `3:0` (function:address). */
export function registerId({ fc, address }: Pick<Register, 'fc' | 'address'>): string {
  return `${fc}:${address}`;
}

export const ORDERS: readonly Order[] = ['ABCD', 'CDAB', 'BADC', 'DCBA'];

/** Registers that a type takes; 0 = as many as `length` says. */
export const TYPE_LENGTHS: { readonly [T in RegisterType]: number } = {
  uint8: 1,
  int8: 1,
  uint16: 1,
  int16: 1,
  uint32: 2,
  int32: 2,
  uint64: 4,
  int64: 4,
  uint48: 3,
  int48: 3,
  float32: 2,
  float64: 4,
  string: 0,
  bits: 0,
  bcd: 0,
  mod10k: 0,
  decfloat: 2,
  ymdhms: 3,
};
