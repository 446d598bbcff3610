// confirmedServiceError (Green Book 9.5, ServiceError): the standard's names, and what a person does next.
import { phrase, type Phrase } from '../../wire/errors';

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
  readonly advice: Phrase;
  /** Of single values, where the kind's advice is not the best. */
  readonly own: { readonly [value: number]: Phrase };
}

/** ServiceError by kind, with the names of its values. */
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
    advice: phrase('dlms.nextSapServer', {}),
    own: {
      1: phrase('dlms.nextTooLong', {}),
      4: phrase('dlms.nextReferencing', {}),
      5: phrase('dlms.nextLine', {}),
      6: phrase('dlms.nextKeysCounter', {}),
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
    advice: phrase('dlms.nextShort', {}),
    own: {},
  },
  2: {
    name: 'vde-state-error',
    values: ['other', 'no-dlms-context', 'loading-data-set', 'status-nochange', 'status-inoperable'],
    advice: phrase('dlms.nextNoState', {}),
    own: {
      1: phrase('dlms.nextGone', {}),
      4: phrase('dlms.nextOutOfOrder', {}),
    },
  },
  3: {
    name: 'service',
    values: ['other', 'pdu-size', 'service-unsupported'],
    advice: phrase('dlms.nextReferencingSap', {}),
    own: {
      1: phrase('dlms.nextNoFit', {}),
      2: phrase('dlms.nextNoNames', {}),
    },
  },
  4: {
    name: 'definition',
    values: ['other', 'object-undefined', 'object-class-inconsistent', 'object-attribute-inconsistent'],
    advice: phrase('dlms.nextList', {}),
    own: {},
  },
  5: {
    name: 'access',
    values: ['other', 'scope-of-access-violated', 'object-access-violated', 'hardware-fault', 'object-unavailable'],
    advice: phrase('dlms.nextOtherClient', {}),
    own: {
      3: phrase('dlms.nextDefect', {}),
      4: phrase('dlms.nextEmpty', {}),
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
    advice: phrase('dlms.nextCheckAccess', {}),
    own: {
      1: phrase('dlms.nextNewer', {}),
      2: phrase('dlms.nextNoServices', {}),
      3: phrase('dlms.nextSize', {}),
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
    advice: phrase('dlms.nextLoading', {}),
    own: {},
  },
  8: {
    name: 'change-scope',
    values: ['other'],
    advice: phrase('dlms.nextOtherSap', {}),
    own: {},
  },
  9: {
    name: 'task',
    values: ['other', 'no-remote-control', 'ti-stopped', 'ti-running', 'ti-unusable'],
    advice: phrase('dlms.nextElse', {}),
    own: {},
  },
  10: {
    name: 'other',
    values: ['other'],
    advice: phrase('dlms.nextAgainAccess', {}),
    own: {},
  },
};
