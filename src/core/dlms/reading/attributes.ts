// Reading single attributes: one list for all, scaler and unit with it the first time only; a code without class is
// looked up, guessed by its value groups, and settled by asking once.
import { toHex } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { failure, errorFacts } from '../../wire/errors';
import type { Reading } from '../../meter/reading';
import { classesOf } from '../model/class-guess';
import { meaningOf, scalerUnitOf, timeOf, type ScalerUnit } from '../model/cosem';
import { COSEM_CLASSES, isScaled } from '../model/cosem-classes';
import { isoOf } from '../model/date-time';
import type { MeterIdentity } from './identity';
import type { MeterKnowledge } from './meter-memory';
import { isRunningAverage, obisName } from '../model/obis';
import { obisText } from '../../meter/obis';
import type { Language } from '../model/obis-names';
import { objectKey } from '../model/objects';
import type { WantedAttribute } from './requests';
import { accessRefusal } from '../apdu/result-codes';
import type { AttributeResult, Services } from './services';
import type { Attribute } from '../apdu/get';

/** The meter that is talked to. */
export interface MeterTalk {
  readonly services: Services;
  readonly notes: MeterKnowledge;
  readonly identity: MeterIdentity;
  readonly language: Language;
}

/** One reading per wanted attribute, in their order; a refused one carries its error. */
export function* readAttributes(talk: MeterTalk, items: readonly WantedAttribute[]): Dialogue<readonly Reading[]> {
  const { services, notes, identity, language } = talk;
  const classes = items.map((item) => (item.classId === undefined ? candidatesOf(item, notes) : [item.classId]));
  const first = items.map((item, i) => asked(item, classes[i]?.[0] ?? 1, notes));
  const { asked: name } = identity;
  const answers = yield* fetch(services, [...first.flat(), ...name]);
  if (!identity.settleByName(name[0] && answers.get(keyOf(name[0]))?.result)) return yield* readAttributes(talk, items);
  learn(answers, notes);
  const missed = items.flatMap((item, i) =>
    isElsewhere(answers, first[i]) ? (classes[i] ?? []).slice(1).map((classId) => asked(item, classId, notes)) : [],
  );
  if (missed.length > 0) {
    for (const [key, answer] of yield* fetch(services, missed.flat())) answers.set(key, answer);
    learn(answers, notes);
  }
  return items.map((item, i) => {
    const classId =
      (classes[i] ?? []).find((candidate) => hasData(answers, asked(item, candidate, notes)[0])) ??
      classes[i]?.[0] ??
      1;
    if (item.classId === undefined && hasData(answers, asked(item, classId, notes)[0]))
      notes.classes.set(toHex(item.obis), classId);
    return readingOf(item, classId, answers, notes, language);
  });
}

/** Scaler and unit of registers that are not known yet, in one list. */
export function* learnScalers(
  services: Services,
  notes: MeterKnowledge,
  registers: readonly { readonly classId: number; readonly instance: Uint8Array }[],
): Dialogue<void> {
  const unknown = registers.flatMap(({ classId, instance }): Attribute[] => {
    const scaler = COSEM_CLASSES[classId]?.scaler;
    return scaler === undefined || notes.scalers.has(objectKey(classId, instance))
      ? []
      : [{ classId, instance, attribute: scaler }];
  });
  if (unknown.length > 0) learn(yield* fetch(services, unknown), notes);
}

type Answers = Map<string, { readonly attribute: Attribute; readonly result: AttributeResult }>;

function* fetch(services: Services, attributes: readonly Attribute[]): Dialogue<Answers> {
  const unique = new Map(attributes.map((attribute) => [keyOf(attribute), attribute]));
  const wanted = [...unique.values()];
  const results = yield* services.get(wanted);
  return new Map(
    wanted.map((attribute, i) => [keyOf(attribute), { attribute, result: results[i] ?? { refused: 250 } }]),
  );
}

/** The attributes that this item takes, the value first; scaler_unit only while unknown. */
function asked(item: WantedAttribute, classId: number, notes: MeterKnowledge): readonly Attribute[] {
  const of = (attribute: number): Attribute => ({ classId, instance: item.obis, attribute });
  const described = COSEM_CLASSES[classId];
  const attribute = valueAttribute(item, classId);
  const needsScaler =
    isScaled({ classId, attribute }) &&
    (item.scaler === undefined || item.unit === undefined) &&
    described?.scaler !== undefined &&
    !notes.scalers.has(objectKey(classId, item.obis));
  const time = timeAttribute(item, classId);
  return [
    of(attribute),
    ...(needsScaler ? [of(described.scaler ?? 3)] : []),
    ...(time === undefined ? [] : [of(time)]),
  ];
}

