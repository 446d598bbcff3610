// The object model of a simulated COSEM server (Blue Book 4): interface objects with attributes, and who may read them.
import type { Data } from '../../../core/dlms/apdu/axdr';

export interface SimObject {
  readonly classId: number;
  readonly version: number;
  readonly instance: Uint8Array;
  /** Short name of attribute 1. */
  readonly baseName: number;
  /** Attribute 2 and up; a function for what changes. Attribute 1 is the logical name. */
  readonly attributes: ReadonlyMap<number, Data | (() => Data)>;
  /** Selective access to attribute 2: data, or the data-access-result that refuses it. */
  readonly select?: (selector: number, parameter: Data) => Data | number;
  /** Client SAPs that may read it; all when left out. */
  readonly clients?: readonly number[];
}

/** data-access-results that a server gives (Green Book 9.5). */
export const REFUSED = {
  denied: 3,
  undefined: 4,
  inconsistent: 9,
  unavailable: 11,
  mismatch: 12,
  noBlock: 16,
  blockNumber: 19,
  other: 250,
} as const;

export function readAttribute(
  objects: readonly SimObject[],
  classId: number,
  instance: Uint8Array,
  attribute: number,
  client: number,
): Data | number {
  const named = objects.filter((object) => object.instance.every((octet, i) => octet === instance[i]));
  const object = named.find((candidate) => candidate.classId === classId);
  if (!object) return named.length > 0 ? REFUSED.inconsistent : REFUSED.undefined;
  if (object.clients && !object.clients.includes(client)) return REFUSED.denied;
  if (attribute === 1) return octets(object.instance);
  const found = object.attributes.get(attribute);
  if (found === undefined) return REFUSED.denied;
  return typeof found === 'function' ? found() : found;
}

export function findByShortName(
  objects: readonly SimObject[],
  name: number,
): { readonly object: SimObject; readonly attribute: number } | undefined {
  for (const object of objects) {
    const offset = name - object.baseName;
    const attribute = offset / 8 + 1;
    if (offset >= 0 && offset % 8 === 0 && (attribute === 1 || object.attributes.has(attribute)))
      return { object, attribute };
  }
  return undefined;
}

export const octets = (value: Uint8Array): Data => ({ type: 'octet-string', value });
export const text = (value: string): Data => ({
  type: 'octet-string',
  value: new Uint8Array(Buffer.from(value, 'latin1')),
});
export const structure = (...value: readonly Data[]): Data => ({ type: 'structure', value });
export const array = (value: readonly Data[]): Data => ({ type: 'array', value });
export const i8 = (value: number): Data => ({ type: 'integer', value });
export const u8 = (value: number): Data => ({ type: 'unsigned', value });
export const u16 = (value: number): Data => ({ type: 'long-unsigned', value });
export const u32 = (value: number): Data => ({ type: 'double-long-unsigned', value });
export const choice = (value: number): Data => ({ type: 'enum', value });
export const scalerUnit = (scaler: number, unit: number): Data => structure(i8(scaler), choice(unit));
export const code = (...groups: readonly number[]): Uint8Array => Uint8Array.from(groups);
