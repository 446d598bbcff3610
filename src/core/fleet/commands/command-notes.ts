// What is noted of commands that are under way, before they are sent, so that after the end of the process each modem's end
// can be told. Laws: a command that may have been sent is never sent again; one that was not is not sent hours later by
// itself. No value that a modem told, and no secret of a command, is kept.
import type { Journal } from '../journal/journal';
import { masked } from '../config/parameters';
import { phraseOf } from '../rollout/outcome';
import { errorBecause, failure, ReadError, type ErrorCode, type Phrase } from '../../wire/errors';
import type { CommandResults } from './command-fleet';
import type { CommandAnswer, CommandOrder } from './command-order';

interface KeptOrder {
  readonly commands: readonly string[];
  readonly imeis: readonly string[];
  readonly target: CommandOrder['target'];
}

/** How far one modem is: so many of the commands may have been sent; how the last of them ended. */
interface KeptModem {
  readonly sent: number;
  readonly ended?: {
    readonly ok: boolean | null;
    readonly result: string;
    readonly code?: ErrorCode;
    readonly why?: Phrase;
  };
}

export interface InterruptedOrder {
  readonly target: CommandOrder['target'];
  readonly results: CommandResults;
  /** It is told from now on: nothing of it is kept. */
  told(): Promise<void>;
}

/** The notes of one order. */
export class CommandNotes {
  private readonly order: string;
  private readonly kept = new Set<string>();

  constructor(
    private readonly journal: Journal,
    id: string,
    { commands, imeis, target }: CommandOrder,
  ) {
    this.order = `${ORDER}${id}`;
    const head: KeptOrder = { commands: commands.map(masked), imeis, target };
    this.begun = this.journal.put({ [this.order]: head });
  }

  /** Resolves when the order is kept: nothing is sent before. */
  readonly begun: Promise<void>;

  /** Resolves when it is kept that `count` of the commands may have been sent to this modem. */
  sending(imei: string, count: number): Promise<void> {
    return this.put(imei, { sent: count });
  }

  /** How it ended: kept with the next that is put, for it is told at once. */
  ended(imei: string, result: CommandAnswer | ReadError): void {
    const ended =
      result instanceof ReadError
        ? { ok: false, result: '', code: result.code, why: phraseOf(result) }
        : { ok: result.ok, result: result.result };
    this.put(imei, { sent: 0, ended }).catch(() => undefined);
  }

  /** All is told: nothing is kept. */
  async over(): Promise<void> {
    await this.journal.put(Object.fromEntries([this.order, ...this.kept].map((key) => [key, undefined])));
  }

  private put(imei: string, modem: KeptModem): Promise<void> {
    const key = keyOf(this.order, imei);
    this.kept.add(key);
    return this.journal.put({ [key]: modem });
  }
}

/** Orders that an earlier life left, each modem with its end, or with why nobody knows it. */
export async function interruptedOrders(journal: Journal): Promise<readonly InterruptedOrder[]> {
  await journal.open();
  return journal
    .keys(ORDER)
    .filter((key) => !key.includes(' '))
    .map((order) => {
      const { commands, imeis, target } = journal.read(order) as KeptOrder;
      const keys = journal.keys(`${order} `);
      const named = [...new Set([...imeis, ...keys.map((key) => key.slice(order.length + 1))])];
      const results = named.map(
        (imei) =>
          [imei, endOf(journal.read(keyOf(order, imei)) as KeptModem | undefined, imei, commands, target)] as const,
      );
      return {
        target,
        results: new Map(results),
        told: () => journal.put(Object.fromEntries([order, ...keys].map((key) => [key, undefined]))),
      };
    });
}

function endOf(
  modem: KeptModem | undefined,
  imei: string,
  commands: readonly string[],
  target: CommandOrder['target'],
): CommandAnswer | ReadError {
  // one publish reaches all: whoever did not answer may have heard it
  const sent = modem?.sent ?? (target === 'all' ? commands.length : 0);
  if (!modem?.ended) {
    if (sent === 0) return failure('fleet.commandNotSent', {}, 'queue');
    const command = (commands[sent - 1] ?? '').slice(0, 60);
    return failure('fleet.commandInterrupted', { command }, 'read');
  }
  const { ok, result, code, why } = modem.ended;
  if (code && why) return errorBecause(code, why, 'read');
  return { imei, command: commands.join('; '), ok, result, lines: [], values: {}, ms: 0 };
}

function keyOf(order: string, imei: string): string {
  return `${order} ${imei}`;
}

const ORDER = 'order_';
