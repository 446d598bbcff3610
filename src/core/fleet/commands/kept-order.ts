// An order that is kept while it runs: several modems, several commands, or one that may wait long for its text message.
import { failure } from '../../wire/errors';
import type { Journal } from '../journal/journal';
import type { FleetPorts } from '../rollout/fleet-ports';
import { whyOf } from '../rollout/outcome';
import { commandFleet, type CommandFleetHost, type CommandResults } from './command-fleet';
import { commandModem, type CommandHost } from './command-modem';
import { CommandNotes } from './command-notes';
import type { CommandOrder } from './command-order';

/** A single command to a single modem is over within its time-out, and is told or not: it is not worth a write. */
export function isKept(order: CommandOrder): boolean {
  return order.target !== 'modem' || order.commands.length > 1 || order.smsAfterMs !== undefined;
}

/** `over` takes the notes away: to be called when all is told. */
export async function keptFleet(
  ports: FleetPorts,
  journal: Journal,
  id: string,
  order: CommandOrder,
  host: CommandFleetHost,
): Promise<{ readonly results: CommandResults; over(): Promise<void> }> {
  const notes = await begun(journal, id, order);
  const results = await commandFleet(ports, order, {
    ...host,
    sending: (imei, count) => notes.sending(imei, count),
    answer: (answer) => {
      if (answer.ok === false || answer.command === order.commands.at(-1)) notes.ended(answer.imei, answer);
      host.answer(answer);
    },
    failed: (imei, error) => {
      notes.ended(imei, error);
      host.failed(imei, error);
    },
  }).catch(async (thrown: unknown) => {
    await notes.over().catch(() => undefined); // told by the error
    throw thrown;
  });
  return { results, over: () => notes.over() };
}

export async function keptModem(
  ports: FleetPorts,
  journal: Journal,
  id: string,
  order: CommandOrder,
  host: CommandHost,
): Promise<void> {
  const [imei = ''] = order.imeis;
  if (!isKept(order)) return commandModem(ports, imei, order, host);
  const notes = await begun(journal, id, order);
  try {
    await commandModem(ports, imei, order, { ...host, sending: (each, count) => notes.sending(each, count) });
  } finally {
    await notes.over().catch(() => undefined);
  }
}

async function begun(journal: Journal, id: string, order: CommandOrder): Promise<CommandNotes> {
  const notes = new CommandNotes(journal, id, order);
  await notes.begun.catch((thrown: unknown) => {
    throw failure('fleet.orderNotKept', { why: whyOf(thrown) }, 'configure');
  });
  return notes;
}
