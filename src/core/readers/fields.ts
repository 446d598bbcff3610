// Parse, don't validate: properties come in as whatever the editor, ${ENV} or a message made of them, and go on
// as typed values, or end as CONFIG_INVALID with the name of the field and what is possible.
import { decodeMoment, type Moment } from '../meter/moment';
import { failure, phrase, type Phrase, type ReadError } from '../wire/errors';

export class Fields {
  constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly where = '',
  ) {}

  has(name: string): boolean {
    const value = this.values[name];
    return value !== undefined && value !== null && value !== '';
  }

  raw(name: string): unknown {
    return this.values[name];
  }

  text(name: string, fallback = ''): string {
    const value = this.values[name];
    if (!this.has(name)) return fallback;
    if (typeof value === 'string') return value.trim();
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    throw this.wrong(name, phrase('settings.notText', {}));
  }

  integer(name: string, range: { readonly min: number; readonly max: number; readonly fallback?: number }): number {
    if (!this.has(name)) {
      if (range.fallback !== undefined) return range.fallback;
      throw this.wrong(name, phrase('settings.missingNumber', { min: range.min, max: range.max }));
    }
    const value = Number(typeof this.values[name] === 'string' ? this.text(name) : this.values[name]);
    if (!Number.isInteger(value) || value < range.min || value > range.max) {
      throw this.wrong(name, phrase('settings.range', { shown: this.shown(name), min: range.min, max: range.max }));
    }
    return value;
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    if (!this.has(name)) return fallback;
    const value = String(this.values[name]).trim();
    const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
    if (found === undefined) throw this.wrong(name, phrase('settings.choice', { shown: this.shown(name), choices }));
    return found;
  }

  flag(name: string, fallback = false): boolean {
    const value = this.values[name];
    if (!this.has(name)) return fallback;
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw this.wrong(name, phrase('settings.notFlag', {}));
  }

  /** `most` entries: what one read may be asked for, where nothing else bounds it. */
  list(name: string, most = Infinity): readonly unknown[] {
    const value = this.values[name];
    if (!this.has(name)) return [];
    if (Array.isArray(value)) {
      if (value.length > most) throw this.wrong(name, phrase('settings.tooManyEntries', { count: value.length, most }));
      return value as unknown[];
    }
    throw this.wrong(name, phrase('settings.notList', {}));
  }

  /** A field as a moment, or undefined where it is empty. */
  moment(name: string): Moment | undefined {
    return this.has(name) ? decodeMoment(this.values[name], `${this.where}${name}`) : undefined;
  }

  /** What is wrong with a field: CONFIG_INVALID with its name. */
  wrong(name: string, why: Phrase): ReadError {
    return failure('settings.field', { field: `${this.where}${name}`, why }, 'configure');
  }

  private shown(name: string): string {
    return JSON.stringify(this.values[name])?.slice(0, 40) ?? 'nothing';
  }
}

/** So many registers, codes or columns one read may ask for: more would keep a line for days. */
export const MOST_ITEMS = 5_000;
