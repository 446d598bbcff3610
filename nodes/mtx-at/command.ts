// AT commands as jobs of the modems' AT lanes, and the broadcast to all.
import { broadcastCommand, decodeValues, isLiteralTemplate, ReadError, sendCommand, systemClock, type AtReply, type Value } from '../../src/core/index';
import type { Badge } from '../shared/badge';
import { parseImei } from '../shared/fields';
import type { ModemNode } from '../shared/palette';

export interface Order {
  readonly target: 'modem' | 'list' | 'all';
  readonly commands: readonly string[];
  readonly imeis: readonly string[];
  readonly timeoutMs: number;
  readonly concurrency: number;
}

/** `msg.payload` of mtx-at. */
export interface Answer {
  readonly imei: string;
  readonly command: string;
  readonly ok: boolean;
  readonly result: string;
  readonly lines: readonly string[];
  readonly values: Readonly<Record<string, Value>>;
  readonly ms: number;
}

/** The commands in order on one modem; after a refusal (ERROR) the rest is not sent. Silence throws. */
export async function commandModem(node: ModemNode, imei: string, order: Order, signal: AbortSignal, badge: Badge, tell: (answer: Answer) => void): Promise<void> {
  const modem = node.acquire(parseImei(imei));
  try {
    for (const command of order.commands) {
      const { value, link } = await modem.at.run({
        label: command,
        attempts: 1, // a command may have been carried out although its reply was lost
        queueMs: QUEUE_MS,
        quietMs: DIRTY_MS,
        signal,
        onProgress: (progress) => badge.progress(progress),
        start: () => sendCommand({ command, timeoutMs: order.timeoutMs, isCrAppended: node.profile.isCrAppended }),
      });
      tell(answerOf(imei, command, value, link.ms));
      if (!value.isOk) return;
    }
  } finally {
    node.release(imei);
  }
}

/** One publish on the shared topic; `msg.imeis`, if given, says who has to answer. */
export async function commandShared(node: ModemNode, order: Order, signal: AbortSignal, tell: (answer: Answer) => void, fail: (imei: string, error: ReadError) => void): Promise<void> {
  const { topics, qos, isCrAppended } = node.profile;
  if (topics.broadcast === '') throw new ReadError('CONFIG_INVALID', 'the modem node names no shared AT topic (broadcastTopic); set it there, or use a list', 'configure');
  if (isLiteralTemplate(topics.atr)) throw new ReadError('TOPIC_SHARED', `all modems reply on ${topics.atr}, so that their replies could not be told apart; put [IMEI] into atrTopic`, 'configure');
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
    for (const imei of order.imeis) if (!answered.has(imei)) fail(imei, new ReadError('NO_REPLY', `no reply in ${order.timeoutMs / 1000} s`, 'read'));
  }
}

function answerOf(imei: string, command: string, reply: AtReply, ms: number): Answer {
  return { imei, command, ok: reply.isOk, result: reply.result, lines: reply.lines, values: decodeValues(command, reply), ms };
}

const QUEUE_MS = 600_000;
/** After a time-out a late reply is waited out for so long before the next command. */
const DIRTY_MS = 5_000;
