// The link procedures of IEC 60870-5-2 as a master of unbalanced transmission: SEND/CONFIRM and REQUEST/RESPOND.
// Law kept here: each new frame toggles the frame count bit (FCB), an unanswered one is sent again WITH THE SAME bit,
// and the meter then repeats its answer. So a lost request is not skipped, and a lost answer is not lost data.
import type { Dialogue, LineMemory } from '../wire/dialogue';
import { pause, send, wireMs } from '../wire/dialogue';
import { isSameBytes } from '../wire/bytes';
import { ReadError, failure } from '../wire/errors';
import type { Inbox } from '../wire/inbox';
import {
  encodeFixed,
  encodeVariable,
  FCB,
  FIXED_SIZE,
  functionOf,
  isFromPrimary,
  isOverflowing,
  PRIMARY,
  scanFt12Answer,
  SECONDARY,
  sizeOfAnswer,
  type Ft12Answer,
  type Ft12Frame,
} from '../meter/ft12';

/** Whom to talk to, and how patiently. */
export interface LinkOptions {
  readonly link: number;
  readonly answerMs: number;
  readonly repeats: number;
  readonly settleMs: number;
}

/** What a poll for class 2 data brought. */
export type Polled<T> = { readonly kind: 'data'; readonly value: T } | { readonly kind: 'no data' };

