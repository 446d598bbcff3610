// What is learned of a line and of a meter, and outlives one talk: never a password, only how often one failed.
import type { LineMemory } from '../wire/dialogue';
import type { BccKind } from './frames';
import type { SoftParity } from './parity';

export interface LineFacts {
  isEchoing: boolean;
  parity?: SoftParity | undefined;
}

export interface MeterFacts {
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

export function lineFacts(memory: LineMemory): LineFacts {
  return memory.recall('iec62056 line', () => ({ isEchoing: false }));
}

/** By address and identification: a meter that was replaced is another one. */
export function meterFacts(memory: LineMemory, key: string): MeterFacts {
  return memory.recall(`iec62056 meter ${key}`, () => ({ bccDoubts: 0, valueCounts: new Map(), hasSwitchFailed: false, password: { failed: 0, at: 0, mark: 0 } }));
}

/** May this password be sent once more? Counted before it is sent; `forget` when the meter took it. */
export function countTry(tries: PasswordTries, password: string, now: number): boolean {
  const mark = markOf(password);
  const isSame = tries.mark === mark && now - tries.at < FORGET_MS;
  if (isSame && tries.failed >= MAX_FAILED) return false;
  tries.failed = isSame ? tries.failed + 1 : 1;
  tries.mark = mark;
  tries.at = now;
  return true;
}

function markOf(text: string): number {
  let mark = 0x811c;
  for (let i = 0; i < text.length; i++) mark = ((mark ^ text.charCodeAt(i)) * 0x0193) & 0xffff;
  return mark;
}

const MAX_FAILED = 2;
/** Meters lock for 6 to 24 hours, or count until midnight. */
const FORGET_MS = 24 * 3_600_000;
