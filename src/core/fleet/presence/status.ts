// From the bytes of a status message to facts. Law: nothing that a modem, or anyone who can publish on its topic, sends
// throws, grows memory or becomes a wrong fact. Tolerant of what is known of the format (an object or an array of one,
// any case, numbers or text, unknown keys, trailing NUL/CR/LF); strict about what a fact is.
import { toLatin1, toUtf8 } from '../../wire/bytes';
import { failure, phrase, type Phrase, type ReadError } from '../../wire/errors';
import { INPUT_NAME, STATUS_ALIASES, STATUS_FIELDS, type StatusField } from './status-table';
import { dbmFrom, imeiFrom, ipFrom, numberFrom, signalFrom, textFrom, timeFrom, type Signal } from './status-values';

export interface Status {
  /** 15 digits, where the message says so. */
  readonly imei: string | undefined;
  readonly name: string | undefined;
  readonly ip: string | undefined;
  /** Undefined: nothing said of it. All null: said, but unknown (99). */
  readonly signal: Signal | undefined;
  readonly model: string | undefined;
  readonly firmware: string | undefined;
  readonly technology: string | undefined;
  readonly operator: string | undefined;
  readonly cell: string | undefined;
  readonly area: string | undefined;
  readonly sim: string | undefined;
  /** The modem's own clock, ms since 1970. */
  readonly time: number | undefined;
  readonly uptimeS: number | undefined;
  readonly inputs: Readonly<Record<string, number | null>> | undefined;
  /** The message as it came, unknown keys included. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Why a message is no status: counted, never thrown. */
export type StatusRefusal = 'empty' | 'oversize' | 'notJson' | 'notObject' | 'tooDeep';

/**
 * Other names for facts; a name with dots leads into objects (`radio.csq`). Replaces the built-in names of that fact.
 */
export type StatusMapping = Readonly<Partial<Record<StatusField, readonly string[]>>>;

/** Which fact a name stands for, and how far down among the names of that fact. */
interface Naming {
  readonly field: number;
  readonly rank: number;
}

export class StatusReader {
  /** By key as it is spelled in messages, so that a known spelling costs one look. Bounded. */
  private readonly spelled = new Map<string, Naming | 'input' | 'other'>();
  private readonly names = new Map<string, Naming>();
  private readonly paths: { readonly place: Naming; readonly path: readonly string[] }[] = [];

  constructor(mapping: StatusMapping = {}) {
    STATUS_FIELDS.forEach((name, field) => {
      (mapping[name] ?? STATUS_ALIASES[name]).forEach((alias, rank) => {
        const path = alias.toLowerCase().split('.');
        if (path.length > 1) this.paths.push({ place: { field, rank }, path });
        // a name of the user's for one fact is no longer a built-in name of another
        else if (mapping[name] || !this.names.has(path[0] ?? '')) this.names.set(path[0] ?? '', { field, rank });
      });
    });
  }

  read(payload: Uint8Array): Status | StatusRefusal {
    if (payload.length === 0) return 'empty';
    if (payload.length > MAX_BYTES) return 'oversize';
    return this.readText(textOf(payload));
  }

  /** The same of a text without anything around it. */
  readText(text: string): Status | StatusRefusal {
    if (text === '') return 'empty';
    const whole = parsed(text);
    if (whole === undefined) return 'notJson';
    const only: unknown = Array.isArray(whole) && whole.length === 1 ? whole[0] : whole;
    if (typeof only !== 'object' || only === null || Array.isArray(only)) return 'notObject';
    const raw = only as Readonly<Record<string, unknown>>;
    if (!isShallow(raw, MAX_DEPTH)) return 'tooDeep';
    return this.facts(raw, text);
  }

  private facts(raw: Readonly<Record<string, unknown>>, text: string): Status {
    const found: unknown[] = NOTHING.slice();
    const ranks: number[] = FAR.slice();
    let inputs: Record<string, number | null> | undefined;
    for (const key of Object.keys(raw)) {
      const meaning = this.meaningOf(key);
      if (meaning === 'input') (inputs ??= {})[key.toUpperCase()] = numberFrom(raw[key]) ?? null;
      else if (meaning !== 'other') take(found, ranks, meaning, raw[key]);
    }
    for (const { place, path } of this.paths) {
      const value = valueAt(raw, path);
      if (value !== undefined) take(found, ranks, place, value);
    }
    const [imei, name, ip, csq, dbm, model, firmware, technology, operator, cell, area, sim, time, uptime] = found;
    const signal = csq === undefined ? undefined : signalFrom(csq);
    return {
      imei: imeiFrom(imei),
      name: textFrom(name),
      ip: ipFrom(ip),
      signal: (signal === undefined || signal.dbm === null) && dbm !== undefined ? dbmFrom(dbm) : signal,
      model: textFrom(model),
      firmware: textFrom(firmware),
      technology: textFrom(technology),
      operator: textFrom(operator),
      cell: textFrom(cell),
      area: textFrom(area),
      sim: textFrom(sim),
      time: timeFrom(time),
      uptimeS: uptimeFrom(uptime),
      inputs,
      raw,
      text,
    };
  }

