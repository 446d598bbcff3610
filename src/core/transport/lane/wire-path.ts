// The bytes of one lane: what goes out, what came in and was not yet taken, and how long the link takes. Law: bounded
// memory; a round trip is measured from the send to the last chunk its dialogue took, less the time on the serial wire.
import { wireMs, type LineSettings } from '../../wire/dialogue';
import type { Clock, StopSignal } from './clock';
import { RoundTrip, type RoundTripFigures, type RoundTripLimits } from './round-trip';
import { Stopper } from './stopper';

export class WirePath {
  readonly roundTrip: RoundTrip;
  /** Chunks heard, of which those before `taken` are not waiting any more: shift() would move all that are. */
  private waiting: Uint8Array[] = [];
  private taken = 0;
  private waitingBytes = 0;
  private wake: (() => void) | undefined;
  private exchange:
    { sentAt: number; sent: number; heard: number; heardAt: number | undefined; hadSilence: boolean } | undefined;
  bytesOut = 0;
  bytesIn = 0;
  exchanges = 0;
  /** Bytes thrown away because nobody took them in time. */
  overflow = 0;

  constructor(
    private readonly clock: Clock,
    limits: RoundTripLimits,
    known?: RoundTripFigures,
  ) {
    this.roundTrip = new RoundTrip(limits, known);
  }

  /** What went over the line since the lane exists. */
  get counts(): { readonly exchanges: number; readonly bytesOut: number; readonly bytesIn: number } {
    const { exchanges, bytesOut, bytesIn } = this;
    return { exchanges, bytesOut, bytesIn };
  }

  /** What went over it since these counts were taken. */
  countsSince({ exchanges, bytesOut, bytesIn }: WirePath['counts']): WirePath['counts'] {
    return {
      exchanges: this.exchanges - exchanges,
      bytesOut: this.bytesOut - bytesOut,
      bytesIn: this.bytesIn - bytesIn,
    };
  }

  sent(bytes: Uint8Array, line: LineSettings): void {
    const hadSilence = this.exchange !== undefined && this.exchange.hadSilence && this.exchange.heardAt === undefined;
    this.settle(line);
    this.exchange = { sentAt: this.clock.now(), sent: bytes.length, heard: 0, heardAt: undefined, hadSilence };
    this.bytesOut += bytes.length;
    this.exchanges += 1;
  }

  heard(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    while (this.waitingBytes > MAX_WAITING_BYTES) this.overflow += this.shift()?.length ?? 0;
    this.wake?.();
  }

  /** The next chunk, or undefined after `ms` or on abort. */
  async take(ms: number, signal?: StopSignal): Promise<Uint8Array | undefined> {
    if (this.waitingBytes === 0 && ms > 0 && !signal?.aborted) {
      const woken = new Stopper();
      const wake = (): void => woken.abort();
      this.wake = wake;
      signal?.addEventListener('abort', wake);
      await this.clock.sleep(ms, woken);
      signal?.removeEventListener('abort', wake);
      this.wake = undefined;
    }
    const chunk = this.shift();
    if (chunk) {
      this.bytesIn += chunk.length;
      if (this.exchange) {
        this.exchange.heard += chunk.length;
        this.exchange.heardAt = this.clock.now();
      }
    }
    return chunk;
  }

  /** A receive ended in silence: not a probe, not an abort, not the end of a goodbye. */
  silence(isSearch = false): void {
    if (this.exchange && this.exchange.heardAt === undefined) {
      this.exchange.hadSilence = true;
      if (!isSearch) this.roundTrip.silent();
    }
  }

  /** The exchange is over and was understood: the link's time becomes known. */
  settle(line: LineSettings): void {
    const done = this.exchange;
    this.exchange = undefined;
    if (done?.heardAt === undefined) return;
    const elapsed = done.heardAt - done.sentAt - wireMs(done.sent + done.heard, line);
    this.roundTrip.answered(Math.max(0, elapsed), done.hadSilence);
  }

  /** Forgets what was heard and not taken; returns the chunks. */
  dropHeard(): readonly Uint8Array[] {
    const dropped = this.waiting.slice(this.taken);
    this.waiting = [];
    this.taken = this.waitingBytes = 0;
    return dropped;
  }

  /** Forgets the bytes and the exchange, not the link's times: another job begins. Returns the chunks. */
  clear(): readonly Uint8Array[] {
    this.exchange = undefined;
    return this.dropHeard();
  }

  private shift(): Uint8Array | undefined {
    const chunk = this.waiting[this.taken];
    if (!chunk) return undefined;
    this.waitingBytes -= chunk.length;
    this.taken += 1;
    if (this.taken * 2 >= this.waiting.length) {
      this.waiting = this.waiting.slice(this.taken);
      this.taken = 0;
    }
    return chunk;
  }

  /** A receive that is waiting returns now: the line is gone. */
  interrupt(): void {
    this.wake?.();
  }
}

const MAX_WAITING_BYTES = 262_144;
