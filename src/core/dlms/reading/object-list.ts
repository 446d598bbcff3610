// The meter's object list: dozens of round trips over a small frame, so asked once - per meter, and per type and
// firmware where a shared cache is given.
import type { Dialogue } from '../../wire/dialogue';
import type { Reading } from '../../meter/reading';
import { obisText } from '../../meter/obis';
import type { Referencing } from '../apdu/acse';
import type { MeterTalk } from './attributes';
import { DEVICE_NAME, meterType } from './identity';
import { COSEM_CLASSES } from '../model/cosem-classes';
import { obisName } from '../model/obis';
import type { Language } from '../model/obis-names';
import { objectsOfLn, objectsOfSn, type CosemObject } from '../model/objects';
import { accessRefusal } from '../apdu/result-codes';
import type { Attribute } from '../apdu/get';

/** Object lists by meter type and firmware; holds no reading and no secret. */
export interface ObjectCache {
  get(key: string): readonly CosemObject[] | undefined;
  set(key: string, objects: readonly CosemObject[]): void;
}

/** The objects that this client sees; from memory or cache where they are known. */
export function* readObjects(
  talk: MeterTalk,
  referencing: Referencing,
  client: number,
  cache: ObjectCache | undefined,
): Dialogue<readonly CosemObject[]> {
  const { services, notes, identity } = talk;
  const asked: readonly Attribute[] = cache && !notes.objects ? [DEVICE_NAME, FIRMWARE] : identity.asked;
  const [name, firmware] = asked.length > 0 ? yield* services.get(asked) : [];
  if (asked.length > 0) identity.settleByName(name);
  if (notes.objects) return notes.objects;
  const type = cache && meterType(name, firmware);
  const key = type === undefined ? undefined : `${type}/${referencing}/${client}`;
  const known = key === undefined ? undefined : cache?.get(key);
  const objects = known ?? (yield* objectsOfAssociation(talk, referencing));
  if (key !== undefined && !known) cache?.set(key, objects);
  notes.objects = objects;
  return objects;
}

/** One reading per object: its class and version, and what this client may do with each attribute and method. */
export function objectReadings(objects: readonly CosemObject[], language: Language): readonly Reading[] {
  return objects.map(({ classId, version, instance, baseName, attributes, methods }) => ({
    name: obisName(instance, language) ?? obisText(instance),
    id: obisText(instance),
    value: {
      class: classId,
      className: COSEM_CLASSES[classId]?.name ?? null,
      version,
      ...(baseName !== undefined && { baseName }),
      attributes: attributes.map(({ attribute, access, selectors }) => ({ attribute, access, selectors })),
      methods: methods.map(({ method, access }) => ({ method, access })),
    },
  }));
}

function* objectsOfAssociation({ services }: MeterTalk, referencing: Referencing): Dialogue<readonly CosemObject[]> {
  const result = yield* services.getOne({
    classId: referencing === 'LN' ? 15 : 12,
    instance: CURRENT_ASSOCIATION,
    attribute: 2,
  });
  if ('refused' in result) throw accessRefusal(result.refused);
  return referencing === 'LN' ? objectsOfLn(result.data) : objectsOfSn(result.data);
}

const CURRENT_ASSOCIATION = Uint8Array.of(0, 0, 40, 0, 0, 255);
const FIRMWARE: Attribute = { classId: 1, instance: Uint8Array.of(1, 0, 0, 2, 0, 255), attribute: 2 };
