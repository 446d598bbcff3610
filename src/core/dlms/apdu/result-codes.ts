// Every refusal a meter can answer with (Green Book 9.5), as data: the standard's name and what to do next. This is the
// one place where an outcome code becomes an error.
import { failure, phrase, type ReadError, type Phrase } from '../../wire/errors';
import { SERVICE_ERRORS, SERVICES } from './service-errors';

interface Refusal {
  readonly name: string;
  readonly code: 'REQUEST_REFUSED' | 'METER_BUSY' | 'ACCESS_DENIED' | 'ASSOCIATION_REFUSED' | 'SECURITY_FAILED';
  readonly advice: Phrase;
}

/** data-access-result of GET, SN read and ACCESS; action-result of ACTION shares the numbers. */
export function accessRefusal(result: number): ReadError {
  const found: Refusal | undefined = DATA_ACCESS_RESULTS[result];
  const facts = { name: found?.name ?? `data-access-result ${result}`, next: found?.advice ?? UNNAMED };
  if (found?.code === 'METER_BUSY') return failure('dlms.answeredBusy', facts);
  return failure(found?.code === 'ACCESS_DENIED' ? 'dlms.answeredDenied' : 'dlms.answered', facts);
}

/** ACSE: result and diagnostic of a refused AARE. */
export function associationRefusal(result: number, source: 'user' | 'provider', diagnostic: number): ReadError {
  const table = source === 'user' ? ACSE_USER_DIAGNOSTICS : ACSE_PROVIDER_DIAGNOSTICS;
  const found = table[diagnostic];
  const name = found?.name ?? `diagnostic ${diagnostic}`;
  const next = found?.advice ?? phrase('dlms.nextManualAccess', {});
  if (result === 2 && diagnostic <= 1) return failure('dlms.rejectedBusy', { name });
  if (found?.code === 'ACCESS_DENIED') return failure('dlms.rejectedDenied', { name, next });
  return failure(result === 2 ? 'dlms.rejectedForNow' : 'dlms.rejected', { name, next });
}

/** The error that a confirmedServiceError means, by the numbers it carries. */
export function confirmedServiceError(service: number, kind: number, value: number): ReadError {
  const found = SERVICE_ERRORS[kind];
  const valueName = found?.values[value];
  const facts = {
    service: SERVICES[service] ?? `service ${service}`,
    name: found?.name ?? `error kind ${kind}`,
    value: valueName ?? value,
    next: valueName === undefined ? UNNAMED : (found?.own[value] ?? found?.advice ?? UNNAMED),
  };
  if (service === 1) return failure('dlms.serviceErrorInitiate', facts);
  const isDenied = kind === 5 && (value === 1 || value === 2);
  return failure(isDenied ? 'dlms.serviceErrorAccess' : 'dlms.serviceError', facts);
}

/** The error that an exception-response means; `counter` is the one that it expects. */
export function exceptionResponse(stateError: number, serviceError: number, counter: number | undefined): ReadError {
  const found = EXCEPTIONS[serviceError];
  const facts = {
    state: STATE_ERRORS[stateError] ?? `state error ${stateError}`,
    name: found?.name ?? `service error ${serviceError}`,
    next: found?.advice ?? UNNAMED,
  };
  if (found?.code !== 'SECURITY_FAILED') return failure('dlms.exception', facts);
  return counter === undefined
    ? failure('dlms.exceptionSecurity', facts)
    : failure('dlms.exceptionCounter', { ...facts, counter });
}

/** Whether an APDU was larger than one side takes: what general block transfer is for. */
export function isTooLong({ reason, facts }: ReadError): boolean {
  return reason === 'dlms.requestLarge' || (reason === 'dlms.exception' && facts['name'] === TOO_LONG);
}

/** A release that the meter did not confirm as normal (RLRE reason). */
export function releaseRefusal(reason: number): ReadError {
  return failure('dlms.notReleased', { name: RELEASE_REASONS[reason] ?? `reason ${reason}` });
}

const RELEASE_REASONS: Readonly<Record<number, string>> = { 1: 'not finished', 30: 'user defined' };
const UNNAMED = phrase('dlms.nextManual', {});

