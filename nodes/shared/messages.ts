// From a readout to the messages a node sends (docs: "A message out"). The incoming message is reused, so that all its
// other properties pass through.
import type { JobFigures, Readout, Reading } from '../../src/core/index';
import type { Msg } from './palette';

export type Output = 'report' | 'values' | 'each';
export const OUTPUTS: readonly Output[] = ['report', 'values', 'each'];

export interface Report extends Readout {
  readonly imei: string;
  readonly protocol: string;
  readonly meter: string;
  readonly name?: string;
  /** When the answer was complete (UTC). */
  readonly time: string;
  readonly link: JobFigures;
}

/** The messages of one report; in `each` one per reading, then one per value of each row. */
export function messagesOf(msg: Msg, report: Report, output: Output): Msg[] {
  const topic = msg.topic ?? subjectOf(report.imei, report.meter);
  if (output === 'report') return [Object.assign(msg, { payload: report, topic })];
  if (output === 'values') return [Object.assign(msg, { payload: valuesOf(report), topic })];
  const facts = {
    imei: report.imei,
    meter: report.meter,
    ...(report.name !== undefined && { meterName: report.name }),
    time: report.time,
  };
  const items = [
    ...report.readings.map((reading) => ({ ...facts, ...reading })),
    ...rowItems(report).map((item) => ({ ...facts, ...item })),
  ];
  return items.map((payload, index) => ({
    ...msg,
    payload,
    topic,
    parts: { id: msg._msgid, type: 'array', index, count: items.length, len: 1 },
  }));
}

/** Who: a modem, and the meter behind it where it has an address. */
export function subjectOf(imei: string, meter: string): string {
  return meter === '' ? imei : `${imei}/${meter}`;
}

/**
 * Names as keys; what was not read is missing, what the meter has no value for is null. Rows: a list of such objects,
 * with their time.
 */
function valuesOf(report: Report): Record<string, unknown> | Record<string, unknown>[] {
  if (report.rows)
    return report.rows.map(({ at, status, values }) => ({
      at,
      ...(status !== undefined && { status }),
      ...Object.fromEntries(values.map((value, i) => [columnName(report, i), value])),
    }));
  return Object.fromEntries(report.readings.filter((r) => r.error === undefined).map((r) => [r.name, r.value]));
}

function rowItems(report: Report): Record<string, unknown>[] {
  const columns = report.columns ?? [];
  return (report.rows ?? []).flatMap((row) =>
    row.values.map((value, i) => ({
      name: columnName(report, i),
      id: columns[i]?.id ?? String(i),
      value,
      ...(columns[i]?.unit !== undefined && { unit: columns[i]?.unit }),
      at: row.at,
      ...(row.status !== undefined && { status: row.status }),
    })),
  );
}

/** A name that an earlier column has already gets its number: one value would hide the other. */
function columnName({ columns = [] }: Report, i: number): string {
  const nameAt = (place: number): string => columns[place]?.name ?? columns[place]?.id ?? String(place);
  return columns.slice(0, i).some((_, earlier) => nameAt(earlier) === nameAt(i)) ? `${nameAt(i)}_${i + 1}` : nameAt(i);
}

/** The first reading as a badge shows it: `230.1 V`. One with a unit, if there is any: not a serial number. */
export function badgeText(report: Readout): string {
  const found = report.readings.filter((r) => r.error === undefined && r.value !== null && r.value !== undefined);
  const first: Reading | undefined = found.find(({ unit }) => unit !== undefined && unit !== '') ?? found[0];
  // an object list says nothing in 20 characters
  if (first && typeof first.value === 'object') return `${found.length} x`;
  if (first) return `${String(first.value)} ${first.unit ?? ''}`.trim().slice(0, 20);
  return report.rows ? `${report.rows.length} rows` : 'ok';
}
