// A node that listens is never silent for ever. Bytes that make no telegram are told once their burst is over, with
// what they look like, and at most hourly; so is an error that every message of a meter repeats. Law: bytes that do not
// follow each other are never joined, for a telegram of two halves could hold a wrong value.
import { concatBytes, toHex } from '../wire/bytes';
import { failure, ReadError } from '../wire/errors';
import type { Readout } from '../meter/reading';
import type { Clock } from '../transport/lane/clock';
import { causeOf } from './heard-cause';

/** What a telegram told; some name their meter. */
export type PushedReadout = Readout & { readonly meter?: string };

/** What makes telegrams of bytes. */
export interface TelegramSource {
  /** What these bytes completed; an error stands for what cannot be read. */
  take(bytes: Uint8Array): readonly (PushedReadout | ReadError)[];
  /** What comes next does not follow. */
  cut(): void;
}

/** How a line is listened to, and whom to tell. */
export interface ListeningOptions {
  readonly clock: Clock;
  /** Silence that ends a burst. */
  readonly gapMs: number;
  /** The protocol, by its name in reports. */
  readonly expected: string;
  /** `octets`: all that were heard since the telegram before. */
  telegram(telegram: PushedReadout, octets: number): void;
  failed(error: ReadError): void;
}

/** One line that is listened to. */
export class TelegramListener {
  private heardAt = -Infinity;
  private octets = 0;
  /** The beginning of what made no telegram yet, and since when it comes. */
  private head: Uint8Array = NOTHING;
  private unmade = 0;
  private since = 0;
  private saidAt = -Infinity;
  private readonly toldAt = new Map<string, number>();
  private readonly stop = new AbortController();
  private isWatching = false;

  constructor(
    private readonly source: TelegramSource,
    private readonly o: ListeningOptions,
  ) {}

  hear(bytes: Uint8Array, isCut: boolean): void {
    const now = this.o.clock.now();
    if (isCut || now - this.heardAt > this.o.gapMs) this.cut();
    this.heardAt = now;
    this.octets += bytes.length;
    const made = this.source.take(bytes);
    if (made.length === 0) return this.keep(bytes, now);
    this.forget();
    this.saidAt = now;
    for (const one of made) {
      if (one instanceof ReadError) this.fail(one, now);
      else {
        this.o.telegram(one, this.octets);
        this.octets = 0;
      }
    }
  }

  close(): void {
    this.stop.abort();
  }

  private cut(): void {
    this.source.cut();
    if (this.unmade > 0) this.tell();
  }

  private keep(bytes: Uint8Array, now: number): void {
    if (this.unmade === 0) this.since = now;
    this.unmade += bytes.length;
    if (this.head.length < HEAD_OCTETS)
      this.head = concatBytes(this.head, bytes.subarray(0, HEAD_OCTETS - this.head.length));
    if (!this.isWatching) void this.watch();
  }

  /** Until the burst is over, or goes on for longer than any telegram. */
  private async watch(): Promise<void> {
    const { clock, gapMs } = this.o;
    this.isWatching = true;
    while (this.unmade > 0 && !this.stop.signal.aborted) {
      const due = Math.min(this.heardAt + gapMs, this.since + LONGEST_MS) - clock.now();
      if (due > 0) await clock.sleep(due, this.stop.signal);
      else this.tell();
    }
    this.isWatching = false;
  }

  private tell(): void {
    const { clock, expected } = this.o;
    const now = clock.now();
    const [octets, head] = [this.unmade, this.head];
    this.forget();
    if (octets < FEW_OCTETS || now - this.saidAt < TELL_MS) return;
    this.saidAt = now;
    const shown = toHex(head.subarray(0, SHOWN_OCTETS));
    this.o.failed(failure('listening.noTelegramYet', { octets, shown, cause: causeOf(head, expected) }, 'decode'));
  }

  private forget(): void {
    this.unmade = 0;
    this.head = NOTHING;
  }

  /** A wrong key fails every message: that is said again after an hour, not every ten seconds. */
  private fail(error: ReadError, now: number): void {
    const key = error.reason ?? error.detail;
    if (error.code === 'SECURITY_FAILED' && now - (this.toldAt.get(key) ?? -Infinity) < TELL_MS) return;
    if (this.toldAt.size >= MAX_TOLD) this.toldAt.clear();
    this.toldAt.set(key, now);
    this.o.failed(error);
  }
}

const NOTHING = new Uint8Array(0);
const HEAD_OCTETS = 2048;
const SHOWN_OCTETS = 24;
/** Noise of a line that turns round is no talk. */
const FEW_OCTETS = 4;
/** The longest telegram takes less, at 2400 baud too. */
const LONGEST_MS = 60_000;
const TELL_MS = 3_600_000;
const MAX_TOLD = 64;
