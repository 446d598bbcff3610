// The session of the REE profile, from the first sign of life to the end of session: link, password, requests.
// Law kept here: the password is offered once per session and never again after a no; whatever was opened is closed;
// a meter that prepares its data is polled on, each poll with a new FCB; 0D and 12 mean "nothing in that interval".
// An interval request is answered between its confirmation (cause 7) and its termination (cause 0A), and both mirror
// it: what comes before, or mirrors another interval, an earlier request left behind.
import type { Dialogue, LineMemory } from '../wire/dialogue';
import { failure, phrase, type ReadError } from '../wire/errors';
import type { Inbox } from '../wire/inbox';
import { CAUSE, decodeAsdu, encodeAsdu, REFUSALS, TYPE, type Asdu } from './asdu';
import { Ft12Link, type LinkOptions } from './link';
import { encodePassword, isOtherInterval } from './objects';

/** The link, the measuring point and its password. */
export interface Iec870SessionOptions extends LinkOptions {
  readonly point: number;
  readonly password: number;
  readonly preparingMs: number;
}

/** One request of the profile and how its answers look. */
export interface RequestForm<T> {
  readonly type: number;
  readonly register: number;
  readonly answerType: number;
  /** Information objects in the request: none for a bare one. */
  readonly count: number;
  /** The bytes behind the head; called for each try. */
  readonly body: () => Uint8Array;
  readonly decode: (answer: Asdu) => T;
  /** Interval requests are activated, confirmed, answered and terminated; the others have a single answer. */
  readonly isInterval: boolean;
}

/** `refused`: a typed no of the meter, by its cause of transmission. `empty`: nothing recorded in that interval. */
export type RequestOutcome =
  { readonly kind: 'done' } | { readonly kind: 'empty' } | { readonly kind: 'refused'; readonly cause: number };

/** One session with one meter. */
export class Iec870Session {
  private readonly link: Ft12Link;
  private isPasswordSent = false;

  constructor(
    private readonly o: Iec870SessionOptions,
    private readonly memory: LineMemory,
    inbox: Inbox,
  ) {
    this.link = new Ft12Link(o, memory, inbox);
  }

  *open(): Dialogue<void> {
    yield* this.link.open();
  }

  /** C_AC_NA_2: the meter mirrors it, cause 7 = welcome, P/N = refused. */
  *authenticate(): Dialogue<void> {
    this.isPasswordSent = true;
    const isTaken = yield* this.link.sendData(() =>
      this.asdu(TYPE.C_AC_NA_2, CAUSE.activation, 0, encodePassword(this.o.password), 1),
    );
    // A NACK may be another session or the password itself: a second try could cost the meter's patience.
    if (!isTaken) throw failure('iec870.passwordNack', {});
    const answer = yield* this.answer([TYPE.C_AC_NA_2], undefined, (asdu) => asdu);
    if (REFUSALS[answer.cause] !== undefined) throw this.refusal(TYPE.C_AC_NA_2, answer.cause);
    if (answer.isNegative || answer.cause !== CAUSE.confirmation) {
      throw failure('iec870.passwordRefused', {});
    }
  }

  /** One request and all its answers, each handed to `take` exactly once. */
  *ask<T>(ask: RequestForm<T>, take: (value: T) => void): Dialogue<RequestOutcome> {
    const cause = ask.isInterval || ask.type === TYPE.C_CS_TA_2 ? CAUSE.activation : CAUSE.requested;
    let body: Uint8Array = new Uint8Array();
    yield* this.deliver(() => this.asdu(ask.type, cause, ask.register, (body = ask.body()), ask.count));
    let isConfirmed = !ask.isInterval;
    for (;;) {
      const { asdu, value } = yield* this.answer(
        [ask.type, ask.answerType],
        ask.register === 0 ? undefined : ask.register,
        (asdu) => {
          const isValue = asdu.cause === CAUSE.requested && asdu.type === ask.answerType && !asdu.isNegative;
          if (!isConfirmed && (isValue || asdu.cause === CAUSE.termination)) return undefined;
          if (ask.isInterval && asdu.type === ask.type && isOtherInterval(body, asdu.objects)) return undefined;
          return { asdu, value: isValue ? ask.decode(asdu) : undefined };
        },
      );
      if (value !== undefined) {
        take(value);
        if (!ask.isInterval) return { kind: 'done' };
      } else if (asdu.isNegative || !isProcedure(asdu.cause)) return this.outcomeOf(ask, asdu);
      else if (asdu.cause === CAUSE.termination || ask.type === TYPE.C_CS_TA_2) return { kind: 'done' };
      else isConfirmed = true;
    }
  }

