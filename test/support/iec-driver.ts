// Drives dialogues of the IEC room in virtual time: against a written exchange, or against a simulated meter behind a
// modem with latency, buffer, port settings and soft or hard parity. It stands for session and lane, nothing else.
import assert from 'node:assert/strict';
import { isSameBytes, toHex } from '../../src/core/wire/bytes';
import { wireMs, type Dialogue, type LineMemory, type LineSettings } from '../../src/core/wire/dialogue';
import { ReadError } from '../../src/core/wire/errors';
import type { Meter, Reply } from '../../src/simulator/serial/meter';

export const PORT_7E1: LineSettings = { baud: 300, dataBits: 7, parity: 'even', stopBits: 1 };
export const PORT_8N1: LineSettings = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 };

export class TestMemory implements LineMemory {
  time = 0;
  private readonly kept = new Map<string, unknown>();
  constructor(
    public line: LineSettings = PORT_7E1,
    readonly roundTripMs = 600,
  ) {}
  readonly knownSince = -Infinity;
  random = (): number => 0;
  now(): number {
    return this.time;
  }
  recall<T>(key: string, create: () => T): T {
    if (!this.kept.has(key)) this.kept.set(key, create());
    return this.kept.get(key) as T;
  }
  get keys(): readonly string[] {
    return [...this.kept.keys()];
  }
  get contents(): string {
    return JSON.stringify([...this.kept.values()]);
  }
}

export interface ExchangeStep {
  readonly dir: '>' | '<' | '.';
  readonly hex?: string;
}

/** Plays a written exchange: what is sent must be the `>` lines, byte for byte; silence after the last `<`. */
export function replay<R>(
  dialogue: Dialogue<R>,
  steps: readonly ExchangeStep[],
  cut: (bytes: Uint8Array) => readonly Uint8Array[] = (bytes) => [bytes],
): { result: R } | { error: ReadError } {
  const script = [...steps];
  let heard: Uint8Array[] = [];
  let answer: Uint8Array | undefined;
  try {
    let turn = dialogue.next();
    while (!turn.done) {
      const step = turn.value;
      answer = undefined;
      if (step.do === 'send') {
        const expected = script.shift();
        assert.equal(`> ${toHex(step.bytes)}`, expected ? `${expected.dir} ${expected.hex}` : 'nothing more');
      } else if (step.do === 'receive') {
        while (heard.length === 0 && script[0]?.dir === '<')
          heard = cut(Buffer.from(script.shift()?.hex ?? '', 'hex')).map((piece) => Uint8Array.from(piece));
        if (heard.length === 0 && script[0]?.dir === '.') script.shift();
        answer = heard.shift();
      }
      turn = dialogue.next(answer);
    }
    assert.deepEqual(script, [], 'the exchange was not played to its end');
    return { result: turn.value };
  } catch (thrown) {
    if (!(thrown instanceof ReadError)) throw thrown;
    assert.deepEqual(script, [], `the exchange was not played to its end (${thrown.message})`);
    return { error: thrown };
  }
}

export interface World {
  readonly memory: TestMemory;
  readonly meter: Meter;
  /** One way, platform to modem or back. */
  readonly latencyMs?: number;
  /** The modem publishes when its line is idle this long, or its buffer is full. */
  readonly idleMs?: number;
  readonly bufferBytes?: number;
  /** Cuts or damages what the modem publishes. */
  readonly onPublish?: (chunk: Uint8Array, count: number) => readonly Uint8Array[];
  /** Damages or loses what the platform sends; undefined = lost. */
  readonly onSend?: (bytes: Uint8Array, count: number) => Uint8Array | undefined;
  readonly hasEcho?: boolean;
  /** Aborts (throws CANCELLED into the dialogue) at the given step. */
  readonly cancelAt?: number;
  readonly trustLatencyMs?: number;
}

export interface Outcome<R> {
  readonly result?: R;
  readonly error?: ReadError;
  readonly ms: number;
  readonly sent: readonly Uint8Array[];
  readonly heard: number;
  readonly sends: number;
  readonly line: LineSettings;
  /** Bytes still on their way to us when the dialogue was over. */
  readonly leftover: number;
}

