// Load profiles and logs: fetched in pieces short enough to survive a tunnel, and taken up again at the last good row
// when a read broke off. What came with a good block check is kept between two tries, and dropped when all is there.
import type { Dialogue, LineMemory } from '../wire/dialogue';
import { failure, phrase, type Phrase } from '../wire/errors';
import type { Readout, Reading } from '../meter/reading';
import { codeOf } from './dataset';
import { askByAnyCommand, type CommandAnswer } from './exchange';
import {
  decodeProfileBlocks,
  encodeProfileInterval,
  refusalOf,
  tableOf,
  type ProfileBlock,
  type ProfileRow,
} from './profile';
import { checkForward, judgeFor, wholeBlocks, withoutRepeats } from './profile-rows';
import type { Identification } from './identification';
import type { CheckedOptions } from './options';
import { missingReading } from './readings';
import type { MeterTalk } from './meter-talk';
import { addMinutes } from './meter-time';

/** What is there for good. `at` is where to go on, the last row's time: behind it the meter may have more by then. */
interface Progress {
  pieces: (readonly ProfileBlock[])[];
  refusals: Reading[];
  at: string | undefined;
}

/** The rows of a load profile or log in the interval; what the meter refuses of it stands in `readings`. */
export function* readTable(talk: MeterTalk, identification: Identification, o: CheckedOptions): Dialogue<Readout> {
  const code = codeOf(o.items[0] ?? (o.request === 'log' ? 'P.98' : 'P.01'));
  const progress = progressOf(
    talk.memory,
    [o.address, identification.manufacturer, identification.id, code, o.from, o.to, o.command].join('/'),
  );
  const open: Progress = { pieces: [], refusals: [], at: progress.at };
  for (;;) {
    const piece = nextPiece(open.at ?? o.from, o, code);
    const good: string[] = [];
    try {
      const answer = yield* readPiece(talk, code, piece, o, good);
      if ('name' in answer) open.refusals.push(answer);
      else {
        open.pieces.push(answer);
        settle(progress, open, lastOf(answer, piece.to));
      }
    } catch (thrown) {
      // The rows of partial blocks that were checked before the break; what the break cut is asked for again.
      const blocks = wholeBlocks(good.join(''));
      open.pieces.push(blocks);
      settle(progress, open, lastOf(blocks, piece.to));
      throw thrown;
    }
    if (piece.isLast) break;
    open.at = piece.to;
  }
  const [pieces, refusals] = [
    [...progress.pieces, ...open.pieces],
    [...progress.refusals, ...open.refusals],
  ];
  Object.assign(progress, { pieces: [], refusals: [], at: undefined });
  const only = refusals[0]?.error;
  if (pieces.length === 0 && only) throw failure('iec62056.tableRefused', { why: only.facts?.['why'] ?? '' });
  const table = tableOf(pieces.flat(), identification.manufacturer);
  return {
    readings: refusals,
    columns: table.columns,
    rows: withoutRepeats(table.rows, pieces).filter((row) => isWanted(row, o)),
  };
}

/**
 * What came up to a row is kept for a next try. A refusal with no row behind it is not: the meter may have one by then.
 */
function settle(progress: Progress, open: Progress, at: string | undefined): void {
  if (at === undefined) return;
  progress.pieces.push(...open.pieces.splice(0));
  progress.refusals.push(...open.refusals.splice(0));
  progress.at = at;
}

/** The time of the newest row of the piece; none where the wall time of a row is not told. */
function lastOf(blocks: readonly ProfileBlock[], to: string | undefined): string | undefined {
  const times = tableOf(blocks, undefined).rows.map(({ at }) => at);
  if (times.some((at) => at.endsWith('Z'))) return undefined;
  return times
    .filter((at) => to === undefined || at <= to)
    .sort()
    .at(-1);
}

interface Piece {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly isLast: boolean;
}

function nextPiece(from: string | undefined, o: CheckedOptions, code: string): Piece {
  if (from === undefined || o.to === undefined) return { from, to: o.to, isLast: true };
  const minutes = o.request === 'log' ? 7 * DAY : /^P\.02/i.test(code) ? 31 * DAY : DAY;
  const to = addMinutes(from, minutes);
  return to < o.to ? { from, to, isLast: false } : { from, to: o.to, isLast: true };
}

/** The blocks of one piece, or the meter's reason to have none. */
function* readPiece(
  talk: MeterTalk,
  code: string,
  piece: Piece,
  o: CheckedOptions,
  good: string[],
): Dialogue<readonly ProfileBlock[] | Reading> {
  const form = o.command === 'R2' ? 'spelled' : 'vdew';
  const interval = widened(piece, o);
  const question = { set: `${code}(${encodeProfileInterval(...interval, form)})`, judge: judgeFor(code, ...interval) };
  const commands =
    o.command === 'auto' ? (talk.meter?.tableCommand ? [talk.meter.tableCommand] : ['R5', 'R6', 'R1']) : [o.command];
  const answer = yield* askByAnyCommand(talk, question, commands, good);
  if (answer.kind === 'locked')
    throw failure('iec62056.missingPassword', { why: phrase('iec62056.notUnderstood', {}) });
  good.length = 0; // the whole of it is judged from here on
  const refusal = refusalIn(answer);
  if (refusal !== undefined || answer.kind !== 'text') {
    const { from = '...', to = '...' } = piece;
    return missingReading(code, phrase('iec62056.nothingFrom', { from, to, why: refusal ?? '' }));
  }
  const blocks = decodeProfileBlocks(answer.text);
  checkForward(blocks);
  if (talk.meter) talk.meter.tableCommand = answer.command;
  return blocks;
}

function refusalIn(answer: Exclude<CommandAnswer, { kind: 'locked' }>): Phrase | undefined {
  if (answer.kind === 'refused') return answer.why;
  if (answer.kind !== 'text') return phrase('iec62056.acknowledgedEmpty', {});
  const refusal = refusalOf(answer.text);
  return refusal === undefined ? undefined : phrase('iec62056.answers', { text: refusal });
}

/**
 * The season digit of a request says winter, and some meters take it at its word: an hour more before each piece and
 * after the last never loses a row of summer time; what is too much is cut off by the rows' own times.
 */
function widened({ from, to, isLast }: Piece, o: CheckedOptions): [string | undefined, string | undefined] {
  if (o.command === 'R2') return [from, to];
  return [from !== undefined ? addMinutes(from, -60) : from, to !== undefined && isLast ? addMinutes(to, 60) : to];
}

function isWanted(row: ProfileRow, o: CheckedOptions): boolean {
  if (row.at.endsWith('Z')) return true;
  return (o.from === undefined || row.at >= o.from) && (o.to === undefined || row.at <= o.to);
}

function progressOf(memory: LineMemory, key: string): Progress {
  return memory.recall<Progress>(`iec62056 rows ${key}`, () => ({ pieces: [], refusals: [], at: undefined }));
}

const DAY = 24 * 60;
