// A modem whose every answer a test writes: for what real and simulated ones do once in a thousand times.
import { ReadError, failure } from '../../src/core/wire/errors';
import type { AtReply } from '../../src/core/at/at';
import type { ModemChannel } from '../../src/core/fleet/rollout/channel';
import { VirtualClock } from '../../src/simulator';

/** 'silent' = no answer within the command's time. */
export type Answer = AtReply | 'silent';

export const OK: AtReply = { isOk: true, result: 'OK', lines: [] };
export const ERROR: AtReply = { isOk: false, result: 'ERROR', lines: [] };
export const value = (...lines: string[]): AtReply => ({ ...OK, lines });

export interface ScriptedModem {
  readonly clock: VirtualClock;
  readonly channel: ModemChannel;
  /** Commands in the order in which they were asked. */
  readonly sent: readonly string[];
}

/** `answer`: by the command, and how often it was asked before. */
export function scriptedModem(imei: string, answer: (command: string, before: number) => Answer): ScriptedModem {
  const clock = new VirtualClock();
  const sent: string[] = [];
  const channel: ModemChannel = {
    imei,
    clock,
    atMs: 15_000,
    sign: async (_since, ms) => (await clock.sleep(ms), false),
    ask: async (command, { timeoutMs }) => {
      const before = sent.filter((each) => each === command).length;
      sent.push(command);
      const reply = answer(command, before);
      if (reply !== 'silent') return reply;
      await clock.sleep(timeoutMs);
      throw failure('at.echoOnly', {}, 'read');
    },
  };
  return { clock, channel, sent };
}

/** The reason of an error, for `assert.throws`. */
export const because =
  (reason: string) =>
  (thrown: unknown): boolean =>
    thrown instanceof ReadError && thrown.reason === reason;
