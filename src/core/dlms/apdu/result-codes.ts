// Every refusal a meter can answer with (Green Book 9.5), as data: the standard's name and what to do next. This is the
// one place where an outcome code becomes an error.
import { ReadError, type ErrorCode } from '../../wire/errors';
import { SERVICE_ERRORS, SERVICES } from './service-errors';

interface Refusal {
  readonly name: string;
  readonly code: ErrorCode;
  readonly advice: string;
}

/** data-access-result of GET, SN read and ACCESS; action-result of ACTION shares the numbers. */
export function accessRefusal(result: number): ReadError {
  const { name, code, advice } = DATA_ACCESS_RESULTS[result] ?? {
    name: `data-access-result ${result}`,
    code: 'REQUEST_REFUSED',
    advice: UNNAMED,
  };
  return new ReadError(code, sentence(`the meter answered ${name}`, advice));
}

/** ACSE: result and diagnostic of a refused AARE. */
export function associationRefusal(result: number, source: 'user' | 'provider', diagnostic: number): ReadError {
  const table = source === 'user' ? ACSE_USER_DIAGNOSTICS : ACSE_PROVIDER_DIAGNOSTICS;
  const found = table[diagnostic] ?? {
    name: `diagnostic ${diagnostic}`,
    code: 'ASSOCIATION_REFUSED' as const,
    advice: `${UNNAMED}, then check client SAP, authentication and security`,
  };
  const isPassing = result === 2 && diagnostic <= 1;
  const kind = result === 2 ? 'rejected for now' : 'rejected';
  return isPassing
    ? new ReadError(
        'METER_BUSY',
        `the meter ${kind} the association (${found.name}): it may still hold an earlier one; wait until its inactivity time-out has passed and try again`,
      )
    : new ReadError(found.code, sentence(`the meter ${kind} the association: ${found.name}`, found.advice));
}

export function confirmedServiceError(service: number, kind: number, value: number): ReadError {
  const serviceName = SERVICES[service] ?? `service ${service}`;
  const { name, values, advice, own } = SERVICE_ERRORS[kind] ?? {
    name: `error kind ${kind}`,
    values: [],
    advice: UNNAMED,
    own: {},
  };
  const valueName = values[value];
  const next = valueName === undefined ? UNNAMED : (own[value] ?? advice);
  const code: ErrorCode =
    service === 1
      ? 'ASSOCIATION_REFUSED'
      : kind === 5 && (value === 1 || value === 2)
        ? 'ACCESS_DENIED'
        : 'REQUEST_REFUSED';
  return new ReadError(
    code,
    sentence(`the meter answered confirmedServiceError ${serviceName}, ${name}: ${valueName ?? value}`, next),
  );
}

export function exceptionResponse(stateError: number, serviceError: number, counter: number | undefined): ReadError {
  const state = STATE_ERRORS[stateError] ?? `state error ${stateError}`;
  const found = EXCEPTIONS[serviceError] ?? {
    name: `service error ${serviceError}`,
    code: 'REQUEST_REFUSED' as const,
    advice: UNNAMED,
  };
  const expected = counter === undefined ? '' : `; it expects ${counter}`;
  return new ReadError(
    found.code,
    sentence(`the meter answered exception-response ${state}, ${found.name}${expected}`, found.advice),
  );
}

/** A release that the meter did not confirm as normal (RLRE reason). */
export function releaseRefusal(reason: number): ReadError {
  const name = { 1: 'not finished', 30: 'user defined' }[reason] ?? `reason ${reason}`;
  return new ReadError(
    'ASSOCIATION_REFUSED',
    `the meter did not release the association (${name}); the read itself is complete, and the next one may have to wait until the meter's inactivity time-out has passed`,
  );
}

const sentence = (fact: string, advice: string): string => `${fact}; ${advice}`;
const UNNAMED = 'the standard does not name this number: look it up in the manual of the meter';

export const DATA_ACCESS_RESULTS: { readonly [result: number]: Refusal } = {
  1: {
    name: 'hardware-fault',
    code: 'REQUEST_REFUSED',
    advice: 'the meter itself reports a defect; read its error register and have it looked at',
  },
  2: { name: 'temporary-failure', code: 'METER_BUSY', advice: 'it is busy with this object; read it again later' },
  3: {
    name: 'read-write-denied',
    code: 'ACCESS_DENIED',
    advice: 'this client SAP may not read it; use another client or a higher authentication',
  },
  4: {
    name: 'object-undefined',
    code: 'REQUEST_REFUSED',
    advice: 'the meter does not have this OBIS code in that class; list its objects',
  },
  9: {
    name: 'object-class-inconsistent',
    code: 'REQUEST_REFUSED',
    advice: 'the OBIS code exists in another class; list its objects',
  },
  11: {
    name: 'object-unavailable',
    code: 'REQUEST_REFUSED',
    advice: 'the object exists but has nothing to read now; read it again later',
  },
  12: {
    name: 'type-unmatched',
    code: 'REQUEST_REFUSED',
    advice: 'the meter does not understand the selection; ask for the whole attribute, or check class and attribute',
  },
  13: {
    name: 'scope-of-access-violated',
    code: 'ACCESS_DENIED',
    advice: 'this association may not read it; use another client SAP or a higher authentication',
  },
  14: {
    name: 'data-block-unavailable',
    code: 'REQUEST_REFUSED',
    advice: 'the answer was lost between its blocks; read again',
  },
  15: { name: 'long-get-aborted', code: 'METER_BUSY', advice: 'the meter broke off a long answer; read again' },
  16: { name: 'no-long-get-in-progress', code: 'METER_BUSY', advice: 'the meter lost the long answer; read again' },
  17: {
    name: 'long-set-aborted',
    code: 'REQUEST_REFUSED',
    advice: 'the meter answers a request that was not made; another client may be at work on it: read again',
  },
  18: {
    name: 'no-long-set-in-progress',
    code: 'REQUEST_REFUSED',
    advice: 'the meter answers a request that was not made; another client may be at work on it: read again',
  },
  19: {
    name: 'data-block-number-invalid',
    code: 'METER_BUSY',
    advice: 'meter and platform disagree on the block; read again',
  },
  250: {
    name: 'other-reason',
    code: 'REQUEST_REFUSED',
    advice: 'the meter does not say why; try this object alone, and with another client SAP',
  },
};