/** Runs a dialogue against a simulated meter; time is counted, never waited for. */
export function runInWorld<R>(dialogue: Dialogue<R>, world: World): Outcome<R> {
  const link = new ModemInTime(world);
  let steps = 0;
  let isLeaving = false;
  let isCancelled = false;
  const done = (rest: { result?: R; error?: ReadError }): Outcome<R> => ({
    ...rest,
    ms: link.now - link.startedAt,
    sent: link.sent,
    heard: link.heardBytes,
    sends: link.sent.length,
    line: world.memory.line,
    leftover: link.flush(),
  });
  try {
    let turn = dialogue.next();
    while (!turn.done) {
      assert.ok(++steps < 200_000, 'the dialogue does not end');
      isLeaving ||= turn.value.do === 'leave';
      if (world.cancelAt !== undefined && steps >= world.cancelAt && !isLeaving && !isCancelled) {
        isCancelled = true;
        turn = dialogue.throw(new ReadError('CANCELLED', 'cancelled'));
        continue;
      }
      turn = dialogue.next(link.perform(turn.value));
      world.memory.time = link.now;
    }
    return done({ result: turn.value });
  } catch (thrown) {
    if (!(thrown instanceof ReadError)) throw thrown;
    return done({ error: thrown });
  } finally {
    world.memory.time = link.now + 60_000;
  }
}

interface Event {
  readonly at: number;
  readonly order: number;
  run(): void;
  isCancelled: boolean;
}

class ModemInTime {
  now: number;
  readonly startedAt: number;
  readonly sent: Uint8Array[] = [];
  heardBytes = 0;
  private readonly inbound: Uint8Array[] = [];
  private events: Event[] = [];
  private order = 0;
  private lastSentAt: number;
  private lastHeardAt: number;
  private published = 0;
  private pending: number[] = [];
  private flushEvent: Event | undefined;
  private due: Event[] = [];

  constructor(private readonly world: World) {
    this.now = this.startedAt = this.lastSentAt = this.lastHeardAt = world.memory.time;
  }

  perform(step: Dialogue<unknown> extends Generator<infer S, unknown, unknown> ? S : never): Uint8Array | undefined {
    switch (step.do) {
      case 'send':
        this.send(step.bytes);
        return undefined;
      case 'receive':
        return this.receive(
          step.ms + 2 * this.latency + SLACK_MS,
          step.since === 'heard' ? this.lastHeardAt : this.lastSentAt,
        );
      case 'pause':
        this.runUntil(this.now + step.ms);
        return undefined;
      case 'setLine':
        // The AT way: one round trip, and it acts half way.
        this.runUntil(this.now + this.latency);
        this.world.memory.line = step.line;
        this.runUntil(this.now + this.latency);
        return undefined;
      case 'expect':
      case 'leave':
        return undefined;
    }
  }

  /** Everything still to come, in bytes: an ended session must leave a quiet line. */
  flush(): number {
    const before = this.inbound.length;
    this.runUntil(this.now + 600_000);
    return this.inbound.slice(before).reduce((sum, chunk) => sum + chunk.length, 0);
  }

  private get latency(): number {
    return this.world.latencyMs ?? 300;
  }

  private send(bytes: Uint8Array): void {
    this.sent.push(bytes);
    this.lastSentAt = this.now;
    const arriving = this.world.onSend ? this.world.onSend(bytes, this.sent.length) : bytes;
    if (!arriving) return;
    this.at(this.now + this.latency, () => {
      const port = this.world.memory.line;
      if (this.world.hasEcho) this.publishSoon([...arriving]);
      const spent = wireMs(arriving.length, port);
      this.at(this.now + spent, () => {
        const { meter } = this.world;
        const heard = toMeter(arriving, port, meter.line);
        if (heard.length === 0) return;
        for (const event of this.due) event.isCancelled = true;
        this.due = [];
        this.schedule(meter.hear(heard, this.now), this.now);
      });
    });
  }

