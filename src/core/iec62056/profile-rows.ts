// What holds for the rows of a load profile or log whatever the network does: no row twice, none of another time, and
// time that goes forward. Blocks of IEC 62056-21 carry no number; the times of their rows are all there is to tell them
// by.
import { failure } from '../wire/errors';
import type { Question } from './exchange';
import { isSameCode } from '../meter/obis';
import { decodeProfileBlocks, refusalOf, tableOf, type ProfileBlock, type ProfileRow } from './profile';
import { addMinutes, parseStamp } from './meter-time';

/** Does a block belong to the answer of `code(from;to)`? A meter may answer more than asked, never only other times. */
export function judgeFor(
  code: string,
  from: string | undefined,
  to: string | undefined,
): NonNullable<Question['judge']> {
  return (text, before, isLast) => {
    // Two blocks with one time stamp cannot both be true.
    if (before !== '') return HEADED.test(text) && before.includes(text) ? 'foreign' : 'perhaps';
    if (refusalOf(text) !== undefined) return 'perhaps';
    const [, address = '', stamp = ''] = /^([^()]*)\(([^()]*)\)/.exec(text) ?? [];
    if (address.trim() !== '' && !isSameCode(code, address.trim())) return 'foreign';
    if (stamp.trim() !== '' && !parseStamp(stamp.trim())) return 'foreign';
    return isLast && isElsewhere(text, from, to) ? 'foreign' : 'perhaps';
  };
}

/** Rows at one time can be two only where the clock was set back, or an hour came twice in autumn. */
export function checkForward(blocks: readonly ProfileBlock[]): void {
  let before: ProfileBlock | undefined;
  for (const block of blocks) {
    if (block.periodMinutes === undefined || block.rows.length === 0) continue;
    if (before && isOverlapping(before, block) && !isClockChanged(before, block)) {
      throw failure('iec62056.rowsOverlap', { at: block.at });
    }
    before = block;
  }
}

/**
 * All of a text that was cut anywhere, down to its last whole row. Nothing of one that goes backward: what is missing
 * is older.
 */
export function wholeBlocks(text: string): readonly ProfileBlock[] {
  let rest = text.slice(0, text.lastIndexOf('\n') + 1);
  for (let lines = 0; rest !== '' && lines < MAX_WRAPPED; lines++, rest = withoutLastLine(rest)) {
    const blocks = decoded(rest);
    // The values of an event may stand in the part that is missing.
    const last = blocks?.at(-1)?.periodMinutes === undefined ? blocks?.slice(0, -1) : blocks;
    if (last && last.some((block) => block.rows.length > 0))
      return isForward(last) && last.every((block, i) => block.at >= (last[i - 1]?.at ?? '')) ? last : [];
  }
  return [];
}

/**
 * Pieces overlap: a row that an earlier piece gave, alike in all of it, is the same row; another one at the same time
 * cannot be true beside it. Inside one piece nothing is dropped: in October an hour comes twice, and a log may say the
 * same thing twice in a second.
 */
export function withoutRepeats(
  rows: readonly ProfileRow[],
  pieces: readonly (readonly ProfileBlock[])[],
): readonly ProfileRow[] {
  const rest = rows[Symbol.iterator]();
  const before = new Map<string, number>();
  const times = new Set<string>();
  return pieces.flatMap((blocks) => {
    const earlier = new Map(before);
    const earlierTimes = new Set(times);
    const isPeriodic = blocks.flatMap((block) => block.rows.map(() => block.periodMinutes !== undefined));
    const piece = isPeriodic.map((isRow) => ({ row: rest.next().value, isRow }));
    return piece.flatMap(({ row, isRow }) => {
      if (row === undefined) return [];
      const key = JSON.stringify(row);
      const known = earlier.get(key) ?? 0;
      if (known > 0) {
        earlier.set(key, known - 1);
        return [];
      }
      const time = `${row.at} ${row.season ?? ''}`;
      if (isRow && earlierTimes.has(time) && !isNight(row)) throw failure('iec62056.rowsDiffer', { at: row.at });
      before.set(key, (before.get(key) ?? 0) + 1);
      if (isRow) times.add(time);
      return [row];
    });
  });
}

/**
 * No row of it lies in the interval, however the meter rounds to its period; a clock of UTC may be far from the wall.
 */
function isElsewhere(text: string, from: string | undefined, to: string | undefined): boolean {
  const blocks = decoded(text) ?? [];
  const slack = Math.max(60, ...blocks.map((block) => block.periodMinutes ?? 0));
  const { rows } = tableOf(blocks, undefined);
  return (
    rows.length > 0 &&
    rows.every(({ at }) => {
      const [wall, more] = [at.replace('Z', ''), at.endsWith('Z') ? slack + UTC_MINUTES : slack];
      return (
        (from !== undefined && wall < addMinutes(from, -more)) || (to !== undefined && wall > addMinutes(to, more))
      );
    })
  );
}

function isOverlapping(a: ProfileBlock, b: ProfileBlock): boolean {
  return lastOf(a) >= b.at && a.at <= lastOf(b);
}

function isClockChanged(a: ProfileBlock, b: ProfileBlock): boolean {
  if (a.season !== b.season) return true;
  if (isSet(a.status) || isSet(b.status)) return true;
  return isNight({ at: b.at, season: b.season }) && addMinutes(lastOf(a), (a.periodMinutes ?? 0) - 60) <= b.at;
}

/** Without season digit the hour that comes twice cannot be told from a copy, and is believed. */
function isNight({ at, season }: { readonly at: string; readonly season?: string | undefined }): boolean {
  return season === undefined && at.slice(11, 13) < '04';
}

/** VDEW's low byte, EMH's and Metcom's alike: 20 clock set, 08 season changed. */
function isSet(status: string): boolean {
  return /^([0-9a-f]{2})+$/i.test(status) && (Number.parseInt(status.slice(-2), 16) & 0x28) !== 0;
}

function withoutLastLine(text: string): string {
  return text.slice(0, text.slice(0, -1).lastIndexOf('\n') + 1);
}

function lastOf(block: ProfileBlock): string {
  return addMinutes(block.at, (block.rows.length - 1) * (block.periodMinutes ?? 0));
}

function isForward(blocks: readonly ProfileBlock[]): boolean {
  try {
    checkForward(blocks);
    return true;
  } catch {
    return false;
  }
}

function decoded(text: string): readonly ProfileBlock[] | undefined {
  try {
    return decodeProfileBlocks(text);
  } catch {
    return undefined;
  }
}

const HEADED = /^\s*(?:[^()\s]+\s*)?\(\d{12,13}\)\(/;
/** Lines that one row or header may be wrapped over. */
const MAX_WRAPPED = 64;
const UTC_MINUTES = 14 * 60;
