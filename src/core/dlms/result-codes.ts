// Every refusal a meter can answer with (Green Book 9.5), as data: the standard's name and, where it is known, what to
// do next. This is the one place where an outcome code becomes an error.
import { ReadError, type ErrorCode } from '../wire/errors';

interface Refusal {
  readonly name: string;
  readonly code: ErrorCode;
  readonly advice: string;
}

/** data-access-result of GET, SN read and ACCESS; action-result of ACTION shares the numbers. */
export function accessRefusal(result: number): ReadError {
  const { name, code, advice } = DATA_ACCESS_RESULTS[result] ?? { name: `data-access-result ${result}`, code: 'REQUEST_REFUSED', advice: '' };
  return new ReadError(code, sentence(`the meter answered ${name}`, advice));
}

/** ACSE: result and diagnostic of a refused AARE. */
export function associationRefusal(result: number, source: 'user' | 'provider', diagnostic: number): ReadError {
  const table = source === 'user' ? ACSE_USER_DIAGNOSTICS : ACSE_PROVIDER_DIAGNOSTICS;
  const found = table[diagnostic] ?? { name: `diagnostic ${diagnostic}`, code: 'ASSOCIATION_REFUSED' as const, advice: '' };
  const isPassing = result === 2 && diagnostic <= 1;
  const kind = result === 2 ? 'rejected for now' : 'rejected';
  return isPassing
    ? new ReadError('METER_BUSY', `the meter ${kind} the association (${found.name}): it may still hold an earlier one; wait until its inactivity time-out has passed and try again`)
    : new ReadError(found.code, sentence(`the meter ${kind} the association: ${found.name}`, found.advice));
}

export function confirmedServiceError(service: number, kind: number, value: number): ReadError {
  const serviceName = SERVICES[service] ?? `service ${service}`;
  const [kindName, values] = SERVICE_ERRORS[kind] ?? [`error kind ${kind}`, []];
  const valueName = values[value] ?? String(value);
  const code: ErrorCode = service === 1 ? 'ASSOCIATION_REFUSED' : kind === 5 && value === 1 ? 'ACCESS_DENIED' : 'REQUEST_REFUSED';
  return new ReadError(code, sentence(`the meter answered confirmedServiceError ${serviceName}, ${kindName}: ${valueName}`, SERVICE_ERROR_ADVICE[`${kind}.${value}`] ?? ''));
}

export function exceptionResponse(stateError: number, serviceError: number, counter: number | undefined): ReadError {
  const state = STATE_ERRORS[stateError] ?? `state error ${stateError}`;
  const found = EXCEPTIONS[serviceError] ?? { name: `service error ${serviceError}`, code: 'REQUEST_REFUSED' as const, advice: '' };
  const expected = counter === undefined ? '' : `; it expects ${counter}`;
  return new ReadError(found.code, sentence(`the meter answered exception-response ${state}, ${found.name}${expected}`, found.advice));
}

/** A release that the meter did not confirm as normal (RLRE reason). */
export function releaseRefusal(reason: number): ReadError {
  const name = { 1: 'not finished', 30: 'user defined' }[reason] ?? `reason ${reason}`;
  return new ReadError('ASSOCIATION_REFUSED', `the meter did not release the association (${name}); it closes by its inactivity time-out`);
}

const sentence = (fact: string, advice: string): string => (advice === '' ? fact : `${fact}; ${advice}`);

