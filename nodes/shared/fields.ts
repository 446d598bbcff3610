// Parse, don't validate: a node's properties come in as whatever the editor, ${ENV} or a message made of them, and go on
// as typed values, or end as CONFIG_INVALID with the name of the field and what is possible.
import { ReadError } from '../../src/core/index';

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
    throw this.wrong(name, 'has to be a text');
  }

  integer(name: string, range: { readonly min: number; readonly max: number; readonly fallback?: number }): number {
    if (!this.has(name)) {
      if (range.fallback !== undefined) return range.fallback;
      throw this.wrong(name, `is missing; give a number from ${range.min} to ${range.max}`);
    }
    const value = Number(typeof this.values[name] === 'string' ? this.text(name) : this.values[name]);
    if (!Number.isInteger(value) || value < range.min || value > range.max) {
      throw this.wrong(name, `is ${this.shown(name)}, but has to be a whole number from ${range.min} to ${range.max}`);
    }
    return value;
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    if (!this.has(name)) return fallback;
    const value = String(this.values[name]).trim();
    const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
    if (found === undefined)
      throw this.wrong(name, `is ${this.shown(name)}, but has to be one of ${choices.join(', ')}`);
    return found;
  }

  flag(name: string, fallback = false): boolean {
    const value = this.values[name];
    if (!this.has(name)) return fallback;
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw this.wrong(name, 'has to be true or false');
  }

  list(name: string): readonly unknown[] {
    const value = this.values[name];
    if (!this.has(name)) return [];
    if (Array.isArray(value)) return value as unknown[];
    throw this.wrong(name, 'has to be a list');
  }

  wrong(name: string, sentence: string): ReadError {
    return new ReadError('CONFIG_INVALID', `${this.where}${name} ${sentence}`, 'configure');
  }

  private shown(name: string): string {
    return JSON.stringify(this.values[name])?.slice(0, 40) ?? 'nothing';
  }
}

/** A 15-digit IMEI, or why it is none. */
export function parseImei(text: string): string {
  if (!/^\d{15}$/.test(text))
    throw new ReadError(
      'CONFIG_INVALID',
      `imei is "${text.slice(0, 40)}", but an IMEI has 15 digits (it stands on the modem's label, and AT+CGSN tells it)`,
      'configure',
    );
  return text;
}

/** The check digit of an IMEI (3GPP TS 23.003, annex B). Only worth a warning: modems with a wrong one exist. */
export function isLuhnValid(imei: string): boolean {
  const sum = [...imei].reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
