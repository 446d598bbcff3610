// The modem's own tongue: AT commands on one topic, replies on another. V.250 blocks (CR LF text CR LF ... OK), with or
// without the echo of the command, between <MTXTUNNEL> tags, or all on one line: no reply of a real modem is documented
// word for word, so every form is read and none is demanded.
import { fromLatin1, toLatin1 } from '../wire/bytes';
import { failure } from '../wire/errors';
import type { Scan } from '../wire/inbox';
import { bare } from './reply-line';
import { ReplyWatch } from './reply-watch';

export interface AtReply {
  readonly isOk: boolean;
  /** `OK`, `ERROR`, `+CME ERROR: 10`; empty when the modem sent a bare value without a result line. */
  readonly result: string;
  /** The lines between echo and result. */
  readonly lines: readonly string[];
}

/**
 * The bytes of one command, in ISO 8859-1. Refused are control characters, which would end the command and begin
 * another, and characters that have no single byte.
 */
export function encodeCommand(command: string, isCrAppended: boolean): Uint8Array {
  const text = command.trim();
  if (text === '') throw failure('at.empty', {}, 'configure');
  if (/[\x00-\x1f\x7f]/.test(text)) throw failure('at.controlCharacter', {}, 'configure');
  const foreign = /[^\x00-\xff]/u.exec(text)?.[0];
  if (foreign !== undefined) throw failure('at.character', { character: foreign }, 'configure');
  if (text.length > MAX_COMMAND) throw failure('at.tooLong', { length: text.length, most: MAX_COMMAND }, 'configure');
  return fromLatin1(isCrAppended ? `${text}\r` : text);
}

/**
 * Complete once a result line has come; whoever scans decides by silence about values without one. The scan remembers
 * what it has seen: one for each talk.
 */
export function scanReply(command: string): Scan<AtReply> {
  let watch = new ReplyWatch(command);
  let seen = 0;
  const begin = (): void => {
    watch = new ReplyWatch(command);
    seen = 0;
  };
  return (buf) => {
    watch.push(toLatin1(buf.subarray(seen)));
    seen = buf.length;
    if (watch.isForeign) {
      const skip = watch.ownCommandAt > 0 ? watch.ownCommandAt : watch.hasResult ? buf.length : 0;
      if (skip === 0) return 'more';
      begin();
      return { skip };
    }
    const reply = watch.hasResult ? decodeReply(buf, command) : undefined;
    if (reply === undefined || reply.result === '') return 'more';
    begin();
    return { frame: reply, size: buf.length };
  };
}

/**
 * A late reply to another command: it begins with that one's echo. Without echoes nothing tells it apart but silence.
 */
export function isForeign(bytes: Uint8Array, command: string): boolean {
  const watch = new ReplyWatch(command);
  watch.push(toLatin1(bytes));
  return watch.isForeign;
}

/** What has come so far, taken apart. */
export function decodeReply(bytes: Uint8Array, command: string): AtReply {
  const text = toLatin1(bytes)
    .replace(/<\/?MTXTUNNEL>/gi, '\r\n')
    .replace(/\0/g, '');
  const broken = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const lines = broken.length === 1 ? unfold(broken[0] ?? '', command) : broken;
  const body = isEcho(lines[0], command) ? lines.slice(1) : lines;
  const last = body.at(-1) ?? '';
  if (!RESULT.test(last)) return { isOk: true, result: '', lines: body };
  return { isOk: /^OK$/i.test(last), result: last, lines: body.slice(0, -1) };
}

/**
 * A reply on one line: `AT+CSQ +CSQ: 18,99 OK` as echo, value and result. The result is a word of its own, so that a
 * value like LOOK is none; and the echo of a command that ends in such a word, or its beginning so far, is no reply
 * yet.
 */
function unfold(line: string, command: string): readonly string[] {
  if (bare(command).startsWith(bare(line))) return [line];
  const rest = line.toUpperCase().startsWith(`${command.toUpperCase()} `) ? line.slice(command.length).trim() : line;
  const found = LAST_WORD.exec(rest);
  if (!found) return [rest];
  return [rest.slice(0, found.index).trimEnd(), found[1] ?? ''].filter((part) => part !== '');
}

function isEcho(line: string | undefined, command: string): boolean {
  return line !== undefined && bare(line) === bare(command);
}

const RESULT = /^(OK|ERROR|NO CARRIER|\+CM[ES] ERROR:.*)$/i;
/** One blank before it, not all of them: a pattern that tries every run of blanks is quadratic in a reply of blanks. */
const LAST_WORD = /(?:^|\s)(OK|ERROR|NO CARRIER|\+CM[ES] ERROR:.*)$/i;
const MAX_COMMAND = 1024;