export const DATA_ACCESS_RESULTS: { readonly [result: number]: Refusal } = {
  1: { name: 'hardware-fault', code: 'REQUEST_REFUSED', advice: 'the meter itself reports a defect' },
  2: { name: 'temporary-failure', code: 'METER_BUSY', advice: 'it is busy with this object; read it again later' },
  3: { name: 'read-write-denied', code: 'ACCESS_DENIED', advice: 'this client SAP may not read it; use another client or a higher authentication' },
  4: { name: 'object-undefined', code: 'REQUEST_REFUSED', advice: 'the meter does not have this OBIS code in that class; list its objects' },
  9: { name: 'object-class-inconsistent', code: 'REQUEST_REFUSED', advice: 'the OBIS code exists in another class; list its objects' },
  11: { name: 'object-unavailable', code: 'REQUEST_REFUSED', advice: 'the object exists but has nothing to read now' },
  12: { name: 'type-unmatched', code: 'REQUEST_REFUSED', advice: 'the meter does not understand the selection' },
  13: { name: 'scope-of-access-violated', code: 'ACCESS_DENIED', advice: 'this association may not read it; use another client SAP or a higher authentication' },
  14: { name: 'data-block-unavailable', code: 'REQUEST_REFUSED', advice: 'the answer was lost between its blocks; read again' },
  15: { name: 'long-get-aborted', code: 'METER_BUSY', advice: 'the meter broke off a long answer; read again' },
  16: { name: 'no-long-get-in-progress', code: 'METER_BUSY', advice: 'the meter lost the long answer; read again' },
  17: { name: 'long-set-aborted', code: 'REQUEST_REFUSED', advice: '' },
  18: { name: 'no-long-set-in-progress', code: 'REQUEST_REFUSED', advice: '' },
  19: { name: 'data-block-number-invalid', code: 'METER_BUSY', advice: 'meter and platform disagree on the block; read again' },
  250: { name: 'other-reason', code: 'REQUEST_REFUSED', advice: 'the meter does not say why' },
};

const REFUSED = 'ASSOCIATION_REFUSED';
const ACSE_USER_DIAGNOSTICS: { readonly [diagnostic: number]: Refusal } = {
  0: { name: 'no diagnostic', code: REFUSED, advice: 'check client SAP, authentication and security' },
  1: { name: 'no reason given', code: REFUSED, advice: 'check client SAP, authentication and security' },
  2: { name: 'application context name not supported', code: REFUSED, advice: 'change the referencing (LN or SN), or whether this client uses ciphering' },
  3: { name: 'calling AP title not recognized', code: REFUSED, advice: 'the meter does not accept this client system title; enter the one it was set up with' },
  4: { name: 'calling AP invocation identifier not recognized', code: REFUSED, advice: 'the client SAP is not one that this meter knows' },
  5: { name: 'calling AE qualifier not recognized', code: REFUSED, advice: 'the meter does not know the client certificate; load it into the meter first' },
  6: { name: 'calling AE invocation identifier not recognized', code: REFUSED, advice: 'the client SAP is not one that this meter knows' },
  7: { name: 'called AP title not recognized', code: REFUSED, advice: 'check the server (logical device) address' },
  8: { name: 'called AP invocation identifier not recognized', code: REFUSED, advice: 'check the server (logical device) address' },
  9: { name: 'called AE qualifier not recognized', code: REFUSED, advice: 'check the server (logical device) address' },
  10: { name: 'called AE invocation identifier not recognized', code: REFUSED, advice: 'check the server (logical device) address' },
  11: { name: 'authentication mechanism not recognised', code: REFUSED, advice: 'this client SAP uses another authentication level; choose the one the meter was set up with' },
  12: { name: 'authentication mechanism required', code: REFUSED, advice: 'this client SAP needs a password or keys; choose its authentication, or read as public client 16' },
  13: { name: 'authentication failure', code: 'ACCESS_DENIED', advice: 'the password or key is wrong for this client SAP; repeated attempts can lock the meter' },
  14: { name: 'authentication required', code: REFUSED, advice: 'this client SAP needs high level security' },
};

const ACSE_PROVIDER_DIAGNOSTICS: { readonly [diagnostic: number]: Refusal } = {
  0: { name: 'no diagnostic of the provider', code: REFUSED, advice: 'check client SAP, authentication and security' },
  1: { name: 'no reason given by the provider', code: REFUSED, advice: 'check client SAP, authentication and security' },
  2: { name: 'no common ACSE version', code: REFUSED, advice: 'the meter speaks another version of the protocol' },
};