/** data-access-result by number, with the code and the advice of each. */
export const DATA_ACCESS_RESULTS: { readonly [result: number]: Refusal } = {
  1: {
    name: 'hardware-fault',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextDefectRegister', {}),
  },
  2: { name: 'temporary-failure', code: 'METER_BUSY', advice: phrase('dlms.nextObjectBusy', {}) },
  3: {
    name: 'read-write-denied',
    code: 'ACCESS_DENIED',
    advice: phrase('dlms.nextOtherClient', {}),
  },
  4: {
    name: 'object-undefined',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextNoSuchCode', {}),
  },
  9: {
    name: 'object-class-inconsistent',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextOtherClass', {}),
  },
  11: {
    name: 'object-unavailable',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextNothingNow', {}),
  },
  12: {
    name: 'type-unmatched',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextSelection', {}),
  },
  13: {
    name: 'scope-of-access-violated',
    code: 'ACCESS_DENIED',
    advice: phrase('dlms.nextOtherAssociation', {}),
  },
  14: {
    name: 'data-block-unavailable',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextBlocksLost', {}),
  },
  15: { name: 'long-get-aborted', code: 'METER_BUSY', advice: phrase('dlms.nextBrokeOff', {}) },
  16: { name: 'no-long-get-in-progress', code: 'METER_BUSY', advice: phrase('dlms.nextLostLong', {}) },
  17: {
    name: 'long-set-aborted',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextNotMade', {}),
  },
  18: {
    name: 'no-long-set-in-progress',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextNotMade', {}),
  },
  19: {
    name: 'data-block-number-invalid',
    code: 'METER_BUSY',
    advice: phrase('dlms.nextBlockDisagree', {}),
  },
  250: {
    name: 'other-reason',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextAlone', {}),
  },
};

const REFUSED = 'ASSOCIATION_REFUSED';
const ACSE_USER_DIAGNOSTICS: { readonly [diagnostic: number]: Refusal } = {
  0: { name: 'no diagnostic', code: REFUSED, advice: phrase('dlms.nextCheckAccess', {}) },
  1: { name: 'no reason given', code: REFUSED, advice: phrase('dlms.nextCheckAccess', {}) },
  2: {
    name: 'application context name not supported',
    code: REFUSED,
    advice: phrase('dlms.nextReferencing', {}),
  },
  3: {
    name: 'calling AP title not recognized',
    code: REFUSED,
    advice: phrase('dlms.nextTitle', {}),
  },
  4: {
    name: 'calling AP invocation identifier not recognized',
    code: REFUSED,
    advice: phrase('dlms.nextSap', {}),
  },
  5: {
    name: 'calling AE qualifier not recognized',
    code: REFUSED,
    advice: phrase('dlms.nextCertificate', {}),
  },
  6: {
    name: 'calling AE invocation identifier not recognized',
    code: REFUSED,
    advice: phrase('dlms.nextSap', {}),
  },
  7: { name: 'called AP title not recognized', code: REFUSED, advice: phrase('dlms.nextServer', {}) },
  8: {
    name: 'called AP invocation identifier not recognized',
    code: REFUSED,
    advice: phrase('dlms.nextServer', {}),
  },
  9: { name: 'called AE qualifier not recognized', code: REFUSED, advice: phrase('dlms.nextServer', {}) },
  10: {
    name: 'called AE invocation identifier not recognized',
    code: REFUSED,
    advice: phrase('dlms.nextServer', {}),
  },
  11: {
    name: 'authentication mechanism not recognised',
    code: REFUSED,
    advice: phrase('dlms.nextLevel', {}),
  },
  12: {
    name: 'authentication mechanism required',
    code: REFUSED,
    advice: phrase('dlms.nextPassword', {}),
  },
  13: {
    name: 'authentication failure',
    code: 'ACCESS_DENIED',
    advice: phrase('dlms.nextWrongPassword', {}),
  },
  14: {
    name: 'authentication required',
    code: REFUSED,
    advice: phrase('dlms.nextHls', {}),
  },
};

const ACSE_PROVIDER_DIAGNOSTICS: { readonly [diagnostic: number]: Refusal } = {
  0: { name: 'no diagnostic of the provider', code: REFUSED, advice: phrase('dlms.nextCheckAccess', {}) },
  1: {
    name: 'no reason given by the provider',
    code: REFUSED,
    advice: phrase('dlms.nextCheckAccess', {}),
  },
  2: {
    name: 'no common ACSE version',
    code: REFUSED,
    advice: phrase('dlms.nextVersion', {}),
  },
};

const STATE_ERRORS: { readonly [code: number]: string } = { 1: 'service-not-allowed', 2: 'service-unknown' };
const TOO_LONG = 'pdu-too-long';
const EXCEPTIONS: { readonly [code: number]: Refusal } = {
  1: {
    name: 'operation-not-possible',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextAssociationLost', {}),
  },
  2: {
    name: 'service-not-supported',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextService', {}),
  },
  3: {
    name: 'other-reason',
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextUnsaid', {}),
  },
  4: {
    name: TOO_LONG,
    code: 'REQUEST_REFUSED',
    advice: phrase('dlms.nextFewer', {}),
  },
  5: {
    name: 'deciphering-error',
    code: 'SECURITY_FAILED',
    advice: phrase('dlms.nextKeys', {}),
  },
  6: {
    name: 'invocation-counter-error',
    code: 'SECURITY_FAILED',
    advice: phrase('dlms.nextCounter', {}),
  },
};
