// From a ReadError to what Node-RED hands to a Catch node: one plain sentence in the runtime's language, and the facts
// to route by. Node-RED copies only message, code (since 4.1), stack and cause of an error to msg.error, so the facts
// stand in `cause` as well: msg.error.cause.retryable works everywhere.
import type { NodeAPI } from 'node-red';
import { asReadError, ReadError } from '../../src/core/index';

export interface Explained extends Error {
  readonly code: string;
  readonly stage: string;
  readonly retryable: boolean;
}

/** `subject` says who: a modem and a meter, by address; while that is not known, the kind of node. */
export function explain(RED: NodeAPI, type: string, thrown: unknown, subject: string): Explained {
  const error = asReadError(thrown);
  const facts = {
    code: error.code,
    stage: error.stage ?? 'read',
    retryable: error.retryable,
    fault: error.fault,
    detail: error.detail,
  };
  const sentence = RED._(`${type}.error.${error.code}`, {
    subject: subject === '' ? type : subject,
    detail: error.detail,
  });
  const explained = new Error(sentence, { cause: facts });
  explained.name = ''; // Error.prototype.toString() would put it before the sentence
  if (error.code === 'INTERNAL' && error instanceof ReadError) explained.stack = error.stack ?? '';
  return Object.assign(explained, facts);
}
