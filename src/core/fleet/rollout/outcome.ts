// What came of the work on one modem, and the notes that let a restarted platform go on without doing anything twice.
// No sentence is stored: an outcome holds a code, a reason and its facts, and whoever tells it finds the words.
import { ReadError, type ErrorCode, type Fact, type Phrase } from '../../wire/errors';
import type { Drift } from '../config/desired';

export type WorkResult =
  | 'read' // values are given
  | 'same' // nothing differs
  | 'differs' // checked only
  | 'changed' // applied and read back
  | 'done' // commands carried out
  | 'silent' // it did not answer: nothing of this attempt needs to be undone; worth another try
  | 'failed' // refused, or not possible; what had been set was set back where that was possible
  | 'lost' // it does not come back after the change
  | 'rolledBack' // the old values are in place again
  | 'unknown'; // cut off in the middle: what the modem did last is not known

export interface ParameterChange {
  readonly name: string;
  /** Secrets masked; null = the modem had none. */
  readonly from: string | null;
  readonly to: string;
}

export interface WorkOutcome {
  readonly result: WorkResult;
  readonly code?: ErrorCode;
  /** Without secrets. */
  readonly why?: Phrase;
  readonly drift?: readonly Drift[];
  /** Secrets masked. */
  readonly values?: Readonly<Record<string, string>>;
  readonly changes?: readonly ParameterChange[];
  /** Whether it rebooted; null = not known. */
  readonly rebooted?: boolean | null;
  /** It was delivered by text message, for MQTT did not reach the modem. */
  readonly way?: 'sms';
  /** SMS texts that would restore it, for a person to send; secrets masked. */
  readonly sms?: readonly string[];
}

/** Written before what it tells of is sent. Holds secrets: it goes to the store only, never into a message. */
export interface WorkJournal {
  /** Values as they were before the first change; null = none. */
  readonly before?: Readonly<Record<string, string | null>>;
  /** A reboot was sent: it is not sent again. */
  readonly isRebootSent?: boolean;
  /** So many of the commands were sent. */
  readonly commandsSent?: number;
  /** The change was sent by text message: it is not texted again. */
  readonly isTexted?: boolean;
  /** The old values are being put back. */
  readonly isRestoring?: boolean;
}

/** Code and reason of an error, as an outcome keeps them. */
export function outcomeCause(error: ReadError): { readonly code: ErrorCode; readonly why: Phrase } {
  return { code: error.code, why: phraseOf(error) };
}

/** An error as plain data: it goes to a store and comes back. */
export function phraseOf(error: ReadError): Phrase {
  const { reason, facts, detail } = error;
  if (reason === undefined) return { reason: 'fleet.said', facts: { text: detail } };
  return { reason, facts: Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, plain(fact)])) };
}

/** Why something failed, as a fact: with its own words where it has them. */
export function whyOf(thrown: unknown): Fact {
  if (thrown instanceof ReadError) return phraseOf(thrown);
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function plain(fact: Fact): Fact {
  if (fact instanceof ReadError) return phraseOf(fact);
  return Array.isArray(fact) ? (fact as readonly Fact[]).map(plain) : fact;
}
