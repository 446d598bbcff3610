// The values of a status message, each as a fact or as nothing: a number may come as text, a text as a number, and what
// cannot be what it says is unknown, never a guess. 3GPP TS 27.007, 8.5: <rssi> 0..31 is -113 + 2 n dBm, 99 = unknown.
import { signalOf } from '../../at/values';

export interface Signal {
  readonly csq: number | null;
  readonly dbm: number | null;
  readonly bars: number | null;
}

export const UNKNOWN_SIGNAL: Signal = { csq: null, dbm: null, bars: null };

/** 18, "18", "18,99" (as AT+CSQ says it), -77, "-77 dBm". */
export function signalFrom(value: unknown): Signal {
  if (typeof value === 'string' && PLAIN_CSQ.test(value)) return known(signalOf(Number(value)));
  const number =
    typeof value === 'string'
      ? numberFrom(withoutDbm(PAIR.exec(value.slice(0, LONGEST))?.[1] ?? value))
      : numberFrom(value);
  if (number === undefined) return UNKNOWN_SIGNAL;
  return number < 0 ? dbmFrom(number) : known(signalOf(number));
}

/** Under a name that says dBm a positive number is no CSQ. -1 and 0 are what modems say for "unknown". */
export function dbmFrom(value: unknown): Signal {
  const number = typeof value === 'string' ? numberFrom(withoutDbm(value)) : numberFrom(value);
  if (number === undefined || number < LOWEST_DBM || number > HIGHEST_DBM) return UNKNOWN_SIGNAL;
  return known(signalOf(Math.round(number)));
}

/** `-77 dBm` without its unit; what is longer than any number stays as it is, and is none. */
function withoutDbm(text: string): string {
  const bare = text.length > LONGEST ? text : text.trim();
  return /dbm$/i.test(bare.slice(-3)) ? bare.slice(0, -3) : bare;
}

const PAIR = /^\s*(\d{1,2})\s*,\s*\d{1,2}\s*$/;
const LONGEST = 64;

/** A decimal number, as number or text; anything else is undefined, infinities (1e400) included. */
export function numberFrom(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.length > 32 || !/^\s*[+-]?\d+(?:\.\d+)?\s*$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Text for people: without control characters, cut; a number as its text. Undefined where there is none. */
export function textFrom(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  const text = CONTROL.test(value) ? value.slice(0, 4 * MAX_TEXT).replace(CONTROLS, ' ') : value;
  const trimmed = text.trim();
  return trimmed === '' ? undefined : trimmed.length > MAX_TEXT ? trimmed.slice(0, MAX_TEXT) : trimmed;
}

/** 15 digits, or nothing. */
export function imeiFrom(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return /^\d{15}$/.test(text) ? text : undefined;
}

/** An address that leads somewhere. */
export function ipFrom(value: unknown): string | undefined {
  const text = textFrom(value);
  return text === '0.0.0.0' || text === '::' ? undefined : text;
}

/**
 * The modem's clock in ms since 1970: unix seconds (MTX_TPFormat: unix) or ms, or a text that names its zone (ISO 8601,
 * or the form of AT+CCLK with quarter hours, 3GPP TS 27.007, 8.15). A local time without zone says no moment:
 * undefined.
 */
export function timeFrom(value: unknown): number | undefined {
  const number = numberFrom(value);
  if (number !== undefined) {
    const ms = number >= MS_FROM ? number : number * 1000;
    return ms >= 0 && ms < LAST_MS ? ms : undefined;
  }
  if (typeof value !== 'string' || value.length > 40) return undefined;
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/.test(value.trim())) {
    const ms = Date.parse(value.trim().replace(' ', 'T'));
    return Number.isNaN(ms) ? undefined : ms;
  }
  const clock = /^(\d\d)\/(\d\d)\/(\d\d),(\d\d):(\d\d):(\d\d)([+-]\d\d)$/.exec(value.trim());
  if (!clock) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, quarters = 0] = clock.slice(1).map(Number);
  return Date.UTC(2000 + year, month - 1, day, hour, minute, second) - quarters * 900_000;
}

function known(signal: Signal): Signal {
  return signal.dbm === null ? UNKNOWN_SIGNAL : signal;
}

/** No receiver hears less, none is told more. */
const LOWEST_DBM = -140;
const HIGHEST_DBM = -30;
const MAX_TEXT = 64;
const PLAIN_CSQ = /^\d{1,2}$/;
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;
const CONTROLS = new RegExp(CONTROL, 'g');
/** Seconds reach this in the year 5138, ms did in 1973. */
const MS_FROM = 100_000_000_000;
/** The year 2100. */
const LAST_MS = 4_102_444_800_000;
