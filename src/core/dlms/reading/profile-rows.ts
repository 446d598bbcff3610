// Rows of a ProfileGeneric (Blue Book 4.3.6): compressed cells rebuilt, values scaled, the clock column as the row's
// time.
import type { Column, Row, Value } from '../../meter/reading';
import { failure } from '../../wire/errors';
import type { Data } from '../apdu/axdr';
import { meaningOf, plainValue, scaledMeaning, timeOf, type ScalerUnit } from '../model/cosem';
import { isScaled } from '../model/cosem-classes';
import { clockDoubts, isoOf, laterBy, type DateTime } from '../model/date-time';
import type { CaptureObject } from './meter-memory';
import { obisName } from '../model/obis';
import { obisText } from '../../meter/obis';
import type { Language } from '../model/obis-names';
import { unitText } from '../../meter/units';

/** A row with its time as fields, for selecting and resuming. */
export interface TimedRow {
  readonly time: DateTime | undefined;
  readonly row: Row;
}

/** What the cells of a row mean. */
export interface RowRules {
  readonly captured: readonly CaptureObject[];
  readonly scalerOf: (column: CaptureObject) => ScalerUnit | undefined;
  /** Seconds from a row to the next; undefined = unknown. Negative where the newest stands first. */
  readonly stepS: number | undefined;
}

/** Whether a column is the time of its row. */
export function isClock(column: CaptureObject): boolean {
  return column.classId === 8 && column.attribute === 2;
}

/** Rows in the order of the buffer. What a row leaves out is derived from the row before it in the same answer. */
export function rowsOf(buffer: readonly Data[], rules: RowRules): readonly TimedRow[] {
  const clock = rules.captured.findIndex(isClock);
  const decoders = rules.captured.map((column) => decoderOf(column, rules.scalerOf(column)));
  const rows: TimedRow[] = [];
  let previous: readonly Data[] = [];
  let time: DateTime | undefined;
  for (const entry of buffer) {
    const cells = rebuilt(entry, previous, rules.captured.length, clock);
    previous = cells;
    time = clock < 0 ? undefined : timeAt(cells[clock], time, rules.stepS);
    const values: Value[] = [];
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i];
      const decode = decoders[i];
      if (i !== clock && cell && decode) values.push(decode(cell));
    }
    rows.push({ time, row: rowOf(time, values) });
  }
  return rows;
}

/** The columns beside the clock, as a message has them. */
export function columnsOf({ captured, scalerOf }: RowRules, language: Language): readonly Column[] {
  const clock = captured.findIndex(isClock);
  return captured.flatMap((column, i) => {
    if (i === clock) return [];
    const unit = isScaled(column) ? unitText(scalerOf(column)?.unit ?? 255) : undefined;
    const name = obisName(column.instance, language);
    return [
      { id: obisText(column.instance), ...(unit !== undefined && { unit }), ...(name !== undefined && { name }) },
    ];
  });
}

/**
 * null-data in a row: "the value can be derived from the previous one" (Blue Book 4.3.6.2.2) - the same value, or the
 * time one capture period on. Delta types add to the previous value. In a first row there is nothing to derive from.
 */
function rebuilt(entry: Data, previous: readonly Data[], columns: number, clock: number): readonly Data[] {
  if (entry.type !== 'structure') throw failure('cosem.rowType', { type: entry.type });
  if (entry.value.length !== columns) throw failure('cosem.rowWidth', { values: entry.value.length, columns });
  const isPlain = entry.value.every((cell) => cell.type !== 'null-data' && !cell.type.startsWith('delta-'));
  if (isPlain) return entry.value;
  return entry.value.map((cell, i) => {
    const before = previous[i];
    if (cell.type === 'null-data') return i === clock || !before ? cell : before;
    return cell.type.startsWith('delta-') ? added(before, cell) : cell;
  });
}

function added(before: Data | undefined, delta: Data): Data {
  if (before && typeof before.value === 'bigint' && typeof delta.value === 'number')
    return { type: 'long64', value: before.value + BigInt(delta.value) };
  if (before && typeof before.value === 'number' && typeof delta.value === 'number')
    return { type: 'long64', value: BigInt(before.value) + BigInt(delta.value) };
  throw failure('cosem.rowDifference', {});
}

function timeAt(cell: Data | undefined, before: DateTime | undefined, stepS: number | undefined): DateTime | undefined {
  if (cell && cell.type !== 'null-data') return timeOf(cell);
  return before && stepS ? (laterBy(before, stepS) ?? undefined) : undefined;
}

function rowOf(time: DateTime | undefined, values: readonly Value[]): Row {
  if (!time) return { at: '', status: 'time unknown', values };
  const at = isoOf(time);
  if (at === null) return { at: '', status: 'time unknown', values };
  if (time.status === null || (time.status & 0x0f) === 0) return { at, values };
  return { at, status: clockDoubts(time.status).join(', '), values };
}

/** One function per column, so that rows do not look up what their column says. */
function decoderOf(column: CaptureObject, scalerUnit: ScalerUnit | undefined): (cell: Data) => Value {
  // One element of a structured attribute: its class does not say which. A simple attribute has none, whatever the
  // index says.
  if (column.dataIndex > 0 && !isScaled(column)) return plainValue;
  if (!isScaled(column))
    return (cell) =>
      cell.type === 'null-data' ? null : meaningOf(column.classId, column.attribute, cell, undefined).value;
  if (!scalerUnit) return () => null; // a number of unknown scale is no value
  const power = 10 ** Math.abs(scalerUnit.scaler);
  const isShort = Math.abs(scalerUnit.scaler) <= 15;
  return (cell) => {
    const { value } = cell;
    // Both operands are exact, so the quotient is the double nearest to the decimal and is written as it (15 digits).
    if (
      isShort &&
      typeof value === 'number' &&
      Number.isInteger(value) &&
      cell.type !== 'float32' &&
      cell.type !== 'float64'
    ) {
      const scaled = scalerUnit.scaler < 0 ? value / power : value * power;
      if (Math.abs(value) < 1e15 && Math.abs(scaled) < 1e15) return scaled === 0 ? 0 : scaled;
    }
    return cell.type === 'null-data' ? null : scaledMeaning(cell, scalerUnit).value;
  };
}
