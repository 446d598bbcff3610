// What a message in asks of the fleet, and the answer.
import { parseFilter, placeFrom, failure, type FleetRegistry, parseImei } from '../../src/core/index';

export interface Answer {
  readonly query: 'snapshot' | 'counts' | 'modem' | 'names' | 'forget';
  readonly payload: unknown;
  /** How many modems there are in all, where the payload may be a part of them. */
  readonly total?: number;
}

/** `"snapshot"`, `"counts"`, `{filter}`, `{imei}`, `{names}` or `{forget}`. Throws CONFIG_INVALID. */
export function answerTo(fleet: FleetRegistry, payload: unknown): Answer {
  if (payload === 'snapshot') return listed(fleet, undefined);
  if (payload === 'counts')
    return {
      query: 'counts',
      payload: { ...fleet.counts, isListening: fleet.isListening, refused: fleet.refusals.all },
    };
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) {
    const { filter, imei, names, forget } = payload as Readonly<Record<string, unknown>>;
    if (filter !== undefined) return listed(fleet, filter);
    if (imei !== undefined) return { query: 'modem', payload: fleet.modem(parseImei(String(imei).trim())) ?? null };
    if (names !== undefined) return { query: 'names', payload: { named: setNames(fleet, names) } };
    if (forget !== undefined)
      return {
        query: 'forget',
        payload: {
          forgotten: (Array.isArray(forget) ? (forget as unknown[]) : [forget]).filter((each) =>
            fleet.forget(String(each).trim()),
          ).length,
        },
      };
  }
  throw failure('fleet.statusQuery', {}, 'configure');
}

function listed(fleet: FleetRegistry, filter: unknown): Answer {
  const { modems, total } = filter === undefined ? fleet.list() : fleet.list(parseFilter(filter));
  return { query: 'snapshot', payload: modems, total };
}

/** A list of `{imei, name, lat, lon, ulp}`, or an object by IMEI; null takes a name away. All or nothing. */
function setNames(fleet: FleetRegistry, names: unknown): number {
  if (typeof names !== 'object' || names === null) throw failure('fleet.namesForm', {}, 'configure');
  const entries: [unknown, unknown][] = Array.isArray(names)
    ? (names as unknown[]).map((each) => [(each as { imei?: unknown } | null)?.imei, each])
    : Object.entries(names);
  const places = entries.map(([imei, value]) => {
    const place = placeFrom(value);
    if (value !== null && !place)
      throw failure('fleet.namesUnusable', { shown: String(imei).slice(0, 40) }, 'configure');
    return { imei: parseImei(String(imei ?? '').trim()), place };
  });
  for (const { imei, place } of places) fleet.setPlace(imei, place);
  return places.length;
}
