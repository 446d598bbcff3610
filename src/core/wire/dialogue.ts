// What a protocol may ask of the world: plain-data steps, nothing else. A dialogue is a synchronous generator that
// yields steps and returns the decoded value; it never waits, never sees a timer and never knows what a modem is.
import type { Bell } from './bell';
import { asReadError, type Stage } from './errors';
import type { LineEar } from './line-ear';

export type Parity = 'none' | 'even' | 'odd';
export interface LineSettings {
  readonly baud: number;
  readonly dataBits: 7 | 8;
  readonly parity: Parity;
  readonly stopBits: 1 | 2;
}

export type Step =
  /** `isFresh`: what was heard before can be no answer to this and is dropped. Not for meters that send while we do. */
  | { readonly do: 'send'; readonly bytes: Uint8Array; readonly isFresh?: boolean }
  /**
   * Resolves to the next chunk heard, or undefined when nothing came in time. `ms` is the DEVICE's time from its
   * standard, plus the time its answer needs on the wire; the driver adds the link's latency.
   * `since` says from when `ms` counts: the last send (default: a deadline that noise cannot prolong), or the last
   * chunk heard (a gap: for answers whose length nobody knows beforehand).
   * `isSearch`: silence is to be expected and tells nothing of the link, so that later deadlines do not grow by it.
   */
  | { readonly do: 'receive'; readonly ms: number; readonly since?: 'sent' | 'heard'; readonly isSearch?: boolean }
  | { readonly do: 'setLine'; readonly line: LineSettings }
  /** `until`: no longer than to the bell's next ring. */
  | { readonly do: 'pause'; readonly ms: number; readonly until?: Bell }
  /**
   * How many exchanges are still to come, where the dialogue knows: for whoever looks on, nothing of the talk depends
   * on it.
   */
  | { readonly do: 'expect'; readonly exchanges: number }
  /** From here on: not cancellable, and bounded by the driver's goodbye time. */
  | { readonly do: 'leave' };

/** undefined = nothing heard in time (or a step that hears nothing). */
export type Dialogue<R> = Generator<Step, R, Uint8Array | undefined>;

/**
 * What is known of a line and outlives one dialogue: measured times, and what protocols learned of the meters behind
 * it (limits, holes, unanswered requests, what a broken-off profile had got so far and for how long it may be resumed).
 * Never a secret, and no reading beyond the read that it belongs to.
 */
export interface LineMemory {
  /** Milliseconds of a monotonic clock. Data for decisions; a dialogue still cannot wait by it. */
  now(): number;
  /** Smoothed round trip of the link in ms, without time on the serial wire; the configured guess until measured. */
  readonly roundTripMs: number;
  /**
   * From when on all is known that was asked on this line (by `now`); an earlier life of the platform may have asked
   * before.
   */
  readonly knownSince: number;
  /** From 0 to below 1: what is to differ from an earlier life. */
  random(): number;
  /** How the port is set at this moment. */
  readonly line: LineSettings;
  /** What others say on this line; absent where nobody listens for it. */
  readonly ear?: LineEar;
  /** The value under `key`, created at first use. Bounded: the least recently recalled entries go first. */
  recall<T>(key: string, create: () => T): T;
}

/** The same part; `on` is called with each chunk that it hears, before the part sees it. */
export function* overhearing<R>(part: Dialogue<R>, on: (chunk: Uint8Array) => void): Dialogue<R> {
  let turn = part.next();
  while (!turn.done) {
    let heard: Uint8Array | undefined;
    try {
      heard = yield turn.value;
    } catch (thrown) {
      turn = part.throw(thrown);
      continue;
    }
    if (heard) on(heard);
    turn = part.next(heard);
  }
  return turn.value;
}

export function* send(bytes: Uint8Array): Dialogue<void> {
  yield { do: 'send', bytes };
}

export function* expect(exchanges: number): Dialogue<void> {
  yield { do: 'expect', exchanges };
}

export function* pause(ms: number): Dialogue<void> {
  yield { do: 'pause', ms };
}

/** Stamps the stage on every error that passes through without one. */
export function* stage<R>(name: Stage, part: Dialogue<R>): Dialogue<R> {
  try {
    return yield* part;
  } catch (thrown) {
    throw asReadError(thrown, name);
  }
}

/**
 * A goodbye in a `finally`: it runs although the dialogue failed or was cancelled, and its own failure never hides the
 * first one. The driver cancels by throw() at the interrupted step, never by return(), which would drop the rest of
 * the `finally` and leave the meter's session open.
 */
export function* leaving(goodbye: Dialogue<void>): Dialogue<void> {
  yield { do: 'leave' };
  try {
    yield* goodbye;
  } catch {
    // The read's own result or error stands; a meter that misses a goodbye closes by its inactivity time-out.
  }
}

/** Milliseconds that `bytes` characters take on the serial wire: start + data + parity + stop bits at the baud rate. */
export function wireMs(bytes: number, line: LineSettings): number {
  const bits = 1 + line.dataBits + (line.parity === 'none' ? 0 : 1) + line.stopBits;
  return (bytes * bits * 1000) / line.baud;
}
