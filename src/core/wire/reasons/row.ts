// A row of the table of reasons: which code an error for this reason has, and which facts its sentence may name.
import type { ErrorCode } from '../error-codes';

/** `code: null` is a phrase: no error by itself, only a part of another's sentence. */
export interface ReasonRow {
  readonly code: ErrorCode | null;
  readonly facts: readonly string[];
}

export type ReasonTable = Readonly<Record<`${string}.${string}`, ReasonRow>>;
