// Totals and curves as the one result shape. What the meter marks invalid is null, every other quality bit is told in
// words; nothing is scaled: the profile counts in whole kWh and kvarh.
import type { Column, Reading, Readout, Row } from '../meter/reading';
import { INVALID, type Period } from './objects';
import { RESERVES, rowAt, totalName, totalUnit } from './row-words';

/** Totals and curves: one row per period. With `isCounter` the newest row also stands as readings. */
export function periodsReadout(
  periods: readonly Period[],
  register: number,
  standardOffset: number,
  isCounter: boolean,
): Readout {
  const addresses = [...new Set(periods.flatMap((period) => period.totals.map((total) => total.address)))].sort(
    (a, b) => a - b,
  );
  const isUsed = (address: number): boolean =>
    address < RESERVES || periods.some((p) => p.totals.some((t) => t.address === address && !(t.quality & INVALID)));
  const columns = addresses
    .filter(isUsed)
    .map((address): Column => ({ id: `${register}:${address}`, name: totalName(address), ...totalUnit(address) }));
  const used = addresses.filter(isUsed);
  const rows = periods.map(({ totals, time }): Row => {
    const shown = totals.filter((total) => used.includes(total.address));
    const values = used.map((address) => {
      const total = totals.find((candidate) => candidate.address === address);
      return total === undefined || total.quality & INVALID ? null : total.value;
    });
    return rowAt(
      time,
      values,
      shown.map((total) => [totalName(total.address), total.quality]),
      standardOffset,
    );
  });
  const last = rows.at(-1);
  const readings =
    !isCounter || last === undefined
      ? []
      : columns.map((column, i): Reading => ({
          name: column.name ?? column.id,
          id: column.id,
          value: last.values[i] ?? null,
          ...(column.unit ? { unit: column.unit } : {}),
          ...(last.at ? { at: last.at } : {}),
        }));
  return { readings, rows, columns };
}
