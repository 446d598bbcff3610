// Meters that send more rows than were asked for, to the end of their memory (Gurux Java by short names: two rows
// announced, all that follow sent). Reading stops where the wanted range ends, and what came up to there is kept.
import { concatBytes } from '../../wire/bytes';
import { decodeOverfullArray, type Data } from '../apdu/axdr';
import { valueOctets } from '../apdu/sn-read';
import type { AnswerParts, Enough } from './data-blocks';
import type { TimedRow } from './profile-rows';

/** How the rows of one answer are judged; `msOf` = when a row was captured. */
export interface RangeEnd {
  readonly toMs: number;
  /** Rows that the range should have; undefined = not known. */
  readonly expected: number | undefined;
  rowsOf(items: readonly Data[]): readonly TimedRow[];
  msOf(row: TimedRow): number | null;
}

/** Looks at what came in when it is more than expected, and then each time that it doubled: linear in all. */
export function enoughAt(end: RangeEnd): Enough {
  let limit = 0;
  return (parts) => {
    const octets = parts.reduce((sum, part) => sum + part.length, 0);
    if (octets <= limit) return false;
    const items = rowItems(parts);
    if (items.length === 0) return false;
    limit = Math.max(2 * octets, 2 * (end.expected ?? 0) * Math.ceil(octets / items.length));
    return end.rowsOf(items).some((row) => (end.msOf(row) ?? -Infinity) > end.toMs);
  };
}

/** The rows of an answer that is not as it should be, but whole; undefined when less than it announces came. */
export function keptRows(
  parts: AnswerParts,
  end: RangeEnd | undefined,
  rowsOf: RangeEnd['rowsOf'],
): { readonly rows: readonly TimedRow[]; readonly isOverrun: boolean } | undefined {
  const found = decodeOverfullArray(valueOctets(concatBytes(...parts)));
  if (!found || found.items.length < found.announced) return undefined;
  const isOverrun = found.items.length > found.announced;
  if (!end) return { rows: rowsOf(found.items.slice(0, found.announced)), isOverrun };
  return { rows: inOrder(end.rowsOf(found.items), found.announced, end), isOverrun };
}

/** Rows beyond the announced ones count only as long as they go on in time. */
function inOrder(rows: readonly TimedRow[], announced: number, end: RangeEnd): readonly TimedRow[] {
  const good = rows.slice(0, announced);
  let last = -Infinity;
  for (const row of good) last = Math.max(last, end.msOf(row) ?? -Infinity);
  for (const row of rows.slice(announced)) {
    const ms = end.msOf(row);
    if (ms === null || ms <= last) break;
    good.push(row);
    last = ms;
  }
  return good;
}

/** Every row that came whole, whatever was announced. */
export function rowItems(parts: AnswerParts): readonly Data[] {
  return decodeOverfullArray(valueOctets(concatBytes(...parts)))?.items ?? [];
}
