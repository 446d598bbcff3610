// Mode D (IEC 62056-21, 6.4.5): a meter that sends unasked, from `/` to `!`. The stream may be entered anywhere; a
// telegram cut short, run into the next one or with a wrong CRC is dropped, never repaired.
import type { Readout } from '../meter/reading';
import type { ParityOption } from './parity';
import { identityOf } from './readings';
import { readingsOf } from './readout-readings';
import { beginsTelegram, BegunTelegram, type PushTelegram } from './telegram';

/** Decodes an unasked stream in pieces of any size: one readout per good telegram. One per meter and line. */
export class TelegramStream {
  /** The later one began inside brackets of the earlier, where a `/` may be text: what follows tells which is true. */
  private earlier: BegunTelegram | undefined;
  private later: BegunTelegram | undefined;
  private hasCrc = false;

  constructor(private readonly parity: ParityOption = 'auto') {}

  /** What comes next does not follow: a telegram joined from two halves could hold a wrong value. */
  cut(): void {
    this.earlier = this.later = undefined;
  }

  take(chunk: Uint8Array): readonly Readout[] {
    const readouts: Readout[] = [];
    for (const octet of chunk) {
      const telegram = this.hear(octet);
      if (telegram) {
        this.cut();
        this.hasCrc ||= telegram.check === 'crc';
        readouts.push(readoutOfTelegram(telegram));
      }
      if (beginsTelegram(octet)) this.begin(octet);
    }
    return readouts;
  }

  private hear(octet: number): PushTelegram | undefined {
    const earlier = this.earlier?.take(octet, this.hasCrc);
    if (typeof earlier === 'object') return earlier;
    const later = this.later?.take(octet, this.hasCrc);
    if (typeof later === 'object') return later;
    if (later === 'over') this.later = undefined;
    if (earlier === 'over') [this.earlier, this.later] = [this.later, undefined];
    return undefined;
  }

  /** Two are enough: brackets in an identification end it, so a third can only be where the first already ended. */
  private begin(first: number): void {
    const telegram = new BegunTelegram(first, this.parity);
    if (!this.earlier) this.earlier = telegram;
    else {
      if (this.later) this.earlier = this.later;
      this.later = telegram;
    }
  }
}

/** A telegram as a readout; `identity.check` is `crc` or `none`. */
export function readoutOfTelegram({ identification, sets, check }: PushTelegram): Readout {
  return { readings: readingsOf(sets), identity: identityOf(identification, check) };
}
