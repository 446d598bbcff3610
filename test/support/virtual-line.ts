// Runs dialogues in virtual time, synchronously: one line, one dialogue at a time, by the step rules of
// wire/dialogue.ts. The link's share of each deadline adapts as RFC 6298 has it: SRTT + 4 RTTVAR, 1 s to 30 s, doubled
// by each time-out.
import type { ReadError } from '../../src/core/wire/errors';
import { asReadError } from '../../src/core/wire/errors';
import type { Dialogue, LineMemory, LineSettings } from '../../src/core/wire/dialogue';

/** What is behind the line: it hears bytes at a moment and says which chunks arrive here, and when. */
export type Behind = (bytes: Uint8Array, now: number) => readonly { readonly at: number; readonly bytes: Uint8Array }[];

export interface VirtualLineOptions {
  readonly line?: LineSettings;
  readonly latencyMs?: number;
  /** A fixed latency instead of the adaptive one. */
  readonly isFixed?: boolean;
  /** What arrives while nobody listens is heard by the next dialogue (the worst a lane could do), or dropped. */
  readonly keepsStale?: boolean;
  readonly random?: () => number;
}

export class VirtualLine implements LineMemory {
  line: LineSettings;
  sends = 0;
  knownSince = -Infinity;
  private time = 0;
  private readonly arrivals: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  private readonly known = new Map<string, unknown>();
  private smoothed: number | undefined;
  private variation = 0;
  private backoff = 1;

  constructor(
    private readonly behind: Behind,
    private readonly options: VirtualLineOptions = {},
  ) {
    this.line = options.line ?? { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 };
  }

  now(): number {
    return this.time;
  }

  get roundTripMs(): number {
    return this.smoothed ?? this.options.latencyMs ?? 4000;
  }

  get latencyMs(): number {
    const configured = this.options.latencyMs ?? 4000;
    if (this.options.isFixed) return configured;
    const measured = this.smoothed === undefined ? configured : this.smoothed + 4 * this.variation;
    return Math.min(30_000, Math.max(1000, measured) * this.backoff);
  }

  recall<T>(key: string, create: () => T): T {
    if (!this.known.has(key)) this.known.set(key, create());
    return this.known.get(key) as T;
  }

  random(): number {
    return this.options.random?.() ?? 0;
  }

  /** Another life of the platform: nothing is remembered, and what was asked before may still be answered. */
  restart(): void {
    this.known.clear();
    this.knownSince = this.time;
    this.smoothed = undefined;
    this.backoff = 1;
  }

  idle(ms: number): void {
    this.time += ms;
  }

  run<R>(dialogue: Dialogue<R>): R {
    if (!this.options.keepsStale) this.dropArrived();
    let sentAt = this.time;
    let heardAt = this.time;
    let isMeasured = true;
    let steps = 0;
    let turn = dialogue.next();
    while (!turn.done) {
      if (++steps > MAX_STEPS) throw new Error(`${MAX_STEPS} steps and no end: the dialogue hangs`);
      const step = turn.value;
      let answer: Uint8Array | undefined;
      switch (step.do) {
        case 'send':
          if (!this.options.keepsStale) this.dropArrived();
          sentAt = heardAt = this.time;
          isMeasured = false;
          this.sends += 1;
          for (const arrival of this.behind(step.bytes, this.time)) this.arrive(arrival);
          break;
        case 'receive': {
          const deadline = (step.since === 'heard' ? heardAt : sentAt) + step.ms + this.latencyMs;
          const next = this.arrivals[0];
          if (next && next.at <= deadline) {
            this.arrivals.shift();
            this.time = heardAt = Math.max(this.time, next.at);
            if (!isMeasured) this.measure(this.time - sentAt);
            isMeasured = true;
            answer = next.bytes;
          } else {
            this.time = Math.max(this.time, deadline);
            if (!isMeasured && !step.isSearch) this.backoff = Math.min(32, this.backoff * 2);
            isMeasured = true;
          }
          break;
        }
        case 'pause':
          this.time += step.ms;
          break;
        case 'setLine':
          this.line = step.line;
          break;
        case 'expect':
        case 'leave':
          break;
      }
      turn = dialogue.next(answer);
    }
    return turn.value;
  }

  /** The value, or the error's code. */
  outcome<R>(dialogue: Dialogue<R>): { readonly value: R } | { readonly error: ReadError } {
    try {
      return { value: this.run(dialogue) };
    } catch (thrown) {
      return { error: asReadError(thrown) };
    }
  }

  private measure(ms: number): void {
    this.backoff = 1;
    if (this.smoothed === undefined) {
      this.smoothed = ms;
      this.variation = ms / 2;
      return;
    }
    this.variation = 0.75 * this.variation + 0.25 * Math.abs(this.smoothed - ms);
    this.smoothed = 0.875 * this.smoothed + 0.125 * ms;
  }

  private arrive(arrival: { readonly at: number; readonly bytes: Uint8Array }): void {
    let i = this.arrivals.length;
    while (i > 0 && (this.arrivals[i - 1]?.at ?? 0) > arrival.at) i--;
    this.arrivals.splice(i, 0, arrival);
  }

  private dropArrived(): void {
    while ((this.arrivals[0]?.at ?? Infinity) <= this.time) this.arrivals.shift();
  }
}

const MAX_STEPS = 2000;
