// A row of the dialog's register list and what Done makes of it: what was not touched stays as it was, with its type,
// and what the dialog has no field for stays too.
export interface RegisterRow {
  readonly name: string;
  readonly fc: number | string;
  readonly address: number | string;
  readonly type: string;
  readonly order: string;
  readonly scale: number | string;
  readonly unit: string;
  readonly length?: number | string;
  readonly offset?: number | string;
}

/** `shown`: the text of each field of the dialog. */
export function rowOf(before: Partial<RegisterRow>, shown: { readonly [field: string]: string }): RegisterRow {
  const old: { readonly [field: string]: unknown } = { ...before };
  const changed = Object.entries(shown).filter(([field, text]) => text !== String(old[field] ?? ''));
  return { ...old, ...Object.fromEntries(changed) } as unknown as RegisterRow;
}

export const REGISTER_TYPES = [
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint48',
  'int48',
  'uint64',
  'int64',
  'float32',
  'float64',
  'string',
  'bits',
  'bcd',
  'mod10k',
  'decfloat',
  'ymdhms',
] as const;
