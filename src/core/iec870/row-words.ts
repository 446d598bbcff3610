// What all results of this protocol share: a row with its time and the words for its quality bits, the names of the
// totals, and numbers without a float's rounding.
import type { Row, Value } from '../meter/reading';
import { decimalOf, exactValue, multiply } from '../wire/decimal';
import { timeText } from './calendar';
import { QUALITIES } from './objects';
import type { TimeTag } from './time-tag';

/** A row at the time of its tag; `status` tells in words what the meter marked. */
export function rowAt(
  time: TimeTag,
  values: readonly Value[],
  qualities: readonly (readonly [string, number])[],
  standardOffset: number,
): Row {
  const at = timeText(time, standardOffset);
  const words = [
    ...(at === null ? ['time-unset'] : []),
    ...(time.isInvalid ? ['time-invalid'] : []),
    ...qualityWords(qualities),
  ];
  return { at: at ?? '', ...(words.length > 0 ? { status: words.join(' ') } : {}), values };
}

/** `power-failure` when it holds for all values of the row, `overflow:active_import` when for some. */
function qualityWords(qualities: readonly (readonly [string, number])[]): readonly string[] {
  return QUALITIES.flatMap(([bit, word]) => {
    const names = qualities.filter(([, quality]) => quality & bit).map(([name]) => name);
    if (names.length === 0) return [];
    return [names.length === qualities.length ? word : `${word}:${names.join(',')}`];
  });
}

/** The name of one of the eight totals, by its address. */
export function totalName(address: number): string {
  return TOTALS[address - 1] ?? `total_${address}`;
}

/** kWh or kvarh, by the address; the reserves tell none. */
export function totalUnit(address: number): { readonly unit?: string } {
  return address <= 2 ? { unit: 'kWh' } : address < RESERVES ? { unit: 'kvarh' } : {};
}

/** Exact, without a float's rounding. */
export function scaled(value: number, factor: number): Value {
  const [a, b] = [decimalOf(value), decimalOf(factor)];
  return a && b ? exactValue(multiply(a, b)) : null;
}

const TOTALS: readonly string[] = [
  'active_import',
  'active_export',
  'reactive_q1',
  'reactive_q2',
  'reactive_q3',
  'reactive_q4',
  'reserve_7',
  'reserve_8',
];
/** Totals 7 and 8 are reserve: shown only where a meter fills them. */
export const RESERVES = 7;
