// AT commands as jobs of the modems' AT lanes, and the broadcast to all.
import type { ReadError } from '../../src/core/index';
import {
  broadcastCommand,
  commandBySms,
  commandWithFallback,
  decodeValues,
  checkShared,
  failure,
  sendCommand,
  smsOfCommand,
  systemClock,
  type AtReply,
  type CommandOutcome,
  type Done,
  type Modem,
  type SmsAnswer,
  type SmsDispatch,
  type Value,
  parseImei,
} from '../../src/core/index';
import type { Badge } from '../shared/badge';
import type { ModemNode } from '../shared/palette';

export interface Order {
  readonly target: 'modem' | 'list' | 'all';
  readonly commands: readonly string[];
  readonly imeis: readonly string[];
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** After this time without success a command goes by text message; undefined = never. */
  readonly smsAfterMs: number | undefined;
  readonly isConfirmed: boolean;
}

/** How a command gets around MQTT: looked up when it is needed, for the node may have been deployed anew. */
export interface SmsWay {
  readonly asker: string;
  sms(): SmsDispatch;
}

/** `msg.payload` of mtx-at. */
export interface Answer {
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

/** The commands in order on one modem; after a refusal (ERROR) the rest is not sent. Silence throws. */
export async function commandModem(
  node: ModemNode,
  imei: string,
  order: Order,
  signal: AbortSignal,
  badge: Badge,
  way: SmsWay,
  tell: (answer: Answer) => void,
): Promise<void> {
  const modem = node.acquire(parseImei(imei));
  let isBySms = false;
  try {
    for (const command of order.commands) {
      const byMqtt = (text: string, queueMs: number): Promise<Done<AtReply>> =>
        commandLane(node, modem, text, order, queueMs, signal, badge);
      const { smsAfterMs, isConfirmed } = order;
      const outcome: CommandOutcome =
        smsAfterMs === undefined
          ? { way: 'mqtt', reply: await byMqtt(command, QUEUE_MS) }
          : isBySms // once out of reach, the rest follows the same way, so that the order stays
            ? {
                way: 'sms',
                answer: await commandBySms(way.sms(), {
                  imei,
                  sms: smsOfCommand(command),
                  isConfirmed,
                  signal,
                  asker: way.asker,
                }),
              }
            : await commandWithFallback({
                clock: systemClock,
                imei,
                command,
                smsAfterMs,
                isConfirmed,
                signal,
                asker: way.asker,
                byMqtt,
                sms: { ask: (request) => way.sms().ask(request) },
                onState: (state) => state === 'sms' && badge.bySms(),
              });
      isBySms = outcome.way === 'sms';
      const answer =
        outcome.way === 'sms'
          ? smsAnswerOf(imei, command, outcome.answer)
          : answerOf(imei, command, outcome.reply.value, outcome.reply.link.ms);
      tell(answer);
      if (answer.ok === false) return;
    }
  } finally {
    node.release(imei);
  }
}

function commandLane(
  node: ModemNode,
  modem: Modem,
  command: string,
  order: Order,
  queueMs: number,
  signal: AbortSignal,
  badge: Badge,
): Promise<Done<AtReply>> {
  return modem.at.run({
    label: command,
    attempts: 1, // a command may have been carried out although its reply was lost
    queueMs,
    quietMs: DIRTY_MS,
    signal,
    onProgress: (progress) => badge.progress(progress),
    start: () => sendCommand({ command, timeoutMs: order.timeoutMs, isCrAppended: node.profile.isCrAppended }),
  });
}

/** One publish on the shared topic; `msg.imeis`, if given, says who has to answer. */
export async function commandShared(
  node: ModemNode,
  order: Order,
  signal: AbortSignal,
  tell: (answer: Answer) => void,
  fail: (imei: string, error: ReadError) => void,
): Promise<void> {
  const { topics, qos, isCrAppended } = node.profile;
  checkShared(topics);
  for (const command of order.commands) {
    const answered = new Set<string>();
    await broadcastCommand(node.link, node.registry, systemClock, {
      topic: topics.broadcast,
      atrTemplate: topics.atr,
      command,
      qos,
      isCrAppended,
      timeoutMs: order.timeoutMs,
      expected: order.imeis,
      signal,
      onReply: (imei, reply, ms) => {
        answered.add(imei);
        tell(answerOf(imei, command, reply, ms));
      },
    });
    for (const imei of order.imeis)
      if (!answered.has(imei)) fail(imei, failure('fleet.noReplyInTime', { seconds: order.timeoutMs / 1000 }, 'read'));
  }
}

function answerOf(imei: string, command: string, reply: AtReply, ms: number): Answer {
  return {
    imei,
    command,
    ok: reply.isOk,
    result: reply.result,
    lines: reply.lines,
    values: decodeValues(command, reply),
    ms,
  };
}

function smsAnswerOf(imei: string, command: string, answer: SmsAnswer): Answer {
  const { ok, result, lines, values, ms } = answer;
  return { imei, command, ok, result, lines, values, ms: ms ?? 0, way: 'sms' };
}

const QUEUE_MS = 600_000;
/** After a time-out a late reply is waited out for so long before the next command. */
const DIRTY_MS = 5_000;
