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
  readonly base?: number | string;
  readonly half?: string;
  readonly mask?: string;
  readonly encoding?: string;
  readonly charsPerRegister?: number | string;
  readonly answerLength?: number | string;
  readonly notAvailable?: string | readonly string[];
  readonly scaleFactor?: string;
  readonly labels?: Readonly<Record<string, string>> | string;
}

/** A field as the dialog shows it: several marks behind commas, labels as `0=off; 1=on`. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([raw, label]) => `${raw}=${String(label)}`)
      .join('; ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What was typed, in the form that the field had; what cannot be read stays text, and is refused by name when it is used. */
function valueOf(field: string, text: string, before: unknown): unknown {
  if (field === 'labels' && text !== '') return labelsOf(text) ?? text;
  if (field === 'notAvailable' && text.includes(',')) return text.split(',').map((mark) => mark.trim());
  const isNumber = typeof before === 'number' && text.trim() !== '' && Number.isFinite(Number(text));
  return isNumber ? Number(text) : text;
}

function labelsOf(text: string): Readonly<Record<string, string>> | undefined {
  const pairs = text.split(';').filter((part) => part.trim() !== '');
  const labels = pairs.map((part): readonly [string, string] => {
    const at = part.indexOf('=');
    return [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()];
  });
  return labels.every(([raw]) => /^-?\d+$/.test(raw)) ? Object.fromEntries(labels) : undefined;
}

/** `shown`: the text of each field of the dialog. */
export function rowOf(before: Partial<RegisterRow>, shown: { readonly [field: string]: string }): RegisterRow {
  const old: { readonly [field: string]: unknown } = { ...before };
  const changed = Object.entries(shown)
    .filter(([field, text]) => text !== textOf(old[field]))
    .map(([field, text]) => [field, valueOf(field, text, old[field])]);
  return { ...old, ...Object.fromEntries(changed) } as unknown as RegisterRow;
}

export const REGISTER_TYPES = [
  'uint8',
  'int8',
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
