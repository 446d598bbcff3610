// What a person would read of an error, in English: for tests whose point is the wording.
import { worded } from '../../nodes/shared/explain';
import type { Reading } from '../../src/core/meter/reading';
import { explainError, wordsIn } from '../../src/words/index';

export function said(thrown: unknown): string {
  return thrown === undefined ? '' : explainError(thrown);
}

/** Readings as they leave a node. */
export function inWords(readings: readonly Reading[]): readonly Reading[] {
  return worded(readings, wordsIn('en'));
}
