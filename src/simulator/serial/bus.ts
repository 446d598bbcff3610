// The wire behind a serial port with one meter (RS232) or several (RS485) on it. It paces both directions by baud rate
// and character format, gives each side what its UART would hear of the other, and lets talkers collide where they
// share one pair of wires.
import { setMaxListeners } from 'node:events';
import type { Clock, Random } from '../../core/transport/lane/clock';
import { concatBytes } from '../../core/wire/bytes';
import type { LineSettings } from '../../core/wire/dialogue';
import type { Meter, Reply } from './meter';
import { characterMs, heardBytes } from './uart';

/** The far side of a serial port: a bus of simulated meters, a TCP connection, a device file. */
export interface SerialSide {
  /** Resolves when the last character is out. */
  write(bytes: Uint8Array): Promise<void>;
  setLine(line: LineSettings): void;
  /** Somebody on the far side is sending at this moment. */
  readonly isTalking: boolean;
  onBytes(hear: (bytes: Uint8Array) => void): void;
  close(): void;
}

export interface BusOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly line: LineSettings;
  /** rs485: all on one pair of wires, so everybody hears everybody and two talkers at once spoil each other. */
  readonly kind: 'rs232' | 'rs485';
  readonly meters: readonly Meter[];
  /** Stray 0x00 or 0xFF characters as a driver turns round, before an answer: probability per answer. */
  readonly noise?: number;
}

export class Bus implements SerialSide {
  private line: LineSettings;
  private hear: (bytes: Uint8Array) => void = () => undefined;
  private readonly seats: readonly Seat[];
  private readonly talks = new Set<Talk>();
  private readonly closing = new AbortController();

  constructor(private readonly options: BusOptions) {
    this.line = options.line;
    setMaxListeners(0, this.closing.signal); // each reply that waits for its time listens, and a long one comes in many
    this.seats = options.meters.map((meter) => ({ meter, heard: 0, turn: Promise.resolve() }));
  }

  get isTalking(): boolean {
    return this.talks.size > 0;
  }

  onBytes(hear: (bytes: Uint8Array) => void): void {
    this.hear = hear;
  }

  setLine(line: LineSettings): void {
    this.line = line;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const line = this.line;
    const talk = this.startTalk();
    await this.options.clock.sleep(bytes.length * characterMs(line), this.closing.signal);
    this.talks.delete(talk);
    if (this.closing.signal.aborted) return;
    for (const seat of this.seats) this.give(seat, talk.isSpoiled ? this.spoiled(bytes) : bytes, line);
  }

  /** Somebody else on the wires talks, such as a second master: the port and the meters hear it. */
  async speak(bytes: Uint8Array): Promise<void> {
    const line = this.line;
    const talk = await this.talkToPort(bytes, line);
    if (this.closing.signal.aborted) return;
    for (const seat of this.seats) this.give(seat, talk.isSpoiled ? this.spoiled(bytes) : bytes, line);
  }

  close(): void {
    this.closing.abort();
  }

  private give(seat: Seat, bytes: Uint8Array, sentWith: LineSettings): void {
    const heard = heardBytes(bytes, sentWith, seat.meter.line);
    if (heard.length === 0) return;
    seat.heard += 1;
    const { clock } = this.options;
    const now = clock.now();
    for (const reply of seat.meter.hear(heard, now)) {
      const due = this.answer(seat, reply, now + reply.afterMs, seat.heard);
      // A meter says one thing after the other: a reply that is due while the one before it still goes out follows it.
      seat.turn = Promise.all([seat.turn, due]).then(() => undefined);
    }
  }

  private async answer(seat: Seat, reply: Reply, due: number, heard: number): Promise<void> {
    const { clock } = this.options;
    const before = seat.turn;
    await clock.sleep(due - clock.now(), this.closing.signal);
    await before;
    if (reply.unlessHeard === true && seat.heard !== heard) return;
    await this.transmit(seat, reply.bytes);
  }

  /** In slices much shorter than any idle time of a port, so that the port sees the characters when they are there. */
  private async transmit(seat: Seat, reply: Uint8Array): Promise<void> {
    if (reply.length === 0) return;
    const line = seat.meter.line;
    const { sent } = await this.talkToPort(concatBytes(this.turnRound(), reply), line);
    if (this.options.kind === 'rs485' && !this.closing.signal.aborted) {
      for (const other of this.seats) if (other !== seat) this.give(other, concatBytes(...sent), line);
    }
  }

  private async talkToPort(bytes: Uint8Array, line: LineSettings): Promise<Talk & { readonly sent: Uint8Array[] }> {
    const { clock, random } = this.options;
    const size = Math.max(1, Math.floor(SLICE_MS / characterMs(line)));
    const talk = this.startTalk();
    const start = clock.now();
    const sent: Uint8Array[] = [];
    for (let at = 0; at < bytes.length && !this.closing.signal.aborted; at += size) {
      const end = Math.min(bytes.length, at + size);
      await clock.sleep(start + end * characterMs(line) - clock.now(), this.closing.signal);
      const slice = talk.isSpoiled ? this.spoiled(bytes.subarray(at, end)) : bytes.subarray(at, end);
      const heard = heardBytes(slice, line, this.line, random);
      sent.push(slice);
      if (heard.length > 0 && !this.closing.signal.aborted) this.hear(heard);
    }
    this.talks.delete(talk);
    return { ...talk, sent };
  }

  private startTalk(): Talk {
    const talk: Talk = { isSpoiled: false };
    this.talks.add(talk);
    if (this.options.kind === 'rs485' && this.talks.size > 1) for (const each of this.talks) each.isSpoiled = true;
    return talk;
  }

  private turnRound(): Uint8Array {
    const { random, noise = 0 } = this.options;
    if (noise === 0 || random() >= noise) return new Uint8Array(0);
    return Uint8Array.from({ length: 1 + Math.floor(random() * 3) }, () => (random() < 0.5 ? 0x00 : 0xff));
  }

  private spoiled(bytes: Uint8Array): Uint8Array {
    return bytes.map((byte) => byte ^ Math.floor(this.options.random() * 256));
  }
}

interface Seat {
  readonly meter: Meter;
  /** How often this meter heard something: what `unlessHeard` goes by. */
  heard: number;
  turn: Promise<void>;
}

interface Talk {
  isSpoiled: boolean;
}

const SLICE_MS = 20;
