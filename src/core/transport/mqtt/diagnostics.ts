// What a modem's topics carried: counted, with the last message of each kind, so that an installer sees swapped topics
// or a stored message in seconds. Bounded by construction.
import { isSameBytes } from '../../wire/bytes';
import type { Message } from './mqtt-link';

export type Refusal = 'retained' | 'duplicate' | 'empty' | 'oversize';
export type AnswerChannel = 'tx' | 'atr';

export interface Diagnostics {
  readonly received: number;
  readonly refused: Readonly<Record<Refusal, number>>;
  /** Bytes that arrived while nobody had asked for any. */
  readonly unasked: number;
  readonly last: Readonly<
    Partial<Record<AnswerChannel, { readonly at: string; readonly size: number; readonly start: Uint8Array }>>
  >;
}

/** Decides which messages reach a lane. */
export class Gate {
  received = 0;
  readonly refused: Record<Refusal, number> = { retained: 0, duplicate: 0, empty: 0, oversize: 0 };
  readonly last: Partial<Record<AnswerChannel, { at: string; size: number; start: Uint8Array }>> = {};
  private previous: Uint8Array | undefined;

  /** Why this message is no answer, or undefined when it may be one. */
  refusal(message: Message): Refusal | undefined {
    const { payload } = message;
    if (message.isRetained) return 'retained'; // of unknown age
    if (payload.length === 0) return 'empty';
    if (payload.length > MAX_MESSAGE_BYTES) return 'oversize';
    // QoS 1 may deliver twice; only a flagged copy of the message before it is one, for equal answers are legal
    if (message.isDuplicate && this.previous && isSameBytes(this.previous, payload)) return 'duplicate';
    return undefined;
  }

  admit(channel: AnswerChannel, message: Message, at: Date): boolean {
    this.received += 1;
    const reason = this.refusal(message);
    if (reason) this.refused[reason] += 1;
    else this.previous = message.payload;
    this.last[channel] = {
      at: at.toISOString(),
      size: message.payload.length,
      start: new Uint8Array(message.payload.subarray(0, SHOWN_BYTES)),
    }; // a copy: slice() of a Buffer would hold on to a megabyte of garbage
    return reason === undefined;
  }
}

/** No serial port fills more between two pauses; larger ones are no meter's answer. */
const MAX_MESSAGE_BYTES = 65_536;
const SHOWN_BYTES = 64;
