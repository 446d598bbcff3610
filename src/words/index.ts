// The words of the palette, for programs: an error in English or Spanish.
import { asReadError, type ErrorFacts } from '../core/wire/errors';
import { en } from './en';
import { es } from './es';
import { detailOf, reasonOf, sentenceOf, type Say } from './explain';
import type { Catalog, Words } from './words';

export { detailOf, reasonOf, sentenceOf, type Say } from './explain';

export type Language = 'en' | 'es';

/** What went wrong and what to do, in one sentence. `subject` says who it is about, such as an IMEI and an address. */
export function explainError(thrown: unknown, language: Language = 'en', subject = ''): string {
  return sentenceOf(asReadError(thrown), subject, wordsIn(language)).replace(/^: /, '');
}

/** The reason alone, without the words of its code and without advice. */
export function explainReason(thrown: unknown, language: Language = 'en'): string {
  const say = wordsIn(language);
  return isErrorFacts(thrown) ? reasonOf(thrown, say) : detailOf(asReadError(thrown), say);
}

function isErrorFacts(error: unknown): error is ErrorFacts {
  return !(error instanceof Error) && typeof error === 'object' && error !== null && 'reason' in error;
}

/** The words of a language, by key. */
export function wordsIn(language: Language): Say {
  const texts = TEXTS[language];
  return (key, facts) => texts.get(key)?.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole);
}

/** A language's catalog whole, for a build that writes it elsewhere. */
export function catalogOf(language: Language): Catalog {
  return language === 'es' ? es : en;
}

/** Every text of a catalog, under the key that it is asked for. */
export function keysOf(catalog: Catalog): ReadonlyMap<string, string> {
  const codes = Object.entries(catalog.codes).map(([code, words]) => [`code.${code}`, words] as const);
  const rooms = Object.values(catalog.rooms).flatMap((room) => Object.entries(room));
  const reasons = rooms.map(([reason, words]) => [`reason.${reason}`, words] as const);
  return new Map([...codes, ...reasons].flatMap(([key, words]) => textsOf(key, words)));
}

function textsOf(key: string, words: Words | { readonly says: string; readonly advice?: string }): [string, string][] {
  if (typeof words === 'string') return [[`${key}.says`, words]];
  return [
    [`${key}.says`, words.says],
    ...(words.advice === undefined ? [] : ([[`${key}.advice`, words.advice]] as [string, string][])),
  ];
}

const TEXTS: Readonly<Record<Language, ReadonlyMap<string, string>>> = { en: keysOf(en), es: keysOf(es) };
