// What a profile captures, how often and in which order (Blue Book 4.3.6). Asked once per meter; and again in each
// association, for a meter may have been set up anew and its columns mean others now. That costs one trip: a list, or
// where the meter takes none the columns alone.
import { toHex } from '../../wire/bytes';
import type { Dialogue } from '../../wire/dialogue';
import { failure } from '../../wire/errors';
import type { MeterTalk } from './attributes';
import type { Data } from '../apdu/axdr';
import { logicalNameOf, timeOf } from '../model/cosem';
import { channelOf } from '../model/obis';
import type { CaptureObject, ProfileNotes } from './meter-memory';
import { isClock } from './profile-rows';
import type { WantedProfile } from './requests';
import { accessRefusal } from '../apdu/result-codes';
import type { Attribute } from '../apdu/get';

/** The description of the wanted profile, and the deviation of the meter's clock where the request needs it. */
export function* described(talk: MeterTalk, wanted: WantedProfile): Dialogue<ProfileNotes> {
  const { services, notes, identity } = talk;
  const key = toHex(wanted.obis);
  const of = (attribute: number): Attribute => ({ classId: 7, instance: wanted.obis, attribute });
  const remembered = notes.profiles.get(key);
  const known = identity.confirmed.has(key) ? remembered : undefined;
  const isChecked = !known && remembered !== undefined && !services.canList;
  const needsClock =
    notes.deviation === undefined && [wanted.from, wanted.to].some((moment) => moment && !moment.isLocal);
  const asked = [...(known ? [] : isChecked ? [of(3)] : [of(3), of(4), of(5)]), ...(needsClock ? [CLOCK_TIME] : [])];
  const { asked: name } = identity;
  if (asked.length + name.length > 0) {
    const all = yield* services.get([...asked, ...name]);
    if (name.length > 0 && !identity.settleByName(all[all.length - 1])) return yield* described(talk, wanted);
    const results = all.slice(0, asked.length);
    const data = results.map((result) => ('data' in result ? result.data : undefined));
    if (needsClock) notes.deviation = deviationOf(data[data.length - 1]);
    if (!known) {
      const [first] = results;
      if (first && 'refused' in first) throw accessRefusal(first.refused);
      if (first && 'failed' in first) throw first.failed;
      const fresh = profileNotes(data[0], data[1], data[2]);
      if (isChecked && !isSameCapture(remembered.captured, fresh.captured)) {
        notes.profiles.delete(key);
        return yield* described(talk, wanted);
      }
      const { way, hasColumnSelection } = remembered ?? UNTRIED;
      notes.profiles.set(key, isChecked ? remembered : { ...fresh, way, hasColumnSelection });
      identity.confirmed.add(key);
    }
  }
  const profile = notes.profiles.get(key);
  const clock = profile?.captured.find(isClock);
  if (needsClock && notes.deviation === null && clock && channelOf(clock.instance) !== 0) {
    // Some meters have their clock in another channel (Kamstrup: 0-1:1.0.0).
    const time = yield* services.getOne({ classId: 8, instance: clock.instance, attribute: 2 });
    notes.deviation = deviationOf('data' in time ? time.data : undefined);
  }
  if (!profile) throw failure('wire.defect', { where: 'dlms/profile-description' });
  return profile;
}

function profileNotes(
  objects: Data | undefined,
  period: Data | undefined,
  sort: Data | undefined,
): Omit<ProfileNotes, keyof typeof UNTRIED> {
  if (objects?.type !== 'array') throw failure('cosem.captureObjects', {});
  return {
    captured: objects.value.map(captureObject),
    periodS: typeof period?.value === 'number' && !isSorted(sort) ? period.value : undefined,
    isNewestFirst: sort?.value === SORT_LIFO,
    isSorted: isSorted(sort),
  };
}

/** Sorted by a value instead of by time: rows that stand together are no capture period apart. */
function isSorted(sort: Data | undefined): boolean {
  return typeof sort?.value === 'number' && sort.value > SORT_LIFO;
}

function isSameCapture(a: readonly CaptureObject[], b: readonly CaptureObject[]): boolean {
  const textOf = (columns: readonly CaptureObject[]): string =>
    JSON.stringify(columns.map((column) => ({ ...column, instance: toHex(column.instance) })));
  return textOf(a) === textOf(b);
}

function captureObject(data: Data): CaptureObject {
  const [classId, name, attribute, index] = data.type === 'structure' ? data.value : [];
  const instance = logicalNameOf(name);
  if (typeof classId?.value !== 'number' || !instance || typeof attribute?.value !== 'number')
    throw failure('cosem.captureObjects', {});
  return {
    classId: classId.value,
    instance,
    attribute: attribute.value,
    dataIndex: typeof index?.value === 'number' ? index.value : 0,
  };
}

function deviationOf(clock: Data | undefined): number | null {
  return (clock && timeOf(clock)?.deviation) ?? null;
}

const CLOCK_TIME: Attribute = { classId: 8, instance: Uint8Array.of(0, 0, 1, 0, 0, 255), attribute: 2 };
const UNTRIED: Readonly<Pick<ProfileNotes, 'way' | 'hasColumnSelection'>> = { way: 'range', hasColumnSelection: true };
/** sort_method 2: the newest row stands first. */
const SORT_LIFO = 2;
