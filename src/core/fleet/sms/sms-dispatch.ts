// The platform's text messages: one question at a time per modem, never repeated by itself, never more per hour than
// allowed, only to modems whose number is known and from a number that they obey. How a text leaves (through a gateway
// modem, through a provider) is the `carry` that it is given.
import type { Clock } from '../../transport/lane/clock';
import { failure, phrase, type Phrase } from '../../wire/errors';
import type { PhoneBook } from './sms-book';
import { SmsExchange, unknownSms, type InboundSms, type SmsAnswer } from './sms-exchange';
import type { HourLimit } from './sms-limit';
import { dangerOfSms, type SmsText } from './sms-text';

export interface OutgoingSms {
  readonly imei: string;
  readonly to: string;
  readonly text: string;
  /** The platform's number that the modem obeys; empty when it is not known. */
  readonly from: string;
}

/**
 * Resolves when the text is on its way: 'sent', or 'unsure' when the way does not say. Throws only when it certainly
 * did not leave.
 */
export type Carry = (sms: OutgoingSms, signal: AbortSignal | undefined) => Promise<'sent' | 'unsure'>;

export interface SmsRequest {
  readonly imei: string;
  readonly sms: SmsText;
  /** The modem's number, if the message brings it along. */
  readonly phone?: string;
  /** The user means it: dangerous commands, names of unknown meaning, a sender that the modem does not obey. */
  readonly isConfirmed: boolean;
  readonly signal?: AbortSignal;
  readonly carry?: Carry;
  /** Who asks; it comes back with the answer. */
  readonly asker?: string;
}

export type SmsOutcome =
  | { readonly state: 'answered'; readonly sms: OutgoingSms; readonly answer: SmsAnswer }
  | { readonly state: 'sent'; readonly sms: OutgoingSms };

export interface SmsOptions {
  readonly clock: Clock;
  readonly book: PhoneBook;
  readonly limit: HourLimit;
  /** Numbers that the platform texts from. */
  readonly senders: readonly string[];
  readonly timeoutMs: number;
  /** False where nobody brings answers in: then a text is sent and that is all. */
  readonly isAnswerAwaited: boolean;
  readonly carry: Carry;
  /** Told once per modem. */
  warn(what: Phrase): void;
}

export class SmsDispatch {
  readonly counters = { sent: 0, answered: 0, late: 0, uncertain: 0, unasked: 0, unknown: 0, duplicate: 0 };
  private readonly exchange: SmsExchange;
  private readonly turns = new Map<string, Promise<unknown>>();
  private readonly heard = new Map<string, number>();
  private readonly warned = new Set<string>();
  private waiting = 0;

  constructor(private readonly options: SmsOptions) {
    this.exchange = new SmsExchange(options.clock);
  }

  get book(): PhoneBook {
    return this.options.book;
  }

  /**
   * Asks a modem by text, after what was asked of it before. Rejects with OUTCOME_UNKNOWN when no answer came in time.
   */
  async ask(request: SmsRequest): Promise<SmsOutcome> {
    const outgoing = this.outgoing(request);
    if (this.waiting >= MAX_WAITING) throw failure('fleet.smsQueueFull', { waiting: this.waiting }, 'queue');
    this.waiting += 1;
    const before = this.turns.get(request.imei) ?? Promise.resolve();
    const turn = before.then(() => this.send(outgoing, request));
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.turns.set(request.imei, settled);
    try {
      return await turn;
    } finally {
      this.waiting -= 1;
      if (this.turns.get(request.imei) === settled) this.turns.delete(request.imei);
    }
  }

  /**
   * A text that came in; undefined for one that the provider delivered twice (same id, or same text at the same time).
   */
  hear(inbound: InboundSms, id?: string): SmsAnswer | undefined {
    if (id !== undefined && this.isRepeated(`${inbound.from} ${id}`)) {
      this.counters.duplicate += 1;
      return undefined;
    }
    const imei = this.book.imeiOf(inbound.from);
    const answer = imei === undefined ? unknownSms(inbound) : this.exchange.hear(imei, inbound);
    this.counters[answer.match === 'answer' ? 'answered' : answer.match] += 1;
    return answer;
  }

  /** Everything that can be said before anything is sent or waits. */
  private outgoing(request: SmsRequest): OutgoingSms {
    const { imei, sms, phone, isConfirmed } = request;
    const danger = dangerOfSms(sms);
    if (danger !== undefined && !isConfirmed)
      throw failure('fleet.mayCutOff', { command: sms.text.slice(0, 60), why: danger }, 'configure');
    if (phone !== undefined) this.book.learn({ imei, phone });
    const to = this.book.phoneOf(imei);
    if (to === undefined) throw failure('fleet.noNumber', { imei }, 'configure');
    return { imei, to, text: sms.text, from: this.senderFor(imei, isConfirmed) };
  }

  /** A number of ours that the modem obeys. A text that it would ignore is money for nothing. */
  private senderFor(imei: string, isConfirmed: boolean): string {
    const { senders } = this.options;
    const valid = this.book.validPhonesOf(imei);
    const [first = ''] = senders;
    if (valid === 'all') return first;
    const found = valid && senders.find((sender) => valid.includes(sender));
    if (found !== undefined) return found;
    if (valid !== undefined && first !== '') {
      const facts = { imei, valid: valid.length === 0 ? phrase('fleet.nobody', {}) : valid, senders };
      if (!isConfirmed) throw failure('fleet.notObeyed', facts, 'configure');
      this.warnOnce(imei, phrase('fleet.notObeyedSent', facts));
    } else if (first === '') this.warnOnce('', phrase('fleet.senderUnset', {}));
    else this.warnOnce(imei, phrase('fleet.senderUnsure', { imei, sender: first }));
    return first;
  }

  private async send(outgoing: OutgoingSms, request: SmsRequest): Promise<SmsOutcome> {
    const { signal } = request;
    const { isAnswerAwaited, limit, timeoutMs } = this.options;
    if (signal?.aborted) throw failure('fleet.cancelledBeforeText', {}, 'queue');
    limit.take();
    const question = this.exchange.open(outgoing.imei, request.sms, request.asker ?? null);
    let way: 'sent' | 'unsure';
    try {
      way = await (request.carry ?? this.options.carry)(outgoing, signal);
    } catch (thrown) {
      limit.giveBack();
      question.withdraw();
      throw thrown;
    }
    this.counters.sent += 1;
    if (isAnswerAwaited) return { state: 'answered', sms: outgoing, answer: await question.answer(timeoutMs, signal) };
    await question.answer(0).catch(() => undefined); // what comes is late
    if (way === 'unsure') throw failure('fleet.gatewayUnsure', {}, 'publish');
    return { state: 'sent', sms: outgoing };
  }

  private isRepeated(key: string): boolean {
    const now = this.options.clock.now();
    for (const [known, at] of this.heard) {
      if (this.heard.size <= MAX_REMEMBERED && now - at < REMEMBERED_MS) break;
      this.heard.delete(known);
    }
    if (this.heard.has(key)) return true;
    this.heard.set(key, now);
    return false;
  }

  private warnOnce(key: string, what: Phrase): void {
    if (this.warned.has(key)) return;
    this.warned.add(key);
    this.options.warn(what);
  }
}

/** Senders as numbers, from a list in one text. */
export function parseSenders(text: string, book: PhoneBook): readonly string[] {
  return text
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => book.normal(part));
}

const MAX_WAITING = 200;
const MAX_REMEMBERED = 1_000;
const REMEMBERED_MS = 24 * 3_600_000;
