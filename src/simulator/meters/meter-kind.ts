// What a kind of meters is: made by name behind a simulated modem. The kinds of a protocol stand in its kinds.ts; the
// table of all (meter-kinds.ts) is written from the table of protocols.
import type { Clock } from '../../core/transport/lane/clock';
import type { LineSettings } from '../../core/wire/dialogue';
import type { Meter } from '../serial/meter';
import type { ModbusProfile } from './register-list';

/** What a kind is told of the meters wanted behind one modem. */
export interface MeterWish {
  readonly clock: Clock;
  readonly seed: number;
  readonly line: LineSettings;
  /** Unit ids, link addresses, serial numbers: as the protocol has them; empty = the kind's own default. */
  readonly addresses: readonly string[];
  readonly profile: ModbusProfile | undefined;
  readonly password: string;
  readonly framing: 'rtu' | 'ascii';
}

/** Throws RangeError with one sentence when the wish cannot be met. */
export type MeterKind = (wish: MeterWish) => readonly Meter[];

/** The addresses that are wished for, or the kind's own default. */
export function addressesOf({ addresses }: MeterWish, fallback: string): readonly string[] {
  return addresses.length > 0 ? addresses : [fallback];
}

/** A whole number from 0 on; `what` says what it is, for the error. */
export function whole(what: string, text: string, high: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= high) return value;
  throw new RangeError(`${what} is a whole number from 0 to ${high}, not ${text}`);
}
