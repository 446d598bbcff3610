// From a status message, or from a lane, into the record.
import type { FactChange } from './events';
import type { SerialSide } from './serial-side';
import { WATCHED, type ModemRecord, type Texts, type WatchedFact } from './record';
import type { Status } from './status';

/** What the message does not say stays as it was. A first value is no change. */
export function applyFacts(
  record: ModemRecord,
  status: Status,
  texts: Texts,
): { readonly changes: readonly FactChange[]; readonly hasRestarted: boolean } {
  const changes: FactChange[] = [];
  for (const fact of WATCHED) {
    const value = status[fact];
    if (value === undefined || value === record[fact]) continue;
    if (record[fact] !== '') changes.push({ fact, from: record[fact], to: value });
    record[fact] = SHARED.has(fact) ? texts.shared(value) : value;
  }
  // an equal text is not put in place of the old one: a new object for nothing
  if (status.name !== undefined && status.name !== record.name) record.name = status.name;
  if (status.cell !== undefined && status.cell !== record.cell) record.cell = status.cell;
  if (status.area !== undefined && status.area !== record.area) record.area = texts.shared(status.area);
  if (status.signal) {
    record.dbm = status.signal.dbm ?? 0;
    record.csq = status.signal.csq ?? -1;
  }
  record.raw = status.text.length <= MAX_RAW ? status.text : '';
  const hasRestarted = status.uptimeS !== undefined && record.uptimeS > status.uptimeS;
  record.uptimeS = status.uptimeS ?? -1;
  return { changes, hasRestarted };
}

export function applyLine(record: ModemRecord, line: SerialSide, at: number): void {
  if (line.heardAgoMs !== undefined) record.serialAt = Math.max(record.serialAt, Math.round(at - line.heardAgoMs));
  if (line.answeredAgoMs !== undefined) record.readAt = Math.round(at - line.answeredAgoMs);
  if (line.failed) {
    record.failedAt = Math.round(at - line.failed.agoMs);
    record.failedCode = line.failed.code;
  }
}

/** Facts that many modems have in common. */
const SHARED: ReadonlySet<WatchedFact> = new Set<WatchedFact>(['operator', 'firmware', 'model', 'technology']);
const MAX_RAW = 1_024;
