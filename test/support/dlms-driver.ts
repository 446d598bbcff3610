// A small world in virtual time for one dialogue and one meter: latency, pacing by baud rate, cuts, and faults that
// happen to single messages. It stands for session, lane, broker and modem, and shares no code with them.
import type { Dialogue, LineMemory, LineSettings, Step } from '../../src/core/wire/dialogue';
import { wireMs } from '../../src/core/wire/dialogue';
import type { Meter } from '../../src/simulator/serial/meter';

export type Random = () => number;

/** What becomes of one message on its way: any number of copies, each with more delay. */
export type Fault = (
  bytes: Uint8Array,
  random: Random,
  count: number,
) => readonly { readonly bytes: Uint8Array; readonly lateMs: number }[];

export interface WorldOptions {
  readonly latencyMs?: number;
  readonly seed?: number;
  readonly toMeter?: Fault;
  readonly toClient?: Fault;
  /** The line gives back what it is given. */
  readonly isEchoing?: boolean;
  /** Late messages are overtaken by later ones: no MQTT connection and no serial line does that. */
  readonly isOvertaking?: boolean;
  /** Largest message of the modem. */
  readonly chunk?: number;
  readonly line?: LineSettings;
}

export const LINE: LineSettings = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 };

export class World {
  now = 0;
  /** Steps of the last run. */
  steps = 0;
  sent: Uint8Array[] = [];
  heard: Uint8Array[] = [];
  private sentAt = 0;
  private heardAt = 0;
  private latestAt = { meter: 0, client: 0 };
  private counts = { toMeter: 0, toClient: 0 };
  private events: { at: number; order: number; to: 'meter' | 'client'; bytes: Uint8Array }[] = [];
  private order = 0;
  private arrived: Uint8Array[] = [];
  private readonly store = new Map<string, unknown>();
  readonly random: Random;
  readonly memory: LineMemory;

  constructor(
    private readonly meter: Meter,
    private readonly options: WorldOptions = {},
  ) {
    this.random = seeded(options.seed ?? 1);
    const line = options.line ?? LINE;
    const { store } = this;
    const now = (): number => this.now;
    this.memory = {
      now,
      knownSince: -Infinity,
      random: () => 0,
      roundTripMs: 2 * this.latency,
      line,
      recall<T>(key: string, create: () => T): T {
        if (!store.has(key)) store.set(key, create());
        return store.get(key) as T;
      },
    };
  }

  /** Bytes that come in later whatever is asked: late frames, pushes. */
  inject(bytes: Uint8Array, inMs: number): void {
    this.events.push({ at: this.now + inMs, order: this.order++, to: 'client', bytes });
    this.sortEvents();
  }

  /** Runs to the end. `cancelAfter`: the step at which the dialogue is cancelled, as the driver does it. */
  run<R>(dialogue: Dialogue<R>, cancelAfter = Infinity): R {
    let isLeaving = false;
    let turn = dialogue.next();
    this.steps = 0;
    for (let steps = 0; !turn.done; steps++) {
      this.steps = steps;
      if (steps > 20_000) throw new Error('the dialogue does not end');
      if (turn.value.do === 'leave') isLeaving = true;
      if (steps >= cancelAfter && !isLeaving) {
        cancelAfter = Infinity;
        turn = dialogue.throw(new Error('cancelled'));
        continue;
      }
      turn = dialogue.next(this.step(turn.value));
    }
    return turn.value;
  }

  private step(step: Step): Uint8Array | undefined {
    switch (step.do) {
      case 'send':
        this.sent.push(step.bytes);
        this.sentAt = this.now;
        this.counts.toMeter += 1;
        if (this.options.isEchoing) this.post('client', step.bytes, this.now + 2 * this.latency);
        for (const copy of (this.options.toMeter ?? whole)(step.bytes, this.random, this.counts.toMeter)) {
          this.post(
            'meter',
            copy.bytes,
            this.now + this.latency + wireMs(copy.bytes.length, this.memory.line) + copy.lateMs,
          );
        }
        return undefined;
      case 'pause':
        this.advance(this.now + step.ms, false);
        return undefined;
      case 'receive': {
        const from = step.since === 'heard' ? Math.max(this.heardAt, this.sentAt) : this.sentAt;
        this.advance(Math.max(this.now, from + step.ms + 2 * this.latency + 200), true);
        const chunk = this.arrived.shift();
        if (chunk) {
          this.heard.push(chunk);
          this.heardAt = this.now;
        }
        return chunk;
      }
      default:
        return undefined;
    }
  }

  private advance(until: number, isStopping: boolean): void {
    while (!(isStopping && this.arrived.length > 0)) {
      const next = this.events[0];
      if (next === undefined || next.at > until) {
        this.now = Math.max(this.now, until);
        return;
      }
      this.events.shift();
      this.now = Math.max(this.now, next.at);
      if (next.to === 'client') this.arrived.push(next.bytes);
      else for (const reply of this.meter.hear(next.bytes, this.now)) this.reply(reply.bytes, reply.afterMs);
    }
  }

  private reply(bytes: Uint8Array, afterMs: number): void {
    const size = this.options.chunk ?? bytes.length;
    for (let at = 0; at < bytes.length; at += size) {
      const part = bytes.slice(at, at + size);
      this.counts.toClient += 1;
      for (const copy of (this.options.toClient ?? whole)(part, this.random, this.counts.toClient)) {
        this.post(
          'client',
          copy.bytes,
          this.now + afterMs + wireMs(at + part.length, this.memory.line) + this.latency + copy.lateMs,
        );
      }
    }
  }

  private post(to: 'meter' | 'client', bytes: Uint8Array, due: number): void {
    const at = this.options.isOvertaking ? due : Math.max(due, this.latestAt[to]);
    this.latestAt[to] = at;
    this.events.push({ at, order: this.order++, to, bytes });
    this.sortEvents();
  }

  private sortEvents(): void {
    this.events.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  private get latency(): number {
    return this.options.latencyMs ?? 250;
  }
}

export const whole: Fault = (bytes) => [{ bytes, lateMs: 0 }];

/** Loses, damages, repeats or delays messages, each with its probability. */
export function faults(p: {
  readonly lose?: number;
  readonly damage?: number;
  readonly repeat?: number;
  readonly delay?: number;
  readonly delayMs?: number;
}): Fault {
  return (bytes, random) => {
    if (random() < (p.lose ?? 0)) return [];
    const lateMs = random() < (p.delay ?? 0) ? (p.delayMs ?? 5000) : 0;
    let one = bytes;
    if (random() < (p.damage ?? 0)) {
      one = bytes.slice();
      const at = Math.floor(random() * one.length);
      one[at] = (one[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
    const copies = [{ bytes: one, lateMs }];
    return random() < (p.repeat ?? 0) ? [...copies, { bytes: one, lateMs: lateMs + 10 }] : copies;
  };
}

/** Loses exactly these messages, counted from 1. */
export function losing(...numbers: readonly number[]): Fault {
  return (bytes, _random, count) => (numbers.includes(count) ? [] : [{ bytes, lateMs: 0 }]);
}

/** mulberry32: small, seeded, good enough for faults. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
