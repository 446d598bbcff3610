// What a reader of IEC 62056-21 may be told (docs: "Reader nodes"), and the checks that need no meter.
import { decodeMoment, wallText } from '../meter/moment';
import { failure } from '../wire/errors';
import { checkedItem, checkedPassword, encodeRequestMessage } from './frames';
import type { ParityOption } from './parity';

/** What is to be read of an IEC 62056-21 meter, and how. */
export interface Iec62056Options {
  /** As printed on the meter; empty = any meter, for a line with one. */
  readonly address: string;
  readonly mode: 'auto' | 'A' | 'B' | 'C' | 'D';
  /**
   * `stay`: acknowledge with the sign-on speed. `fixed`: echo the meter's proposal, its port has one speed. `switch`:
   * follow it.
   */
  readonly baud: 'stay' | 'switch' | 'fixed';
  readonly parity: ParityOption;
  readonly request: 'readout' | 'registers' | 'profile' | 'log';
  /** Codes for `registers`; the code of the table for `profile` (P.01) and `log` (P.98). */
  readonly items: readonly string[];
  /** Wall time of the meter's own clock, without zone. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `group` is Energomera's fast read: one exchange without session. */
  readonly command: 'auto' | 'R1' | 'R2' | 'R5' | 'R6' | 'group';
  readonly password?: string | undefined;
  readonly passwordLevel?: 'P1' | 'P2' | undefined;
  /** How many codes share one read command; 1 if not given. */
  readonly codesPerCommand?: number | undefined;
  /** Y of the option select for a readout: 0, or 5 to 9 for a maker's short, history or service list. */
  readonly list?: string | undefined;
  /** Wake a battery meter before the request. */
  readonly wakeUp?: boolean | undefined;
}

/** Options that could work, their times in one form. */
export interface CheckedOptions extends Iec62056Options {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Refuses what could never work before a byte is sent. */
export function checkIec62056(o: Iec62056Options): CheckedOptions {
  encodeRequestMessage(o.address);
  o.items.forEach(checkedItem);
  if (o.password !== undefined) checkedPassword(o.password);
  if (o.request === 'registers' && o.items.length === 0) throw failure('iec62056.noItems', {}, 'configure');
  if (o.codesPerCommand !== undefined && !(Number.isInteger(o.codesPerCommand) && o.codesPerCommand >= 1))
    throw failure('iec62056.codesPerCommand', {}, 'configure');
  if (o.list !== undefined && !/^[05-9]$/.test(o.list)) throw failure('iec62056.list', {}, 'configure');
  if (o.command === 'group' && o.request !== 'registers') throw failure('iec62056.groupOnly', {}, 'configure');
  const [from, to] = [wallTime('from', o.from), wallTime('to', o.to)];
  if (from !== undefined && to !== undefined && from > to) throw failure('iec62056.fromAfterTo', {}, 'configure');
  return { ...o, from, to };
}

function wallTime(name: string, text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const moment = decodeMoment(text, name);
  if (!moment.isLocal) throw failure('iec62056.withZone', { field: name }, 'configure');
  return wallText(moment, undefined);
}
