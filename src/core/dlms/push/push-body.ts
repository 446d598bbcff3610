// The readings in the body of a push. A value is named only by what the body itself says beyond doubt: its own object
// list, entries {code, value[, scaler_unit]}, or codes and values in turn throughout. Everything else is numbered, for
// only the meter's push set-up says what it is. Law: a name is given for the whole list or not at all, so that no value
// stands under its neighbour's name.
import type { Reading } from '../../meter/reading';
import type { Data } from '../apdu/axdr';
import { scalerUnitOf, timeOf, type ScalerUnit } from '../model/cosem';
import { COSEM_CLASSES } from '../model/cosem-classes';
import { isoOf } from '../model/date-time';
import type { Language } from '../model/obis-names';
import { objectKey } from '../model/objects';
import { codeOf, isPushSetup } from './code';
import { isListAttribute, listOf, objectListOf, type ListedObject } from './object-list';
import { attributeReading, codedReading, numberedReading } from './pushed-reading';

/** Readings of a notification's body, named by what it says itself. */
export function readingsOf(body: Data, language: Language): readonly Reading[] {
  const items = listOf(body) ?? [body];
  return byObjectList(items, language) ?? inTurn(items, language) ?? byEntries(items, language);
}

/** Values in the order of the list that stands among them, or of the values that follow it. */
function byObjectList(items: readonly Data[], language: Language): readonly Reading[] | undefined {
  const at = items.findIndex((item) => objectListOf(item));
  const list = items[at];
  const objects = list && objectListOf(list);
  if (!objects) return undefined;
  const others = items.filter((_, i) => i !== at);
  const self = objects[at];
  if (self && isListAttribute(self) && objects.length === items.length) return namedBy(objects, items, language);
  if (objects.length === others.length) return namedBy(objects, others, language);
  const [only, ...more] = others;
  const values = only && more.length === 0 ? listOf(only) : undefined;
  if (!values) return undefined;
  if (values.length > 0 && values.every((row) => row.type === 'structure' && row.value.length === objects.length))
    return values.flatMap((row) => rowReadings(objects, listOf(row) ?? [], language));
  return values.length === objects.length ? namedBy(objects, values, language) : undefined;
}

/** A scaler that the list holds as well belongs to the register beside it. */
function namedBy(objects: readonly ListedObject[], values: readonly Data[], language: Language): readonly Reading[] {
  const scalers = new Map<string, ScalerUnit>();
  objects.forEach(({ classId, instance, attribute, dataIndex }, i) => {
    const value = values[i];
    const found = value && dataIndex === 0 && attribute === COSEM_CLASSES[classId]?.scaler && scalerUnitOf(value);
    if (found) scalers.set(objectKey(classId, instance), found);
  });
  return objects.flatMap((object, i) => {
    const value = values[i];
    if (!value) return [];
    const scaler = scalers.get(objectKey(object.classId, object.instance));
    return [
      object.dataIndex === 0
        ? attributeReading(object, value, scaler, language)
        : codedReading(object.instance, value, undefined, language),
    ];
  });
}

/** A row of a profile: its clock says when the others were captured. */
function rowReadings(objects: readonly ListedObject[], row: readonly Data[], language: Language): readonly Reading[] {
  const clock = objects.findIndex(({ classId, attribute }) => classId === 8 && attribute === 2);
  const cell = row[clock];
  const time = cell && timeOf(cell);
  const at = time && isoOf(time);
  return namedBy(objects, row, language)
    .filter((_, i) => i !== clock || at === undefined || at === null)
    .map((reading) => (at ? { ...reading, at } : reading));
}

/**
 * Codes and values in turn, each with its scaler_unit or without. What stands before the first code, and text behind
 * the last pair, is numbered. Anything else that does not fall into step shows that these are no pairs.
 */
function inTurn(items: readonly Data[], language: Language): readonly Reading[] | undefined {
  const first = items.findIndex((item) => isName(item));
  if (first < 0) return undefined;
  const readings: Reading[] = items.slice(0, first).map((item, i) => numberedReading(i + 1, item));
  if (readings.length > MAX_BEFORE) return undefined;
  let at = first;
  for (let pair = pairAt(items, at); pair; pair = pairAt(items, at)) {
    readings.push(codedReading(pair.code, pair.value, pair.scalerUnit, language));
    at += pair.size;
  }
  const rest = items.slice(at);
  const isOnlyPair = readings.length === first + 1;
  if (at === first || !rest.every(isText) || (isOnlyPair && !isCurrent(items[first]))) return undefined;
  return [...readings, ...rest.map((item, i) => numberedReading(at + i + 1, item))];
}

interface Pair {
  readonly code: Uint8Array;
  readonly value: Data;
  readonly scalerUnit: ScalerUnit | undefined;
  readonly size: number;
}

/** Code, value; code, value, scaler_unit; or code, scaler_unit, value. */
function pairAt(items: readonly Data[], at: number): Pair | undefined {
  const [name, value, third] = [items[at], items[at + 1], items[at + 2]];
  const code = isName(name) ? codeOf(name) : undefined;
  if (!code || !value || (value.type === 'structure' && pairAt(value.value, 0))) return undefined;
  const [before, behind] = [scalerUnitOf(value), third && scalerUnitOf(third)];
  if (before) return third && !isName(third) ? { code, value: third, scalerUnit: before, size: 3 } : undefined;
  return { code, value, scalerUnit: behind, size: behind ? 3 : 2 };
}

/** Entries that name themselves, and lists of such; the others are numbered. */
function byEntries(items: readonly Data[], language: Language): readonly Reading[] {
  return items.flatMap((item, i) => entryReadings(item, language) ?? [numberedReading(i + 1, item)]);
}

function entryReadings(item: Data, language: Language): readonly Reading[] | undefined {
  const own = entryReading(item, language);
  if (own) return [own];
  const parts = listOf(item);
  // A list that names nothing here is shown as it is: its entries hold no values.
  if (!parts || parts.length === 0 || objectListOf(item)) return undefined;
  const inner = parts.map((part) => entryReading(part, language));
  return inner.every((reading) => reading !== undefined) ? inner : undefined;
}

function entryReading(item: Data, language: Language): Reading | undefined {
  if (item.type !== 'structure') return undefined;
  const pair = pairAt(item.value, 0);
  if (pair && pair.size === item.value.length) return codedReading(pair.code, pair.value, pair.scalerUnit, language);
  return described(item.value, language);
}

/** {class, code, attribute, value[, scaler_unit]}. */
function described(parts: readonly Data[], language: Language): Reading | undefined {
  const [classId, name, attribute, value, scale] = parts;
  const instance = codeOf(name);
  if (parts.length < 4 || parts.length > 5 || !instance || !value) return undefined;
  if (classId?.type !== 'long-unsigned' || attribute?.type !== 'integer') return undefined;
  const scalerUnit = scale && scalerUnitOf(scale);
  if (scale && !scalerUnit) return undefined;
  return attributeReading(
    { classId: classId.value, instance, attribute: attribute.value },
    value,
    scalerUnit,
    language,
  );
}

function isName(item: Data | undefined): boolean {
  const code = codeOf(item);
  return code !== undefined && !isPushSetup(code);
}

/** Group F 255: of the present billing period. A lone code of any other is as likely a number of six octets. */
function isCurrent(item: Data | undefined): boolean {
  return codeOf(item)?.at(-1) === 255;
}

function isText({ type }: Data): boolean {
  return type === 'octet-string' || type === 'visible-string' || type === 'utf8-string';
}

/** List identifier, time, push set-up, serial number. */
const MAX_BEFORE = 6;
