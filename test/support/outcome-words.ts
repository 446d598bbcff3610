// What a person reads of an outcome, a phrase or an error, advice included.
import type { WorkOutcome } from '../../src/core/fleet/rollout/outcome';
import { ReadError, type Phrase } from '../../src/core/wire/errors';
import { explainError, explainReason } from '../../src/words/index';

export function wordsOf({ code = 'INTERNAL', why }: WorkOutcome): string {
  return why ? explainError(new ReadError(code, '', 'read', { because: why })) : '';
}

export function said(what: Phrase | ReadError | undefined): string {
  if (what === undefined) return '';
  return explainReason(what instanceof ReadError ? what : new ReadError('INTERNAL', '', 'read', { because: what }));
}
