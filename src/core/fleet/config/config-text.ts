// config.txt: one `NAME: value` a line. Reading loses nothing: lines that are none are kept as such, a name that stands
// twice is kept twice (the last one wins in the modem). Writing is in the order of the documented sections.
import { isParameterName, parameterOf } from './parameters';

export interface ConfigLine {
  readonly number: number;
  /** As it stands in the text. */
  readonly typed: string;
  /** In the documented spelling. */
  readonly name: string;
  readonly value: string;
}

export interface ConfigText {
  readonly lines: readonly ConfigLine[];
  /** Lines that are neither empty, a comment nor `NAME: value`. */
  readonly unreadable: readonly { readonly number: number; readonly text: string }[];
}

export function parseConfigText(text: string): ConfigText {
  const lines: ConfigLine[] = [];
  const unreadable: { number: number; text: string }[] = [];
  for (const [i, whole] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const line = whole.trim();
    if (line === '' || /^(#|\/\/|;|')/.test(line)) continue;
    const colon = line.indexOf(':');
    const typed = line.slice(0, Math.max(0, colon)).trimEnd();
    const value = line.slice(colon + 1).trimStart();
    if (isParameterName(typed)) lines.push({ number: i + 1, typed, name: parameterOf(typed).name, value });
    else unreadable.push({ number: i + 1, text: line.slice(0, 80) });
  }
  return { lines, unreadable };
}

/** What acts: by lower-case name the last line of it. */
export function actingLines(config: ConfigText): ReadonlyMap<string, ConfigLine> {
  return new Map(config.lines.map((line) => [line.name.toLowerCase(), line]));
}

/**
 * The parameters in the lines of a GETCONFIG reply by lower-case name, or undefined when it cannot be one: a
 * reply folded into one line would put all that follows into the first value.
 */
export function parseConfigReply(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const { lines: read, unreadable } = parseConfigText(lines.join('\n'));
  const isFolded = read.some(({ value }) => /(^|\s)[A-Z][A-Z0-9]*_[A-Za-z0-9_]+\s*:/.test(value));
  if (read.length === 0 || isFolded || unreadable.length > read.length) return undefined;
  return new Map(read.map(({ name, value }) => [name.toLowerCase(), value]));
}

/** One `NAME: value` a line, CR LF, in the order given. */
export function formatConfigText(entries: readonly (readonly [name: string, value: string])[]): string {
  return entries.map(([name, value]) => `${name}: ${value}`.trimEnd()).join('\r\n') + '\r\n';
}
