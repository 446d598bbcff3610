// One modem as the device manager talks to it: AT commands with their replies, and signs of life from elsewhere (a
// status message, a witness on another broker). Seam between what is to be done and how a modem is reached.
import type { AtReply } from '../../at/at';
import type { Clock } from '../../transport/lane/clock';
import { AT_QUIET_MS, atJob } from '../../transport/modem/at-job';
import type { Modem } from '../../transport/modem/modem';
import { BoundedMap } from '../../wire/bounded-map';

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
  private readonly last = new BoundedMap<string, number>(MAX_MODEMS);
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(private readonly clock: Clock) {}

  /** A status message or a witness: the modem lives. */
  note(imei: string): void {
    this.last.set(imei, this.clock.now());
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
      const { isCrAppended, latencyMs } = modem.profile;
      const { value } = await modem.at.run({
        ...atJob(command, { timeoutMs, isCrAppended, attempts }),
        quietMs: Math.min(AT_QUIET_MS, 2 * latencyMs), // less where the link is known to be quick
        signal,
      });
      return value;
    },
    sign: (since, ms, stop) => signs.after(modem.imei, since, ms, stop),
  };
}

export const AT_MS = 15_000;
const MAX_MODEMS = 200_000;
