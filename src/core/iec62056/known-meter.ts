// What is learned of a line and of a meter, and outlives one talk: never a password, only how often one failed.
import type { LineMemory } from '../wire/dialogue';
import type { BccKind } from './block-check';
import type { SoftParity } from './parity';

/** What is known of a line: echo, parity, and what was said on it of late. */
export interface KnownLine {
  isEchoing: boolean;
  parity?: SoftParity | undefined;
  /** What was said on this line of late, and by whom: marks, no texts. */
  readonly said: Said[];
  /** When the last break has left the line, and been followed by silence. */
  quietAt: number;
  /** Taken for a copy of another meter's words; heard again in a talk of its own, it is this meter's. */
  doubt?: Omit<Said, 'at'> | undefined;
}

interface Said {
  readonly key: string;
  readonly mark: number;
  readonly at: number;
}

/** What is known of a meter: its block check, its read commands, and how often a password failed. */
export interface KnownMeter {
  bcc?: BccKind | undefined;
  /** Consecutive blocks that fitted the other form only: a changed meter, or chance. */
  bccDoubts: number;
  /** The read command that gave data: R1 of the standard, R5 of VDEW meters. */
  command?: string;
  tableCommand?: string;
  /** Do answers repeat the code that was asked for? Then bare brackets are an error number, no value. */
  repeatsAddress?: boolean;
  /** How many values a code has where answers come without codes; from reads of this code alone. */
  readonly valueCounts: Map<string, number>;
  hasSwitchFailed: boolean;
  password: PasswordTries;
}

/** Three wrong tries lock many meters for hours, so the third is never sent. */
export interface PasswordTries {
  failed: number;
  at: number;
  /** 16 bits of a mixed sum: tells a changed password from the same one, and nothing else. */
  mark: number;
}

/** What the memory of the line knows of it; made anew at the first contact. */
export function knownLine(memory: LineMemory): KnownLine {
  return memory.recall('iec62056 line', () => ({ isEchoing: false, said: [], quietAt: 0 }));
}

/** Whether this text was said on the line of late: by the meter whose key begins so, or by another one. */
export function saidBefore(
  { said }: KnownLine,
  key: string,
  text: string,
  now: number,
): 'before' | 'other' | undefined {
  const mark = markOf(text);
  const found = said.filter((one) => one.mark === mark && now - one.at < COPY_MS);
  return found.length === 0 ? undefined : found.some((one) => one.key.startsWith(key)) ? 'before' : 'other';
}

/** Marks a text as said by the meter of this key. */
export function rememberSaid(facts: KnownLine, key: string, text: string, now: number): void {
  facts.said.push({ key, mark: markOf(text), at: now });
  if (facts.said.length > MAX_SAID) facts.said.shift();
}

/** Is this the second talk in a row that hears the same from this meter? */
export function isHeardAgain(facts: KnownLine, key: string, text: string): boolean {
  const mark = markOf(text);
  const isAgain = facts.doubt?.key === key && facts.doubt.mark === mark;
  facts.doubt = isAgain ? undefined : { key, mark };
  return isAgain;
}

/** By address and identification: a meter that was replaced is another one. */
export function knownMeter(memory: LineMemory, key: string): KnownMeter {
  return memory.recall(`iec62056 meter ${key}`, () => ({
    bccDoubts: 0,
    valueCounts: new Map(),
    hasSwitchFailed: false,
    password: { failed: 0, at: 0, mark: 0 },
  }));
}

/** May this password be sent once more? Counted before it is sent; `forget` when the meter took it. */
export function countTry(tries: PasswordTries, password: string, now: number): boolean {
  const mark = markOf(password) & 0xffff;
  const isSame = tries.mark === mark && now - tries.at < FORGET_MS;
  if (isSame && tries.failed >= MAX_FAILED) return false;
  tries.failed = isSame ? tries.failed + 1 : 1;
  tries.mark = mark;
  tries.at = now;
  return true;
}

/** Of a password only half of the mark is kept: enough to tell a changed one, and nothing else. */
function markOf(text: string): number {
  let mark = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) mark = Math.imul(mark ^ text.charCodeAt(i), 0x01000193);
  return mark >>> 0;
}

const MAX_FAILED = 2;
/** Meters lock for 6 to 24 hours, or count until midnight. */
const FORGET_MS = 24 * 3_600_000;
/** So late a network may still deliver a copy: a modem that reconnects sends again what was not confirmed. */
const COPY_MS = 10 * 60_000;
const MAX_SAID = 256;
