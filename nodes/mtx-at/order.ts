// From properties and message to what is to be commanded, checked before anything is sent.
import {
  checkImeiCount,
  dangerOf,
  failure,
  isRestart,
  phrase,
  type CommandOrder,
  type Phrase,
  type Fields,
} from '../../src/core/index';
import type { ModemNode, Msg } from '../shared/palette';

export function parseOrder(fields: Fields, msg: Msg, modemNode: ModemNode): CommandOrder {
  const target = fields.choice('target', ['modem', 'list', 'all'], 'modem');
  const commands = parseCommands(fields, msg);
  if (msg['confirm'] !== true) {
    for (const command of commands) {
      const why = dangerOf(command);
      if (why !== undefined) throw failure('fleet.mayCutOff', { command: command.slice(0, 60), why }, 'configure');
    }
    if (target !== 'modem' && commands.some(isRestart) && !(Array.isArray(msg['imeis']) && msg['imeis'].length === 1))
      throw failure('fleet.dangerRestarts', { count: countOf(msg['imeis']) }, 'configure');
  }
  return {
    target,
    commands,
    imeis: target === 'modem' ? [modemNode.imeiOf(msg)] : parseImeis(msg, target),
    timeoutMs: fields.integer('timeout', { min: 500, max: 600_000, fallback: 15_000 }),
    concurrency: fields.integer('concurrency', { min: 1, max: 1_000, fallback: 20 }),
    // one publish to all cannot be made up for by texts to each
    smsAfterMs:
      fields.flag('smsFallback') && target !== 'all'
        ? 1_000 * fields.integer('smsAfter', { min: 1, max: 86_400, fallback: 120 })
        : undefined,
    isConfirmed: msg['confirm'] === true,
  };
}

/** The node's command; if it has none, the payload: one text, or a list run in order. */
function parseCommands(fields: Fields, msg: Msg): readonly string[] {
  const configured = fields.text('command');
  const wanted: unknown = configured !== '' ? configured : msg.payload;
  const list: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  if (
    list.length === 0 ||
    list.length > MAX_COMMANDS ||
    !list.every((command) => typeof command === 'string' && command.trim() !== '')
  ) {
    throw failure('fleet.noCommand', { max: MAX_COMMANDS }, 'configure');
  }
  for (const command of list as string[]) {
    if (/[\x00-\x1f\x7f]/.test(command)) throw failure('fleet.commandControl', {}, 'configure');
  }
  return (list as string[]).map((command) => command.trim());
}

function parseImeis(msg: Msg, target: 'list' | 'all'): readonly string[] {
  const imeis = msg['imeis'];
  if (imeis === undefined && target === 'all') return [];
  if (!Array.isArray(imeis) || imeis.length === 0) throw failure('fleet.commandNoImeis', {}, 'configure');
  checkImeiCount(imeis);
  return imeis.map((imei) => String(imei).trim());
}

function countOf(imeis: unknown): number | Phrase {
  return Array.isArray(imeis) && imeis.length > 0 ? imeis.length : phrase('fleet.all', {});
}

const MAX_COMMANDS = 100;
