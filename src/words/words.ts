// What a language has to say: a sentence for each reason, and for each code the words around it.
import type { ErrorCode } from '../core/wire/error-codes';
import type { ReasonTable } from '../core/wire/reasons/row';

/**
 * `{name}` is filled with the fact of that name. `advice`: what to do, in place of the code's usual advice; '' = none.
 */
export type Words = string | { readonly says: string; readonly advice: string };
export type WordsOf<T extends ReasonTable> = { readonly [R in keyof T]: Words };
export type CodeWords = Readonly<Record<ErrorCode, { readonly says: string; readonly advice?: string }>>;

export interface Catalog {
  readonly codes: CodeWords;
  /** Sentences by room, each by its whole reason. */
  readonly rooms: Readonly<Record<string, Readonly<Record<string, Words>>>>;
}