const REFUSED = 'ASSOCIATION_REFUSED';
const ACSE_USER_DIAGNOSTICS: { readonly [diagnostic: number]: Refusal } = {
  0: { name: 'no diagnostic', code: REFUSED, advice: 'check client SAP, authentication and security' },
  1: { name: 'no reason given', code: REFUSED, advice: 'check client SAP, authentication and security' },
  2: {
    name: 'application context name not supported',
    code: REFUSED,
    advice: 'change the referencing (LN or SN), or whether this client uses ciphering',
  },
  3: {
    name: 'calling AP title not recognized',
    code: REFUSED,
    advice: 'the meter does not accept this client system title; enter the one it was set up with',
  },
  4: {
    name: 'calling AP invocation identifier not recognized',
    code: REFUSED,
    advice: 'the client SAP is not one that this meter knows; try 16 (public) or ask for the one it was set up with',
  },
  5: {
    name: 'calling AE qualifier not recognized',
    code: REFUSED,
    advice: 'the meter does not know the client certificate; load it into the meter first',
  },
  6: {
    name: 'calling AE invocation identifier not recognized',
    code: REFUSED,
    advice: 'the client SAP is not one that this meter knows; try 16 (public) or ask for the one it was set up with',
  },
  7: { name: 'called AP title not recognized', code: REFUSED, advice: 'check the server (logical device) address' },
  8: {
    name: 'called AP invocation identifier not recognized',
    code: REFUSED,
    advice: 'check the server (logical device) address',
  },
  9: { name: 'called AE qualifier not recognized', code: REFUSED, advice: 'check the server (logical device) address' },
  10: {
    name: 'called AE invocation identifier not recognized',
    code: REFUSED,
    advice: 'check the server (logical device) address',
  },
  11: {
    name: 'authentication mechanism not recognised',
    code: REFUSED,
    advice: 'this client SAP uses another authentication level; choose the one the meter was set up with',
  },
  12: {
    name: 'authentication mechanism required',
    code: REFUSED,
    advice: 'this client SAP needs a password or keys; choose its authentication, or read as public client 16',
  },
  13: {
    name: 'authentication failure',
    code: 'ACCESS_DENIED',
    advice:
      'the password or key is wrong for this client SAP: check it before the next try, for repeated attempts can lock the meter',
  },
  14: {
    name: 'authentication required',
    code: REFUSED,
    advice: 'this client SAP needs high level security; choose its authentication (HLS) and enter its keys',
  },
};

const ACSE_PROVIDER_DIAGNOSTICS: { readonly [diagnostic: number]: Refusal } = {
  0: { name: 'no diagnostic of the provider', code: REFUSED, advice: 'check client SAP, authentication and security' },
  1: {
    name: 'no reason given by the provider',
    code: REFUSED,
    advice: 'check client SAP, authentication and security',
  },
  2: {
    name: 'no common ACSE version',
    code: REFUSED,
    advice:
      'the meter speaks another version of the protocol; check that it is a DLMS/COSEM meter and that the server address is its own',
  },
};

const STATE_ERRORS: { readonly [code: number]: string } = { 1: 'service-not-allowed', 2: 'service-unknown' };
const EXCEPTIONS: { readonly [code: number]: Refusal } = {
  1: {
    name: 'operation-not-possible',
    code: 'REQUEST_REFUSED',
    advice: 'the association may have been lost, or this client SAP may not do it: read again, then try another client',
  },
  2: {
    name: 'service-not-supported',
    code: 'REQUEST_REFUSED',
    advice:
      'the meter does not offer this service, or not without ciphering: change the referencing (LN or SN) or the security',
  },
  3: {
    name: 'other-reason',
    code: 'REQUEST_REFUSED',
    advice: 'the meter does not say why; read again, then check client SAP and security',
  },
  4: {
    name: 'pdu-too-long',
    code: 'REQUEST_REFUSED',
    advice: 'the request was larger than the meter takes; ask for fewer objects at once',
  },
  5: {
    name: 'deciphering-error',
    code: 'SECURITY_FAILED',
    advice:
      'check encryption key, authentication key, security suite and client system title; with the right keys the invocation counter is too low',
  },
  6: {
    name: 'invocation-counter-error',
    code: 'SECURITY_FAILED',
    advice:
      'the invocation counter was too low, because this key was used elsewhere too: read again, and use the key in one platform only',
  },
};
