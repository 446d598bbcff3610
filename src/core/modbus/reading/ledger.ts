// What was asked on this line and may still be answered. An answer to a read says unit, function and byte count, but
// neither address nor number (V1.1b3, 6.1 to 6.4), and a tunnel may bring it a minute late or twice. So each request is
// noted before it is sent, and no later one may look alike while an answer to it can still come:
//   open     not answered: for 60 s, the greatest age of a message in the tunnel;
//   settled  answered, or passed over by the unit, which answers in order: for 5 s, in which an answer may come twice.
import { isSameBytes } from '../../wire/bytes';
import type { Request } from '../frames/functions';
import type { ReadSpan } from './lengths';
import { REPEAT_MS, type ShapeUse } from './planned';

export interface Asked {
  readonly unit: number;
  readonly request: Request;
  /** Of values in the answer; 0 where the answer tells otherwise what it is. */
  readonly byteCount: number;
  sentAt: number;
  /** The job that asked. A retry asks for the same job, so it may take the answer to the first try. */
  readonly job: object;
  settledAt: number | undefined;
  /** How many answers of this shape may still come. */
  answersDue: number;
  /** Answered late, or never. */
  isLost: boolean;
  /** What its answer brought, once it is here: a second one that differs was not for us. */
  values?: Uint8Array;
  /** No answer of its shape can be under way: neither was one asked for lately, nor can one come twice. */
  readonly isRested: boolean;
  /** Its shape was used before within memory. */
  readonly isRepeated: boolean;
}

interface Heard {
  readonly unit: number;
  readonly function: number;
  readonly octets: Uint8Array;
  readonly at: number;
}

export class Ledger {
  private asked: Asked[] = [];
  private heard: Heard[] = [];
  private readonly contents = new Map<string, Uint8Array>();
  private refusals: { readonly unit: number; readonly function: number; readonly at: number }[] = [];
  private fastest: number | undefined;
  private fastestEver: number | undefined;
  private timed = 0;
  private nonces: number;
  private readonly salt: number;
  /** Answers that came after their time, or twice: none of them became a value of another request. */
  lateAnswers = 0;

  /** `random`: an earlier life had other nonces, and other lengths. */
  constructor(random: () => number) {
    this.nonces = Math.floor(random() * 0x10000);
    this.salt = Math.floor(random() * 0x10000);
  }

  note(unit: number, request: Request, byteCount: number, job: object, now: number): Asked {
    this.forget(now);
    const alike =
      byteCount === 0
        ? undefined
        : this.asked.find(
            (a) => a.unit === unit && a.request.function === request.function && a.byteCount === byteCount,
          );
    const others = this.asked.filter((asked) => asked !== alike);
    // The planner sends nothing that looks like what is open; the same request once more, or a probe, may.
    const answersDue = alike && alike.settledAt === undefined && freeAt(alike) > now ? alike.answersDue + 1 : 1;
    const asked: Asked = {
      unit,
      request,
      byteCount,
      sentAt: now,
      job,
      settledAt: undefined,
      answersDue,
      isLost: false,
      isRested: alike === undefined || freeAt(alike) <= now,
      isRepeated: alike !== undefined,
    };
    this.asked = [...others, asked];
    return asked;
  }

  /** Its answer is here. A unit answers in order, and the tunnel keeps it: what it was asked before will not be answered any more. */
  settle(answered: Asked, now: number): void {
    for (const asked of this.asked) {
      if (
        asked === answered ||
        asked.unit !== answered.unit ||
        asked.settledAt !== undefined ||
        asked.sentAt > answered.sentAt
      )
        continue;
      asked.settledAt = now;
      asked.isLost = true;
    }
    answered.answersDue -= 1;
    if (answered.answersDue <= 0) answered.settledAt = now;
  }

  /** Refused for good, and with it all tries of the same: their shapes were never used, for a refusal has no byte count. */
  settleRefused(refused: Asked, tries: readonly Asked[], now: number): void {
    refused.answersDue = 1;
    this.settle(refused, now);
    this.asked = this.asked.filter((asked) => !tries.includes(asked));
  }

  /** Its octets, by which a second copy is known. */
  noteHeard({ unit, request, byteCount }: Asked, pdu: Uint8Array, now: number): void {
    if (byteCount === 0) return;
    const octets = pdu.slice();
    this.heard = this.heard.filter((one) => one.at + OPEN_MS > now).slice(-MAX_ASKED);
    this.heard.push({ unit, function: request.function, octets, at: now });
    this.noteContent(unit, request, octets);
  }

  /** What stands where this was read: the next answer is likely the same. */
  noteContent(unit: number, request: Request, octets: Uint8Array): void {
    if (!('quantity' in request)) return;
    const key = contentKey(unit, request);
    this.contents.delete(key);
    this.contents.set(key, octets.slice());
    const [oldest] = this.contents.size > MAX_ASKED ? this.contents.keys() : [];
    if (oldest !== undefined) this.contents.delete(oldest);
  }

  /** The very same answer was heard so shortly before that this may be its second copy. */
  wasHeard(unit: number, octets: Uint8Array, now: number, withinMs = REPEAT_MS): boolean {
    return this.heard.some((one) => one.unit === unit && one.at + withinMs > now && isSameBytes(one.octets, octets));
  }

  noteRefusal(unit: number, fn: number, now: number): void {
    this.refusals.push({ unit, function: fn, at: now });
  }

  /** The newest remembered request of this shape. */
  latest(shape: Pick<Asked, 'unit' | 'byteCount'> & { readonly function: number }, now: number): Asked | undefined {
    this.forget(now);
    const isIt = ({ unit, request, byteCount }: Asked): boolean =>
      unit === shape.unit && request.function === shape.function && byteCount === shape.byteCount;
    return this.asked.filter(isIt).at(-1);
  }

