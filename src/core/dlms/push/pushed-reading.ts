// One value of a push as a reading, by as much as the push says of it: a number of a register without its scaler is
// told raw, with an error, for it could be anything.
import type { Reading, Value } from '../../meter/reading';
import { failure, errorFacts } from '../../wire/errors';
import type { Data } from '../apdu/axdr';
import { meaningOf, plainValue, scaledMeaning, timeOf, type ScalerUnit } from '../model/cosem';
import { COSEM_CLASSES, isScaled } from '../model/cosem-classes';
import { isoOf } from '../model/date-time';
import { obisName } from '../model/obis';
import { obisText } from '../../meter/obis';
import type { Language } from '../model/obis-names';

/** A value under a code alone: its class is not said, so a number may be a register's. */
export function codedReading(
  code: Uint8Array,
  value: Data,
  scalerUnit: ScalerUnit | undefined,
  language: Language,
): Reading {
  const head = headOf(code, language);
  if (scalerUnit) return { ...head, ...scaledMeaning(value, scalerUnit) };
  return isNumber(value) ? unscaled(head, value) : { ...head, value: valueOf(value) };
}

/** A value whose class and attribute are said. */
export function attributeReading(
  object: { readonly classId: number; readonly instance: Uint8Array; readonly attribute: number },
  value: Data,
  scalerUnit: ScalerUnit | undefined,
  language: Language,
): Reading {
  const { classId, instance, attribute } = object;
  const head = attributeHead(object, language);
  if (isScaled(object) && isNumber(value) && !scalerUnit) return unscaled(head, value);
  const known = COSEM_CLASSES[classId]?.attributes[attribute] !== undefined || attribute === 1;
  if (!known) return codedReading(instance, value, scalerUnit, language);
  const isPlain = classId === 1 && attribute === 2;
  return isPlain
    ? { ...head, value: valueOf(value) }
    : { ...head, ...meaningOf(classId, attribute, value, scalerUnit) };
}

/** By its place: only the meter's push set-up says what it is. */
export function numberedReading(place: number, value: Data): Reading {
  return { name: String(place), id: String(place), value: valueOf(value) };
}

/** Twelve octets that are a possible time are one: nothing else in a push has that length and its field ranges. */
function valueOf(data: Data): Value {
  const time = data.type === 'octet-string' && data.value.length === 12 ? timeOf(data) : undefined;
  return (time && isoOf(time)) ?? plainValue(data);
}

function unscaled(head: { readonly name: string; readonly id: string }, value: Data): Reading {
  return { ...head, raw: String(plainValue(value)), error: errorFacts(failure('cosem.pushedUnscaled', {})) };
}

/** A code names the value of its class; any other attribute is said with its number and name. */
function attributeHead(
  { classId, instance, attribute }: { classId: number; instance: Uint8Array; attribute: number },
  language: Language,
): { readonly name: string; readonly id: string } {
  const head = headOf(instance, language);
  const described = COSEM_CLASSES[classId];
  if (attribute !== 1 && attribute === (described?.value ?? 2)) return head;
  const label = attribute === 1 ? 'logical_name' : (described?.attributes[attribute]?.[0] ?? String(attribute));
  return { name: `${head.name} ${label}`, id: `${head.id}:${attribute}` };
}

function headOf(name: Uint8Array, language: Language): { readonly name: string; readonly id: string } {
  return { name: obisName(name, language) ?? obisText(name), id: obisText(name) };
}

/** An enum counts nothing; dates and texts are no numbers. */
function isNumber({ type, value }: Data): boolean {
  return type !== 'enum' && (typeof value === 'number' || typeof value === 'bigint');
}
