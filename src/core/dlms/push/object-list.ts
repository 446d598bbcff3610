// A push or a profile that carries the list of its own objects (Blue Book 4.4.8 push_object_list, 4.3.6
// capture_objects): entries {class, logical name, attribute, ...}, and values in the same order.
import type { Data } from '../apdu/axdr';
import { codeOf } from './code';

/** One entry of a push object list or of capture objects. */
export interface ListedObject {
  readonly classId: number;
  readonly instance: Uint8Array;
  readonly attribute: number;
  /** 0 = the whole attribute, else an element of it. */
  readonly dataIndex: number;
}

/** The objects that this item lists, or undefined where it is anything else. */
export function objectListOf(item: Data): readonly ListedObject[] | undefined {
  const entries = listOf(item);
  if (!entries || entries.length === 0) return undefined;
  const objects = entries.map(listedObject);
  return objects.every((object) => object !== undefined) ? objects : undefined;
}

/** push_object_list and capture_objects: a list that holds its own place among the values. */
export function isListAttribute({ classId, attribute }: ListedObject): boolean {
  return (classId === 40 && attribute === 2) || (classId === 7 && attribute === 3);
}

/** Array, structure and compact array alike. */
export function listOf(item: Data): readonly Data[] | undefined {
  return item.type === 'structure' || item.type === 'array' || item.type === 'compact-array' ? item.value : undefined;
}

function listedObject(entry: Data): ListedObject | undefined {
  if (entry.type !== 'structure' || entry.value.length < 3 || entry.value.length > MAX_FIELDS) return undefined;
  const [classId, name, attribute, index] = entry.value;
  const instance = codeOf(name);
  if (classId?.type !== 'long-unsigned' || !instance || attribute?.type !== 'integer') return undefined;
  if (index && index.type !== 'long-unsigned') return undefined;
  return { classId: classId.value, instance, attribute: attribute.value, dataIndex: index?.value ?? 0 };
}

/** Version 2 of the push set-up adds restriction and columns. */
const MAX_FIELDS = 6;