/** The link to one meter, as its primary station. */
export class Ft12Link {
  private frameCount = false;
  /** The answer last taken over, to tell its late copies from the next answer. */
  private taken: Ft12Frame | undefined;
  /** Copies of an empty answer that may still be under way: one per repeat of its poll. */
  private emptyCopiesDue = 0;
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
    const isStatus = (frame: Ft12Answer): true | undefined =>
      isAnswer(frame, SECONDARY.linkStatus) ? true : undefined;
    try {
      yield* this.exchange(() => encodeFixed(PRIMARY.linkStatus, this.o.link), FIXED_SIZE, isStatus, 1);
    } catch (thrown) {
      // Fast first: only a meter that missed the first request gets the settling time.
      if (!isLoss(thrown) || this.o.repeats === 0) throw thrown;
      yield* pause(this.o.settleMs);
      this.inbox.clear();
      yield* this.exchange(() => encodeFixed(PRIMARY.linkStatus, this.o.link), FIXED_SIZE, isStatus, this.o.repeats);
    }
    yield* this.exchange(
      () => encodeFixed(PRIMARY.resetLink, this.o.link),
      FIXED_SIZE,
      (frame) => (isAcknowledged(frame) ? true : undefined),
    );
    this.frameCount = false;
  }

  /**
   * SEND/CONFIRM: hands an ASDU to the meter; false = it says NACK. `make` is called for each try, so that a time
   * to be set is fresh also when it is sent again; its length stays.
   */
  *sendData(make: () => Uint8Array): Dialogue<boolean> {
    const control = PRIMARY.userData | this.nextCount();
    const { isTaken, isFull } = yield* this.exchange(
      () => encodeVariable(control, this.o.link, make()),
      FIXED_SIZE,
      (frame) => {
        const isTaken = isAcknowledged(frame);
        const isFull = frame.kind !== 'single' && isOverflowing(frame.control);
        return isTaken || isAnswer(frame, SECONDARY.nack) ? { isTaken, isFull } : undefined;
      },
    );
    if (isFull) yield* this.breathe(BREATH_MS);
    return isTaken;
  }

  /**
   * REQUEST/RESPOND for class 2 data. `accept` takes an ASDU, refuses it as not ours (undefined), or throws BAD_VALUE
   * for one that cannot be right; the same poll is then sent again, for the sum of FT1.2 is weak.
   */
  *poll<T>(accept: (asdu: Uint8Array) => T | undefined): Dialogue<Polled<T>> {
    const control = PRIMARY.requestClass2 | this.nextCount();
    let tries = 0;
    let singleAt: number | undefined;
    let foreign: { readonly asdu: Uint8Array; readonly tries: number } | undefined;
    return yield* this.exchange(
      () => {
        tries += 1;
        return encodeFixed(control, this.o.link);
      },
      MAX_FRAME,
      (frame): Polled<T> | undefined => {
        if (isAnswer(frame, SECONDARY.noData)) return { kind: 'no data' };
        if (frame.kind === 'single') {
          // "No data" here. But it has no mark of its own, and may be the copy of an acknowledgement: a record would be
          // lost by it. So it is believed when the repeat of this poll, which the meter answers alike, brings it again.
          if (singleAt !== undefined && singleAt < tries) return { kind: 'no data' };
          singleAt ??= tries;
          return undefined;
        }
        if (frame.kind !== 'variable' || functionOf(frame.control) !== SECONDARY.userData) return undefined;
        const value = accept(frame.asdu);
        if (value !== undefined) return { kind: 'data', value };
        // Once, it may be a late copy. Repeated for the repeat of this poll, it is a leftover in the meter: past it.
        if (foreign && foreign.tries < tries && isSameBytes(foreign.asdu, frame.asdu)) return { kind: 'no data' };
        foreign ??= { asdu: frame.asdu, tries };
        return undefined;
      },
    );
  }

  /**
   * A pause that listens. An answer without content has no mark of its own: a copy of it that the network made must
   * be gone before the next poll, or that poll's true answer would be missed and its record lost.
   */
  *breathe(ms: number): Dialogue<void> {
    const until = this.memory.now() + ms;
    for (let left = ms; left > 0; left = until - this.memory.now()) {
      const chunk = yield { do: 'receive', ms: left, since: 'heard' };
      if (chunk === undefined) break;
    }
    this.inbox.clear();
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
      // A meter that refused the password may refuse the goodbye too: it has heard it all the same.
      const isHeard = (frame: Ft12Answer): true | undefined =>
        isAcknowledged(frame) || isAnswer(frame, SECONDARY.nack) ? true : undefined;
      try {
        yield* this.exchange(() => encodeVariable(control, this.o.link, asdu), FIXED_SIZE, isHeard, isFinal ? 2 : 1);
      } catch (thrown) {
        if (isFinal || !isLoss(thrown)) throw thrown;
      }
    }
  }

  /**
   * A frame equal to the one just taken is a late copy: of a repeat, or made by the network. Only a meter that answers
   * every repeat with it has two equal records indeed; `insisted` counts that, and at the last try it is believed.
   */
  private isLateCopy(frame: Ft12Answer, insisted: number, triesLeft: number): boolean {
    if (this.taken === undefined || frame.kind === 'single' || !isSameFrame(frame, this.taken)) return false;
    if (frame.kind === 'variable') return triesLeft > 0 || insisted < this.o.repeats;
    if (!isAnswer(frame, SECONDARY.noData) || this.emptyCopiesDue === 0) return false;
    this.emptyCopiesDue -= 1;
    return true;
  }

  private nextCount(): number {
    this.frameCount = !this.frameCount;
    return this.frameCount ? FCB : 0;
  }

  private *exchange<T>(
    make: () => Uint8Array,
    answerSize: number,
    accept: (frame: Ft12Answer) => T | undefined,
    sends = this.o.repeats + 1,
  ): Dialogue<T> {
    this.isCountUncertain = true;
    let insisted = 0;
    for (let sent = 1; ; sent++) {
      const bytes = make();
      yield* send(bytes);
      const first = this.o.answerMs + wireMs(bytes.length + answerSize, this.memory.line);
      const isCopy = (frame: Ft12Answer): boolean => {
        const isLate = this.isLateCopy(frame, insisted, sends - sent);
        if (isLate) insisted = Math.min(sent, insisted + 1);
        return isLate;
      };
      try {
        const { frame, value } = yield* this.hear((heard) => (isCopy(heard) ? undefined : accept(heard)), first);
        this.isCountUncertain = false;
        this.hasHeardMeter = true;
        this.taken = frame.kind === 'single' ? undefined : frame;
        this.emptyCopiesDue = sent - 1;
        return value;
      } catch (thrown) {
        if (!isLoss(thrown)) throw thrown;
        if (sent >= sends) throw this.explained(thrown, sent);
        this.inbox.clear();
      }
    }
  }

  private *hear<T>(
    accept: (frame: Ft12Answer) => T | undefined,
    first: number,
  ): Dialogue<{ readonly frame: Ft12Answer; readonly value: T }> {
    const before = this.inbox.heard - this.inbox.bytes.length;
    let inFrames = 0;
    const scan = scanFt12Answer(() => this.inbox.heard - before === inFrames + 1);
    for (;;) {
      const frame = yield* this.inbox.frame(scan, { first });
      inFrames += sizeOfAnswer(frame);
      if (frame.kind !== 'single' && isFromPrimary(frame.control)) continue; // our own echo, or another master
      if (frame.kind !== 'single' && frame.link !== this.o.link) {
        this.stranger = frame.link;
        continue;
      }
      const value = accept(frame);
      if (value !== undefined) return { frame, value };
    }
  }

  /** Silence in words that say what to check. */
  private explained(thrown: ReadError, sends: number): ReadError {
    if (thrown.code === 'BAD_VALUE') return thrown;
    const { link } = this.o;
    if (this.stranger !== undefined && !this.hasHeardMeter)
      return failure('iec870.strangerLink', { link, other: this.stranger });
    const isSilent = thrown.code === 'NO_REPLY';
    if (this.hasHeardMeter)
      return failure(isSilent ? 'iec870.stoppedSilent' : 'iec870.stoppedDamaged', { why: thrown, sends });
    if (this.memory.line.parity === 'none')
      return failure(isSilent ? 'iec870.silentNoParity' : 'iec870.damagedNoParity', { link });
    return failure(isSilent ? 'iec870.silent' : 'iec870.damaged', { link });
  }
}

function isSameFrame(a: Ft12Frame, b: Ft12Frame): boolean {
  return (
    a.control === b.control &&
    (a.kind === 'variable' ? b.kind === 'variable' && isSameBytes(a.asdu, b.asdu) : b.kind === 'fixed')
  );
}

/** ACK as a frame, or the single character in its place (IEC 60870-5-2, 5.1.2). */
function isAcknowledged(frame: Ft12Answer): boolean {
  return frame.kind === 'single' || isAnswer(frame, SECONDARY.ack);
}

function isAnswer(frame: Ft12Answer, code: number): boolean {
  return frame.kind === 'fixed' && functionOf(frame.control) === code;
}

/** What a repeat may cure. A damaged frame whose sum fits by chance shows as BAD_VALUE. */
function isLoss(thrown: unknown): thrown is ReadError {
  return (
    thrown instanceof ReadError &&
    (thrown.code === 'NO_REPLY' || thrown.code === 'BAD_FRAME' || thrown.code === 'BAD_VALUE')
  );
}

const MAX_FRAME = 255 + 6;
/** How long a meter gets that says its buffer is full. */
const BREATH_MS = 1_000;