  /** Replies follow one another on one wire: each begins when due and when the one before has left. */
  private schedule(replies: readonly Reply[], from: number): void {
    let free = from;
    for (const reply of replies) {
      const begin = Math.max(free, from + reply.afterMs);
      free = begin + wireMs(reply.bytes.length, this.world.meter.line);
      const first = this.at(begin, () => {
        this.due = this.due.filter((event) => event !== first);
        const line = this.world.meter.line;
        reply.bytes.forEach((byte, i) => {
          const end = this.now + wireMs(i + 1, line);
          this.at(end, () => this.publishSoon(fromMeter(byte, this.world.memory.line, line)));
        });
      });
      if (reply.unlessHeard) this.due.push(first);
    }
  }

  private publishSoon(bytes: readonly number[]): void {
    this.pending.push(...bytes);
    if (this.flushEvent) this.flushEvent.isCancelled = true;
    if (this.pending.length >= (this.world.bufferBytes ?? 512)) this.publish();
    else this.flushEvent = this.at(this.now + (this.world.idleMs ?? 100), () => this.publish());
  }

  private publish(): void {
    if (this.pending.length === 0) return;
    const chunk = Uint8Array.from(this.pending);
    this.pending = [];
    const chunks = this.world.onPublish ? this.world.onPublish(chunk, ++this.published) : [chunk];
    this.at(this.now + this.latency, () => this.inbound.push(...chunks.filter((one) => one.length > 0)));
  }

  private receive(ms: number, since: number): Uint8Array | undefined {
    const deadline = Math.max(since + ms, this.now);
    for (;;) {
      const chunk = this.inbound.shift();
      if (chunk) {
        this.lastHeardAt = this.now;
        this.heardBytes += chunk.length;
        return chunk;
      }
      const next = this.nextEvent();
      if (!next || next.at > deadline) {
        this.now = Math.max(this.now, deadline);
        return undefined;
      }
      this.runEvent(next);
    }
  }

  private runUntil(time: number): void {
    for (let next = this.nextEvent(); next && next.at <= time; next = this.nextEvent()) this.runEvent(next);
    this.now = Math.max(this.now, time);
  }

  private at(time: number, run: () => void): Event {
    const event: Event = { at: time, order: this.order++, run, isCancelled: false };
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.events[middle];
      if (other && (other.at < time || (other.at === time && other.order < event.order))) low = middle + 1;
      else high = middle;
    }
    this.events.splice(low, 0, event);
    return event;
  }

  private nextEvent(): Event | undefined {
    while (this.events[0]?.isCancelled) this.events.shift();
    return this.events[0];
  }

  private runEvent(event: Event): void {
    this.events.shift();
    this.now = this.world.memory.time = Math.max(this.now, event.at);
    event.run();
  }
}

/** What the meter's UART makes of the port's characters: the wrong speed or parity gives it nothing. */
function toMeter(bytes: Uint8Array, port: LineSettings, meter: LineSettings): Uint8Array {
  if (port.baud !== meter.baud) return new Uint8Array(0);
  if (port.dataBits === meter.dataBits) return bytes;
  if (port.dataBits === 8 && meter.dataBits === 7)
    return bytes.filter((byte) => onesOf(byte) % 2 === (meter.parity === 'odd' ? 1 : 0)).map((byte) => byte & 0x7f);
  return new Uint8Array(0);
}

/** What the port gives of a meter's character. */
function fromMeter(byte: number, port: LineSettings, meter: LineSettings): readonly number[] {
  if (port.baud !== meter.baud) return port.baud > meter.baud ? [0x00] : [0xfe];
  if (port.dataBits === 8 && meter.dataBits === 7)
    return [onesOf(byte) % 2 === (meter.parity === 'odd' ? 1 : 0) ? byte : byte | 0x80];
  return [byte];
}

function onesOf(byte: number): number {
  return byte.toString(2).replace(/0/g, '').length;
}

export function hasSent(outcome: Outcome<unknown>, hex: string): boolean {
  return outcome.sent.some((bytes) => isSameBytes(bytes, Uint8Array.from(Buffer.from(hex, 'hex'))));
}

const SLACK_MS = 500;
