// Data sets `address(value*unit)` (IEC 62056-21, 6.3.7 to 6.3.9). Order and text are kept; nothing is interpreted here.
import { failure, phrase, type ReadError, type Phrase } from '../wire/errors';

/** One code and what stands in the brackets behind it. */
export interface DataSet {
  /** The code as sent, blanks around it taken off; empty when the meter repeated none. */
  readonly address: string;
  readonly values: readonly SetValue[];
}

/** One pair of brackets. */
export interface SetValue {
  /** All between the brackets. */
  readonly text: string;
  /** The text before the first `*`, blanks kept. */
  readonly value: string;
  /** What follows the `*`; an empty unit after it occurs. */
  readonly unit?: string;
}

/**
 * The data sets of a block's text, closing `!` or not. Brackets without an address belong to the address before them,
 * also across a line end (several values under one code, rows of a load profile).
 */
export function decodeDataSets(text: string): readonly DataSet[] {
  const sets: { address: string; values: SetValue[] }[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('(', at);
    if (open < 0) break;
    const close = text.indexOf(')', open);
    if (close < 0) throw badText(text, open, phrase('iec62056.bracketOpen', {}));
    const content = text.slice(open + 1, close);
    if (content.includes('(')) throw badText(text, open, phrase('iec62056.bracketInside', {}));
    const address = text.slice(at, open).trim();
    const last = sets[sets.length - 1];
    if (address === '' && last) last.values.push(setValue(content));
    else if (NOT_IN_ADDRESS.test(address)) throw badText(text, at, phrase('iec62056.noCodeBefore', {}));
    else sets.push({ address, values: [setValue(content)] });
    at = close + 1;
  }
  if (!/^\s*(?:!\s*)?$/.test(text.slice(at))) throw badText(text, at, phrase('iec62056.textAtEnd', {}));
  return sets;
}

/** The code of an item or a set: what stands before its brackets. */
export function codeOf(item: string): string {
  const open = item.indexOf('(');
  return open < 0 ? item : item.slice(0, open);
}

function setValue(text: string): SetValue {
  const star = text.indexOf('*');
  return star < 0 ? { text, value: text } : { text, value: text.slice(0, star), unit: text.slice(star + 1) };
}

function badText(text: string, at: number, why: Phrase): ReadError {
  return failure('iec62056.badText', { why, character: at + 1, text: JSON.stringify(text.slice(at, at + 24)) });
}

/** A line end inside an address means that two things ran together; `/` and `!` begin and end messages. */
const NOT_IN_ADDRESS = /[/!)\r\n]/;
