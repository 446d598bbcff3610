// Codes of meters as OBIS (IEC 62056-61, clause 5): `1.8.0` is `1-0:1.8.0*255`. A code of another make stays as it is.
import { toHex } from '../wire/bytes';
import { failure } from '../wire/errors';

export interface Obis {
  readonly id: string;
  /** Group C as a number; 96 and above are service data, error words, profiles and logs. */
  readonly quantity: number;
}

/** A full, short or EDIS code (`1-0:1.8.0*255`, `1.8.0`, `C.1`, `1.8.0*01`, `1.8.0&04`), or undefined. */
export function parseObis(code: string): Obis | undefined {
  const parts = /^(?:(\d{1,3})-(\d{1,3}):)?(\d{1,3}|[CFLP])\.(\d{1,3}|[CFLP])(?:\.(\d{1,3}))?(?:[*&](\d{1,3}))?$/.exec(
    code,
  );
  if (!parts) return undefined;
  const [, medium, channel = '0', c = '', d = '', tariff = '0', history = '255'] = parts;
  const quantity = groupOf(c);
  // Letters are the abstract objects of medium 0, except the load profile P, as meters print it in full.
  const a = medium ?? (c === 'C' || c === 'F' || c === 'L' ? '0' : '1');
  const groups = [a, channel, quantity, groupOf(d), tariff, history].map(Number);
  if (groups.some((group) => group > 255)) return undefined;
  const [A, B, C, D, E, F] = groups;
  return { id: `${A}-${B}:${C}.${D}.${E}*${F}`, quantity };
}

/** The normalised OBIS where the code parses, else the code itself. */
export function idOf(code: string): string {
  return parseObis(code)?.id ?? code;
}

/** Does the code of an answer name what was asked for? A meter may leave out or add medium and channel. */
export function isSameCode(asked: string, answered: string): boolean {
  if (asked.toUpperCase() === answered.toUpperCase()) return true;
  const [a, b] = [parseObis(asked), parseObis(answered)];
  if (!a || !b) return false;
  return a.id === b.id || (!(asked.includes(':') && answered.includes(':')) && tail(a.id) === tail(b.id));
}

/** `1-0:1.8.0*255`, `1-0:1.8.0`, `1.0.1.8.0.255` or the short `1.8.0` (electricity, channel 0) as six octets. */
export function obisOctets(text: string): Uint8Array {
  const full = /^(\d{1,3})-(\d{1,3}):(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:[*&](\d{1,3}))?$/.exec(text.trim());
  const dotted = /^\d{1,3}(\.\d{1,3}){5}$/.test(text.trim()) ? text.trim().split('.') : undefined;
  const short = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:[*&](\d{1,3}))?$/.exec(text.trim());
  const whole = full && [full[1], full[2], full[3], full[4], full[5] ?? '255', full[6] ?? '255'];
  const electric = short && ['1', '0', short[1], short[2], short[3] ?? '255', short[4] ?? '255'];
  const numbers = (dotted ?? whole ?? electric)?.map(Number);
  if (!numbers || numbers.some((group) => group > 255))
    throw failure('meter.noObis', { shown: text.slice(0, 40) }, 'configure');
  return Uint8Array.from(numbers);
}

export function obisText(code: Uint8Array): string {
  const [a, b, c, d, e, f] = code;
  return code.length === 6 ? `${a}-${b}:${c}.${d}.${e}*${f}` : toHex(code);
}

function tail(id: string): string {
  return id.slice(id.indexOf(':'));
}

function groupOf(text: string): number {
  return LETTERS[text] ?? Number(text);
}

/** Letters of EDIS and their group values in OBIS (IEC 62056-61, table of group C codes). */
const LETTERS: Readonly<Record<string, number>> = { C: 96, F: 97, L: 98, P: 99 };
