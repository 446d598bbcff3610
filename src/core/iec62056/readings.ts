// Data sets as readings. A number is claimed only where the meter says so (a unit, or a decimal point under a measured
// quantity); all else stays the meter's text: serial numbers, dates and error words keep their zeros.
import { failure, phrase, errorFacts, type Phrase } from '../wire/errors';
import { fromLatin1, toHex } from '../wire/bytes';
import { exactValue, parseDecimal } from '../wire/decimal';
import type { Reading, Readout, Value } from '../meter/reading';
import { codeOf, type DataSet, type SetValue } from './dataset';
import type { Identification } from './identification';
import { isSameCode, parseObis } from '../meter/obis';
import { parseMeterTime } from './meter-time';

/** A data set as a reading under its own code, or another name. */
export function readingOf(set: DataSet, name = set.address): Reading {
  const obis = parseObis(name);
  const isMeasured = obis === undefined || (obis.quantity > 0 && obis.quantity < 96);
  const { main, at, more } = partsOf(
    set.values,
    isMeasured && isRegister(obis?.id ?? ''),
    STAMPED.test(obis?.id ?? ''),
  );
  const value = setValueOf(main, isMeasured);
  return {
    name,
    id: obis?.id ?? name,
    value,
    ...(main.unit && hasUnit(main) ? { unit: main.unit.trim() } : {}),
    ...rawOf(main, value),
    ...(at === undefined ? {} : { at }),
    ...(more.length > 0 ? { more: more.map((one) => moreOf(one, isMeasured)) } : {}),
  };
}

/** What the meter said of itself, and how its answer was protected. */
export function identityOf(
  identification: Identification | undefined,
  check: string | undefined,
): NonNullable<Readout['identity']> {
  return {
    ...(identification && {
      manufacturer: identification.manufacturer,
      id: identification.id.trim(),
      mode: identification.mode,
      baud: identification.baud,
      ...(identification.escapes.length > 0 && {
        escapes: identification.escapes.map((escape) => `\\${escape}`).join(''),
      }),
    }),
    ...(check === undefined ? {} : { check }),
  };
}

type MissingReason = 'iec62056.missing' | 'iec62056.missingDoubtful' | 'iec62056.missingPassword';

/** An item that was asked for and not given. */
export function missingReading(name: string, why: Phrase, reason: MissingReason = 'iec62056.missing'): Reading {
  return { name, id: parseObis(codeOf(name))?.id ?? name, error: errorFacts(failure(reason, { why })) };
}

/** The wanted codes out of a readout, in the order wanted; a code that occurs several times gives all its readings. */
export function pickReadings(readings: readonly Reading[], items: readonly string[]): readonly Reading[] {
  return items.flatMap((item) => {
    const code = codeOf(item);
    const found = readings.filter((reading) => isSameCode(code, reading.name));
    return found.length > 0 ? found : [missingReading(code, phrase('iec62056.notInReadout', {}))];
  });
}

/**
 * Value and unit of one bracket, for profile rows too. Empty, `####`, `-.--` and a field filled with FF mean that there
 * is none.
 */
export function setValueOf(set: SetValue, isMeasured: boolean): Value {
  const text = hasUnit(set) ? set.value.trim() : set.text.trim();
  if (text === '' || /^#+$/.test(text) || /^-+([.,]-*)?$/.test(text) || /^\xff+$/.test(text)) return null;
  if (hasUnit(set)) return numberOf(text.replace(/^([+-]?\d+),(\d+)$/, '$1.$2')) ?? set.value;
  return (isMeasured && /^[+-]?\d+\.\d+$/.test(text) ? numberOf(text) : undefined) ?? set.text;
}

/** The decimals of a meter: digits with at most one point (the standard) or comma (Kamstrup). */
function numberOf(text: string): number | string | undefined {
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)) return undefined;
  const decimal = parseDecimal(text);
  return decimal && exactValue(decimal);
}

/** A second `*` or a `&` means that several things share the brackets: then no part of it is a unit. */
function hasUnit(set: SetValue): boolean {
  return set.unit !== undefined && !/[*&]/.test(set.unit);
}

/** The meter's own text where the value is another; as hex where it is no text. */
export function rawOf(set: SetValue, value: Value): { readonly raw?: string } {
  const raw = hasUnit(set) ? set.value : set.text;
  if (String(value) === raw) return {};
  return { raw: /^[\t\r\n\x20-\x7e]*$/.test(raw) ? raw : toHex(fromLatin1(raw)) };
}

function moreOf(set: SetValue, isMeasured: boolean): Value {
  const value = setValueOf(set, isMeasured);
  return set.unit && hasUnit(set) ? { value, unit: set.unit } : value;
}

interface Parts {
  readonly main: SetValue;
  readonly at?: string | undefined;
  readonly more: readonly SetValue[];
}

/**
 * A value with its time behind it (maximum demand), or in front of it: where it is a time stamp of DSMR, which is never
 * a value of a register, or where only the second looks like a value (DSMR meters on M-Bus).
 */
function partsOf(values: readonly SetValue[], isRegister: boolean, isStampedCode: boolean): Parts {
  const [first = NOTHING, second, ...others] = values;
  const isStamped = (isRegister && isStamp(first)) || (isStampedCode && looksLikeTime(first));
  const at = isStamped ? parseMeterTime(first.text)?.iso : undefined;
  if (!second && isStamped) return { main: NOTHING, at, more: [] };
  if (!second || others.length > 0) return { main: first, more: values.slice(1) };
  if (isStamped && !isStamp(second)) return { main: second, at, more: [] };
  const [time, later] = [second, first].map((one) =>
    one.unit === undefined ? parseMeterTime(one.text)?.iso : undefined,
  );
  if (time !== undefined && later === undefined) return { main: first, at: time, more: [] };
  const isValue = hasUnit(second) || /^\d+\.\d+$/.test(second.text);
  if (later !== undefined && time === undefined && isValue) return { main: second, at: later, more: [] };
  return { main: first, more: [second] };
}

/** Abstract objects (medium 0) may be clocks; all others measure. */
function isRegister(id: string): boolean {
  return id !== '' && !id.startsWith('0-');
}

/**
 * TST of DSMR: YYMMDDhhmmss and W or S. One that no clock shows (`632525252525S`: no meter answers) is no value either.
 */
function isStamp({ text, unit }: SetValue): boolean {
  return unit === undefined && /^\d{12}[WS]$/.test(text);
}

function looksLikeTime(set: SetValue): boolean {
  return isStamp(set) || (set.unit === undefined && /^\d{10,13}$/.test(set.text));
}

/** Last value of a meter on M-Bus: `(TST)(value*unit)` (DSMR P1, 6.12). */
const STAMPED = /:24\.2\./;
const NOTHING: SetValue = { text: '', value: '' };