  private meaningOf(key: string): Naming | 'input' | 'other' {
    const known = this.spelled.get(key);
    if (known !== undefined) return known;
    const meaning = this.names.get(key.toLowerCase()) ?? (INPUT_NAME.test(key) ? 'input' : 'other');
    if (this.spelled.size < MAX_SPELLINGS && key.length <= MAX_KEY) this.spelled.set(key, meaning);
    return meaning;
  }
}

/** A mapping as the user writes it: `{"csq": "senal"}` or `{"csq": ["senal", "radio.csq"]}`. Throws CONFIG_INVALID. */
export function parseMapping(value: unknown): StatusMapping {
  if (value === undefined || value === null || value === '') return {};
  const wrong = (why: Phrase): ReadError => failure('fleet.mapping', { why, example: EXAMPLE_MAPPING }, 'configure');
  let given: unknown = value;
  if (typeof value === 'string') {
    given = parsed(value);
    if (given === undefined) throw wrong(phrase('fleet.notJson', {}));
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw wrong(phrase('fleet.notObject', {}));
  return Object.fromEntries(
    Object.entries(given).map(([name, keys]: [string, unknown]) => {
      const field = STATUS_FIELDS.find((known) => known === name.toLowerCase());
      if (field === undefined)
        throw wrong(phrase('fleet.mappingField', { shown: name.slice(0, 40), known: STATUS_FIELDS }));
      const list: unknown[] = Array.isArray(keys) ? keys : [keys];
      if (
        list.length === 0 ||
        list.length > MAX_NAMES ||
        !list.every((key) => typeof key === 'string' && key !== '' && key.length <= MAX_KEY)
      )
        throw wrong(phrase('fleet.mappingKeys', { name: name.slice(0, 40), max: MAX_NAMES }));
      return [field, list as string[]];
    }),
  );
}

/** Of several names of one fact the one of the lowest rank counts. */
function take(found: unknown[], ranks: number[], place: Naming, value: unknown): void {
  if ((ranks[place.field] ?? 0) <= place.rank) return;
  ranks[place.field] = place.rank;
  found[place.field] = value;
}

/**
 * UTF-8 where it is, else ISO 8859-1, which modems of this family speak; without byte order mark and trailing NUL, CR,
 * LF.
 */
function textOf(payload: Uint8Array): string {
  const utf8 = toUtf8(payload);
  const text = utf8.includes('\uFFFD') ? toLatin1(payload) : utf8;
  // From the end inwards, once: a search for blanks up to the end begins anew at each of them.
  let end = text.length;
  while (end > 0 && BLANK.test(text.charAt(end - 1))) end -= 1;
  return text.slice(text.charCodeAt(0) === 0xfeff ? 1 : 0, end);
}

const BLANK = /[\0\s]/;

/** Undefined when it is no JSON. Keys that would change an object's nature on their way through a flow are left out. */
function parsed(text: string): unknown {
  try {
    const isSuspicious = text.includes('__proto__') || text.includes('\\u') || text.includes('constructor');
    return isSuspicious
      ? (JSON.parse(text, (key, value: unknown) => (UNSAFE_KEYS.has(key) ? undefined : value)) as unknown)
      : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function isShallow(value: object, depth: number): boolean {
  if (depth === 0) return false;
  for (const part of Object.values(value) as unknown[])
    if (typeof part === 'object' && part !== null && !isShallow(part, depth - 1)) return false;
  return true;
}

function valueAt(raw: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let value: unknown = raw;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    const entry = Object.entries(value).find(([key]) => key.toLowerCase() === name) as [string, unknown] | undefined;
    value = entry?.[1];
  }
  return value;
}

function uptimeFrom(value: unknown): number | undefined {
  const seconds = numberFrom(value);
  return seconds !== undefined && seconds >= 0 && seconds <= 2 ** 31 ? seconds : undefined;
}

/** The longest status known is under 400 bytes; a customised one may be some times that. */
const MAX_BYTES = 16_384;
/** Deeper nesting would break whoever walks it later. */
const MAX_DEPTH = 8;
const MAX_SPELLINGS = 512;
const MAX_KEY = 64;
const MAX_NAMES = 10;
const EXAMPLE_MAPPING = '{"csq": "signal_quality", "ip": "net.address"}';
const NOTHING: readonly undefined[] = STATUS_FIELDS.map(() => undefined);
const FAR: readonly number[] = STATUS_FIELDS.map(() => 1_000);
const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
