// A device's list of registers, as whoever wishes for a device gives it.

export type PointType =
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

/** One row of a device's register list; addresses count from 0. */
export interface Point {
  readonly name: string;
  readonly fc: 1 | 2 | 3 | 4;
  readonly address: number;
  readonly type: PointType;
  /** Bytes as on the wire: ABCD high byte and high word first, CDAB low word first, BADC bytes swapped, DCBA both. */
  readonly order: 'ABCD' | 'CDAB' | 'BADC' | 'DCBA';
  readonly scale: number;
  readonly offset?: number;
  readonly unit: string;
  /** Registers. */
  readonly length: number;
  /** Which octet of the register, for types of one octet. */
  readonly half?: 'high' | 'low';
  readonly notAvailable?: readonly string[];
  /** Name of the point that holds the power of ten. */
  readonly scaleFactor?: string;
}

/** A device as its maker documents it. */
export interface ModbusProfile {
  readonly id: string;
  readonly points: readonly Point[];
  readonly maxRegisters: number;
  readonly isEvenOnly: boolean;
  /** Values that are what they are: model numbers, marks. */
  readonly fixed: Readonly<Record<string, number | string>>;
}
