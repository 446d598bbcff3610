// One request and its answer, on a line where an answer may be late, doubled or another's. Whatever is heard is
// compared with all that may still be answered, so that a late answer is taken off the line whole, as what it is.
import { isSameBytes } from '../../wire/bytes';
import { overhearing, wireMs, type Dialogue, type LineMemory } from '../../wire/dialogue';
import { ReadError, failure } from '../../wire/errors';
import { Inbox, type PatientScan } from '../../wire/inbox';
import { longestAnswer, type Answer } from '../frames/adu';
import { ModbusLine, type UnitFacts } from './facts';
import { afterSilence, framings, type Framing } from '../frames/framing';
import { OPEN_MS, type Asked, type Ledger } from './ledger';
import { byteCountOf } from './lengths';
import { REPEAT_MS } from './plan';
import { Overheard, notAnswered } from './not-answered';
import type { ForeignAsk, SecondMaster } from './second-master';
import { decodeResponse, encodeRequest, isException, type Request, type Response } from '../frames/pdu';

export interface Peer {
  readonly unit: number;
  readonly framing: 'rtu' | 'ascii';
  /** The longest the device may take until it answers. */
  readonly timeoutMs: number;
  /** The line repeats what is sent (RS-485 adapter with local echo). */
  readonly expectEcho?: boolean;
  /** Rest that the unit needs between its answer and the next request. */
  readonly pauseMs?: number;
}

/** What the exchanges of one dialogue share. */
export interface UnitTalk {
  readonly peer: Peer;
  readonly framing: Framing;
  readonly memory: LineMemory;
  readonly ledger: Ledger;
  readonly facts: UnitFacts;
  /** Whoever else asks on this line. */
  readonly others: SecondMaster;
  /** The same object in every try of one job, and in no other job. */
  readonly job: object;
}

/**
 * How many refusals to pass over before one is believed. A refusal says unit and function only, so it may belong to an
 * earlier request; of one more than can be astray, the last is for this request, for the unit answers in order.
 */
export interface Doubt {
  strays: number;
  /** What was asked for the same registers since the doubt began. */
  readonly tries: Asked[];
  /** Requests of another master that were counted among the strays. */
  readonly foreign: Set<ForeignAsk>;
}

export type AskOutcome =
  /** `request`: what this is the answer to; an earlier try of the same job where `accepts` allowed it. */
  | {
      readonly kind: 'answer';
      readonly request: Request;
      readonly response: Response;
      /** It may be the answer to another master: one is known to have asked, or none is heard asking. */
      readonly doubt: 'none' | 'asked' | 'blind';
    }
  | { readonly kind: 'refusal'; readonly exception: number }
  /** Refused, but perhaps not this request: nothing else came in time. */
  | { readonly kind: 'doubtful'; readonly exception: number }
  /** What came has the very octets of an answer heard shortly before: perhaps its copy. Nothing else came in time. */
  | { readonly kind: 'copy' };

export function openTalk(peer: Peer, memory: LineMemory, job: object): UnitTalk {
  const line = memory.recall('modbus', () => new ModbusLine(() => memory.random()));
  const [{ ledger }, others] = [line, line.secondMaster(peer.framing)];
  return { peer, framing: framings[peer.framing], memory, ledger, facts: line.unit(peer.unit), others, job };
}

export function doubtAbout(talk: UnitTalk, fn: number): Doubt {
  return { strays: talk.ledger.strayRefusals(talk.peer.unit, fn, talk.memory.now()), tries: [], foreign: new Set() };
}

