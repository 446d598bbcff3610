// A reboot and the proof that the modem came back from it. A modem that answers at once may not have rebooted at all:
// proof is a new status message, or an answer after a gap in which it gave none.
import { asReadError } from '../../wire/errors';
import type { ModemChannel } from './channel';

export interface Life {
  readonly isAlive: boolean;
  /** It was away in between, as far as could be seen. */
  readonly hasGap: boolean;
}

/** Waits up to `ms` for the modem to be back after `since`. */
export async function proofOfLife(
  channel: ModemChannel,
  since: number,
  ms: number,
  signal: AbortSignal,
): Promise<Life> {
  const { clock } = channel;
  let hasGap = false;
  while (clock.now() - since < ms && !signal.aborted) {
    if (await channel.sign(since + SETTLE_MS, POLL_MS, signal)) return { isAlive: true, hasGap: true };
    if (signal.aborted) break;
    try {
      await channel.ask('AT', { timeoutMs: Math.min(POLL_MS, channel.atMs), attempts: 1 });
      if (hasGap || clock.now() - since > NO_GAP_MS) return { isAlive: true, hasGap };
    } catch (thrown) {
      const error = asReadError(thrown);
      if (!error.retryable) throw error;
      hasGap = true;
    }
  }
  return { isAlive: false, hasGap };
}

export interface Rebooted extends Life {
  /** No command for it was accepted. */
  readonly isRefused: boolean;
}

/** Sends the commands in turn until the modem goes away and comes back. */
export async function reboot(
  channel: ModemChannel,
  commands: readonly string[],
  lifeMs: number,
  signal: AbortSignal,
  told: (command: string, result: string) => void,
): Promise<Rebooted> {
  let isRefused = true;
  let life: Life = { isAlive: true, hasGap: false };
  for (const command of commands) {
    const reply = await channel.ask(command, { timeoutMs: channel.atMs, attempts: 1 }).catch((thrown: unknown) => {
      const error = asReadError(thrown);
      if (error.code !== 'NO_REPLY' && error.code !== 'BAD_FRAME') throw error;
      return undefined; // it may have gone before its OK was out
    });
    told(command, reply?.result ?? 'NO_REPLY');
    if (reply?.isOk === false) continue;
    isRefused = false;
    life = await proofOfLife(channel, channel.clock.now(), lifeMs, signal);
    if (life.hasGap || !life.isAlive) break;
  }
  return { ...life, isRefused };
}

const POLL_MS = 5_000;
/** A status that was on its way as the reboot was sent is none from after it. */
const SETTLE_MS = 500;
/** A modem that rebooted has gone silent by then. */
const NO_GAP_MS = 25_000;
