// What becomes of a job after an attempt that failed: tried again or not, and whether its meter rests. Pure.
import type { ReadError } from '../../wire/errors';
import type { Job } from './job';

/** How things stand when the attempt has failed. */
export interface FailedAttempt {
  /** The number of this attempt, from 1. */
  readonly attempt: number;
  /** Any byte of it may be under way; a publish that failed may have arrived all the same. */
  readonly mayHaveLeft: boolean;
  readonly isOnline: boolean;
  /** Somebody still waits for it, and its time is not over. */
  readonly isWanted: boolean;
  /** It was the one job that a resting meter is asked by after its rest. */
  readonly isAfterRest: boolean;
}

export interface FailureVerdict {
  /** Another attempt is due. */
  readonly isRetried: boolean;
  /** False: nothing left us because the link was away, so the attempt was none, and even a write may be sent again. */
  readonly isCounted: boolean;
  /** The meter is asked no more for a while. */
  readonly isResting: boolean;
  /** It says something of the line or the meter, for whoever watches the modem. */
  readonly isOfTheLine: boolean;
}

export function afterFailure(
  job: Pick<Job<unknown>, 'attempts' | 'meter' | 'isProbe'>,
  error: Pick<ReadError, 'code' | 'retryable' | 'fault'>,
  { attempt, mayHaveLeft, isOnline, isWanted, isAfterRest }: FailedAttempt,
): FailureVerdict {
  const isOfMeter = job.meter !== undefined && job.isProbe !== true;
  const isDead = error.code === 'NO_REPLY' && isOfMeter;
  const isCounted = mayHaveLeft || error.fault !== 'network' || isOnline;
  const isLeft = (isCounted ? attempt : attempt - 1) < job.attempts;
  const isRetried = error.retryable && isWanted && isLeft && !(isDead && isAfterRest);
  return {
    isRetried,
    isCounted,
    isResting: isDead && !isRetried,
    isOfTheLine: isOfMeter && mayHaveLeft && (error.fault === 'device' || error.fault === 'line'),
  };
}
