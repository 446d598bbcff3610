// From the properties of a meter of any protocol to what asks it, or what hears it where it sends by itself: by the
// table of readers.
import { failure } from '../wire/errors';
import type { DlmsPlace, objectCache } from './dlms';
import type { Fields } from './fields';
import type { CounterStorage, InvocationCounters } from './invocation-counters';
import type { MeterReader, ReadJob, Secrets } from './meter-reader';
import { modbusReader } from './modbus';
import { READERS } from './protocols';
import type { Unasked } from './unasked';
import type { LineSettings } from '../wire/dialogue';

/** The protocols by the names that reports give them. */
export type Protocol = (typeof READERS)[keyof typeof READERS]['name'];

/** What one read is: which protocol, which meter, and the job on the modem's line. */
export interface MeterJob {
  readonly protocol: string;
  /** The meter's address as text: unit, server address, device address, link address. */
  readonly meter: string;
  readonly job: ReadJob;
}

/** What outlives a read: object lists of meter types, and the invocation counters of keys. */
export interface MeterMemory {
  readonly counters: InvocationCounters;
  readonly storage: CounterStorage | undefined;
  readonly objects: ReturnType<typeof objectCache>;
}

/** Throws CONFIG_INVALID with the name of the property. Passwords and keys stand among the properties. */
export function meterJob(
  fields: Fields,
  { imei, line }: { readonly imei: string; readonly line: LineSettings },
  { counters, storage, objects }: MeterMemory,
): MeterJob {
  const reader = readerOf(fields);
  const query = reader.parse(fields, secretsOf(reader, fields), line);
  const place = { objects, ...(storage && { counterOf: counters.of.bind(counters, storage, imei) }) };
  return { protocol: reader.name, meter: reader.meter(query), job: reader.job(query, place) };
}

/** What hears a meter that sends by itself. Throws CONFIG_INVALID where such a meter is asked and does not send. */
export function meterPush(fields: Fields): Unasked {
  const reader = readerOf(fields);
  const source = reader.unasked?.(fields, secretsOf(reader, fields));
  if (source) return source;
  throw failure('settings.sendsNothing', { protocol: reader.name }, 'configure');
}

/** Any row of the table; each takes of the place what it needs. */
type AnyReader = MeterReader<string, unknown, DlmsPlace>;

function readerOf(fields: Fields): AnyReader {
  const all: readonly AnyReader[] = Object.values(READERS);
  const names = all.map(({ name }) => name);
  const chosen = fields.choice('protocol', names, modbusReader.name);
  return all.find(({ name }) => name === chosen) ?? modbusReader;
}

function secretsOf({ secrets }: AnyReader, fields: Fields): Secrets {
  return Object.fromEntries(secrets.map((name) => [name, fields.text(name)]));
}
