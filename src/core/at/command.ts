// One AT command and its reply (docs/modem-setup.md). The channel carries no request id: one command at a time per
// modem, the reply collected over several messages until a result line, or until 2 s of silence after a bare value.
import type { Dialogue } from '../wire/dialogue';
import { ReadError, failure } from '../wire/errors';
import { Inbox } from '../wire/inbox';
import { decodeReply, encodeCommand, isForeign, scanReply, type AtReply } from './at';

export interface CommandOptions {
  readonly command: string;
  /** What the modem may need to execute it, in ms. */
  readonly timeoutMs: number;
  /** Some firmwares want the command closed by CR. */
  readonly isCrAppended?: boolean;
  /** Nothing will come back (no reply topic, or the modem reboots): do not wait. */
  readonly isUnanswered?: boolean;
}

/** The reply, ERROR included: whether that is a failure is the caller's to say. Silence throws NO_REPLY. */
export function* sendCommand(options: CommandOptions): Dialogue<AtReply> {
  yield { do: 'send', bytes: encodeCommand(options.command, options.isCrAppended ?? false) };
  if (options.isUnanswered) return { isOk: true, result: '', lines: [] };
  const command = options.command.trim();
  const inbox = new Inbox(MAX_REPLY_BYTES);
  try {
    return yield* inbox.frame(scanReply(command), { first: options.timeoutMs, gap: REST_MS });
  } catch (thrown) {
    const isSilence = thrown instanceof ReadError && thrown.code === 'BAD_FRAME' && inbox.heard < MAX_REPLY_BYTES;
    if (!isSilence) throw thrown;
    if (isForeign(inbox.bytes, command)) throw failure('at.lateOnly', {}, 'read');
    const reply = decodeReply(inbox.bytes, command);
    if (reply.lines.length === 0) throw failure('at.echoOnly', {}, 'read');
    return reply;
  }
}

/** A GETCONFIG of a few kB comes in several messages; a result line ends it, else this silence. */
const REST_MS = 2_000;
const MAX_REPLY_BYTES = 65_536;
