// What a message in asks of the fleet, and the answer. Lists come in pages and are taken in slices, so that a fleet of
// 200,000 holds up nobody.
import {
  failure,
  inSlices,
  parseFilter,
  parseImei,
  placeFrom,
  WHOLE_FLEET,
  type FleetRegistry,
  type FleetWatch,
} from '../../src/core/index';

export interface FleetAnswer {
  readonly query: 'snapshot' | 'counts' | 'modem' | 'names' | 'forget' | 'modems';
  readonly payload: unknown;
  /** How many modems there are in all, where the payload may be a part of them. */
  readonly total?: number;
  /** Only where a list takes several messages. */
  readonly page?: { readonly index: number; readonly count: number };
}

type Pause = () => Promise<void>;

/** `"snapshot"`, `"counts"`, `{filter}`, `{imei}`, `{names}`, `{forget}` or `{modems}`. Throws CONFIG_INVALID. */
export async function answerTo(
  watch: FleetWatch,
  asked: unknown,
  pause: Pause,
  tell: (answer: FleetAnswer) => void,
): Promise<void> {
  const { fleet } = watch;
  if (asked === 'snapshot') return snapshot(fleet, undefined, pause, tell);
  if (asked === 'counts') {
    const { counts, isListening, refusals } = fleet;
    return tell({ query: 'counts', payload: { ...counts, isListening, refused: refusals.all } });
  }
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked))
    throw failure('fleet.statusQuery', {}, 'configure');
  const { filter, imei, names, forget, modems } = asked as Readonly<Record<string, unknown>>;
  if (filter !== undefined) return snapshot(fleet, filter, pause, tell);
  if (imei !== undefined) return tell({ query: 'modem', payload: fleet.modem(parseImei(String(imei).trim())) ?? null });
  if (names !== undefined) return tell({ query: 'names', payload: { named: await setNames(fleet, names, pause) } });
  if (forget !== undefined)
    return tell({ query: 'forget', payload: { forgotten: await forgetAll(fleet, forget, pause) } });
  if (modems !== undefined)
    return tell({ query: 'modems', payload: { allowed: await allowOnly(watch, modems, pause) } });
  throw failure('fleet.statusQuery', {}, 'configure');
}

function snapshot(
  fleet: FleetRegistry,
  filter: unknown,
  pause: Pause,
  tell: (answer: FleetAnswer) => void,
): Promise<void> {
  const wanted = filter === undefined ? WHOLE_FLEET : parseFilter(filter);
  return fleet.listInPages(wanted, pause, ({ total, modems, index, count }) =>
    tell({ query: 'snapshot', payload: modems, total, ...(count > 1 && { page: { index, count } }) }),
  );
}

/** A list of `{imei, name, lat, lon, ulp}`, or an object by IMEI; null takes a name away. All or nothing. */
async function setNames(fleet: FleetRegistry, names: unknown, pause: Pause): Promise<number> {
  if (typeof names !== 'object' || names === null) throw failure('fleet.namesForm', {}, 'configure');
  const entries: [unknown, unknown][] = Array.isArray(names)
    ? (names as unknown[]).map((each) => [(each as { imei?: unknown } | null)?.imei, each])
    : Object.entries(names);
  const places: { readonly imei: string; readonly place: ReturnType<typeof placeFrom> }[] = [];
  await inSlices(entries, pause, ([imei, value]) => {
    const place = placeFrom(value);
    if (value !== null && !place)
      throw failure('fleet.namesUnusable', { shown: String(imei).slice(0, 40) }, 'configure');
    places.push({ imei: parseImei(String(imei ?? '').trim()), place });
  });
  await inSlices(places, pause, ({ imei, place }) => fleet.setPlace(imei, place));
  return places.length;
}

async function forgetAll(fleet: FleetRegistry, imeis: unknown, pause: Pause): Promise<number> {
  let count = 0;
  await inSlices(Array.isArray(imeis) ? (imeis as unknown[]) : [imeis], pause, (imei) => {
    if (fleet.forget(String(imei).trim())) count += 1;
  });
  return count;
}

/** The only modems that get a place: IMEIs, or objects with one; null lifts it. All or nothing. */
async function allowOnly(watch: FleetWatch, modems: unknown, pause: Pause): Promise<number | null> {
  if (modems === null) {
    await watch.allowOnly(undefined);
    return null;
  }
  if (!Array.isArray(modems)) throw failure('fleet.allowedForm', {}, 'configure');
  const allowed = new Set<string>();
  await inSlices(modems as unknown[], pause, (each) => {
    const imei = typeof each === 'object' && each !== null ? (each as { imei?: unknown }).imei : each;
    allowed.add(parseImei(String(imei ?? '').trim()));
  });
  await watch.allowOnly(allowed);
  return allowed.size;
}
