// What may be texted to a modem (MTX-Tunnel, SMS_ parameters): `MTXTUNNEL AT...` without quotes, `mtxtunnel on`, or a
// name that the modem's SMS_alias list knows. Anything else is not understood by the modem, so it is not sent.
import { dangerOf } from '../../at/danger';
import { failure, phrase, type Phrase, type ReadError } from '../../wire/errors';
import { smsFault } from './sms-alphabet';

export type SmsText =
  | { readonly kind: 'command'; readonly text: string; readonly command: string }
  /** Starts the IP connection; the modem answers with its address (SMS_sendIP). */
  | { readonly kind: 'connect'; readonly text: string }
  /** `command` as far as the platform knows what the name stands for. */
  | { readonly kind: 'alias'; readonly text: string; readonly command: string | undefined };

/** Names in lower case, as SMS_alias1..N of the modems define them. */
export type Aliases = ReadonlyMap<string, { readonly name: string; readonly command: string | undefined }>;

/** An AT command as the text that carries it. */
export function smsOfCommand(command: string): SmsText {
  const bare = command.trim();
  if (!/^AT/i.test(bare)) throw wrong(bare, phrase('fleet.textNotAt', {}));
  return checked({ kind: 'command', text: `${MARK} ${bare}`, command: bare });
}

export function smsOfAlias(name: string, aliases: Aliases): SmsText {
  const bare = name.trim();
  if (bare === '' || bare.includes('>')) throw wrong(bare, phrase('fleet.textNoAlias', {}));
  const known = aliases.get(bare.toLowerCase());
  return checked({ kind: 'alias', text: known?.name ?? bare, command: known?.command });
}

/**
 * A text as a person writes it: with or without MTXTUNNEL before the command. Throws CONFIG_INVALID with what to
 * change.
 */
export function parseSmsText(written: string, aliases: Aliases): SmsText {
  const bare = written.trim();
  if (bare === '') throw wrong(bare, phrase('fleet.textEmpty', {}));
  if (/^(["'“”]).*["'“”]$/s.test(bare)) throw wrong(bare, phrase('fleet.textQuoted', {}));
  if (aliases.has(bare.toLowerCase())) return smsOfAlias(bare, aliases);
  if (/^mtxtunnel\s+on$/i.test(bare)) return { kind: 'connect', text: 'mtxtunnel on' };
  const command = /^mtxtunnel/i.test(bare) ? bare.slice(MARK.length).trimStart() : bare;
  if (/^AT/i.test(command)) return smsOfCommand(command);
  if (/^reboot$/i.test(command)) throw wrong(bare, phrase('fleet.textReboot', {}));
  throw wrong(bare, phrase('fleet.textUnknown', {}));
}

/** Lines as in config.txt: `RL0ON>AT^MTXTUNNEL=SETIO,0,1`, with or without `SMS_alias1:` before it, or a name alone. */
export function parseAliases(lines: string): Aliases {
  const aliases = new Map<string, { name: string; command: string | undefined }>();
  for (const line of lines.split(/\r?\n/).map((each) => each.replace(/^\s*SMS_alias\d*\s*:/i, '').trim())) {
    if (line === '') continue;
    const at = line.indexOf('>');
    const name = (at < 0 ? line : line.slice(0, at)).trim();
    const command = at < 0 ? undefined : line.slice(at + 1).trim();
    if (name === '' || (command !== undefined && !/^AT/i.test(command)))
      throw failure('fleet.alias', { shown: line.slice(0, 40) }, 'configure');
    aliases.set(name.toLowerCase(), { name, command });
  }
  return aliases;
}

/** Why this text needs a word of its own from whoever sends it, undefined when it does not. */
export function dangerOfSms(sms: SmsText): Phrase | undefined {
  if (sms.kind === 'connect') return undefined;
  if (sms.command === undefined) return phrase('fleet.dangerAlias', {});
  return dangerOf(sms.command);
}

/**
 * The command by which a modem sends a text (`AT^MTXTUNNEL=SMS,<number>,<text>`): all that follows the second comma is
 * the text, commas and quotes included. In which alphabet other letters travel was never printed: plain ones only.
 */
export function gatewayCommand(number: string, text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) throw wrong(text, phrase('fleet.textNotAscii', {}));
  return `AT^MTXTUNNEL=SMS,${number},${text}`;
}

/** What stands before a command in a text. */
const MARK = 'MTXTUNNEL';

function checked(sms: SmsText): SmsText {
  const fault = smsFault(sms.text);
  if (fault !== undefined) throw wrong(sms.text, phrase('fleet.textUnfit', { why: fault }));
  return sms;
}

function wrong(text: string, why: Phrase): ReadError {
  return failure('fleet.text', { shown: text.slice(0, 40).replace(/[\x00-\x1f\x7f]/g, ' '), why }, 'configure');
}
