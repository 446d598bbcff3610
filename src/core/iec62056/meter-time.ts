// Times as meters write them. A text that fits two readings, or none, is no time: it stays text.

/** A time as a meter wrote it. */
export interface MeterTime {
  /** ISO text without zone; with `Z` when the meter says UTC. */
  readonly iso: string;
  readonly season?: Season;
}
/** The season digit of VDEW, or W and S of DSMR. */
export type Season = 'winter' | 'summer' | 'utc';

/**
 * A time in one of the forms that meters write (`YY-MM-DD hh:mm`, digits with or without season, TST of DSMR), or
 * undefined where the text fits none or two.
 */
export function parseMeterTime(text: string): MeterTime | undefined {
  const spelled = /^(\d{2})-(\d{2})-(\d{2})[ ,T](\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (spelled) return timeOf(`20${spelled[1]}`, spelled.slice(2));
  const dsmr = /^(\d{12})([WS])$/.exec(text);
  if (dsmr) return withSeason(shortTime(dsmr[1] ?? ''), dsmr[2] === 'S' ? 'summer' : 'winter');
  if (!/^\d{10,14}$/.test(text)) return undefined;
  if (text.length === 10) return shortTime(text);
  if (text.length === 14) return longTime(text);
  if (text.length !== 12) return withSeason(shortTime(text.slice(1)), SEASONS[text[0] ?? '']);
  const [long, short] = [longTime(text), shortTime(text)];
  return long && short ? undefined : (long ?? short); // YYYYMMDDhhmm or YYMMDDhhmmss
}

/** The stamp of a profile or log header (VDEW 2.1): season digit and YYMMDDhhmmss, also without one of the two ends. */
export function parseStamp(text: string): MeterTime | undefined {
  return text.length === 12 ? shortTime(text) : parseMeterTime(text);
}

/** A later moment on the same clock. */
export function addMinutes(iso: string, minutes: number): string {
  const zone = iso.endsWith('Z') ? 'Z' : '';
  const moment = Date.parse(`${iso.replace(/Z$/, '')}Z`) + minutes * 60_000;
  return new Date(moment).toISOString().slice(0, 19) + zone;
}

function shortTime(digits: string): MeterTime | undefined {
  const [year = '', ...rest] = digits.match(/\d\d/g) ?? [];
  return timeOf(`20${year}`, rest);
}

function longTime(digits: string): MeterTime | undefined {
  return /^(19|20)/.test(digits) ? timeOf(digits.slice(0, 4), digits.slice(4).match(/\d\d/g) ?? []) : undefined;
}

function timeOf(year: string, rest: readonly (string | undefined)[]): MeterTime | undefined {
  const [month = '', day = '', hour = '00', minute = '00', second = '00'] = rest;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const moment = new Date(`${iso}Z`);
  // The round trip refuses the 30th of February and hour 24 alike.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(iso) ? { iso } : undefined;
}

function withSeason(time: MeterTime | undefined, season: Season | undefined): MeterTime | undefined {
  if (!time || !season) return undefined;
  return { iso: season === 'utc' ? `${time.iso}Z` : time.iso, season };
}

const SEASONS: Readonly<Record<string, Season>> = { 0: 'winter', 1: 'summer', 2: 'utc' };
