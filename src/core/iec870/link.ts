// The link procedures of IEC 60870-5-2 as a master of unbalanced transmission: SEND/CONFIRM and REQUEST/RESPOND.
// Law kept here: each new frame toggles the frame count bit (FCB), an unanswered one is sent again WITH THE SAME bit,
// and the meter then repeats its answer. So a lost request is not skipped, and a lost answer is not lost data.
import type { Dialogue, LineMemory } from '../wire/dialogue';
import { pause, send, wireMs } from '../wire/dialogue';
import { isSameBytes } from '../wire/bytes';
import { ReadError } from '../wire/errors';
import type { Inbox } from '../wire/inbox';
import { encodeFixed, encodeVariable, FCB, FIXED_SIZE, functionOf, isFromPrimary, isOverflowing, PRIMARY, scanFt12, SECONDARY, type Ft12Frame } from './ft12';

export interface LinkOptions {
  readonly link: number;
  readonly answerMs: number;
  readonly repeats: number;
  readonly settleMs: number;
}

/** What a poll for class 2 data brought. */
export type Polled<T> = { readonly kind: 'data'; readonly value: T } | { readonly kind: 'no data' };

export class Ft12Link {
  private frameCount = false;
  /** The user data last taken over, and how often it was asked for: both tell a late copy from the next answer. */
  private taken: Uint8Array | undefined;
  private takenSends = 0;
  private takenNoData = false;
  /** True while a counted frame is out whose answer never came: the meter's idea of the FCB is then unknown. */
  private isCountUncertain = false;
  private hasHeardMeter = false;
  private stranger: number | undefined;

  constructor(
    private readonly o: LinkOptions,
    private readonly memory: LineMemory,
    private readonly inbox: Inbox,
  ) {}

  /** Link status (a sign of life), then reset: both sides start with FCB 0, so the first counted frame carries 1. */
  *open(): Dialogue<void> {
    this.inbox.clear();
    const isStatus = (frame: Ft12Frame): true | undefined => (isAnswer(frame, SECONDARY.linkStatus) ? true : undefined);
    try {
      yield* this.exchange(() => encodeFixed(PRIMARY.linkStatus, this.o.link), FIXED_SIZE, isStatus, 1);
    } catch (thrown) {
      // Fast first: only a meter that missed the first request gets the settling time.
      if (!isLoss(thrown) || this.o.repeats === 0) throw thrown;
      yield* pause(this.o.settleMs);
      yield* this.exchange(() => encodeFixed(PRIMARY.linkStatus, this.o.link), FIXED_SIZE, isStatus, this.o.repeats);
    }
    yield* this.exchange(() => encodeFixed(PRIMARY.resetLink, this.o.link), FIXED_SIZE, (frame) => (isAnswer(frame, SECONDARY.ack) ? true : undefined));
    this.frameCount = false;
  }

  /**
   * SEND/CONFIRM: hands an ASDU to the meter; false = it says NACK. `make` is called for each try, so that a time
   * to be set is fresh also when it is sent again; its length stays.
   */
  *sendData(make: () => Uint8Array): Dialogue<boolean> {
    const control = PRIMARY.userData | this.nextCount();
    const { value } = yield* this.exchange(
      () => encodeVariable(control, this.o.link, make()),
      FIXED_SIZE,
      (frame) => (isAnswer(frame, SECONDARY.ack) ? { isTaken: true, frame } : isAnswer(frame, SECONDARY.nack) ? { isTaken: false, frame } : undefined),
    );
    if (isOverflowing(value.frame.control)) yield* pause(BREATH_MS);
    return value.isTaken;
  }

  /**
   * REQUEST/RESPOND for class 2 data. `accept` takes an ASDU, refuses it as not ours (undefined), or throws BAD_VALUE
   * for one that cannot be right; the same poll is then sent again, for the sum of FT1.2 is weak.
   */
  *poll<T>(accept: (asdu: Uint8Array) => T | undefined): Dialogue<Polled<T>> {
    const control = PRIMARY.requestClass2 | this.nextCount();
    let copies = 0;
    const { value: polled, sends } = yield* this.exchange(
      () => encodeFixed(control, this.o.link),
      MAX_FRAME,
      (frame): { polled: Polled<T>; asdu: Uint8Array | undefined } | undefined => {
        if (this.isLateCopy(frame, copies)) {
          copies += 1;
          return undefined;
        }
        if (isAnswer(frame, SECONDARY.noData)) return { polled: { kind: 'no data' }, asdu: undefined };
        if (frame.kind !== 'variable' || functionOf(frame.control) !== SECONDARY.userData) return undefined;
        const value = accept(frame.asdu);
        return value === undefined ? undefined : { polled: { kind: 'data', value }, asdu: frame.asdu };
      },
    );
    this.taken = polled.asdu;
    this.takenNoData = polled.asdu === undefined;
    this.takenSends = sends;
    return polled.polled;
  }

