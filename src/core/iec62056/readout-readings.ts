// A whole readout or telegram as readings: one a data set, but for sets that are profiles in themselves, as gas meters
// of DSMR 2.2 and 3 have them: `(time)(status)(period)(n)(code)(unit)...(value)...` (VDEW-Lastenheft 2.1, chapter 5).
import { idOf } from '../meter/obis';
import type { Reading } from '../meter/reading';
import type { DataSet, SetValue } from './dataset';
import { addMinutes, parseStamp } from './meter-time';
import { rawOf, readingOf, setValueOf } from './readings';

/** The readings of all data sets, in the order sent. */
export function readingsOf(sets: readonly DataSet[]): readonly Reading[] {
  return sets.flatMap((set) => profileReadings(set) ?? [readingOf(set)]);
}

/**
 * One reading a channel and period; the code of the set names them where it has one channel. Undefined = no profile.
 */
function profileReadings({ address, values }: DataSet): readonly Reading[] | undefined {
  const [stamp, status, period, count] = values.map(({ text }) => text.trim());
  const time = parseStamp(stamp ?? '')?.iso;
  const n = /^\d{1,2}$/.test(count ?? '') ? Number(count) : 0;
  const isProfile = n > 0 && values.length >= HEADER + 2 * n && /^[0-9a-f]{1,8}$/i.test(status ?? '');
  if (!isProfile || !/^\d{10,13}[WS]?$/.test(stamp ?? '') || !/^\d{1,5}$/.test(period ?? '')) return undefined;
  const channels = Array.from({ length: n }, (_, i) => channelOf(values.slice(HEADER + 2 * i, HEADER + 2 * i + 2)));
  const rest = values.slice(HEADER + 2 * n);
  // Values that do not fill the rows tell nothing of which is whose.
  const own: readonly (SetValue | undefined)[] =
    rest.length === 0 || rest.length % n !== 0 ? channels.map(() => undefined) : rest;
  return own.map((value, i): Reading => {
    const { code = '', unit = '' } = channels[i % n] ?? {};
    const name = n === 1 ? address : code;
    const set = { text: value?.text ?? '', value: value?.value ?? '', ...(unit !== '' && { unit }) };
    const shown = setValueOf(set, true);
    return {
      name,
      id: idOf(name),
      value: shown,
      ...(unit !== '' && { unit }),
      ...rawOf(set, shown),
      ...(time !== undefined && { at: addMinutes(time, Math.floor(i / n) * Number(period)) }),
      more: [{ status: status ?? '', code }],
    };
  });
}

function channelOf([code, unit]: readonly SetValue[]): { readonly code: string; readonly unit: string } {
  return { code: code?.text.trim() ?? '', unit: unit?.text.trim() ?? '' };
}

/** Time, status, period and number of channels. */
const HEADER = 4;