  isAwaited(asked: Asked, now: number): boolean {
    return freeAt(asked) > now;
  }

  /** Whether we asked exactly this lately. */
  hasAsked(read: ReadSpan & { readonly unit: number }, now: number): boolean {
    this.forget(now);
    return this.asked.some(
      ({ unit, request }) =>
        unit === read.unit &&
        'quantity' in request &&
        request.function === read.function &&
        request.address === read.address &&
        request.quantity === read.quantity,
    );
  }

  /** All whose answer may still arrive, oldest first. */
  awaited(now: number): readonly Asked[] {
    this.forget(now);
    return this.asked.filter((asked) => freeAt(asked) > now);
  }

  /**
   * How many refusals may still come that are not for the next request: for each open request of the unit and function
   * one that may come twice, and the repetition of one just heard. A refusal carries no byte count to tell it by.
   */
  strayRefusals(unit: number, fn: number, now: number): number {
    const open = this.asked.filter(
      (a) => a.unit === unit && a.request.function === fn && a.settledAt === undefined && freeAt(a) > now,
    );
    const wasHeard = this.refusals.some((r) => r.unit === unit && r.function === fn && r.at + REPEAT_MS > now);
    return open.length * 2 + (wasHeard ? 1 : 0);
  }

  /** The state of each shape of this unit, as it is now. `isHaunted`: of an earlier life's, answers may be under way. */
  shapes(unit: number, now: number, isHaunted = false): (fn: number, byteCount: number) => ShapeUse {
    this.forget(now);
    const uses = new Map<number, ShapeUse>();
    for (const asked of this.asked) {
      if (asked.unit !== unit || asked.byteCount === 0) continue;
      uses.set(asked.request.function * 1000 + asked.byteCount, {
        freeInMs: Math.max(0, freeAt(asked) - now),
        unusedMs: now - asked.sentAt,
      });
    }
    return (fn, byteCount) => uses.get(fn * 1000 + byteCount) ?? (isHaunted ? this.drawn(fn, byteCount) : UNUSED);
  }

  /**
   * The shape of this read need not rest: every answer of it that can come was heard, and its own will hardly be the same
   * as one of those. A second copy is known by its octets then.
   */
  isReusable(unit: number, read: ReadSpan, byteCount: number, now: number): boolean {
    const last = this.asked.find(
      (a) => a.unit === unit && a.request.function === read.function && a.byteCount === byteCount,
    );
    if (last?.settledAt === undefined || last.isLost || last.answersDue > 0) return false;
    const content = this.contents.get(contentKey(unit, read));
    return content === undefined || !this.wasHeard(unit, content, now);
  }

  /** Which unused shape comes first is drawn by lot, so that an earlier life will hardly have used it last. */
  private drawn(fn: number, byteCount: number): ShapeUse {
    const lot = Math.imul(this.salt ^ (fn * 1000 + byteCount), 0x9e3779b1) >>> 16;
    return { freeInMs: 0, unusedMs: OPEN_MS * (1 + lot / 0x10000) };
  }

  /** While anything of the unit is or lately was unanswered, a shape is as good as new only after the longest time. */
  freshMs(unit: number, now: number, isHaunted = false): number {
    this.forget(now);
    if (isHaunted) return 2 * OPEN_MS;
    return this.asked.some((a) => a.unit === unit && (a.isLost || a.settledAt === undefined)) ? OPEN_MS : CALM_MS;
  }

  /**
   * An answer that comes sooner than half the fastest ever seen is more likely the repetition of another one. Only where
   * its shape was used before within memory; and the measure is dropped as soon as nothing else comes.
   */
  isTooEarly(linkMs: number): boolean {
    return this.timed >= MIN_SAMPLES && this.fastest !== undefined && linkMs < this.fastest / 2;
  }

  time(linkMs: number): void {
    this.timed += 1;
    this.fastestEver = Math.min(this.fastestEver ?? Infinity, linkMs);
    this.fastest = Math.min(this.fastest ?? Infinity, linkMs);
  }

  /** Sooner than half of what was ever the fastest, and the very octets of an earlier answer: it was kept somewhere. */
  isStale(unit: number, octets: Uint8Array, linkMs: number, now: number): boolean {
    return linkMs < (this.fastestEver ?? 0) / 2 && this.wasHeard(unit, octets, now, OPEN_MS);
  }

  forgetTimes(): void {
    this.timed = 0;
    this.fastest = undefined;
  }

  nextNonce(): number {
    this.nonces = (this.nonces + 1) & 0xffff;
    return this.nonces;
  }

  private forget(now: number): void {
    const isRemembered = (asked: Asked): boolean => asked.sentAt + OPEN_MS > now || freeAt(asked) > now;
    if (this.asked.length > 0 && !this.asked.every(isRemembered)) this.asked = this.asked.filter(isRemembered);
    if (this.refusals.length > 0) this.refusals = this.refusals.filter((r) => r.at + REPEAT_MS > now);
    if (this.asked.length > MAX_ASKED) this.asked = this.asked.slice(-MAX_ASKED);
  }
}

function freeAt(asked: Asked): number {
  return asked.settledAt === undefined ? asked.sentAt + OPEN_MS : asked.settledAt + REPEAT_MS;
}

function contentKey(unit: number, { function: fn, address, quantity }: ReadSpan): string {
  return `${unit} ${fn} ${address} ${quantity}`;
}

const UNUSED: ShapeUse = { freeInMs: 0, unusedMs: Infinity };
/** The greatest age of a message in the tunnel. */
export const OPEN_MS = 60_000;
const CALM_MS = 15_000;
/** Far more than one line can ask within 60 s. */
const MAX_ASKED = 512;
const MIN_SAMPLES = 16;
