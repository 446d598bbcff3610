// object_list of the association objects (Blue Book 4.4.3 AssociationSN, 4.4.4 AssociationLN versions 0 to 3) and its
// access rights.
import { toHex } from '../../wire/bytes';
import { failure } from '../../wire/errors';
import type { Data } from '../apdu/axdr';
import { logicalNameOf } from './cosem';

/** What this client may do with one attribute. */
export interface AttributeRight {
  readonly attribute: number;
  readonly access: string;
  readonly selectors: readonly number[];
}

/** One object of the list, with its rights. */
export interface CosemObject {
  readonly classId: number;
  readonly version: number;
  readonly instance: Uint8Array;
  /** Short name of attribute 1; only with short-name referencing. */
  readonly baseName?: number;
  readonly attributes: readonly AttributeRight[];
  readonly methods: readonly { readonly method: number; readonly access: string }[];
}

/** Tells objects apart in maps: `class/logical name`. */
export const objectKey = (classId: number, instance: Uint8Array): string => `${classId}/${toHex(instance)}`;

/** AssociationLN: {class_id, version, logical_name, access_rights}. */
export function objectsOfLn(data: Data): readonly CosemObject[] {
  const entries = listOf(data);
  const own = entries.map((entry) => listOf(entry)).find(([classId]) => numberOf(classId) === 15);
  const associationVersion = numberOf(own?.[1]) ?? 0;
  return entries.map((entry) => {
    const [classId, version, name, rights] = listOf(entry);
    const [attributes, methods] = rights ? listOf(rights) : [];
    return {
      ...headOf(classId, version, name),
      attributes: attributes ? listOf(attributes).map((right) => attributeRight(right, associationVersion)) : [],
      methods: methods ? listOf(methods).map((right) => methodRight(right, associationVersion)) : [],
    };
  });
}

/** AssociationSN: {base_name, class_id, version, logical_name}; rights stand in another attribute. */
export function objectsOfSn(data: Data): readonly CosemObject[] {
  return listOf(data).map((entry) => {
    const [base, classId, version, name] = listOf(entry);
    const baseName = numberOf(base);
    if (baseName === undefined) throw failure('cosem.objectListEntry', {});
    return { ...headOf(classId, version, name), baseName: baseName & 0xffff, attributes: [], methods: [] };
  });
}

function headOf(
  classId: Data | undefined,
  version: Data | undefined,
  name: Data | undefined,
): { classId: number; version: number; instance: Uint8Array } {
  const [id, ofVersion, instance] = [numberOf(classId), numberOf(version), logicalNameOf(name)];
  if (id === undefined || ofVersion === undefined || !instance) throw failure('cosem.objectListEntry', {});
  return { classId: id, version: ofVersion, instance };
}

function attributeRight(data: Data, version: number): AttributeRight {
  const [attribute, mode, selectors] = listOf(data);
  const list = selectors && selectors.type !== 'null-data' ? listOf(selectors).map((s) => numberOf(s) ?? 0) : [];
  return {
    attribute: numberOf(attribute) ?? 0,
    access: attributeAccess(numberOf(mode) ?? 0, version),
    selectors: list,
  };
}

/** Version 0 says only yes or no. */
function methodRight(data: Data, version: number): { method: number; access: string } {
  const [method, mode] = listOf(data);
  const allowed = mode?.type === 'boolean' ? Number(mode.value) : (numberOf(mode) ?? 0);
  return {
    method: numberOf(method) ?? 0,
    access: version >= 3 ? bitNames(allowed, ['access']) : (METHOD_ACCESS[allowed] ?? `mode ${allowed}`),
  };
}

function attributeAccess(mode: number, version: number): string {
  return version >= 3 ? bitNames(mode, ['read', 'write']) : (ATTRIBUTE_ACCESS[mode] ?? `mode ${mode}`);
}

/** Version 3 has one bit each: access, then what the request and the response must be. */
function bitNames(mode: number, first: readonly string[]): string {
  const set = first.filter((_, bit) => mode & (1 << bit));
  const needs = PROTECTION_NAMES.filter((_, bit) => mode & (1 << (bit + 2)));
  return set.length === 0 ? 'none' : [...set, ...needs].join(' ');
}

function listOf(data: Data): readonly Data[] {
  if (data.type === 'array' || data.type === 'structure' || data.type === 'compact-array') return data.value;
  throw failure('cosem.objectListType', { type: data.type });
}

const numberOf = (data: Data | undefined): number | undefined =>
  data && typeof data.value === 'number' ? data.value : undefined;

const ATTRIBUTE_ACCESS: readonly string[] = [
  'none',
  'read',
  'write',
  'read write',
  'read authenticated',
  'write authenticated',
  'read write authenticated',
];
const METHOD_ACCESS: readonly string[] = ['none', 'access', 'access authenticated'];
const PROTECTION_NAMES: readonly string[] = [
  'authenticated-request',
  'encrypted-request',
  'signed-request',
  'authenticated-response',
  'encrypted-response',
  'signed-response',
];
