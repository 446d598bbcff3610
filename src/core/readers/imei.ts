// The IMEI, by which a modem and its topics are named.
import { failure } from '../wire/errors';

/** A 15-digit IMEI, or why it is none. */
export function parseImei(text: string): string {
  if (!/^\d{15}$/.test(text)) throw failure('settings.imei', { shown: text.slice(0, 40) }, 'configure');
  return text;
}

/** A list of modems is no longer than the largest fleet. Throws CONFIG_INVALID. */
export function checkImeiCount({ length }: readonly unknown[]): void {
  if (length > MAX_IMEIS) throw failure('settings.tooManyImeis', { count: length, most: MAX_IMEIS }, 'configure');
}

/** The check digit of an IMEI (3GPP TS 23.003, annex B). Only worth a warning: modems with a wrong one exist. */
export function isLuhnValid(imei: string): boolean {
  const sum = [...imei].reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

const MAX_IMEIS = 200_000;
