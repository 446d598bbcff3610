// The retry policy as a table: what becomes of a job after an attempt that failed.
import assert from 'node:assert/strict';
import { afterFailure, type FailedAttempt, type FailureVerdict } from '../../../src/core/transport/lane/after-failure';
import type { Job } from '../../../src/core/transport/lane/job';
import { ERRORS, type ErrorCode } from '../../../src/core/wire/errors';

type Row = readonly [
  what: string,
  code: ErrorCode,
  job: Partial<Pick<Job<unknown>, 'attempts' | 'meter' | 'isProbe'>>,
  how: Partial<FailedAttempt>,
  verdict: Partial<FailureVerdict>,
];

const AGAIN = { isRetried: true, isCounted: true, isResting: false };
const ENDED = { isRetried: false, isCounted: true, isResting: false };
const RESTS = { isRetried: false, isCounted: true, isResting: true };
const OFFLINE = { mayHaveLeft: false, isOnline: false };

// prettier-ignore
const ROWS: readonly Row[] = [
  ['silence, with attempts left', 'NO_REPLY', {}, {}, AGAIN],
  ['silence at the last attempt', 'NO_REPLY', {}, { attempt: 3 }, RESTS],
  ['silence of the meter that was asked once after its rest', 'NO_REPLY', {}, { isAfterRest: true }, RESTS],
  ['silence of a resting meter nobody waits for', 'NO_REPLY', {}, { isWanted: false }, RESTS],
  ['silence to a probe', 'NO_REPLY', { isProbe: true, attempts: 1 }, {}, { ...ENDED, isOfTheLine: false }],
  ['silence of no meter (AT)', 'NO_REPLY', { attempts: 1 }, {}, { ...ENDED, isOfTheLine: false }],
  ['a damaged answer', 'BAD_FRAME', {}, {}, { ...AGAIN, isOfTheLine: true }],
  ['a damaged answer at the last attempt', 'BAD_FRAME', {}, { attempt: 3 }, ENDED],
  ['a damaged answer after a rest', 'BAD_FRAME', {}, { isAfterRest: true }, AGAIN],
  ['a refusal', 'REQUEST_REFUSED', {}, {}, { ...ENDED, isOfTheLine: true }],
  ['a refused password', 'ACCESS_DENIED', {}, {}, { ...ENDED, isOfTheLine: false }],
  ['a write that may have been carried out', 'NO_REPLY', { attempts: 1 }, {}, RESTS],
  ['a write that never left, the link away', 'BROKER_OFFLINE', { attempts: 1 }, OFFLINE, { ...AGAIN, isCounted: false }],
  ['a write that may have left when the link fell', 'BROKER_OFFLINE', { attempts: 1 }, { isOnline: false }, ENDED],
  ['a publish that failed, the link there', 'PUBLISH_FAILED', { attempts: 1 }, { mayHaveLeft: false }, ENDED],
  ['the same with attempts left', 'PUBLISH_FAILED', {}, { mayHaveLeft: false }, AGAIN],
  ['a broker that refuses', 'BROKER_REFUSED', {}, OFFLINE, { isRetried: false, isOfTheLine: false }],
  ['a job whose time is over', 'BAD_FRAME', {}, { isWanted: false }, ENDED],
  ['nothing left and nothing heard', 'NO_REPLY', {}, { mayHaveLeft: false }, { ...AGAIN, isOfTheLine: false }],
  ['a defect of ours', 'INTERNAL', {}, {}, ENDED],
];

describe('after a failed attempt', () => {
  for (const [what, code, job, how, verdict] of ROWS)
    it(what, () => {
      const got = afterFailure(
        { attempts: 3, ...(what.includes('no meter') ? {} : { meter: '7' }), ...job },
        { code, ...ERRORS[code] },
        { attempt: 1, mayHaveLeft: true, isOnline: true, isWanted: true, isAfterRest: false, ...how },
      );
      assert.deepEqual({ ...got, ...verdict }, got);
    });
});
