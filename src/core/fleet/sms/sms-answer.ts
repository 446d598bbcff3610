// What a modem's text says. It is the result of the command (SMS_ATResponse), cut where a message ends: a line that may
// be cut gives no value, and an answer without its last line is neither yes nor no.
import { decodeValues } from '../../at/values';
import type { Value } from '../../meter/reading';
import { septetsOf, SMS_SEPTETS } from './sms-alphabet';
import type { SmsText } from './sms-text';

export interface SmsReply {
  /** null: the text does not say (cut, or without a result line). */
  readonly ok: boolean | null;
  readonly result: string;
  readonly lines: readonly string[];
  readonly values: Readonly<Record<string, Value>>;
  /** The message is full: what came after was not sent. */
  readonly isTruncated: boolean;
}

/** `asked` undefined: nobody knows what was asked, so there are lines and no values. */
export function decodeSmsReply(text: string, asked: SmsText | undefined): SmsReply {
  const { lines, result } = takenApart(text, commandOf(asked));
  const isTruncated = isFull(text, result);
  if (asked?.kind === 'connect')
    return { ok: null, result: '', lines, values: IPV4.test(text.trim()) ? { ip: text.trim() } : {}, isTruncated };
  const whole = isTruncated ? lines.slice(0, -1) : lines;
  const command = commandOf(asked);
  const values =
    command === undefined || (isTruncated && /GETPARAM/i.test(command))
      ? {}
      : decodeValues(command, { isOk: true, result, lines: whole });
  return isTruncated || result === ''
    ? { ok: null, result: '', lines, values, isTruncated }
    : { ok: /^OK$/i.test(result), result, lines, values, isTruncated };
}

/** Whether this text can be the answer to this question at all. Only what is certain is ruled out. */
export function canAnswer(text: string, asked: SmsText): boolean {
  const isAddress = IPV4.test(text.trim());
  if (asked.kind === 'connect') return isAddress;
  if (asked.command === undefined) return true;
  const command = asked.command.replace(/\s+/g, '').toUpperCase();
  const { lines, result } = takenApart(text, asked.command);
  if (result !== '' && !/^OK$/i.test(result)) return true;
  const named = lines
    .map((line) => /^([+^][A-Z]+):/i.exec(line)?.[1]?.toUpperCase())
    .find((name) => name !== undefined);
  if (named !== undefined) return command.startsWith(`AT${named}`) || /GETPARAM|GETCONFIG|EXECUTE/.test(command);
  if (PREFIXED.test(command)) return false;
  if (WRITES.test(command)) return lines.length === 0;
  return lines.length > 0 || !TELLS.test(command);
}

function takenApart(
  text: string,
  command: string | undefined,
): { readonly lines: readonly string[]; readonly result: string } {
  const broken = text
    .replace(/<\/?MTXTUNNEL>/gi, '\n')
    .replace(/\0/g, '')
    .split(LINE_ENDS)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const only = broken.length === 1 ? broken[0] : undefined;
  // some providers turn line breaks into blanks; a result that hangs on a word is part of the word
  const folded = only === undefined ? null : /^(.*\S)\s+(OK|ERROR|NO CARRIER|\+CM[ES] ERROR:.*)$/is.exec(only);
  const all = folded ? [folded[1] ?? '', folded[2] ?? ''] : broken;
  const bare = (line: string | undefined): string => (line ?? '').replace(/\s+/g, '').toUpperCase();
  const body = command !== undefined && bare(all[0]) === bare(command) ? all.slice(1) : all;
  const last = body.at(-1) ?? '';
  return RESULT.test(last) ? { lines: body.slice(0, -1), result: last } : { lines: body, result: '' };
}

/** Exactly full, or nearly so and without its last line (parts of a long message hold 153). */
function isFull(text: string, result: string): boolean {
  const size = septetsOf(text) ?? Math.ceil((text.length * SMS_SEPTETS) / UCS2_CHARACTERS);
  return size === SMS_SEPTETS || text.length === SMS_SEPTETS || (result === '' && size >= PART_SEPTETS);
}

function commandOf(asked: SmsText | undefined): string | undefined {
  return asked === undefined || asked.kind === 'connect' ? undefined : asked.command;
}

/** Those of Unicode too: a provider's text may hold them. */
const LINE_ENDS = /[\r\n\u0085\u2028\u2029]+/;
const RESULT = /^(OK|ERROR|NO CARRIER|\+CM[ES] ERROR:.*)$/i;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const PART_SEPTETS = 153;
const UCS2_CHARACTERS = 70;
/** Commands whose answer repeats their name (3GPP TS 27.007), that answer OK alone, and that never answer OK alone. */
const PREFIXED = /^AT(\+CSQ|\+CREG\?|\^SMONI|\+COPS\?|\+CGATT\?)$/;
const WRITES = /^AT\^MTXTUNNEL=(SETPARAM|SETIO|SETBAUDRATE|REBOOT|END|SMS)(,|$)/;
const TELLS = /^AT\^MTXTUNNEL=(VERSION|GETCONFIG|GETIOS)$/;
