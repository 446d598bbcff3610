// AT commands to several modems: modem by modem, a few at a time, or in one publish on the topic that they share. A bad
// or silent one is named and does not stop the rest.
import { broadcastCommand } from '../../transport/modem/broadcast';
import { asReadError, failure, type ReadError } from '../../wire/errors';
import { checkShared } from '../rollout/broadcast-work';
import type { FleetPorts } from '../rollout/fleet-ports';
import { commandModem, type CommandHost } from './command-modem';
import { answerByMqtt, type CommandAnswer, type CommandOrder } from './command-order';

export interface CommandFleetHost extends CommandHost {
  failed(imei: string, error: ReadError): void;
}

/** The last of each modem, in the order in which they were first told. */
export type CommandResults = ReadonlyMap<string, CommandAnswer | ReadError>;

export interface CommandCounts {
  readonly total: number;
  readonly ok: number;
  readonly failed: number;
  readonly silent: number;
}

export async function commandFleet(
  ports: FleetPorts,
  order: CommandOrder,
  host: CommandFleetHost,
): Promise<CommandResults> {
  const results = new Map<string, CommandAnswer | ReadError>();
  const noting: CommandFleetHost = {
    ...host,
    answer: (answer) => {
      results.set(answer.imei, answer);
      host.answer(answer);
    },
    failed: (imei, error) => {
      results.set(imei, error);
      host.failed(imei, error);
    },
  };
  await (order.target === 'all' ? commandShared(ports, order, noting) : commandEach(ports, order, noting));
  return results;
}

export function countsOf(results: CommandResults): CommandCounts {
  const all = [...results.values()];
  const ok = all.filter((result) => 'ok' in result && result.ok === true).length;
  const silent = all.filter((result) => 'code' in result && SILENT.has(result.code)).length;
  return { total: all.length, ok, failed: all.length - ok - silent, silent };
}

async function commandEach(ports: FleetPorts, order: CommandOrder, host: CommandFleetHost): Promise<void> {
  const waiting = [...new Set(order.imeis)];
  const worker = async (): Promise<void> => {
    for (let imei = waiting.shift(); imei !== undefined && !host.signal.aborted; imei = waiting.shift()) {
      const name = imei;
      await commandModem(ports, name, order, host).catch((thrown: unknown) => host.failed(name, asReadError(thrown)));
    }
  };
  await Promise.all(Array.from({ length: Math.min(order.concurrency, waiting.length) }, worker));
  if (host.signal.aborted) throw failure('fleet.cancelled', {}, 'read');
}

/** One publish a command. `imeis`, if given, says who has to answer. */
async function commandShared(ports: FleetPorts, order: CommandOrder, host: CommandFleetHost): Promise<void> {
  const { topics, qos, isCrAppended } = ports.profile;
  checkShared(topics);
  for (const command of order.commands) {
    const answered = new Set<string>();
    await broadcastCommand(ports.link, ports.registry, ports.clock, {
      topic: topics.broadcast,
      atrTemplate: topics.atr,
      command,
      qos,
      isCrAppended,
      timeoutMs: order.timeoutMs,
      expected: order.imeis,
      signal: host.signal,
      onReply: (imei, reply, ms) => {
        answered.add(imei);
        host.answer(answerByMqtt(imei, command, reply, ms));
      },
    });
    const seconds = order.timeoutMs / 1000;
    for (const imei of order.imeis)
      if (!answered.has(imei)) host.failed(imei, failure('fleet.noReplyInTime', { seconds }, 'read'));
  }
}

const SILENT: ReadonlySet<string> = new Set(['NO_REPLY', 'METER_RESTING', 'OUTCOME_UNKNOWN']);
