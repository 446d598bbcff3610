// What a person would read of an error, in English: for tests whose point is the wording.
import { explainError } from '../../src/words/index';

export function said(thrown: unknown): string {
  return thrown === undefined ? '' : explainError(thrown);
}