export function* ask(
  talk: UnitTalk,
  request: Request,
  doubt: Doubt,
  accepts: (earlier: Asked) => boolean = () => false,
): Dialogue<AskOutcome> {
  const { peer, framing, memory, ledger, facts, others } = talk;
  const restMs = facts.heardAt + (peer.pauseMs ?? 0) - memory.now();
  if (restMs > 0) yield { do: 'pause', ms: restMs };
  others.catchUp(memory);
  const adu = framing.encode(peer.unit, encodeRequest(request));
  const byteCount =
    'quantity' in request ? (request.answerBytes ?? byteCountOf(request.function, request.quantity)) : 0;
  const noted = memory.now();
  const asked = ledger.note(peer.unit, request, byteCount, talk.job, noted);
  doubt.tries.push(asked);
  yield { do: 'send', bytes: adu, isFresh: true };
  asked.sentAt = memory.now();
  const wire = wireMs(adu.length + framing.aduLength(longestAnswer(request)), memory.line);
  const soonest = noted + SURE_SHARE * wire;
  const awaited = ledger.awaited(memory.now());
  const scan = framing.scanAnswer(
    awaited.map((a) => ({ unit: a.unit, request: a.request, ...(peer.expectEcho ? { expectEcho: true } : {}) })),
  );
  const inbox = new Inbox();
  inbox.expectEcho(adu);
  let refusal: number | undefined;
  let held: { readonly response: Response; readonly pdu: Uint8Array } | undefined;
  let isLate = false;
  let isCopy = false;
  const overheard = new Overheard();
  for (;;) {
    const heard = yield* overheard.during(nextAnswer(talk, inbox, scan, peer.timeoutMs + wire));
    if (heard instanceof ReadError) {
      if (held) {
        ledger.noteHeard(asked, held.pdu, memory.now());
        ledger.settle(asked, memory.now());
        return {
          kind: 'answer',
          request,
          response: held.response,
          doubt: others.isBlind(memory.now()) ? 'blind' : 'none',
        };
      }
      ledger.forgetTimes();
      if (refusal !== undefined) return { kind: 'doubtful', exception: refusal };
      if (isCopy) return { kind: 'copy' };
      if (heard.code === 'BAD_FRAME')
        throw notAnswered(overheard.octets(adu), { unit: peer.unit, request }, peer.framing, heard);
      throw failure(isLate ? 'modbus.silentLate' : 'modbus.silent', { unit: peer.unit, ms: peer.timeoutMs });
    }
    const from = awaited[heard.index];
    if (!from) continue;
    const response = decodeResponse(heard.pdu, from.request);
    const now = memory.now();
    if (from.unit === peer.unit) facts.heardAt = now;
    if (isException(response)) {
      ledger.noteRefusal(from.unit, response.function, now);
      if (from === asked) creditOthers(talk, doubt, response.function, noted);
      if (from !== asked || doubt.strays > 0) {
        if (from === asked) [refusal, doubt.strays] = [response.exception, doubt.strays - 1];
        else ledger.lateAnswers += 1;
        continue;
      }
      ledger.settleRefused(asked, FINAL.includes(response.exception) ? doubt.tries : [], now);
      return { kind: 'refusal', exception: response.exception };
    }
    // It answers after all, so what was refused was an earlier request.
    if (from === asked && refusal !== undefined) ledger.lateAnswers += 1;
    const linkMs = Math.max(0, now - asked.sentAt - wire);
    const isRepetition = !from.isRested && ledger.wasHeard(from.unit, heard.pdu, now);
    if (!held && (isRepetition || ledger.isStale(from.unit, heard.pdu, linkMs, now))) {
      isCopy ||= from === asked;
      if (from === asked) ledger.noteContent(peer.unit, request, heard.pdu);
      ledger.lateAnswers += 1;
      continue;
    }
    if (from === asked && !(asked.isRepeated && ledger.isTooEarly(linkMs))) {
      const isSecond = held !== undefined && !isSameBytes(held.pdu, heard.pdu);
      if (isSecond) others.noteSecondAnswer(memory);
      const isEarly = others.noteEarly(memory.ear !== undefined && now < soonest, memory);
      const isInDoubt = isSecond || isEarly || others.isInDoubt(asked, now);
      if (!isInDoubt && !held && others.isSecondAwaited(now, memory)) {
        held = { response, pdu: heard.pdu.slice() };
        continue;
      }
      ledger.time(linkMs);
      ledger.noteHeard(asked, heard.pdu, now);
      // in doubt: the other answer of this shape is still to come
      if (!isInDoubt) ledger.settle(asked, now);
      if (!isInDoubt && byteCount > 0) asked.values = heard.pdu.slice(2);
      return { kind: 'answer', request, response, doubt: isInDoubt ? 'asked' : 'none' };
    }
    isLate = true;
    ledger.lateAnswers += 1;
    if (from === asked) continue;
    const isOpen = from.settledAt === undefined && memory.ear?.isShared !== true;
    ledger.noteHeard(from, heard.pdu, now);
    ledger.settle(from, now);
    if (isOpen && accepts(from)) return { kind: 'answer', request: from.request, response, doubt: 'none' };
  }
}

