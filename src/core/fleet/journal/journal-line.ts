// One line of a journal: what was put in one go, under a check sum, so that a line which was torn by the end of a
// process or a disk counts as not written. CRC-32 as in ISO 3309 (the one of Ethernet and zip).
import { fromUtf8, toUtf8 } from '../../wire/bytes';

/** Keys and their new values as JSON texts; null takes a key away. */
export type JournalEntries = readonly (readonly [key: string, text: string | null])[];

/** `<check sum, eight hex digits> <JSON>` and a line feed, which JSON has none of. */
export function encodeLine(entries: JournalEntries): Uint8Array {
  const body = JSON.stringify(entries);
  return fromUtf8(`${sumOf(body)} ${body}\n`);
}

export interface JournalContent {
  readonly values: Map<string, string>;
  /** Lines in the middle that are none: the disk was damaged, or somebody wrote to the file. */
  readonly damaged: number;
  /** The last line was not written to its end. */
  readonly isTorn: boolean;
}

/** The state that the lines leave; `pause` lets others have their turn. */
export async function decodeLines(bytes: Uint8Array, pause: () => Promise<void>): Promise<JournalContent> {
  const values = new Map<string, string>();
  let damaged = 0;
  let from = 0;
  for (let end = bytes.indexOf(LINE_FEED, from); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
    const entries = decodeLine(toUtf8(bytes.subarray(from, end)));
    if (!entries && end > from) damaged += 1;
    for (const [key, text] of entries ?? []) {
      if (text === null) values.delete(key);
      else values.set(key, text);
    }
    if (Math.floor(end / SLICE) > Math.floor(from / SLICE)) await pause();
    from = end + 1;
  }
  return { values, damaged, isTorn: from < bytes.length };
}

function decodeLine(line: string): JournalEntries | undefined {
  const body = line.slice(9);
  if (line[8] !== ' ' || line.slice(0, 8) !== sumOf(body)) return undefined;
  const entries: unknown = JSON.parse(body); // what the sum covers was written by encodeLine
  return entries as JournalEntries;
}

function sumOf(body: string): string {
  let sum = ~0;
  for (const octet of fromUtf8(body)) sum = (TABLE[(sum ^ octet) & 0xff] ?? 0) ^ (sum >>> 8);
  return (~sum >>> 0).toString(16).padStart(8, '0');
}

const TABLE: readonly number[] = Array.from({ length: 256 }, (_, octet) => {
  let value = octet;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
const LINE_FEED = 0x0a;
/** Octets read between two pauses. */
const SLICE = 262_144;
