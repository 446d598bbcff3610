// Rows of one read that came in several answers, as one list. Answers overlap: after a break the last rows are asked
// for again, for only by them is it known where the meter stands now; and a meter may give more than it was asked for.
import type { TimedRow } from './profile-rows';

/**
 * The rows with those of a further answer behind them that they do not hold yet. Equal rows (events of one second)
 * count: an answer that brings three where two are held adds one. Rows whose time is unknown cannot be told apart by
 * it, so they are held against each other only behind a break (`isAgain`), where they were asked for twice.
 */
export function joinedRows(
  rows: readonly TimedRow[],
  answer: readonly TimedRow[],
  isAgain: boolean,
): readonly TimedRow[] {
  if (rows.length === 0) return answer;
  const held = new Map<string, number>();
  for (const row of rows) held.set(keyOf(row), (held.get(keyOf(row)) ?? 0) + 1);
  const added = answer.filter((row) => {
    if (row.row.at === '' && !isAgain) return true;
    const key = keyOf(row);
    const left = held.get(key) ?? 0;
    held.set(key, left - 1);
    return left <= 0;
  });
  return [...rows, ...added];
}

/** Whether an answer reaches back to rows that are held, so that none lies between. */
export function isAdjoining(rows: readonly TimedRow[], answer: readonly TimedRow[]): boolean {
  const held = new Set(rows.map(keyOf));
  return rows.length === 0 || answer.some((row) => held.has(keyOf(row)));
}

const keyOf = ({ row }: TimedRow): string => JSON.stringify([row.at, row.status, row.values]);
