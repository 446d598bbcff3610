// From a ReadError to what Node-RED hands to a Catch node: one plain sentence in the runtime's language, and the facts
// to route by. Node-RED copies only message, code (since 4.1), stack and cause of an error to msg.error, so the facts
// stand in `cause` as well: msg.error.cause.retryable works everywhere.
import type { NodeAPI } from 'node-red';
import { asReadError, ReadError, type Phrase, type Reading } from '../../src/core/index';
import { detailOf, reasonOf, sentenceOf, wordsIn, type Say } from '../../src/words/index';

export interface Explained extends Error {
  readonly code: string;
  readonly stage: string;
  readonly retryable: boolean;
}

/** `subject` says who: a modem and a meter, by address; while that is not known, the kind of node. */
export function explain(RED: NodeAPI, type: string, thrown: unknown, subject: string): Explained {
  const error = asReadError(thrown);
  const say = wordsOf(RED, type);
  const explained = new Error(sentenceOf(error, subject === '' ? type : subject, say));
  explained.name = ''; // Error.prototype.toString() would put it before the sentence
  if (error.code === 'INTERNAL' && error instanceof ReadError) explained.stack = error.stack ?? '';
  const { code, stage = 'read', retryable, fault, reason } = error;
  const facts = {
    code,
    stage,
    retryable,
    fault,
    detail: detailOf(error, say),
    ...(reason !== undefined && { reason }),
  };
  explained.cause = facts;
  return Object.assign(explained, facts);
}

/** An error or a part of one in words, without the words of its code. */
export function saidOf(RED: NodeAPI, type: string, what: ReadError | Phrase): string {
  return detailOf(what, wordsOf(RED, type));
}

/**
 * The words of a node's own catalog; where Node-RED has none and gives the key back, those of the palette in English.
 */
export function wordsOf(RED: NodeAPI, type: string): Say {
  const english = wordsIn('en');
  return (key, facts) => {
    const text = RED._(`${type}.${key}`, facts);
    return text === `${type}.${key}` ? english(key, facts) : text;
  };
}

/** Readings as they leave: what is missing says why in words. */
export function worded(readings: readonly Reading[], say: Say): readonly Reading[] {
  return readings.map((reading) => {
    const { error } = reading;
    if (error?.reason === undefined) return reading;
    const { code, reason, facts = {} } = error;
    return { ...reading, error: { code, message: reasonOf({ reason, facts }, say) } };
  });
}
