// confirmedServiceError (Green Book 9.5, ServiceError): the standard's names, and what a person does next.

/** By tag of the service that failed. */
export const SERVICES: { readonly [tag: number]: string } = {
  1: 'initiateError', 2: 'getStatus', 3: 'getNameList', 4: 'getVariableAttribute', 5: 'read', 6: 'write', 7: 'getDataSetAttribute', 8: 'getTIAttribute',
  9: 'changeScope', 10: 'start', 11: 'stop', 12: 'resume', 13: 'makeUsable', 14: 'initiateLoad', 15: 'loadSegment', 16: 'terminateLoad', 17: 'initiateUpLoad',
  18: 'upLoadSegment', 19: 'terminateUpLoad',
};

/** By kind: its name, and its values with their advice. */
export const SERVICE_ERRORS: { readonly [kind: number]: readonly [string, readonly (readonly [string, string])[]] } = {
  0: ['application-reference', [
    ['other', 'check client SAP and server address'],
    ['time-elapsed', 'the meter took too long inside; read again'],
    ['application-unreachable', 'check the server (logical device) address'],
    ['application-reference-invalid', 'check the server (logical device) address'],
    ['application-context-unsupported', 'change the referencing (LN or SN), or whether this client uses ciphering'],
    ['provider-communication-error', 'read again, then check line and modem'],
    ['deciphering-error', 'check the keys, the security suite and the invocation counter'],
  ]],
  1: ['hardware-resource', [
    ['other', 'the meter is short of something inside; ask for less at once, or later'],
    ['memory-unavailable', 'the meter is short of something inside; ask for less at once, or later'],
    ['processor-resource-unavailable', 'the meter is short of something inside; ask for less at once, or later'],
    ['mass-storage-unavailable', 'the meter is short of something inside; ask for less at once, or later'],
    ['other-resource-unavailable', 'the meter is short of something inside; ask for less at once, or later'],
  ]],
  2: ['vde-state-error', [
    ['other', 'the meter is in no state to answer; read again later'],
    ['no-dlms-context', 'the association is gone; read again'],
    ['loading-data-set', 'the meter is in no state to answer; read again later'],
    ['status-nochange', 'the meter is in no state to answer; read again later'],
    ['status-inoperable', 'the meter is out of order; have it looked at'],
  ]],
  3: ['service', [
    ['other', 'change the referencing (LN or SN) or the client SAP'],
    ['pdu-size', 'the answer does not fit; ask for less at once'],
    ['service-unsupported', 'the meter offers no short-name or no long-name service to this client; change the referencing'],
  ]],
  4: ['definition', [
    ['other', "list the meter's objects and check name, class and attribute"],
    ['object-undefined', "list the meter's objects and check name, class and attribute"],
    ['object-class-inconsistent', "list the meter's objects and check name, class and attribute"],
    ['object-attribute-inconsistent', "list the meter's objects and check name, class and attribute"],
  ]],
  5: ['access', [
    ['other', 'use another client SAP or a higher authentication'],
    ['scope-of-access-violated', 'this client SAP may not read it; use another client or a higher authentication'],
    ['object-access-violated', 'this client SAP may not read it; use another client or a higher authentication'],
    ['hardware-fault', 'the meter itself reports a defect; have it looked at'],
    ['object-unavailable', 'the object has nothing to read now; read it again later'],
  ]],
  6: ['initiate', [
    ['other', 'check client SAP, authentication and security'],
    ['dlms-version-too-low', 'the meter speaks another DLMS version; look for newer firmware'],
    ['incompatible-conformance', 'the meter offers none of the services asked for; change the referencing (LN or SN) or the client SAP'],
    ['pdu-size-too-short', 'the meter needs larger APDUs than the other side of the link takes; use HDLC in place of the wrapper, or the other way round'],
    ['refused-by-the-VDE-Handler', 'check client SAP, authentication and security'],
  ]],
  7: ['load-data-set', [
    ['other', 'another client is loading something into the meter; read again later'],
    ['primitive-out-of-sequence', 'another client is loading something into the meter; read again later'],
    ['not-loadable', 'another client is loading something into the meter; read again later'],
    ['dataset-size-too-large', 'another client is loading something into the meter; read again later'],
    ['not-awaited-segment', 'another client is loading something into the meter; read again later'],
    ['interpretation-failure', 'another client is loading something into the meter; read again later'],
    ['storage-failure', 'another client is loading something into the meter; read again later'],
    ['data-set-not-ready', 'another client is loading something into the meter; read again later'],
  ]],
  8: ['change-scope', [
    ['other', 'use another client SAP'],
  ]],
  9: ['task', [
    ['other', 'the meter is at work on something else; read again later'],
    ['no-remote-control', 'the meter is at work on something else; read again later'],
    ['ti-stopped', 'the meter is at work on something else; read again later'],
    ['ti-running', 'the meter is at work on something else; read again later'],
    ['ti-unusable', 'the meter is at work on something else; read again later'],
  ]],
  10: ['other', [
    ['other', 'read again, then check client SAP, authentication and security'],
  ]],
};
