// What a Modbus device holds behind its unit id: from a register list (with holes, caps and odd manners as devices have
// them) or from a rule that every test can compute.
import type { Clock } from '../../../core/transport/lane/clock';
import type { Point } from '../register-list';
import { registersOf, sentinelOf } from './points';
import { plausibleValue } from '../plausible';
import { seedOf } from '../../ground/random';

export interface ModbusDevice {
  readonly unit: number;
  /** Registers of one read at most; more is exception 3. */
  readonly maxRegisters: number;
  /** Some devices hold 32-bit values only and refuse an odd count with exception 3. */
  readonly isEvenOnly: boolean;
  /** One consistent picture per request; an address without a register is undefined. */
  registers(table: 3 | 4, address: number, quantity: number): readonly (number | undefined)[];
  bits(table: 1 | 2, address: number, quantity: number): readonly (boolean | undefined)[];
  /** Returns whether there is such a register or coil to write. */
  writeRegister(address: number, value: number): boolean;
  writeBit(address: number, value: boolean): boolean;
  /** Vendor, product code, revision (function 43); joined, the server id (function 17). */
  readonly identity: readonly [string, string, string];
}

/**
 * Holding register a of unit u = 0x1000 u + a, input register a = 0x3000 u + a (both mod 65536, so that a mixed-up
 * table shows), coil a = a divisible by 3, discrete input a = a odd. What is written stays.
 */
export function ruleDevice(
  unit: number,
  options: { readonly maxRegisters?: number; readonly isEvenOnly?: boolean; readonly holes?: readonly number[] } = {},
): ModbusDevice {
  const holes = new Set(options.holes ?? []);
  const written = new Map<number, number>();
  const coils = new Map<number, boolean>();
  const span = <T>(address: number, quantity: number, at: (address: number) => T): readonly (T | undefined)[] =>
    Array.from({ length: quantity }, (_, i) =>
      holes.has(address + i) || address + i > 0xffff ? undefined : at(address + i),
    );
  return {
    unit,
    maxRegisters: options.maxRegisters ?? 125,
    isEvenOnly: options.isEvenOnly ?? false,
    registers: (table, address, quantity) =>
      span(address, quantity, (at) =>
        table === 3 ? (written.get(at) ?? (0x1000 * unit + at) & 0xffff) : (0x3000 * unit + at) & 0xffff,
      ),
    bits: (table, address, quantity) =>
      span(address, quantity, (at) => (table === 1 ? (coils.get(at) ?? at % 3 === 0) : at % 2 === 1)),
    writeRegister: (address, value) => !holes.has(address) && written.set(address, value) !== undefined,
    writeBit: (address, value) => !holes.has(address) && coils.set(address, value) !== undefined,
    identity: ['meter-tunnel', 'rule', '1.0'],
  };
}

export interface ProfileDeviceOptions {
  readonly unit: number;
  readonly points: readonly Point[];
  readonly clock: Clock;
  readonly seed: number;
  readonly maxRegisters?: number;
  readonly isEvenOnly?: boolean;
  /** Names of points that show their not-available pattern. */
  readonly missing?: readonly string[];
  /** Fixed values by name, instead of plausible ones. */
  readonly fixed?: Readonly<Record<string, number | string>>;
  readonly identity?: readonly [string, string, string];
  /** Gaps of up to so many registers between two points read 0, as most devices do; longer ones, and 0: exception 2. */
  readonly zeroGap?: number;
}

/**
 * A device with the registers of a list, and zeros or nothing between them; input and holding registers as the list
 * says.
 */
export function profileDevice(options: ProfileDeviceOptions): ModbusDevice {
  const owner = new Map<string, Point>();
  for (const point of options.points)
    for (let i = 0; i < Math.max(1, point.length); i++) owner.set(`${point.fc}:${point.address + i}`, point);
  const blank = shortGaps(options.points, options.zeroGap ?? 0);
  const seed = seedOf(options.seed, options.unit);
  const read = (point: Point, ms: number): readonly number[] => {
    if (options.missing?.includes(point.name) === true) return sentinelOf(point);
    return registersOf(point, pointValue(point, options, seed, ms));
  };
  return {
    unit: options.unit,
    maxRegisters: options.maxRegisters ?? 125,
    isEvenOnly: options.isEvenOnly ?? false,
    registers: (table, address, quantity) => {
      const ms = options.clock.date().getTime();
      return Array.from({ length: quantity }, (_, i) => {
        const point = owner.get(`${table}:${address + i}`);
        if (!point) return blank.has(`${table}:${address + i}`) ? 0 : undefined;
        return read(point, ms)[address + i - point.address];
      });
    },
    bits: (table, address, quantity) =>
      Array.from({ length: quantity }, (_, i) => {
        const point = owner.get(`${table}:${address + i}`);
        return point && Number(pointValue(point, options, seed, options.clock.date().getTime())) % 2 === 1;
      }),
    writeRegister: () => false,
    writeBit: () => false,
    identity: options.identity ?? ['meter-tunnel', 'profile', '1.0'],
  };
}

/** Addresses without a point that stand between two near ones of the same table. */
function shortGaps(points: readonly Point[], longest: number): ReadonlySet<string> {
  const blank = new Set<string>();
  for (const fc of [3, 4]) {
    const sorted = points.filter((point) => point.fc === fc).sort((a, b) => a.address - b.address);
    let end = Infinity;
    for (const point of sorted) {
      if (point.address - end <= longest) for (let at = end; at < point.address; at++) blank.add(`${fc}:${at}`);
      end = Math.max(end === Infinity ? 0 : end, point.address + point.length);
    }
  }
  return blank;
}

/** What the point shows at `ms`: the number a reader must arrive at, but for the rounding of its type. */
export function pointValue(
  point: Point,
  options: Pick<ProfileDeviceOptions, 'points' | 'fixed'>,
  seed: number,
  ms: number,
): number | string {
  const fixed = options.fixed?.[point.name];
  if (fixed !== undefined) return fixed;
  if (point.type === 'string') return point.name.toUpperCase();
  if (point.type === 'ymdhms') return ms;
  const users = options.points.find((other) => other.scaleFactor === point.name);
  if (users) return powerOfTen(users.unit);
  const value = plausibleValue(point, seed, ms);
  return point.scaleFactor === undefined ? value : value / 10 ** powerOfTen(point.unit);
}

/** Scale factor registers hold what keeps a value of that unit within 16 bits and still exact enough. */
function powerOfTen(unit: string): number {
  return unit === 'V' ? -1 : unit === 'A' || unit === 'Hz' ? -2 : 0;
}
