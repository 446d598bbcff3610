// Work that goes by text message because MQTT does not reach the modem (a wrong APN, a broker that moved). Laws: MQTT
// is tried first for a time of the user's, with nothing that does anything, so that both ways never carry the same
// change; it is noted before the first text leaves, and no text is sent twice; only the modem's silence counts, for an
// outage of the platform's own broker must not text a whole fleet.
import { asReadError, type ReadError } from '../../wire/errors';
import type { ModemChannel } from './channel';
import { setParameter } from '../config/parameter-commands';
import { riskOf } from '../config/parameters';
import type { Rollback } from '../sms/sms-fallback';
import { smsOfCommand } from '../sms/sms-text';
import type { WorkOrder } from './work-order';

/** The way by text message, where the user switched it on. */
export interface TextWay {
  /** How long MQTT is tried. */
  readonly afterMs: number;
  send(imei: string, commands: readonly string[]): Promise<Rollback>;
}

/** Undefined once the modem answers; else why it is taken for out of reach. Throws what is not the modem's silence. */
export async function unreached(
  channel: ModemChannel,
  afterMs: number,
  signal: AbortSignal,
): Promise<ReadError | undefined> {
  const { clock } = channel;
  const end = clock.now() + afterMs;
  for (;;) {
    try {
      await channel.ask('AT', { timeoutMs: channel.atMs, attempts: 1 });
      return undefined;
    } catch (thrown) {
      const error = asReadError(thrown);
      if (error.code !== 'NO_REPLY' && !(error.retryable && clock.now() < end)) throw error;
      await clock.sleep(Math.min(PAUSE_MS, Math.max(0, end - clock.now())), signal);
      if (signal.aborted || (clock.now() >= end && error.code === 'NO_REPLY')) return error;
    }
  }
}

/** What is texted: the commands of an action, or each value and the reboot that makes it act. */
export function textCommands(order: WorkOrder): readonly string[] {
  if (order.mode === 'commands') return order.isReboot ? order.commands.slice(0, 1) : order.commands;
  const names = [...order.desired.keys()].sort((a, b) => riskOf(a) - riskOf(b));
  const sets = names.map((name) => setParameter(name, order.desired.get(name) ?? ''));
  return order.hasReboot ? [...sets, ...order.rebootCommands.slice(0, 1)] : sets;
}

/** Why these cannot go by text, before the first one leaves; undefined when they can. Its facts may hold a value. */
export function whyNotAsTexts(commands: readonly string[]): ReadError | undefined {
  try {
    for (const command of commands) smsOfCommand(command);
    return undefined;
  } catch (thrown) {
    return asReadError(thrown);
  }
}

/** A modem that just reconnects is back within its longest back-off. */
const PAUSE_MS = 30_000;
