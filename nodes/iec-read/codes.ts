// The codes to read: a list, or a text with one code a line (commas and blanks separate too, outside brackets).
import { type Fields, phrase } from '../../src/core/index';

export function parseCodes(fields: Fields): readonly string[] {
  const value = fields.raw('items');
  const codes = typeof value === 'string' ? value.split(/[\s,]+(?![^(]*\))/) : fields.list('items');
  const wrong = codes.find((code) => typeof code !== 'string');
  if (wrong !== undefined)
    throw fields.wrong('items', phrase('iec62056.codeNoText', { shown: JSON.stringify(wrong)?.slice(0, 40) ?? '' }));
  return (codes as readonly string[]).map((code) => code.trim()).filter((code) => code !== '');
}
