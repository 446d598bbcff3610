// One modem as the device manager talks to it: AT commands with their replies, and signs of life from elsewhere (a
// status message, a witness on another broker). Seam between what is to be done and how a modem is reached.
import type { AtReply } from '../../at/at';
import { sendCommand } from '../../at/command';
import type { Clock } from '../../transport/lane/clock';
import type { Modem } from '../../transport/modem/modem';

export interface AskOptions {
  readonly timeoutMs: number;
  /** More than 1 only for commands that may run twice without harm. */
  readonly attempts: number;
}

export interface ModemChannel {
  readonly imei: string;
  readonly clock: Clock;
  /** What the modem may need to carry a command out, in ms. */
  readonly atMs: number;
  /** Silence throws NO_REPLY; ERROR is a reply. */
  ask(command: string, options: AskOptions): Promise<AtReply>;
  /** Whether the modem gave a sign of life after `since` (of the clock), waiting up to `ms` for one. */
  sign(since: number, ms: number, signal: AbortSignal): Promise<boolean>;
}

/** The last sign of life of each modem, and who waits for the next one. */
export class Signs {
  private readonly last = new Map<string, number>();
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(private readonly clock: Clock) {}

  /** A status message or a witness: the modem lives. */
  note(imei: string): void {
    this.last.delete(imei);
    this.last.set(imei, this.clock.now());
    if (this.last.size > MAX_MODEMS) {
      const oldest = this.last.keys().next();
      if (!oldest.done) this.last.delete(oldest.value);
    }
    for (const wake of this.waiting.get(imei) ?? []) wake();
  }

  async after(imei: string, since: number, ms: number, signal: AbortSignal): Promise<boolean> {
    const isSeen = (): boolean => (this.last.get(imei) ?? -Infinity) > since;
    if (isSeen()) return true;
    const woken = new AbortController();
    const wake = (): void => (isSeen() ? woken.abort() : undefined);
    const waiting = this.waiting.get(imei) ?? new Set();
    this.waiting.set(imei, waiting.add(wake));
    await this.clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
    waiting.delete(wake);
    if (waiting.size === 0) this.waiting.delete(imei);
    return isSeen();
  }
}

/** The channel over a modem's AT lane. */
export function laneChannel(modem: Modem, signs: Signs, clock: Clock, signal: AbortSignal, atMs = AT_MS): ModemChannel {
  return {
    imei: modem.imei,
    clock,
    atMs,
    ask: async (command, { timeoutMs, attempts }) => {
      const { value } = await modem.at.run({
        label: command.split(',')[0] ?? '', // the value may be a secret
        attempts,
        queueMs: QUEUE_MS,
        quietMs: Math.min(DIRTY_MS, 2 * modem.profile.latencyMs),
        signal,
        start: () => sendCommand({ command, timeoutMs, isCrAppended: modem.profile.isCrAppended }),
      });
      return value;
    },
    sign: (since, ms, stop) => signs.after(modem.imei, since, ms, stop),
  };
}

export const AT_MS = 15_000;
const MAX_MODEMS = 200_000;
const QUEUE_MS = 600_000;
/** After a time-out a late reply is waited out for so long before the next command, less where the link is known to be quick. */
const DIRTY_MS = 5_000;
