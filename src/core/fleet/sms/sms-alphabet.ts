// The alphabet of a text message, 3GPP TS 23.038 clause 6.2.1 (default) and 6.2.1.1 (extension): a character of the
// extension table is sent as escape and code, so it counts double. One message holds 160 septets.
import { phrase, type Phrase } from '../../wire/errors';

/** The codes of one character: one septet, or escape and one; undefined when a text message has no such character. */
export function gsm7CodesOf(character: string): readonly number[] | undefined {
  const code = DEFAULT.indexOf(character);
  if (code >= 0 && code !== ESCAPE && character.length === 1) return [code];
  const extended = EXTENSION[character];
  return extended === undefined ? undefined : [ESCAPE, extended];
}

/** How many septets a text takes; undefined when one of its characters is not in the alphabet. */
export function septetsOf(text: string): number | undefined {
  let septets = 0;
  for (const character of text) {
    const codes = gsm7CodesOf(character);
    if (!codes) return undefined;
    septets += codes.length;
  }
  return septets;
}

/** Why a text cannot be one message, and what to change; undefined when it can. */
export function smsFault(text: string): Phrase | undefined {
  for (const character of text) {
    if (/[\x00-\x1f\x7f]/.test(character)) return phrase('fleet.smsControl', {});
    if (!gsm7CodesOf(character)) {
      const plain = plainOf(character);
      return plain === undefined
        ? phrase('fleet.smsCharacter', { character })
        : phrase('fleet.smsPlain', { character, plain });
    }
  }
  const septets = septetsOf(text) ?? 0;
  if (septets <= SMS_SEPTETS) return undefined;
  const facts = { septets, max: SMS_SEPTETS, over: septets - SMS_SEPTETS };
  return septets > text.length
    ? phrase('fleet.smsTooLongDoubled', { ...facts, doubled: DOUBLED })
    : phrase('fleet.smsTooLong', facts);
}

/** The letter below an accent that the alphabet lacks, or the plain form of a typographic sign. */
function plainOf(character: string): string | undefined {
  const plain = SIGNS[character] ?? character.normalize('NFD').charAt(0);
  return plain !== character && gsm7CodesOf(plain) ? plain : undefined;
}

export const SMS_SEPTETS = 160;
const DOUBLED = '^ [ ] { } ~ \\ |';
const ESCAPE = 0x1b;
/** Code 0x00 to 0x7f; the escape's place is taken by NUL, which is no character of a text. */
const DEFAULT =
  '@£$¥èéùìòÇ\nØø\rÅå' +
  'Δ_ΦΓΛΩΠΨΣΘΞ\0ÆæßÉ' +
  ' !"#¤%&\'()*+,-./' +
  '0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNO' +
  'PQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmno' +
  'pqrstuvwxyzäöñüà';
const EXTENSION: Readonly<Record<string, number>> = {
  '\f': 0x0a,
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
};
const SIGNS: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '\u00a0': ' ',
  ç: 'c',
  '`': "'",
  '´': "'",
};
