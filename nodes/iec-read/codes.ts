// The codes to read: a list, or a text with one code a line (commas and blanks separate too, outside brackets).
import type { Fields } from '../../src/core/index';

export function parseCodes(fields: Fields): readonly string[] {
  const value = fields.raw('items');
  const codes = typeof value === 'string' ? value.split(/[\s,]+(?![^(]*\))/) : fields.list('items');
  const wrong = codes.find((code) => typeof code !== 'string');
  if (wrong !== undefined)
    throw fields.wrong(
      'items',
      `has ${JSON.stringify(wrong)?.slice(0, 40)}, but each code has to be a text like "1.8.0"`,
    );
  return (codes as readonly string[]).map((code) => code.trim()).filter((code) => code !== '');
}
