// A simulated ProfileGeneric (Blue Book 4.3.6): buffer, capture objects, and selective access as its server chapter
// says.
import type { Data } from '../../../core/dlms/apdu/axdr';
import { decodeDateTime, dateTimeAt, encodeDateTime, localMs } from '../../../core/dlms/model/date-time';
import { array, octets, REFUSED, structure, u16, u32, type SimObject } from './model';

export interface ProfileColumn {
  readonly classId: number;
  readonly instance: Uint8Array;
  readonly attribute: number;
}

export interface ProfileModel {
  readonly instance: Uint8Array;
  readonly baseName: number;
  readonly periodS: number;
  readonly columns: readonly ProfileColumn[];
  /** Rows captured so far; a function for a meter that goes on capturing. */
  readonly count: number | (() => number);
  /** Rows that the buffer holds: the oldest one falls out for each new one. */
  readonly capacity?: number;
  /** Local fields of the first row's time, as if UTC. */
  readonly firstMs: number;
  /** Local fields of row i, where they are not one period on: a clock that was set, daylight saving, a power cut. */
  readonly timeMs?: (i: number) => number;
  readonly deviation: number | null;
  /** The cells of row i behind the clock. */
  readonly cells: (i: number) => readonly Data[];
  readonly newestFirst?: boolean;
  /** What attribute 5 says, where it is neither FIFO nor LIFO. */
  readonly sortMethod?: number;
  /** The order of the buffer, where it is neither. */
  readonly arrange?: (rows: readonly number[]) => readonly number[];
  /** Selectors that this meter refuses, and whether it refuses columns. */
  readonly refuses?: readonly number[];
  readonly refusesColumns?: boolean;
  /** A range is answered with the whole buffer. */
  readonly ignoresRange?: boolean;
  /** Times and repeated values are left out (null-data). */
  readonly compressed?: boolean;
  readonly compact?: boolean;
}

export function profileObject(model: ProfileModel): SimObject {
  const definitions = array(
    model.columns.map((column) =>
      structure(u16(column.classId), octets(column.instance), { type: 'integer', value: column.attribute }, u16(0)),
    ),
  );
  return {
    classId: 7,
    version: 1,
    instance: model.instance,
    baseName: model.baseName,
    attributes: new Map<number, Data | (() => Data)>([
      [
        2,
        () =>
          bufferOf(
            model,
            allRows(model),
            model.columns.map((_, i) => i),
          ),
      ],
      [3, definitions],
      [4, u32(model.periodS)],
      [5, { type: 'enum', value: model.sortMethod ?? (model.newestFirst ? 2 : 1) }],
      [6, structure(u16(8), octets(Uint8Array.of(0, 0, 1, 0, 0, 255)), { type: 'integer', value: 2 }, u16(0))],
      [7, () => u32(allRows(model).length)],
      [8, u32(model.capacity ?? counted(model))],
    ]),
    select: (selector, parameter) => selected(model, selector, parameter),
  };
}

function selected(model: ProfileModel, selector: number, parameter: Data): Data | number {
  if (model.refuses?.includes(selector) || parameter.type !== 'structure') return REFUSED.mismatch;
  const all = model.columns.map((_, i) => i);
  const fields = parameter.value;
  if (selector === 1) {
    const [, from, to, columns] = fields;
    if (!(from?.value instanceof Uint8Array) || !(to?.value instanceof Uint8Array) || columns?.type !== 'array')
      return REFUSED.mismatch;
    if (columns.value.length > 0 && model.refusesColumns) return REFUSED.mismatch;
    const [first, last] = [instant(from.value, model.deviation), instant(to.value, model.deviation)];
    const rows = allRows(model).filter(
      (i) => model.ignoresRange || (timeMs(model, i) >= first && timeMs(model, i) <= last),
    );
    return bufferOf(
      model,
      rows,
      columns.value.length === 0
        ? all
        : all.filter((c) => columns.value.some((definition) => isColumn(model.columns[c], definition))),
    );
  }
  if (selector === 2) {
    const [fromEntry = 1, toEntry = 0, fromColumn = 1, toColumn = 0] = fields.map((field) =>
      typeof field.value === 'number' ? field.value : 0,
    );
    const rows = allRows(model).slice(Math.max(0, fromEntry - 1), toEntry === 0 ? undefined : toEntry);
    return bufferOf(model, rows, all.slice(fromColumn - 1, toColumn === 0 ? undefined : toColumn));
  }
  return REFUSED.mismatch;
}

function bufferOf(model: ProfileModel, rows: readonly number[], columns: readonly number[]): Data {
  let before: readonly Data[] = [];
  const built = rows.map((i) => {
    const cells = [clockCell(model, i), ...model.cells(i)];
    const shown = columns.map((c): Data => {
      const cell = cells[c] ?? { type: 'null-data', value: null };
      const isKnown =
        model.compressed &&
        before.length > 0 &&
        (c === 0 || (before[c]?.value === cell.value && before[c]?.type === cell.type));
      return isKnown ? { type: 'null-data', value: null } : cell;
    });
    before = cells;
    return structure(...shown);
  });
  return model.compact ? { type: 'compact-array', value: built } : array(built);
}

function clockCell(model: ProfileModel, i: number): Data {
  const ms = timeMs(model, i);
  return octets(encodeDateTime(dateTimeAt(ms + (model.deviation ?? 0) * 60_000, model.deviation, 0)));
}

/** Local fields as ms. */
function timeMs(model: ProfileModel, i: number): number {
  return model.timeMs?.(i) ?? model.firstMs + i * model.periodS * 1000;
}

/** A moment of a request in this meter's local fields; its own deviation, if told, is respected. */
function instant(octetsOfTime: Uint8Array, deviation: number | null): number {
  const time = decodeDateTime(octetsOfTime);
  const local = localMs({ ...time, hour: time.hour ?? 0, minute: time.minute ?? 0, second: time.second ?? 0 }) ?? 0;
  return time.deviation === null || deviation === null ? local : local + (time.deviation - deviation) * 60_000;
}

function allRows(model: ProfileModel): readonly number[] {
  const count = counted(model);
  const length = Math.min(count, model.capacity ?? count);
  const rows = Array.from({ length }, (_, i) => count - length + i);
  return model.arrange?.(rows) ?? (model.newestFirst ? rows.reverse() : rows);
}

function counted({ count }: ProfileModel): number {
  return typeof count === 'number' ? count : count();
}

function isColumn(column: ProfileColumn | undefined, definition: Data): boolean {
  if (!column || definition.type !== 'structure') return false;
  const [classId, name, attribute] = definition.value;
  return (
    classId?.value === column.classId &&
    attribute?.value === column.attribute &&
    name?.value instanceof Uint8Array &&
    name.value.every((octet, i) => octet === column.instance[i])
  );
}
