// The modem's side of its serial port: one write after the other, and what is received goes up as a message when the
// line has been idle for msToSend or when the size cap is reached. A message boundary is never a frame boundary.
import type { Clock } from '../../core/transport/lane/clock';
import { concatBytes } from '../../core/wire/bytes';
import type { LineSettings } from '../../core/wire/dialogue';
import type { SerialSide } from '../serial/bus';

export interface LineOptions {
  readonly clock: Clock;
  readonly msToSend: () => number;
  /** Bytes of one message at most; 0 = no limit. */
  readonly cap: number;
  /** The port hears what it sends (RS485 without echo suppression). */
  readonly localEcho: boolean;
  /** A write that comes while the far side talks: waits for the end, is lost, or goes out at once. */
  readonly whileTalking: 'wait' | 'drop' | 'through';
  /** What comes from the platform during a data call: lost, or written when the call ends. */
  readonly whileFrozen: 'drop' | 'hold';
  readonly onMessage: (bytes: Uint8Array) => void;
}

export class SerialLine {
  private turn: Promise<void> = Promise.resolve();
  private parts: Uint8Array[] = [];
  private size = 0;
  private lastHeard = 0;
  private isWatching = false;
  private frozenUntil = 0;
  private busyUntil = 0;
  private capture: ((bytes: Uint8Array) => void) | undefined;
  private readonly closing = new AbortController();

  constructor(
    private readonly side: SerialSide,
    private line: LineSettings,
    private readonly options: LineOptions,
  ) {
    side.onBytes((bytes) => this.heard(bytes));
    side.setLine(line);
  }

  get settings(): LineSettings {
    return this.line;
  }

  /** Acts at once, also on what is on the wire at this moment. */
  setLine(line: LineSettings): void {
    this.line = line;
    this.side.setLine(line);
  }

  /** Queues bytes for the wire; resolves when they are out or lost. */
  write(bytes: Uint8Array): Promise<void> {
    const done = this.turn.then(() => this.writeNow(bytes));
    this.turn = done;
    return done;
  }

  /** A data call took the port: nothing passes in either direction until then. */
  freeze(ms: number): void {
    this.frozenUntil = this.options.clock.now() + ms;
  }

  /** The port is taken by something else inside the modem: writes wait, nothing is lost. */
  keepBusy(ms: number): void {
    this.busyUntil = this.options.clock.now() + ms;
  }

  /** Writes bytes for somebody inside the modem who takes all that is heard in `ms`; the platform sees none of it. */
  async ask(bytes: Uint8Array, ms: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    this.capture = (part) => void parts.push(part);
    await this.write(bytes);
    await this.options.clock.sleep(ms, this.closing.signal);
    this.capture = undefined;
    return concatBytes(...parts);
  }

  close(): void {
    this.closing.abort();
    this.side.close();
  }

  private async writeNow(bytes: Uint8Array): Promise<void> {
    const { clock, whileTalking, whileFrozen, localEcho } = this.options;
    if (clock.now() < this.busyUntil) await this.sleepUntil(this.busyUntil);
    if (clock.now() < this.frozenUntil) {
      if (whileFrozen === 'drop') return;
      await this.sleepUntil(this.frozenUntil);
    }
    if (this.side.isTalking && whileTalking !== 'through') {
      if (whileTalking === 'drop') return;
      while (this.side.isTalking && !this.closing.signal.aborted) await clock.sleep(POLL_MS, this.closing.signal);
    }
    if (this.closing.signal.aborted) return;
    await this.side.write(bytes);
    if (localEcho) this.heard(bytes);
  }

  private heard(bytes: Uint8Array): void {
    const { clock, cap } = this.options;
    if (clock.now() < this.frozenUntil || this.closing.signal.aborted) return;
    if (this.capture) return this.capture(bytes);
    this.lastHeard = clock.now();
    for (let at = 0; at < bytes.length;) {
      const room = cap === 0 ? bytes.length : cap - this.size;
      const part = bytes.slice(at, at + room);
      this.parts.push(part);
      this.size += part.length;
      at += part.length;
      if (cap !== 0 && this.size >= cap) this.flush();
    }
    if (!this.isWatching) void this.flushWhenIdle();
  }

  private async flushWhenIdle(): Promise<void> {
    const { clock } = this.options;
    const msToSend = this.options.msToSend();
    this.isWatching = true;
    // A fraction of a microsecond may be left by rounding: that is no time to wait for.
    for (
      let left = msToSend;
      left > 0.001 && !this.closing.signal.aborted;
      left = this.lastHeard + msToSend - clock.now()
    ) {
      await clock.sleep(left, this.closing.signal);
    }
    this.isWatching = false;
    this.flush();
  }

  private flush(): void {
    if (this.size === 0) return;
    const whole = concatBytes(...this.parts);
    this.parts = [];
    this.size = 0;
    if (!this.closing.signal.aborted) this.options.onMessage(whole);
  }

  private async sleepUntil(at: number): Promise<void> {
    const { clock } = this.options;
    await clock.sleep(at - clock.now(), this.closing.signal);
  }
}

const POLL_MS = 5;
