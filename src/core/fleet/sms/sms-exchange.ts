// Questions by text and their answers. An answer carries no id and may come hours later, so: one question at a time is
// open per modem, and an answer that may belong to an earlier, unanswered one belongs to none for certain.
import type { Clock } from '../../transport/lane/clock';
import { failure } from '../../wire/errors';
import { canAnswer, decodeSmsReply, type SmsReply } from './sms-answer';
import type { SmsText } from './sms-text';

/** How a text that came in belongs to what was asked. */
export type SmsMatch =
  /** To the question that is open. */
  | 'answer'
  /** To one whose time was over. */
  | 'late'
  /** To one of several questions, nobody can say which. */
  | 'uncertain'
  /** From a modem that was asked nothing. */
  | 'unasked'
  /** From a number that is no modem's. */
  | 'unknown';

export interface InboundSms {
  readonly from: string;
  readonly text: string;
  /** UTC, ISO; when it was received, as far as the provider says. */
  readonly at: string;
}

/** `msg.payload` on the answers' output. */
export interface SmsAnswer extends SmsReply {
  readonly match: SmsMatch;
  readonly imei: string | null;
  readonly phone: string;
  /** What was asked; null where that is not certain. */
  readonly asked: string | null;
  readonly command: string | null;
  /** Who asked, in the asker's own words. */
  readonly asker: string | null;
  readonly text: string;
  readonly at: string;
  /** From the sending of the question. */
  readonly ms: number | null;
}

interface Question {
  readonly sms: SmsText;
  readonly asker: string | null;
  readonly since: number;
  /** While somebody waits for it. */
  settle: ((answer: SmsAnswer) => void) | undefined;
}

export class SmsExchange {
  /** Unanswered questions per modem, oldest first; only the last one can be open. */
  private readonly asked = new Map<string, Question[]>();
  /** Answers per modem that may belong to several of them. */
  private readonly loose = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /**
   * From here on an answer may come (open it before the text is on its way). `answer` waits for it: OUTCOME_UNKNOWN
   * after the time-out, CANCELLED by the signal; either way what comes later is late. `withdraw`: it never left.
   */
  open(
    imei: string,
    sms: SmsText,
    asker: string | null,
  ): { answer(timeoutMs: number, signal?: AbortSignal): Promise<SmsAnswer>; withdraw(): void } {
    const question: Question = { sms, asker, since: this.clock.now(), settle: undefined };
    let early: SmsAnswer | undefined;
    question.settle = (answer) => void (early = answer);
    this.asked.set(imei, [...this.fresh(imei), question]);
    return {
      withdraw: () => this.remove(imei, question),
      answer: async (timeoutMs, signal) => {
        const over = new AbortController();
        if (early === undefined) {
          question.settle = (answer) => {
            early = answer;
            over.abort();
          };
          await this.clock.sleep(timeoutMs, signal ? AbortSignal.any([over.signal, signal]) : over.signal);
        }
        question.settle = undefined;
        if (early !== undefined) return early;
        if (signal?.aborted) throw failure('fleet.cancelledAfterText', {}, 'read');
        const seconds = Math.round(timeoutMs / 1000);
        throw failure('fleet.textNotAnswered', { text: sms.text.slice(0, 60), seconds }, 'read');
      },
    };
  }

  /** A text of a known modem. */
  hear(imei: string, inbound: InboundSms): SmsAnswer {
    const open = this.fresh(imei);
    const possible = open.filter((question) => canAnswer(inbound.text, question.sms));
    const [first] = possible;
    if (first === undefined) return answerOf('unasked', imei, inbound);
    if (possible.length > 1) {
      // As many answers as questions: whichever is whose, none is left unanswered.
      const loose = (this.loose.get(imei) ?? 0) + 1;
      if (loose >= open.length) this.forget(imei);
      else this.loose.set(imei, loose);
      return answerOf('uncertain', imei, inbound);
    }
    const settle = first.settle;
    const answer = answerOf(
      settle ? 'answer' : 'late',
      imei,
      inbound,
      first,
      Math.round(this.clock.now() - first.since),
    );
    this.remove(imei, first);
    settle?.(answer);
    return answer;
  }

  private fresh(imei: string): Question[] {
    const now = this.clock.now();
    return (this.asked.get(imei) ?? [])
      .filter((question) => question.settle !== undefined || now - question.since < LATE_MS)
      .slice(-MAX_UNANSWERED);
  }

  private remove(imei: string, question: Question): void {
    const rest = this.fresh(imei).filter((each) => each !== question);
    if (rest.length === 0) this.forget(imei);
    else this.asked.set(imei, rest);
  }

  private forget(imei: string): void {
    this.asked.delete(imei);
    this.loose.delete(imei);
  }
}

/** A text whose sender is no modem of the book: told, never matched. */
export function unknownSms(inbound: InboundSms): SmsAnswer {
  return answerOf('unknown', null, inbound);
}

function answerOf(
  match: SmsMatch,
  imei: string | null,
  inbound: InboundSms,
  question?: Question,
  ms: number | null = null,
): SmsAnswer {
  const asked = question?.sms;
  const reply = decodeSmsReply(inbound.text, asked);
  // without a question the last line is just a line: OK to what?
  const ok = asked === undefined ? null : reply.ok;
  const command = asked === undefined || asked.kind === 'connect' ? null : (asked.command ?? null);
  return {
    match,
    imei,
    phone: inbound.from,
    asked: asked?.text ?? null,
    command,
    asker: question?.asker ?? null,
    ...reply,
    ok,
    text: inbound.text,
    at: inbound.at,
    ms,
  };
}

/** The longest that networks keep a message for a phone that is switched off, as a rule. */
const LATE_MS = 24 * 3_600_000;
const MAX_UNANSWERED = 20;
