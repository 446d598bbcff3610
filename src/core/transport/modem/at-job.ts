// An AT command as a job of a modem's AT lane.
import type { AtReply } from '../../at/at';
import { sendCommand } from '../../at/command';
import { QUEUE_MS, type Job } from '../lane/job';

export interface AtJobOptions {
  /** What the modem may need to carry it out, in ms. */
  readonly timeoutMs: number;
  readonly isCrAppended: boolean;
  /**
   * More than 1 only for commands that may run twice without harm: one may have been carried out although its reply was
   * lost.
   */
  readonly attempts?: number;
}

/**
 * The job of one command; ERROR is a reply, silence rejects NO_REPLY. Its label shows no value, which may be a secret.
 * What differs (`quietMs`, `signal`, `onProgress`...) is spread over it.
 */
export function atJob(command: string, { timeoutMs, isCrAppended, attempts = 1 }: AtJobOptions): Job<AtReply> {
  return {
    label: command.split(',')[0] ?? '',
    attempts,
    queueMs: QUEUE_MS,
    quietMs: AT_QUIET_MS,
    start: () => sendCommand({ command, timeoutMs, isCrAppended }),
  };
}

/** After a time-out a late reply is waited out for so long before the next command, in ms. */
export const AT_QUIET_MS = 5_000;
