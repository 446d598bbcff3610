// One reader for the two protocols that people call "IEC": which of them it is, and what each has of the other's.
import type { Iec62056Options } from '../iec62056/options';
import type { Iec870Options } from '../iec870/options';
import { predictIec870, type Prediction } from '../iec870/predict';
import type { Readout } from '../meter/reading';
import type { Job } from '../transport/lane/job';
import type { LineSettings } from '../wire/dialogue';
import { failure } from '../wire/errors';
import type { Fields } from './fields';
import { iec62056Job, iec62056PushOf, parseIec62056 } from './iec62056';
import { iec870Job, parseIec870 } from './iec870';
import type { TelegramSource } from './listening';

/** What is to be read, by which of the two protocols. */
export type IecQuery =
  | { readonly protocol: 'iec62056-21'; readonly options: Iec62056Options }
  | { readonly protocol: 'iec60870-5-102'; readonly options: Iec870Options };

/** Properties of either protocol, as `protocol` says. Throws CONFIG_INVALID with the name of the property. */
export function parseIec(fields: Fields, secrets: { readonly [name: string]: string | undefined }): IecQuery {
  const password = secrets['password'] ?? '';
  return isIec62056(fields)
    ? { protocol: 'iec62056-21', options: parseIec62056(fields, password) }
    : { protocol: 'iec60870-5-102', options: parseIec870(fields, password) };
}

/** The meter's address as text: device address, or link address. */
export function iecMeterOf({ protocol, options }: IecQuery): string {
  return protocol === 'iec62056-21' ? options.address : String(options.link);
}

/** The job of one read. */
export function iecJob(
  query: IecQuery,
): Pick<Job<Readout>, 'start' | 'key'> & Partial<Pick<Job<Readout>, 'attempts' | 'quietMs'>> {
  return query.protocol === 'iec62056-21' ? iec62056Job(query.options) : iec870Job(query.options);
}

/** How long a read will take, where that is known before the first byte. */
export function predictIec(query: IecQuery, roundTripMs: number, line: LineSettings): Prediction | undefined {
  return query.protocol === 'iec60870-5-102' ? predictIec870(query.options, roundTripMs, line) : undefined;
}

/** The same as an answer: CONFIG_INVALID where it cannot be told. */
export function planIec(query: IecQuery, roundTripMs: number, line: LineSettings): Prediction {
  const plan = predictIec(query, roundTripMs, line);
  if (!plan) throw failure('iec62056.onlyPredicts', {}, 'configure');
  return plan;
}

/** What hears a meter that sends by itself; undefined = this reader asks. */
export function iecPushOf(fields: Fields): TelegramSource | undefined {
  return isIec62056(fields) ? iec62056PushOf(fields) : undefined;
}

function isIec62056(fields: Fields): boolean {
  return fields.choice('protocol', ['62056-21', '60870-5-102'], '62056-21') === '62056-21';
}
