// The only place that names timers and wall time. Everything else is handed a Clock, so that tests run in virtual time.

/** What a stop looks like to whoever has to heed it: an AbortSignal is one. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', call: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', call: () => void): void;
}

export interface Clock {
  /** Milliseconds since some fixed moment; never runs backwards. */
  now(): number;
  /** UTC wall time, for time stamps of readings only. */
  date(): Date;
  /** Resolves after `ms` (at once when that is past), or when the signal is (or becomes) aborted; never rejects. */
  sleep(ms: number, signal?: StopSignal): Promise<void>;
}

/** A random number in [0, 1): injected, so that worlds are repeatable by their seed. */
export type Random = () => number;

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(Math.max(0, ms), MAX_TIMER_MS));
      signal?.addEventListener('abort', done, { once: true });
    }),
};

export const systemRandom: Random = Math.random;

/** setTimeout wraps to "at once" above 2^31-1 ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** After everything that is at hand in this turn of the event loop: no time passes on an idle machine. */
export function afterTurn(work: () => void): void {
  setImmediate(work);
}