  /**
   * The last message of a session, in as few words as possible. If a counted frame is still unanswered, nobody knows
   * the meter's FCB, so the message goes out with both values: one of them is new to the meter.
   */
  *sendLast(asdu: Uint8Array): Dialogue<void> {
    const tries = this.isCountUncertain ? 2 : 1;
    for (let i = 0; i < tries; i++) {
      const control = PRIMARY.userData | this.nextCount();
      const isFinal = i === tries - 1;
      const isAck = (frame: Ft12Frame): true | undefined => (isAnswer(frame, SECONDARY.ack) ? true : undefined);
      try {
        yield* this.exchange(() => encodeVariable(control, this.o.link, asdu), FIXED_SIZE, isAck, isFinal ? 2 : 1);
      } catch (thrown) {
        if (isFinal || !isLoss(thrown)) throw thrown;
      }
    }
  }

  /**
   * A frame equal to the one just taken is a late copy as long as copies can be under way: one per repeat, and one
   * that the network doubled. If the meter insists beyond that, it has two equal records, and both count.
   */
  private isLateCopy(frame: Ft12Frame, heardCopies: number): boolean {
    if (isAnswer(frame, SECONDARY.noData)) return this.takenNoData && heardCopies < this.takenSends - 1;
    return frame.kind === 'variable' && this.taken !== undefined && isSameBytes(frame.asdu, this.taken) && heardCopies < this.takenSends;
  }

  private nextCount(): number {
    this.frameCount = !this.frameCount;
    return this.frameCount ? FCB : 0;
  }

  private *exchange<T>(
    make: () => Uint8Array,
    answerSize: number,
    accept: (frame: Ft12Frame) => T | undefined,
    sends = this.o.repeats + 1,
  ): Dialogue<{ readonly value: T; readonly sends: number }> {
    this.isCountUncertain = true;
    for (let sent = 1; ; sent++) {
      const bytes = make();
      yield* send(bytes);
      const first = this.o.answerMs + wireMs(bytes.length + answerSize, this.memory.line);
      try {
        const value = yield* this.hear(accept, first);
        this.isCountUncertain = false;
        this.hasHeardMeter = true;
        return { value, sends: sent };
      } catch (thrown) {
        if (!isLoss(thrown)) throw thrown;
        if (sent >= sends) throw this.explained(thrown, sent);
        this.inbox.clear();
      }
    }
  }

  private *hear<T>(accept: (frame: Ft12Frame) => T | undefined, first: number): Dialogue<T> {
    for (;;) {
      const frame = yield* this.inbox.frame(scanFt12, { first });
      if (isFromPrimary(frame.control)) continue; // our own echo, or another master
      if (frame.link !== this.o.link) {
        this.stranger = frame.link;
        continue;
      }
      const value = accept(frame);
      if (value !== undefined) return value;
    }
  }

  /** Silence in words that say what to check. */
  private explained(thrown: ReadError, sends: number): ReadError {
    if (thrown.code === 'BAD_VALUE') return thrown;
    if (this.stranger !== undefined && !this.hasHeardMeter) {
      return new ReadError('NO_REPLY', `the meter with link address ${this.o.link} did not answer, but one with link address ${this.stranger} did: check the link address`);
    }
    if (this.hasHeardMeter) return new ReadError(thrown.code, `the meter stopped answering (${thrown.detail}); the same frame was sent ${sends} times`);
    const what = thrown.code === 'NO_REPLY' ? `no answer from link address ${this.o.link}` : `only damaged bytes from link address ${this.o.link}`;
    const advice = this.memory.line.parity === 'none' ? PARITY_ADVICE : 'check the link address, the baud rate and the wiring';
    return new ReadError(thrown.code, `${what}: ${advice}`);
  }
}

function isAnswer(frame: Ft12Frame, code: number): boolean {
  return frame.kind === 'fixed' && functionOf(frame.control) === code;
}

/** What a repeat may cure. A damaged frame whose sum fits by chance shows as BAD_VALUE. */
function isLoss(thrown: unknown): thrown is ReadError {
  return thrown instanceof ReadError && (thrown.code === 'NO_REPLY' || thrown.code === 'BAD_FRAME' || thrown.code === 'BAD_VALUE');
}

const MAX_FRAME = 255 + 6;
/** How long a meter gets that says its buffer is full. */
const BREATH_MS = 1_000;
const PARITY_ADVICE =
  'the modem\'s port is set to no parity, but these meters mostly talk 8 data bits with even parity (8E1), which cannot be emulated on such a port: set the port to 8E1 as the meter has it, then check the link address, the baud rate and the wiring';
