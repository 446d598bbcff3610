// What a meter of IEC 62056-21 hears (6.3): the messages of a reader, as texts, and how the texts of its answers are
// cut.

export interface OptionSelect {
  readonly kind: 'option';
  readonly v: string;
  readonly z: string;
  readonly y: string;
  readonly whole: string;
}

export interface CommandMessage {
  readonly kind: 'command';
  readonly command: string;
  readonly set: string;
  readonly bcc: string;
  readonly whole: string;
}

export type HeardMessage =
  | { readonly kind: 'request'; readonly address: string }
  | { readonly kind: 'group'; readonly address: string; readonly group: string }
  | OptionSelect
  | CommandMessage
  | { readonly kind: 'single'; readonly character: string };

/** The next whole message of what was heard, and where it ends; undefined = there is none yet. */
export function nextMessage(heard: string): (HeardMessage & { readonly end: number }) | undefined {
  const found = MESSAGE.exec(heard);
  if (!found) return undefined;
  const { address, group, v, z = '', y = '', command, set = '', bcc = '', single = '' } = found.groups ?? {};
  const [whole, end] = [found[0], found.index + found[0].length];
  if (group !== undefined) return { kind: 'group', address: address ?? '', group, end };
  if (address !== undefined) return { kind: 'request', address, end };
  if (v !== undefined) return { kind: 'option', v, z, y, whole, end };
  if (command !== undefined) return { kind: 'command', command, set, bcc, whole, end };
  return { kind: 'single', character: single, end };
}

/** `code(argument)`, one or several. */
export function setsOf(text: string): readonly { readonly code: string; readonly argument: string }[] {
  return text
    .split(')')
    .slice(0, -1)
    .map((part) => {
      const open = part.lastIndexOf('(');
      return { code: part.slice(0, Math.max(0, open)), argument: part.slice(open + 1) };
    });
}

/** Text cut into pieces of about so many characters; lines stay whole. */
export function piecesOf(text: string, size: number): readonly string[] {
  const pieces: string[] = [''];
  for (const line of text.split(/(?<=\n)/)) {
    const last = pieces.length - 1;
    if (pieces[last] !== '' && (pieces[last] ?? '').length + line.length > size) pieces.push(line);
    else pieces[last] += line;
  }
  return pieces;
}

const MESSAGE =
  /\/\?(?<address>[^!/]*)!(?:\r?\n|\x01R1\x02GROUP\((?<group>[^\x03]*)\)\x03[^])|\x06(?<v>\d)(?<z>[0-9A-Z])(?<y>\d)\r?\n|\x01(?<command>[A-Z]\d)(?:\x02(?<set>[^\x03]*))?\x03(?<bcc>[^])|(?<single>\x06(?!\d)|\x15)/s;
/** By Z of the identification message (6.3.14 item 13c). */
export const SPEEDS: Readonly<Record<string, number>> = {
  0: 300,
  1: 600,
  2: 1200,
  3: 2400,
  4: 4800,
  5: 9600,
  6: 19_200,
  A: 600,
  B: 1200,
  C: 2400,
  D: 4800,
  E: 9600,
  F: 19_200,
};