const STATE_ERRORS: { readonly [code: number]: string } = { 1: 'service-not-allowed', 2: 'service-unknown' };
const EXCEPTIONS: { readonly [code: number]: Refusal } = {
  1: { name: 'operation-not-possible', code: 'REQUEST_REFUSED', advice: 'the association may have been lost, or this client SAP may not do it' },
  2: { name: 'service-not-supported', code: 'REQUEST_REFUSED', advice: 'the meter does not offer this service, or it does not offer it without ciphering' },
  3: { name: 'other-reason', code: 'REQUEST_REFUSED', advice: 'the meter does not say why' },
  4: { name: 'pdu-too-long', code: 'REQUEST_REFUSED', advice: 'the request was larger than the meter takes' },
  5: { name: 'deciphering-error', code: 'SECURITY_FAILED', advice: 'check encryption key, authentication key, security suite and client system title; with the right keys the invocation counter is too low' },
  6: { name: 'invocation-counter-error', code: 'SECURITY_FAILED', advice: 'the invocation counter was too low' },
};

const SERVICES: { readonly [tag: number]: string } = {
  1: 'initiateError', 2: 'getStatus', 3: 'getNameList', 4: 'getVariableAttribute', 5: 'read', 6: 'write', 7: 'getDataSetAttribute', 8: 'getTIAttribute',
  9: 'changeScope', 10: 'start', 11: 'stop', 12: 'resume', 13: 'makeUsable', 14: 'initiateLoad', 15: 'loadSegment', 16: 'terminateLoad', 17: 'initiateUpLoad',
  18: 'upLoadSegment', 19: 'terminateUpLoad',
};
const SERVICE_ERRORS: { readonly [kind: number]: readonly [string, readonly string[]] } = {
  0: ['application-reference', ['other', 'time-elapsed', 'application-unreachable', 'application-reference-invalid', 'application-context-unsupported', 'provider-communication-error', 'deciphering-error']],
  1: ['hardware-resource', ['other', 'memory-unavailable', 'processor-resource-unavailable', 'mass-storage-unavailable', 'other-resource-unavailable']],
  2: ['vde-state-error', ['other', 'no-dlms-context', 'loading-data-set', 'status-nochange', 'status-inoperable']],
  3: ['service', ['other', 'pdu-size', 'service-unsupported']],
  4: ['definition', ['other', 'object-undefined', 'object-class-inconsistent', 'object-attribute-inconsistent']],
  5: ['access', ['other', 'scope-of-access-violated', 'object-access-violated', 'hardware-fault', 'object-unavailable']],
  6: ['initiate', ['other', 'dlms-version-too-low', 'incompatible-conformance', 'pdu-size-too-short', 'refused-by-the-VDE-Handler']],
  7: ['load-data-set', ['other', 'primitive-out-of-sequence', 'not-loadable', 'dataset-size-too-large', 'not-awaited-segment', 'interpretation-failure', 'storage-failure', 'data-set-not-ready']],
  8: ['change-scope', ['other']],
  9: ['task', ['other', 'no-remote-control', 'ti-stopped', 'ti-running', 'ti-unusable']],
  10: ['other', ['other']],
};
const SERVICE_ERROR_ADVICE: { readonly [error: string]: string } = {
  '0.4': 'change the referencing (LN or SN), or whether this client uses ciphering',
  '0.6': 'check the keys, the security suite and the invocation counter',
  '2.1': 'the association is gone; read again',
  '3.1': 'the answer does not fit; ask for less at once',
  '3.2': 'the meter offers no short-name or no long-name service to this client; change the referencing',
  '5.1': 'this client SAP may not read it; use another client or a higher authentication',
  '6.1': 'the meter speaks another DLMS version',
  '6.2': 'the meter offers none of the services asked for; change the referencing (LN or SN) or the client SAP',
  '6.3': 'the meter needs larger APDUs',
  '6.4': 'check client SAP, authentication and security',
};
