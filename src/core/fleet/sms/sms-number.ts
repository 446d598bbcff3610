// Phone numbers in one form, E.164 with +: spaces and signs gone, 00 as +, a national number with the country's code.
// A number that can be read in two ways is refused where it would be called, and matched only where one reading is
// known: a text to a wrong number is money and a command for a stranger.
import { failure, phrase, type Phrase, type ReadError } from '../../wire/errors';

/** The number that a text would be sent to; throws CONFIG_INVALID with what to write. */
export function normalNumber(text: string, countryCode: string): string {
  const bare = stripped(text);
  const country = countryDigits(countryCode);
  const wrong = (why: Phrase): ReadError =>
    failure('fleet.number', { shown: text.trim().slice(0, 30), why }, 'configure');
  if (/^(\+|00)/.test(bare)) {
    const number = `+${bare.replace(/^(\+|00)/, '')}`;
    if (E164.test(number)) return number;
    throw wrong(phrase('fleet.numberIncomplete', {}));
  }
  if (!/^\d+$/.test(bare)) throw wrong(phrase('fleet.numberNone', {}));
  if (country === '') throw wrong(phrase('fleet.numberNoCountry', {}));
  if (bare.startsWith('0')) throw wrong(phrase('fleet.numberTrunk', { country }));
  if (bare.startsWith(country) && bare.length - country.length >= 7)
    throw wrong(phrase('fleet.numberTwoWays', { digits: bare, country }));
  const number = `+${country}${bare}`;
  if (!E164.test(number)) throw wrong(phrase('fleet.numberLength', {}));
  return number;
}

/** All numbers that a sender's number, as a provider or a modem writes it, may mean; none for a sender with a name. */
export function numberReadings(text: string, countryCode: string): readonly string[] {
  const bare = stripped(text);
  const country = countryDigits(countryCode);
  if (/^(\+|00)/.test(bare)) return [`+${bare.replace(/^(\+|00)/, '')}`].filter((number) => E164.test(number));
  if (!/^\d+$/.test(bare)) return [];
  return [`+${bare}`, ...(country === '' ? [] : [`+${country}${bare}`, `+${country}${bare.replace(/^0/, '')}`])].filter(
    (number, i, all) => E164.test(number) && all.indexOf(number) === i,
  );
}

/** `34`, `+34` or `0034`, or nothing. */
export function countryDigits(countryCode: string): string {
  const digits = countryCode.trim().replace(/^(\+|00)/, '');
  if (digits !== '' && !/^[1-9]\d{0,2}$/.test(digits))
    throw failure('fleet.countryCode', { shown: countryCode.slice(0, 20) }, 'configure');
  return digits;
}

function stripped(text: string): string {
  return text.trim().replace(/[\s().\-/\u00a0]/g, '');
}

const E164 = /^\+[1-9]\d{6,14}$/;
