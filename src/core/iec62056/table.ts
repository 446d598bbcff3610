// Load profiles and logs: fetched in pieces short enough to survive a tunnel, and taken up again at the last good row
// when a read broke off. What came with a good block check is kept between two tries, and dropped when all is there.
import type { Dialogue, LineMemory } from '../wire/dialogue';
import { ReadError } from '../wire/errors';
import type { Readout, Reading } from '../reading';
import { askByAnyCommand, type Answer } from './exchange';
import { decodeBlocks, encodeInterval, refusalOf, tableOf, type Block, type ProfileRow } from './profile';
import { checkForward, judgeFor, wholeBlocks, withoutRepeats } from './rows';
import type { Identification } from './identification';
import type { CheckedOptions } from './options';
import { missingReading } from './readings';
import type { Talk } from './talk';
import { addMinutes } from './time';

/** Pieces so far. `at` is where to go on; undefined = at the begin. */
interface Progress {
  pieces: (readonly Block[])[];
  refusals: Reading[];
  at: string | undefined;
}

export function* readTable(talk: Talk, identification: Identification, o: CheckedOptions): Dialogue<Readout> {
  const code = (o.items[0] ?? (o.request === 'log' ? 'P.98' : 'P.01')).replace(/\(.*$/, '');
  const progress = progressOf(talk.memory, [o.address, identification.manufacturer, identification.id, code, o.from, o.to, o.command].join('/'));
  for (;;) {
    const piece = nextPiece(progress.at ?? o.from, o, code);
    yield* readPiece(talk, code, piece, o, progress);
    if (piece.isLast) break;
    progress.at = piece.to;
  }
  const { pieces, refusals } = progress;
  Object.assign(progress, { pieces: [], refusals: [], at: undefined });
  const only = refusals[0]?.error;
  if (pieces.length === 0 && only) throw new ReadError('REQUEST_REFUSED', only.message);
  const table = tableOf(pieces.flat(), identification.manufacturer);
  return { readings: refusals, columns: table.columns, rows: withoutRepeats(table.rows, pieces).filter((row) => isWanted(row, o)) };
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

function* readPiece(talk: Talk, code: string, piece: Piece, o: CheckedOptions, progress: Progress): Dialogue<void> {
  const form = o.command === 'R2' ? 'spelled' : 'vdew';
  const interval = widened(piece, o);
  const question = { set: `${code}(${encodeInterval(...interval, form)})`, judge: judgeFor(code, ...interval) };
  const commands = o.command === 'auto' ? (talk.meter?.tableCommand ? [talk.meter.tableCommand] : ['R5', 'R6', 'R1']) : [o.command];
  const good: string[] = [];
  let answer: Answer & { readonly command: string };
  try {
    answer = yield* askByAnyCommand(talk, question, commands, good);
  } catch (thrown) {
    keepGoodRows(good.join(''), progress);
    throw thrown;
  }
  const refusal = answer.kind === 'text' ? refusalOf(answer.text) : answer.kind === 'refused' ? answer.why : 'acknowledged, without data';
  if (refusal !== undefined || answer.kind !== 'text') {
    progress.refusals.push(missingReading(code, `the meter has nothing from ${piece.from ?? 'its begin'} to ${piece.to ?? 'its end'}: ${refusal}`));
    return;
  }
  const blocks = decodeBlocks(answer.text);
  checkForward(blocks);
  progress.pieces.push(blocks);
  if (talk.meter) talk.meter.tableCommand = answer.command;
}

/** The rows of partial blocks that were checked before the break; what the break cut is asked for again. */
function keepGoodRows(text: string, progress: Progress): void {
  const blocks = wholeBlocks(text);
  const last = tableOf(blocks, undefined).rows.at(-1);
  if (!last || last.at.endsWith('Z')) return;
  progress.pieces.push(blocks);
  progress.at = last.at;
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
