// The three-answer scanner. "Cannot parse" is never "need more": a scan says `more`, a frame with its size, or how
// many bytes to skip. Memory is bounded, and each byte is copied once.
import type { Dialogue } from './dialogue';
import { failure, type ReadError } from './errors';

export type Scan<F> = (
  buf: Uint8Array,
) => 'more' | { readonly frame: F; readonly size: number } | { readonly skip: number };

/**
 * A scan that knows how many bytes it needs before it can say anything else: it is not asked again until they are here,
 * so that a frame arriving byte by byte costs no look at each byte. Every Scan is one.
 */
export type PatientScan<F> = (buf: Uint8Array) => ReturnType<Scan<F>> | { readonly need: number };

export interface Wait {
  /** Device time in ms until the answer is complete, from the last send; noise does not prolong it. */
  readonly first: number;
  /** If given, `first` is for the first byte only, and this silence after any later chunk ends the wait. */
  readonly gap?: number;
}

/** Bytes of one line waiting to become frames. One per dialogue: what is left over dies with it. */
export class Inbox {
  private buffer = new Uint8Array(INITIAL_BYTES);
  private start = 0;
  private end = 0;
  private waiting: { readonly scan: PatientScan<unknown>; readonly need: number } | undefined;
  /** All bytes heard, skipped ones included: for `link.bytesIn` and for messages about noise. */
  heard = 0;
  private echo: Uint8Array | undefined;
  private echoed = 0;

  constructor(private readonly maxBytes = 65_536) {}

  /** The unread bytes; a view, valid until the next chunk. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(this.start, this.end);
  }

  clear(): void {
    this.start = this.end = 0;
    this.waiting = undefined;
  }

  /** What was just said: where it comes back first, as on a two-wire line, it is nothing that anybody answered. */
  expectEcho(said: Uint8Array): void {
    this.echo = said;
    this.echoed = 0;
  }

  push(chunk: Uint8Array): void {
    this.heard += chunk.length;
    if (this.echo) this.passEcho(this.echo, chunk);
    const unread = this.end - this.start;
    if (unread + chunk.length > this.maxBytes) {
      throw failure('wire.noAnswerIn', { bytes: unread + chunk.length });
    }
    if (this.end + chunk.length > this.buffer.length) this.makeRoom(unread + chunk.length);
    if (chunk.length === 1)
      this.buffer[this.end] = chunk[0] ?? 0; // slow modems publish byte by byte; set() costs ten times this
    else this.buffer.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** The next frame among the bytes already here, if any. */
  next<F>(scan: PatientScan<F>): F | undefined {
    if (this.waiting !== undefined && this.waiting.scan === scan && this.end - this.start < this.waiting.need)
      return undefined;
    this.waiting = undefined;
    while (this.start < this.end) {
      const found = scan(this.bytes);
      if (found === 'more') return undefined;
      if ('need' in found) {
        this.waiting = { scan, need: found.need };
        return undefined;
      }
      if ('skip' in found) {
        if (found.skip < 1) throw failure('wire.defect', { where: 'scan skipped nothing' });
        this.start = Math.min(this.end, this.start + found.skip);
        continue;
      }
      this.start += found.size;
      return found.frame;
    }
    return undefined;
  }

  /** The next frame of the line. Silence and nothing heard = NO_REPLY; silence after bytes = BAD_FRAME. */
  *frame<F>(scan: PatientScan<F>, wait: Wait): Dialogue<F> {
    const before = this.heard - (this.end - this.start);
    for (;;) {
      const frame = this.next(scan);
      if (frame !== undefined) return frame;
      const isGap = wait.gap !== undefined && this.heard > before;
      const chunk = yield {
        do: 'receive',
        ms: isGap ? (wait.gap ?? wait.first) : wait.first,
        since: isGap ? 'heard' : 'sent',
      };
      if (chunk === undefined) throw this.silence(this.heard - before);
      this.push(chunk);
    }
  }

  private passEcho(echo: Uint8Array, chunk: Uint8Array): void {
    const part = chunk.subarray(0, echo.length - this.echoed);
    if (part.some((byte, i) => byte !== echo[this.echoed + i])) return void (this.echo = undefined);
    this.echoed += part.length;
    if (this.echoed < echo.length) return;
    this.heard -= echo.length;
    this.echo = undefined;
  }

  private silence(bytes: number): ReadError {
    return bytes <= 0 ? failure('wire.silent', {}) : failure('wire.noFrameAmong', { bytes });
  }

  /** Twice as much as is waiting: else a buffer nearly full of unread bytes would be moved at each byte that comes. */
  private makeRoom(needed: number): void {
    const unread = this.bytes;
    if (unread.length * 2 > this.buffer.length) needed *= 2;
    const size = Math.max(this.buffer.length, 2 ** Math.ceil(Math.log2(needed)));
    const roomier = size > this.buffer.length ? new Uint8Array(size) : this.buffer;
    roomier.set(unread, 0);
    this.buffer = roomier;
    this.end = unread.length;
    this.start = 0;
  }
}

const INITIAL_BYTES = 512;
