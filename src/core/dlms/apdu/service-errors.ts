// confirmedServiceError (Green Book 9.5, ServiceError): the standard's names, and what a person does next.

/** By tag of the service that failed. */
export const SERVICES: { readonly [tag: number]: string } = {
  1: 'initiateError',
  2: 'getStatus',
  3: 'getNameList',
  4: 'getVariableAttribute',
  5: 'read',
  6: 'write',
  7: 'getDataSetAttribute',
  8: 'getTIAttribute',
  9: 'changeScope',
  10: 'start',
  11: 'stop',
  12: 'resume',
  13: 'makeUsable',
  14: 'initiateLoad',
  15: 'loadSegment',
  16: 'terminateLoad',
  17: 'initiateUpLoad',
  18: 'upLoadSegment',
  19: 'terminateUpLoad',
};

interface ServiceErrorKind {
  readonly name: string;
  readonly values: readonly string[];
  readonly advice: string;
  /** Of single values, where the kind's advice is not the best. */
  readonly own: { readonly [value: number]: string };
}

export const SERVICE_ERRORS: { readonly [kind: number]: ServiceErrorKind } = {
  0: {
    name: 'application-reference',
    values: [
      'other',
      'time-elapsed',
      'application-unreachable',
      'application-reference-invalid',
      'application-context-unsupported',
      'provider-communication-error',
      'deciphering-error',
    ],
    advice: 'check client SAP and server address',
    own: {
      1: 'the meter took too long inside; read again',
      4: 'change the referencing (LN or SN), or whether this client uses ciphering',
      5: 'read again, then check line and modem',
      6: 'check the keys, the security suite and the invocation counter',
    },
  },
  1: {
    name: 'hardware-resource',
    values: [
      'other',
      'memory-unavailable',
      'processor-resource-unavailable',
      'mass-storage-unavailable',
      'other-resource-unavailable',
    ],
    advice: 'the meter is short of something inside; ask for less at once, or later',
    own: {},
  },
  2: {
    name: 'vde-state-error',
    values: ['other', 'no-dlms-context', 'loading-data-set', 'status-nochange', 'status-inoperable'],
    advice: 'the meter is in no state to answer; read again later',
    own: {
      1: 'the association is gone; read again',
      4: 'the meter is out of order; have it looked at',
    },
  },
  3: {
    name: 'service',
    values: ['other', 'pdu-size', 'service-unsupported'],
    advice: 'change the referencing (LN or SN) or the client SAP',
    own: {
      1: 'the answer does not fit; ask for less at once',
      2: 'the meter offers no short-name or no long-name service to this client; change the referencing',
    },
  },
  4: {
    name: 'definition',
    values: ['other', 'object-undefined', 'object-class-inconsistent', 'object-attribute-inconsistent'],
    advice: 'list the objects of the meter and check name, class and attribute',
    own: {},
  },
  5: {
    name: 'access',
    values: ['other', 'scope-of-access-violated', 'object-access-violated', 'hardware-fault', 'object-unavailable'],
    advice: 'this client SAP may not read it; use another client or a higher authentication',
    own: {
      3: 'the meter itself reports a defect; have it looked at',
      4: 'the object has nothing to read now; read it again later',
    },
  },
  6: {
    name: 'initiate',
    values: [
      'other',
      'dlms-version-too-low',
      'incompatible-conformance',
      'pdu-size-too-short',
      'refused-by-the-VDE-Handler',
    ],
    advice: 'check client SAP, authentication and security',
    own: {
      1: 'the meter wants a newer DLMS version than 6, which this client speaks; ask its maker for a setting that allows 6',
      2: 'the meter offers none of the services asked for; change the referencing (LN or SN) or the client SAP',
      3: 'the meter takes no client with APDUs of this size; ask its maker for the size it wants',
    },
  },
  7: {
    name: 'load-data-set',
    values: [
      'other',
      'primitive-out-of-sequence',
      'not-loadable',
      'dataset-size-too-large',
      'not-awaited-segment',
      'interpretation-failure',
      'storage-failure',
      'data-set-not-ready',
    ],
    advice:
      'the meter speaks of a loading that this client did not begin; another one may be at work on it: read again later',
    own: {},
  },
  8: {
    name: 'change-scope',
    values: ['other'],
    advice: 'use another client SAP',
    own: {},
  },
  9: {
    name: 'task',
    values: ['other', 'no-remote-control', 'ti-stopped', 'ti-running', 'ti-unusable'],
    advice: 'the meter is at work on something else; read again later',
    own: {},
  },
  10: {
    name: 'other',
    values: ['other'],
    advice: 'read again, then check client SAP, authentication and security',
    own: {},
  },
};
