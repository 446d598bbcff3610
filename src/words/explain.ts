// From an error to the sentence that a person reads: `<subject>: <the code's words>: <the reason's>; <advice>`. The
// advice is said once: the reason's own, else the code's usual one. Where the words come from is the caller's affair: a
// program takes them from these catalogs, a node from Node-RED's.
import { ReadError, type Fact, type Phrase } from '../core/wire/errors';

/**
 * The words under a key (`code.NO_REPLY.says`, `reason.modbus.silent.advice`), filled with facts; undefined if there
 * are none.
 */
export type Say = (key: string, facts: Readonly<Record<string, string>>) => string | undefined;

/** `subject` says who: a modem and a meter, by address. */
export function sentenceOf(error: ReadError, subject: string, say: Say): string {
  const detail = detailOf(error, say);
  const whole = say(`code.${error.code}.says`, { subject, detail }) ?? `${subject}: ${error.code}: ${detail}`;
  const advice = adviceOf(error, say);
  return advice === '' ? whole : `${whole}; ${advice}`;
}

/** The reason alone, without the words of its code and without advice. */
export function detailOf(what: ReadError | Phrase, say: Say): string {
  const { reason, facts } = what;
  if (reason !== undefined) return phraseOf({ reason, facts }, say);
  return what instanceof ReadError ? what.detail : '';
}

/**
 * Why one reading is missing, an error that is data: its reason, and what to do where the reason has advice of its own.
 */
export function reasonOf({ reason, facts }: Phrase, say: Say): string {
  const advice = say(`reason.${reason}.advice`, textsOf(facts, say)) ?? '';
  return [phraseOf({ reason, facts }, say), advice].filter((part) => part !== '').join('; ');
}

function adviceOf(error: ReadError, say: Say): string {
  const own = error.reason && say(`reason.${error.reason}.advice`, textsOf(error.facts, say));
  return own ?? say(`code.${error.code}.advice`, {}) ?? '';
}

function phraseOf({ reason, facts }: Phrase, say: Say): string {
  return say(`reason.${reason}.says`, textsOf(facts, say)) ?? reason;
}

function textsOf(facts: Readonly<Record<string, Fact>>, say: Say): Record<string, string> {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, textOf(fact, say)]));
}

function textOf(fact: Fact, say: Say): string {
  if (fact instanceof ReadError) return detailOf(fact, say);
  if (typeof fact !== 'object') return String(fact);
  return 'reason' in fact ? phraseOf(fact, say) : fact.map((part) => textOf(part, say)).join(', ');
}
