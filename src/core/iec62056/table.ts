// Load profiles and logs: fetched in pieces short enough to survive a tunnel, and taken up again at the last good row
// when a read broke off. What came with a good block check is kept between two tries, and dropped when all is there.
import type { Dialogue, LineMemory } from '../wire/dialogue';
import { ReadError } from '../wire/errors';
import type { Readout, Reading } from '../reading';
import { decodeBlocks, encodeInterval, refusalOf, tableOf, type Block, type ProfileRow } from './profile';
import { askByAnyCommand } from './registers';
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
  const set = `${code}(${encodeInterval(...widened(piece, o), form)})`;
  const good: string[] = [];
  try {
    const commands = o.command === 'auto' ? (talk.meter?.tableCommand ? [talk.meter.tableCommand] : ['R5', 'R6', 'R1']) : [o.command];
    const answer = yield* askByAnyCommand(talk, set, commands, good);
    const refusal = answer.kind === 'text' ? refusalOf(answer.text) : answer.kind === 'refused' ? answer.why : 'acknowledged, without data';
    if (refusal !== undefined || answer.kind !== 'text') {
      progress.refusals.push(missingReading(code, `the meter has nothing from ${piece.from ?? 'its begin'} to ${piece.to ?? 'its end'}: ${refusal}`));
      return;
    }
    progress.pieces.push(decodeBlocks(answer.text));
    if (talk.meter) talk.meter.tableCommand = answer.command;
  } catch (thrown) {
    keepGoodRows(good, progress);
    throw thrown;
  }
}

/** Partial blocks that were checked before the break: their whole lines hold good rows. */
function keepGoodRows(good: readonly string[], progress: Progress): void {
  const text = good.join('').replace(/[^\n]*$/, '');
  if (text === '' || refusalOf(text) !== undefined) return;
  const blocks = decodeBlocks(text);
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

/**
 * Pieces overlap: a row that an earlier piece gave, alike in all of it, is the same row. Inside one piece nothing is
 * dropped, for in October an hour comes twice, and a log may say the same thing twice in a second.
 */
function withoutRepeats(rows: readonly ProfileRow[], pieces: Progress['pieces']): readonly ProfileRow[] {
  const rest = rows[Symbol.iterator]();
  const before = new Map<string, number>();
  return pieces.flatMap((blocks) => {
    const earlier = new Map(before);
    const size = blocks.reduce((sum, block) => sum + block.rows.length, 0);
    const piece = Array.from({ length: size }, () => rest.next().value).filter((row) => row !== undefined);
    return piece.filter((row) => {
      const key = JSON.stringify(row);
      const known = earlier.get(key) ?? 0;
      if (known > 0) earlier.set(key, known - 1);
      else before.set(key, (before.get(key) ?? 0) + 1);
      return known === 0;
    });
  });
}

function progressOf(memory: LineMemory, key: string): Progress {
  return memory.recall<Progress>(`iec62056 rows ${key}`, () => ({ pieces: [], refusals: [], at: undefined }));
}

const DAY = 24 * 60;
