// The sequence numbers of a data link connection (ISO/IEC 13239, 5.2.2 and 5.6; IEC 62056-46, 6.4.4.5): modulo 8, one
// set of variables per direction. What was sent stays here until N(R) acknowledges it; what is received is one APDU
// after the other, each segment once and in order.
import { concatBytes } from '../../wire/bytes';
import { failure } from '../../wire/errors';
import { stripLlc } from './llc';

/** One information frame that is to be said. */
export interface Segment {
  readonly ns: number;
  readonly info: Uint8Array;
  readonly isSegmented: boolean;
}

/** V(S) and the information frames that are not acknowledged yet. */
export class SendWindow {
  private segments: readonly Segment[] = [];
  private vs = 0;
  /** Counts of segments: acknowledged <= next <= said. `next` falls back when frames must be said again. */
  private acknowledged = 0;
  private next = 0;
  private said = 0;

  /** Segments of the next APDU, LLC included, each of at most `maxInfo` octets. */
  load(lpdu: Uint8Array, maxInfo: number): void {
    const fresh: Segment[] = [];
    for (let at = 0; at < lpdu.length; at += maxInfo) {
      fresh.push({ ns: this.vs, info: lpdu.subarray(at, at + maxInfo), isSegmented: at + maxInfo < lpdu.length });
      this.vs = (this.vs + 1) % 8;
    }
    this.segments = [...this.segments.slice(this.acknowledged), ...fresh];
    this.next -= this.acknowledged;
    this.said -= this.acknowledged;
    this.acknowledged = 0;
  }

  /** What may go out now: up to `window` frames beyond the last acknowledged one. */
  take(window: number): readonly Segment[] {
    const burst = this.segments.slice(this.next, this.acknowledged + window);
    this.next += burst.length;
    this.said = Math.max(this.said, this.next);
    return burst;
  }

  /** Takes an N(R): how many frames it newly acknowledges, or undefined when it can be no answer to what was sent. */
  acknowledge(nr: number): number | undefined {
    const base = (((this.vs - this.segments.length + this.acknowledged) % 8) + 8) % 8;
    const count = (nr - base + 8) % 8;
    if (count > this.said - this.acknowledged) return undefined;
    this.acknowledged += count;
    this.next = Math.max(this.next, this.acknowledged);
    return count;
  }

  acknowledgeAll(): number {
    const count = this.said - this.acknowledged;
    this.acknowledged = this.next = this.said;
    return count;
  }

  /** Go back N: everything unacknowledged is to be said again, under the same numbers. */
  rewind(): void {
    this.next = this.acknowledged;
  }

  /** The meter has everything. */
  get isDone(): boolean {
    return this.acknowledged === this.segments.length;
  }

  /** Everything went out, whether or not it arrived. */
  get isAllSent(): boolean {
    return this.next === this.segments.length;
  }
}

/** V(R) and the segments of the APDU that is coming in. */
export class ReceiveWindow {
  vr = 0;
  private parts: Uint8Array[] = [];
  private bytes = 0;
  private readonly complete: Uint8Array[] = [];

  /** Whether the frame was the next one; repeated frames and those after a lost one are not taken. */
  accept(ns: number, info: Uint8Array, isSegmented: boolean): boolean {
    if (ns !== this.vr) return false;
    this.vr = (this.vr + 1) % 8;
    this.parts.push(info);
    this.bytes += info.length;
    if (this.bytes > MAX_APDU) throw failure('dlms.answerLarge', { octets: MAX_APDU });
    if (isSegmented) return true;
    const apdu = stripLlc(concatBytes(...this.parts));
    if (apdu.length > 0) this.complete.push(apdu); // a frame without information acknowledges, and says nothing
    this.parts = [];
    this.bytes = 0;
    return true;
  }

  /** Whether an APDU has begun and not ended. */
  get isOpen(): boolean {
    return this.parts.length > 0;
  }

  /** The front of an APDU that has begun and not ended. */
  get unfinished(): Uint8Array | undefined {
    return this.isOpen ? stripLlc(concatBytes(...this.parts)) : undefined;
  }

  shift(): Uint8Array | undefined {
    return this.complete.shift();
  }
}

/** Far above any PDU size that can be negotiated (65535); an endless one must end somewhere. */
const MAX_APDU = 1 << 20;
