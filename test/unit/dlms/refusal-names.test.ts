// The numbers of refusals and the names that the standard gives them (Green Book 9.5, COSEMpdu: Data-Access-Result,
// ServiceError, ExceptionResponse; 9.4.2: ACSE diagnostics), written from the standard and not from our tables.
import assert from 'node:assert/strict';
import {
  accessRefusal,
  associationRefusal,
  confirmedServiceError,
  exceptionResponse,
} from '../../../src/core/dlms/apdu/result-codes';
import { said } from '../../support/said';

const numbered = (text: string): readonly (readonly [number, string])[] =>
  text
    .trim()
    .split(/\s*,\s*/)
    .map((one) => {
      const [, number, name = ''] = /^(\d+) (.+)$/.exec(one) ?? assert.fail(one);
      return [Number(number), name];
    });

const DATA_ACCESS_RESULT =
  numbered(`1 hardware-fault, 2 temporary-failure, 3 read-write-denied, 4 object-undefined, 9 object-class-inconsistent,
  11 object-unavailable, 12 type-unmatched, 13 scope-of-access-violated, 14 data-block-unavailable, 15 long-get-aborted, 16 no-long-get-in-progress,
  17 long-set-aborted, 18 no-long-set-in-progress, 19 data-block-number-invalid, 250 other-reason`);

const SERVICE_USER =
  numbered(`1 no reason given, 2 application context name not supported, 3 calling AP title not recognized,
  4 calling AP invocation identifier not recognized, 5 calling AE qualifier not recognized, 6 calling AE invocation identifier not recognized,
  7 called AP title not recognized, 8 called AP invocation identifier not recognized, 9 called AE qualifier not recognized,
  10 called AE invocation identifier not recognized, 11 authentication mechanism not recognised, 12 authentication mechanism required,
  13 authentication failure, 14 authentication required`);

const SERVICE_ERROR: readonly (readonly [
  kind: number,
  name: string,
  values: readonly (readonly [number, string])[],
])[] = [
  [
    0,
    'application-reference',
    numbered(
      '0 other, 1 time-elapsed, 2 application-unreachable, 3 application-reference-invalid, 4 application-context-unsupported, 5 provider-communication-error, 6 deciphering-error',
    ),
  ],
  [
    1,
    'hardware-resource',
    numbered(
      '0 other, 1 memory-unavailable, 2 processor-resource-unavailable, 3 mass-storage-unavailable, 4 other-resource-unavailable',
    ),
  ],
  [
    2,
    'vde-state-error',
    numbered('0 other, 1 no-dlms-context, 2 loading-data-set, 3 status-nochange, 4 status-inoperable'),
  ],
  [3, 'service', numbered('0 other, 1 pdu-size, 2 service-unsupported')],
  [
    4,
    'definition',
    numbered('0 other, 1 object-undefined, 2 object-class-inconsistent, 3 object-attribute-inconsistent'),
  ],
  [
    5,
    'access',
    numbered('0 other, 1 scope-of-access-violated, 2 object-access-violated, 3 hardware-fault, 4 object-unavailable'),
  ],
  [
    6,
    'initiate',
    numbered(
      '0 other, 1 dlms-version-too-low, 2 incompatible-conformance, 3 pdu-size-too-short, 4 refused-by-the-VDE-Handler',
    ),
  ],
  [
    7,
    'load-data-set',
    numbered(
      '0 other, 1 primitive-out-of-sequence, 2 not-loadable, 3 dataset-size-too-large, 4 not-awaited-segment, 5 interpretation-failure, 6 storage-failure, 7 data-set-not-ready',
    ),
  ],
  [9, 'task', numbered('0 other, 1 no-remote-control, 2 ti-stopped, 3 ti-running, 4 ti-unusable')],
];

const EXCEPTION = numbered(
  '1 operation-not-possible, 2 service-not-supported, 3 other-reason, 4 pdu-too-long, 5 deciphering-error, 6 invocation-counter-error',
);

describe('names of refusals', () => {
  it('data-access-result, and no name for a number that has none', () => {
    for (const [result, name] of DATA_ACCESS_RESULT)
      assert.ok(said(accessRefusal(result)).includes(`: the meter answered ${name};`), `${result}`);
    const known = new Set(DATA_ACCESS_RESULT.map(([result]) => result));
    for (let result = 1; result < 256; result++)
      if (!known.has(result))
        assert.match(said(accessRefusal(result)), new RegExp(`answered data-access-result ${result};`));
  });
  it('ACSE diagnostics of user and provider', () => {
    for (const [diagnostic, name] of SERVICE_USER)
      assert.ok(said(associationRefusal(1, 'user', diagnostic)).includes(`: ${name};`), `${diagnostic}`);
    assert.match(said(associationRefusal(1, 'provider', 2)), /no common ACSE version/);
    assert.match(said(associationRefusal(1, 'user', 15)), /: diagnostic 15;/);
    assert.match(said(associationRefusal(1, 'provider', 3)), /: diagnostic 3;/);
    assert.equal(associationRefusal(1, 'user', 13).code, 'ACCESS_DENIED');
  });
  it('confirmedServiceError: kinds and values, and no name for a number that has none', () => {
    for (const [kind, kindName, values] of SERVICE_ERROR) {
      for (const [value, name] of values)
        assert.ok(
          said(confirmedServiceError(5, kind, value)).includes(
            `: the meter answered confirmedServiceError read, ${kindName}: ${name};`,
          ),
          `${kind}.${value}`,
        );
      assert.match(said(confirmedServiceError(5, kind, values.length)), new RegExp(`${kindName}: ${values.length};`));
    }
    assert.match(said(confirmedServiceError(1, 11, 0)), /initiateError, error kind 11: 0;/);
    assert.match(said(confirmedServiceError(20, 6, 1)), /service 20, initiate/);
  });
  it('exception-response: state and service error', () => {
    for (const [error, name] of EXCEPTION)
      assert.match(
        said(exceptionResponse(1, error, undefined)),
        new RegExp(`exception-response service-not-allowed, ${name};`),
      );
    assert.match(said(exceptionResponse(2, 1, undefined)), /service-unknown, operation-not-possible;/);
    assert.match(said(exceptionResponse(1, 6, 0x186a5)), /invocation-counter-error; it expects 100005;/);
    assert.match(said(exceptionResponse(1, 7, undefined)), /service error 7;/);
  });
});
