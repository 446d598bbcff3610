// One hierarchy of errors: a code, a reason and the facts of this case. No sentence: those stand in src/words, in every
// language, and are found by the reason.
import { ERRORS, type ErrorCode, type Fault, type Stage } from './error-codes';
import { REASONS, type FactName, type FailureReason, type PhraseReason, type Reason } from './reasons';

export { ERRORS, type ErrorCode, type Fault, type Stage } from './error-codes';

/**
 * What a sentence is filled with: a number, a name or code as the standard or the meter writes it, or a part with words
 * of its own.
 */
export type Fact = string | number | boolean | Phrase | ReadError | readonly Fact[];
export type FactsOf<R extends Reason> = { readonly [name in FactName<R>]: Fact };

/** A part of a sentence that has words of its own; a fact of another reason. */
export interface Phrase {
  readonly reason: Reason;
  readonly facts: Readonly<Record<string, Fact>>;
}

/** What a failed read, command or configuration throws. Its facts hold no secret. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  readonly reason: Reason | undefined;
  readonly facts: Readonly<Record<string, Fact>>;
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    public stage?: Stage,
    options?: ErrorOptions & { readonly because?: Phrase },
  ) {
    super(detail, options);
    this.reason = options?.because?.reason;
    this.facts = options?.because?.facts ?? {};
  }
  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
  get fault(): Fault {
    return ERRORS[this.code].fault;
  }
}

/** The error of a reason: its code stands in the table of reasons. */
export function failure<R extends FailureReason>(
  reason: R,
  facts: FactsOf<R>,
  stage?: Stage,
  options?: ErrorOptions,
): ReadError {
  const because: Phrase = { reason, facts };
  return new ReadError(REASONS[reason].code, keyOf(because), stage, { ...options, because });
}

/**
 * An error whose code is not the one of its reason: one that was kept as plain data, or one that something came on top
 * of. Without a reason it says no more than its code.
 */
export function errorBecause(
  code: ErrorCode,
  because: Phrase | undefined,
  stage?: Stage,
  options?: ErrorOptions,
): ReadError {
  return new ReadError(code, because?.reason ?? code, stage, { ...options, ...(because && { because }) });
}

/** An error as plain data: why one reading is missing while others were read. */
export interface ErrorFacts {
  readonly code: ErrorCode;
  readonly reason: Reason;
  readonly facts: Readonly<Record<string, Fact>>;
}

export function errorFacts({ code, detail, reason, facts }: ReadError): ErrorFacts {
  return reason === undefined ? { code, reason: 'wire.unexpected', facts: { text: detail } } : { code, reason, facts };
}

/** The same error once more: one that belongs to several jobs has a stage for each. */
export function sameError(error: ReadError, stage: Stage | undefined): ReadError {
  const { code, detail, reason, facts } = error;
  return new ReadError(code, detail, stage, {
    cause: error,
    ...(reason !== undefined && { because: { reason, facts } }),
  });
}

/** A part of a sentence, for use as a fact. */
export function phrase<R extends PhraseReason>(reason: R, facts: FactsOf<R>): Phrase {
  return { reason, facts };
}

/** Any thrown thing as a ReadError: what is not one already is a defect of ours and says so. */
export function asReadError(thrown: unknown, stage?: Stage): ReadError {
  if (thrown instanceof ReadError) {
    thrown.stage ??= stage;
    return thrown;
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return failure('wire.unexpected', { text }, stage, { cause: thrown });
}

/** For logs of programs that ask for no words: the reason and its facts, such as `modbus.silent unit=7`. */
function keyOf({ reason, facts }: Phrase): string {
  const shown = Object.entries(facts).map(([name, fact]) => ` ${name}=${textOf(fact)}`);
  return `${reason}${shown.join('')}`;
}

function textOf(fact: Fact): string {
  if (fact instanceof ReadError) return `(${fact.detail})`;
  if (typeof fact !== 'object') return String(fact);
  return 'reason' in fact ? `(${keyOf(fact)})` : `[${fact.map(textOf).join(', ')}]`;
}