function readingOf(
  item: WantedAttribute,
  classId: number,
  answers: Answers,
  notes: MeterKnowledge,
  language: Language,
): Reading {
  const head = { name: item.name ?? obisName(item.obis, language) ?? obisText(item.obis), id: obisText(item.obis) };
  const attribute = valueAttribute(item, classId);
  const result = answers.get(keyOf({ classId, instance: item.obis, attribute }))?.result ?? { refused: 250 };
  if ('refused' in result) return { ...head, error: errorFacts(accessRefusal(result.refused)) };
  if ('failed' in result) return { ...head, error: errorFacts(result.failed) };
  const scalerUnit = scalerUnitFor(item, classId, notes);
  const meaning = meaningOf(classId, attribute, result.data, scalerUnit);
  if (
    isScaled({ classId, attribute }) &&
    !scalerUnit &&
    (typeof meaning.value === 'number' || (typeof meaning.value === 'string' && typeof result.data.value === 'bigint'))
  ) {
    return {
      ...head,
      raw: String(meaning.value),
      error: errorFacts(failure('cosem.unscaled', {})),
    };
  }
  const at = capturedAt(item, classId, answers);
  return { ...head, ...meaning, ...(item.unit !== undefined && { unit: item.unit }), ...(at !== undefined && { at }) };
}

function scalerUnitFor(item: WantedAttribute, classId: number, notes: MeterKnowledge): ScalerUnit | undefined {
  const told = notes.scalers.get(objectKey(classId, item.obis));
  return item.scaler === undefined ? told : { scaler: item.scaler, unit: told?.unit ?? 255 };
}

function capturedAt(item: WantedAttribute, classId: number, answers: Answers): string | undefined {
  const attribute = timeAttribute(item, classId);
  const result =
    attribute === undefined ? undefined : answers.get(keyOf({ classId, instance: item.obis, attribute }))?.result;
  const time = result && 'data' in result ? timeOf(result.data) : undefined;
  return (time && isoOf(time)) ?? undefined;
}

function learn(answers: Answers, notes: MeterKnowledge): void {
  for (const { attribute, result } of answers.values()) {
    if (attribute.attribute !== COSEM_CLASSES[attribute.classId]?.scaler || !('data' in result)) continue;
    const found = scalerUnitOf(result.data);
    if (found) notes.scalers.set(objectKey(attribute.classId, attribute.instance), found);
  }
}

function candidatesOf(item: WantedAttribute, notes: MeterKnowledge): readonly number[] {
  const known =
    notes.classes.get(toHex(item.obis)) ??
    notes.objects?.find((object) => toHex(object.instance) === toHex(item.obis))?.classId;
  return known === undefined ? classesOf(item.obis) : [known];
}

/**
 * Results that say "not in this class": object-undefined, class-inconsistent, object-unavailable, type-unmatched;
 * read-write-denied too, for some meters say so.
 */
function isElsewhere(answers: Answers, attributes: readonly Attribute[] | undefined): boolean {
  const [value] = attributes ?? [];
  const result = value && answers.get(keyOf(value))?.result;
  return result !== undefined && 'refused' in result && [3, 4, 9, 11, 12].includes(result.refused);
}

function hasData(answers: Answers, attribute: Attribute | undefined): boolean {
  const result = attribute && answers.get(keyOf(attribute))?.result;
  return result !== undefined && 'data' in result;
}

/** A demand register named as a running average is asked for its current average, any other for its last one. */
function valueAttribute(item: WantedAttribute, classId: number): number {
  if (item.attribute === undefined && classId === 5 && isRunningAverage(item.obis)) return 2;
  return item.attribute ?? COSEM_CLASSES[classId]?.value ?? 2;
}

/** The attribute that says when the value was captured; a running average has no such time. */
function timeAttribute(item: WantedAttribute, classId: number): number | undefined {
  const described = COSEM_CLASSES[classId];
  return item.attribute === undefined && described && valueAttribute(item, classId) === described.value
    ? described.time
    : undefined;
}

const keyOf = ({ classId, instance, attribute }: Attribute): string => `${objectKey(classId, instance)}:${attribute}`;
