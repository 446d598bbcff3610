// How the reply to an AT command looks on the wire. Only one reply was ever printed (`AT OK`), so every look that fits
// the pages is played, and a client has to live with all of them. The module's own look is V.250: CR LF text CR LF.

export interface AtResult {
  readonly command: string;
  /** Lines of information, without their line ends. */
  readonly lines: readonly string[];
  /** `OK`, `ERROR`, `+CME ERROR: 3` ... */
  readonly final: string;
}

export type ReplyStyle = 'raw' | 'echo' | 'flat' | 'tagged' | 'split' | 'silent';
export const REPLY_STYLES: readonly ReplyStyle[] = ['raw', 'echo', 'flat', 'tagged', 'split', 'silent'];

/** The messages that a reply is published as, in order. */
export function styledReply(style: ReplyStyle, result: AtResult): readonly string[] {
  switch (style) {
    case 'raw':
      return [rawText(result)];
    case 'echo':
      return [`${result.command}\r${rawText(result)}`];
    case 'flat':
      return [flatText(result)];
    case 'tagged':
      return [`<MTXTUNNEL>${flatText(result)}</MTXTUNNEL>`];
    case 'split':
      return inPieces(`${result.command}\r${rawText(result)}`);
    case 'silent':
      return [];
  }
}

function rawText({ lines, final }: AtResult): string {
  const information = lines.length > 0 ? `\r\n${lines.join('\r\n')}\r\n` : '';
  return `${information}\r\n${final}\r\n`;
}

function flatText({ command, lines, final }: AtResult): string {
  return [command, ...lines, final].join(' ');
}

/** Two messages, or three when the text is longer than a kilobyte; the cuts fall anywhere, also inside a word. */
function inPieces(text: string): readonly string[] {
  const count = text.length > 1024 ? 3 : 2;
  const size = Math.ceil(text.length / count);
  return Array.from({ length: count }, (_, i) => text.slice(i * size, (i + 1) * size)).filter((piece) => piece !== '');
}
