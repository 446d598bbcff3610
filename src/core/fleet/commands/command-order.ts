// AT commands for one modem, for several, or for all on the topic that they share: what is wanted, and what each
// answers.
import type { AtReply } from '../../at/at';
import { decodeValues } from '../../at/values';
import type { Value } from '../../meter/reading';
import type { SmsAnswer } from '../sms/sms-exchange';

export interface CommandOrder {
  readonly target: 'modem' | 'list' | 'all';
  /** Sent in order; after a refusal the rest is not sent. */
  readonly commands: readonly string[];
  readonly imeis: readonly string[];
  readonly timeoutMs: number;
  /** Modems at the same time. */
  readonly concurrency: number;
  /** After this time without success a command goes by text message; undefined = never. */
  readonly smsAfterMs: number | undefined;
  readonly isConfirmed: boolean;
}

/** What a modem said to one command. */
export interface CommandAnswer {
  readonly imei: string;
  readonly command: string;
  /** null: a text message that was cut does not say. */
  readonly ok: boolean | null;
  readonly result: string;
  readonly lines: readonly string[];
  readonly values: Readonly<Record<string, Value>>;
  readonly ms: number;
  /** Only where it went by text message. */
  readonly way?: 'sms';
}

export function answerByMqtt(imei: string, command: string, reply: AtReply, ms: number): CommandAnswer {
  const { isOk, result, lines } = reply;
  return { imei, command, ok: isOk, result, lines, values: decodeValues(command, reply), ms };
}

export function answerBySms(imei: string, command: string, answer: SmsAnswer): CommandAnswer {
  const { ok, result, lines, values, ms } = answer;
  return { imei, command, ok, result, lines, values, ms: ms ?? 0, way: 'sms' };
}
