// How the fleet outlives a restart: chunks of 256 modems as texts, written a few at a time and only where something
// changed, through a store that the platform gives. A chunk that cannot be read costs its modems their past, nothing
// else.
import { ERRORS, type ErrorCode } from '../../wire/errors';
import type { Coverage } from './history';
import { ALARMS, MODEM_STATES, type ModemRecord, type ModemState, type ModemPlace } from './record';

/** Where texts are kept under a key; undefined removes. */
export interface FleetStore {
  read(key: string): Promise<unknown>;
  write(key: string, value: string | undefined): Promise<void>;
}

/** What of a record is kept; everything else begins anew. */
export interface StoredModem {
  readonly slot: number;
  readonly imei: string;
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  readonly state: ModemState;
  readonly failedCode: ErrorCode | '';
  readonly place: ModemPlace | undefined;
  readonly coverage: string;
  readonly isConfirmed: boolean;
}

export const CHUNK = 256;
const TEXTS = [
  'name',
  'ip',
  'model',
  'firmware',
  'technology',
  'operator',
  'cell',
  'area',
  'sim',
] as const satisfies readonly (keyof ModemRecord)[];
const NUMBERS = [
  'dbm',
  'csq',
  'alarms',
  'firstAt',
  'seenAt',
  'heardAt',
  'serialAt',
  'readAt',
  'failedAt',
] as const satisfies readonly (keyof ModemRecord)[];

export function encodeModem(record: ModemRecord, coverage: Coverage): readonly unknown[] {
  const state = record.state === 'restored' ? record.stateBefore : record.state;
  return [
    record.slot,
    record.imei,
    TEXTS.map((name) => record[name]),
    NUMBERS.map((name) => record[name]),
    state,
    record.failedCode,
    record.place ?? null,
    coverage.pack(record.slot),
    record.isConfirmed,
  ];
}

/** The modems of one chunk; what is none is left out. */
export function decodeChunk(text: unknown): readonly StoredModem[] {
  if (typeof text !== 'string') return [];
  try {
    const rows: unknown = JSON.parse(text);
    return Array.isArray(rows) ? rows.map(decodeModem).filter((modem) => modem !== undefined) : [];
  } catch {
    return [];
  }
}

/** Into a new record; the state is `restored` until the modem is heard again. */
export function restoreInto(record: ModemRecord, stored: StoredModem): void {
  TEXTS.forEach((name, i) => (record[name] = stored.texts[i] ?? ''));
  NUMBERS.forEach((name, i) => (record[name] = stored.numbers[i] ?? 0));
  record.alarms &= (1 << ALARMS.length) - 1;
  // when it connected is not kept: a whole window without a connect has to pass again before the alarm may end
  if (record.hasAlarm('rebootLoop')) record.connects = [record.seenAt];
  record.failedCode = stored.failedCode;
  record.place = stored.place;
  record.stateBefore = stored.state;
  record.state = stored.state === 'unknown' ? 'unknown' : 'restored';
}

function decodeModem(row: unknown): StoredModem | undefined {
  if (!Array.isArray(row)) return undefined;
  const [slot, imei, texts, numbers, state, failedCode, place, coverage, isConfirmed] = row as unknown[];
  if (
    !Number.isInteger(slot) ||
    typeof slot !== 'number' ||
    slot < 0 ||
    typeof imei !== 'string' ||
    !/^\d{15}$/.test(imei)
  )
    return undefined;
  if (
    !Array.isArray(texts) ||
    texts.length !== TEXTS.length ||
    !texts.every((text) => typeof text === 'string' && text.length <= MAX_TEXT)
  )
    return undefined;
  if (
    !Array.isArray(numbers) ||
    numbers.length !== NUMBERS.length ||
    !numbers.every((number) => Number.isFinite(number))
  )
    return undefined;
  const known = MODEM_STATES.find((name) => name === state);
  if (known === undefined) return undefined;
  return {
    slot,
    imei,
    texts: texts as string[],
    numbers: numbers as number[],
    state: known,
    failedCode: typeof failedCode === 'string' && Object.hasOwn(ERRORS, failedCode) ? (failedCode as ErrorCode) : '',
    place: placeFrom(place),
    coverage: typeof coverage === 'string' ? coverage : '',
    isConfirmed: isConfirmed !== false,
  };
}

/** A name and coordinates as a person, a message or a store gives them; undefined when there is nothing usable. */
export function placeFrom(value: unknown): ModemPlace | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : { name: value.trim().slice(0, MAX_TEXT) };
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, lat, lon, ulp } = value as Readonly<Record<string, unknown>>;
  const degrees = (part: unknown, most: number): number | undefined => {
    const number = typeof part === 'string' && part.trim() !== '' ? Number(part) : part;
    return typeof number === 'number' && Math.abs(number) <= most ? number : undefined;
  };
  const [north, east] = [degrees(lat, 90), degrees(lon, 180)];
  const place: ModemPlace = {
    ...(typeof name === 'string' && name.trim() !== '' && { name: name.trim().slice(0, MAX_TEXT) }),
    // half a position is none
    ...(north !== undefined && east !== undefined && { lat: north, lon: east }),
    ...(typeof ulp === 'boolean' && { ulp }),
  };
  return Object.keys(place).length > 0 ? place : undefined;
}

const MAX_TEXT = 64;
