// What a modem says its configuration is: GETCONFIG in one reply (firmware 7.15 and later), else GETPARAM one by one.
// Law: a reply that was cut short, folded into one line or meant for another parameter gives no value at all.
import type { AtReply } from '../../at/at';
import { asReadError, failure } from '../../wire/errors';
import type { ModemChannel } from './channel';
import { parseConfigReply } from '../config/config-text';
import type { Reported } from '../config/desired';
import { getParameter } from '../config/parameter-commands';
import { isParameterName } from '../config/parameters';

/** The named parameters; with no names the whole configuration. Silence throws. */
export async function readConfig(channel: ModemChannel, names: readonly string[]): Promise<Reported> {
  const isWorthOne = names.length === 0 || names.length > FEW;
  const whole = isWorthOne ? await wholeConfig(channel) : undefined;
  if (names.length === 0) {
    if (!whole) throw failure('fleet.noWholeConfig', {}, 'read');
    return whole;
  }
  const reported = new Map<string, string | null>();
  for (const name of names) {
    const known = whole?.get(name.toLowerCase());
    const value = known ?? (await readParameter(channel, name));
    if (value !== undefined) reported.set(name.toLowerCase(), value);
  }
  return reported;
}

/** The stored text; null when the modem has no such parameter; undefined when its answer cannot be understood. */
export async function readParameter(channel: ModemChannel, name: string): Promise<string | null | undefined> {
  const reply = await channel.ask(getParameter(name), { timeoutMs: channel.atMs, attempts: 2 });
  return parameterIn(reply, name);
}

export function parameterIn(reply: AtReply, name: string): string | null | undefined {
  if (!reply.isOk) return null;
  const [line, ...more] = reply.lines;
  if (more.length > 0) return undefined;
  if (line === undefined) return reply.result === '' ? undefined : '';
  const mark = line.search(/[:=]/);
  const named = line.slice(0, Math.max(0, mark)).trimEnd();
  if (!isParameterName(named)) return line;
  // `NAME: value`; another name there is the answer to another question
  return named.toLowerCase() === name.toLowerCase() ? line.slice(mark + 1).trimStart() : undefined;
}

async function wholeConfig(channel: ModemChannel): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const reply = await channel.ask('AT^MTXTUNNEL=GETCONFIG', { timeoutMs: CONFIG_FACTOR * channel.atMs, attempts: 2 });
    // without its result line the reply may have been cut inside a value
    return reply.isOk && reply.result !== '' ? parseConfigReply(reply.lines) : undefined;
  } catch (thrown) {
    const error = asReadError(thrown);
    if (error.code === 'BAD_FRAME') return undefined;
    throw error;
  }
}

/** A whole configuration takes a modem longer than one value. */
const CONFIG_FACTOR = 4;
/** Up to so many parameters are asked one by one: a whole configuration is a kilobyte or two over a slow link. */
const FEW = 4;
