// A small made-up file that breaks one rule, or keeps it.
import type { RuleName } from '../rules/index';

/** One rule's wrong files, each of which must be caught, and right ones, none of which may be. */
export interface Rows {
  readonly rule: RuleName;
  readonly wrong: readonly (readonly [path: string, text: string, beside?: Readonly<Record<string, string>>])[];
  readonly right: readonly (readonly [path: string, text: string, beside?: Readonly<Record<string, string>>])[];
}