/** Asks until it is certain whose refusal was heard: bounded, for each doubtful one uses up one that may be astray. */
export function* insist(talk: UnitTalk, request: Request): Dialogue<AskOutcome> {
  const doubt = doubtAbout(talk, request.function);
  for (;;) {
    const outcome = yield* ask(talk, request, doubt);
    if (outcome.kind !== 'doubtful') return outcome;
  }
}

/**
 * A request whose answer names itself: once it is there, nothing sent before it can be answered any more (the unit
 * answers in order, the tunnel keeps it). A refusal of it serves as well. Undefined: nothing came.
 */
export function* fence(talk: UnitTalk): Dialogue<'answer' | 'refusal' | undefined> {
  const nonce = talk.ledger.nextNonce();
  const data = Uint8Array.of(nonce >>> 8, nonce & 0xff);
  try {
    const outcome = yield* ask(talk, { function: 8, subfunction: 0, data }, doubtAbout(talk, 8));
    if (outcome.kind === 'doubtful' || outcome.kind === 'copy') return undefined;
    talk.facts.isEchoing = outcome.kind === 'answer';
    talk.facts.learn({ kind: 'fence' }, talk.memory.now());
    return outcome.kind;
  } catch (thrown) {
    if (!(thrown instanceof ReadError) || thrown.code !== 'NO_REPLY') throw thrown;
    talk.facts.learn({ kind: 'silent-fence' }, talk.memory.now());
    return undefined;
  }
}

/**
 * After a start nobody knows what an earlier life of the platform asked, and its answers may still come: before the
 * first read of a unit, one exchange that only its own answer can end. A unit that passes over diagnostics in silence
 * can be read when no such answer can be under way any more.
 */
export function* endPast(talk: UnitTalk): Dialogue<void> {
  const { facts, memory, peer } = talk;
  const unknownUntil = memory.knownSince + OPEN_MS;
  if (memory.now() >= unknownUntil) facts.isPastOver = true;
  if (facts.isPastOver) return;
  const end = yield* fence(talk);
  if (end === undefined) {
    const leftS = Math.ceil((unknownUntil - memory.now()) / 1000);
    throw leftS > 0
      ? failure('modbus.afterStartWait', { unit: peer.unit, seconds: leftS })
      : failure('modbus.afterStart', { unit: peer.unit });
  }
  facts.isPastOver = true;
  // a refusal says nothing of its request: that of an earlier life's fence looks the same, if two lives began within a minute
  facts.hauntedUntil = end === 'answer' ? memory.now() + REPEAT_MS : unknownUntil;
}

/** The next answer to anything awaited; at the deadline also one that stood behind the begin of a cut-off answer. */
function* nextAnswer(
  { others, memory }: UnitTalk,
  inbox: Inbox,
  scan: PatientScan<Answer>,
  first: number,
): Dialogue<Answer | ReadError> {
  try {
    return yield* overhearing(inbox.frame(scan, { first }), (chunk) => {
      others.catchUp(memory);
      others.hear(chunk, memory.now(), memory);
    });
  } catch (thrown) {
    if (!(thrown instanceof ReadError) || (thrown.code !== 'NO_REPLY' && thrown.code !== 'BAD_FRAME')) throw thrown;
    return inbox.next(afterSilence(scan)) ?? thrown;
  }
}

/** Each request of another master that may be refused makes one more refusal that may not be for us. */
function creditOthers({ peer, others }: UnitTalk, doubt: Doubt, fn: number, since: number): void {
  for (const ask of others.refusable(peer.unit, fn, since)) {
    if (doubt.foreign.has(ask)) continue;
    doubt.foreign.add(ask);
    doubt.strays += 1;
  }
}

/** Of the time that request and answer take on the wire: what comes sooner cannot have passed it. */
const SURE_SHARE = 0.8;
/** Illegal function, address or value: what is refused so is never answered with data. */
const FINAL: readonly number[] = [1, 2, 3, 4];
