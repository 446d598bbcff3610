// The codes to read: a list, or a text with one code a line (commas and blanks separate too, outside brackets).
import { phrase } from '../wire/errors';
import { MOST_ITEMS, type Fields } from './fields';

/** The codes of the property `items`. Throws CONFIG_INVALID for what is no text. */
export function parseCodes(fields: Fields): readonly string[] {
  const value = fields.raw('items');
  const codes = typeof value === 'string' ? separated(value) : fields.list('items');
  if (codes.length > MOST_ITEMS)
    throw fields.wrong('items', phrase('settings.tooManyEntries', { count: codes.length, most: MOST_ITEMS }));
  const wrong = codes.find((code) => typeof code !== 'string');
  if (wrong !== undefined)
    throw fields.wrong('items', phrase('iec62056.codeNoText', { shown: JSON.stringify(wrong)?.slice(0, 40) ?? '' }));
  return (codes as readonly string[]).map((code) => code.trim()).filter((code) => code !== '');
}

/** At commas and blanks, but for those of an argument: `EMD01(0.0,1)` is one code. An open bracket holds to the end. */
function separated(text: string): readonly string[] {
  return text.split(/([()])/).reduce<{ readonly codes: string[]; isInside: boolean }>(
    ({ codes, isInside }, part) => {
      const [first = '', ...others] = isInside || part === '(' || part === ')' ? [part] : part.split(/[\s,]+/);
      codes.push(`${codes.pop() ?? ''}${first}`, ...others);
      return { codes, isInside: part === '(' || (isInside && part !== ')') };
    },
    { codes: [], isInside: false },
  ).codes;
}