  /** C_FS_NA_2, if this session ever said hello: else the meter ignores the next client for a minute or two. */
  *close(): Dialogue<void> {
    if (!this.isPasswordSent) return;
    yield* this.link.sendLast(this.asdu(TYPE.C_FS_NA_2, CAUSE.activation, 0, new Uint8Array(), 0));
  }

  refusal(type: number, cause: number): ReadError {
    if (cause === CAUSE.addressUnknown) return this.pointUnknown();
    return failure('iec870.refused', { type, why: REFUSALS[cause] ?? phrase('iec870.cause', { cause }) });
  }

  private outcomeOf<T>(ask: RequestForm<T>, answer: Asdu): RequestOutcome {
    const isEmpty =
      ask.isInterval && (answer.cause === CAUSE.recordNotAvailable || answer.cause === CAUSE.periodNotAvailable);
    return isEmpty ? { kind: 'empty' } : { kind: 'refused', cause: answer.cause };
  }

  /** A NACK says "not now": asked again, each time as a new frame, for the meter has counted the refused one. */
  private *deliver(make: () => Uint8Array): Dialogue<void> {
    for (let left = NACKS_TOLERATED; ; left--) {
      if (yield* this.link.sendData(make)) return;
      if (left === 0) throw failure('iec870.nacks', { times: NACKS_TOLERATED + 1 });
      yield* this.link.breathe(POLL_PAUSE_MS);
    }
  }

  private *answer<T>(
    types: readonly number[],
    register: number | undefined,
    read: (asdu: Asdu) => T | undefined,
  ): Dialogue<T> {
    const since = this.memory.now();
    let isOtherHeard = false;
    for (;;) {
      const polled = yield* this.link.poll((bytes) => {
        const asdu = decodeAsdu(bytes);
        // What was not asked is not ours: a late answer to something else must never stand for this one.
        const isOther = !types.includes(asdu.type) || (register !== undefined && asdu.register !== register);
        isOtherHeard ||= isOther;
        if (isOther) return undefined;
        if (asdu.point !== this.o.point && asdu.cause !== CAUSE.addressUnknown) {
          throw failure('iec870.otherPoint', { point: asdu.point, asked: this.o.point });
        }
        const value = read(asdu);
        isOtherHeard ||= value === undefined;
        return value === undefined ? undefined : { value };
      });
      if (polled.kind === 'data') return polled.value.value;
      if (this.memory.now() - since >= this.o.preparingMs) {
        const seconds = Math.round(this.o.preparingMs / 1000);
        throw failure(isOtherHeard ? 'iec870.stillEmptying' : 'iec870.noDataYet', { seconds });
      }
      yield* this.link.breathe(POLL_PAUSE_MS);
    }
  }

  private asdu(type: number, cause: number, register: number, objects: Uint8Array, count: number): Uint8Array {
    return encodeAsdu({ type, count, cause, isNegative: false, point: this.o.point, register, objects });
  }

  private pointUnknown(): ReadError {
    return failure('iec870.pointUnknown', { point: this.o.point });
  }
}

/** The frame of an answer, as against its contents or a refusal. */
function isProcedure(cause: number): boolean {
  return cause === CAUSE.confirmation || cause === CAUSE.termination;
}

const NACKS_TOLERATED = 3;
const POLL_PAUSE_MS = 500;
