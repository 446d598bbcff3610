// Lists of a fleet, whole or by a filter. Law: however large the fleet, nothing here works on more than a slice of it
// at a time: whoever lists for others waits in between, and a list comes in pages.
import { isWanted, orderOf, WHOLE_FLEET, type FleetFilter } from './filter';
import type { ModemRecord } from './record';
import { viewOf, type ModemView, type ViewContext } from './view';

export interface ListedFleet {
  find(imei: string): ModemRecord | undefined;
  all(): Iterable<ModemRecord>;
  /** Looks up what a record does not hold by itself. */
  look(record: ModemRecord): void;
  viewContext(): ViewContext;
}

export interface FleetPage {
  /** Modems that the filter wants, beyond its limit too. */
  readonly total: number;
  readonly modems: readonly ModemView[];
  /** This page among so many. */
  readonly index: number;
  readonly count: number;
}

/** At once: for programs that have no one else to serve. */
export function listAtOnce(fleet: ListedFleet, filter: FleetFilter = WHOLE_FLEET): Omit<FleetPage, 'index' | 'count'> {
  const search = chosen(fleet, filter);
  for (;;) {
    const step = search.next();
    if (step.done !== true) continue;
    const { total, records } = step.value;
    const context = fleet.viewContext();
    return { total, modems: records.map((record) => viewOf(record, context)) };
  }
}

/** Page by page; `pause` lets others have their turn. An empty list is one empty page. */
export async function listInPages(
  fleet: ListedFleet,
  filter: FleetFilter,
  pause: () => Promise<void>,
  onPage: (page: FleetPage) => void,
): Promise<void> {
  const search = chosen(fleet, filter);
  let step = search.next();
  for (; step.done !== true; step = search.next()) await pause();
  const { total, records } = step.value;
  const count = Math.max(1, Math.ceil(records.length / PAGE));
  for (let index = 0; index < count; index++) {
    const modems: ModemView[] = [];
    for (let from = index * PAGE; from < Math.min(records.length, (index + 1) * PAGE); from += VIEWS) {
      const context = fleet.viewContext();
      const end = Math.min(from + VIEWS, (index + 1) * PAGE);
      for (const record of records.slice(from, end)) modems.push(viewOf(record, context));
      await pause();
    }
    onPage({ total, modems, index, count });
  }
}

/** The records that a filter wants, in its order; yields after each slice. */
function* chosen(
  fleet: ListedFleet,
  filter: FleetFilter,
): Generator<void, { readonly total: number; readonly records: readonly ModemRecord[] }> {
  const { weakDbm } = fleet.viewContext();
  const wanted: ModemRecord[] = [];
  let seen = 0;
  for (const record of namedOrAll(fleet, filter)) {
    fleet.look(record);
    if (isWanted(record, filter, weakDbm)) wanted.push(record);
    if (++seen % SLICE === 0) yield;
  }
  const sorted = yield* sortedInSlices(wanted, orderOf(filter.sort));
  return { total: wanted.length, records: sorted.slice(filter.offset, filter.offset + filter.limit) };
}

/** The modems as they are now: what comes and goes while they are looked through is another list's. */
function namedOrAll(fleet: ListedFleet, { imeis }: FleetFilter): readonly ModemRecord[] {
  if (!imeis) return [...fleet.all()];
  return imeis.map((imei) => fleet.find(imei)).filter((record) => record !== undefined);
}

/** Sorted runs of one slice each, merged two by two. */
export function* sortedInSlices<T>(items: readonly T[], order: (a: T, b: T) => number): Generator<void, readonly T[]> {
  let runs: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += SLICE) {
    runs.push(items.slice(from, from + SLICE).sort(order));
    yield;
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(yield* mergedRuns(runs[i] ?? [], runs[i + 1] ?? [], order));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergedRuns<T>(left: readonly T[], right: readonly T[], order: (a: T, b: T) => number): Generator<void, T[]> {
  const merged: T[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [a, b] = [left[i], right[j]];
    const isLeft = j >= right.length || (i < left.length && order(a as T, b as T) <= 0);
    merged.push((isLeft ? a : b) as T);
    if (isLeft) i += 1;
    else j += 1;
    if (merged.length % (2 * SLICE) === 0) yield;
  }
  return merged;
}

/** Records looked at, and views made, between two pauses: a few milliseconds on a small machine. */
const SLICE = 2_000;
const VIEWS = 500;
/** Modems in one page. */
export const PAGE = 5_000;
