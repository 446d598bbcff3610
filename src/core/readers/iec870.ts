// From an IEC 60870-5-102 reader's properties to what is to be read. What the protocol cannot ask is refused here,
// before a job waits for its turn.
import { IEC870_REQUESTS, type Iec870Options } from '../iec870/options';
import { predictIec870 } from '../iec870/predict';
import { readIec870 } from '../iec870/read';
import { wallText } from '../meter/moment';
import type { Readout } from '../meter/reading';
import { systemClock } from '../transport/lane/clock';
import type { Job } from '../transport/lane/job';
import { phrase } from '../wire/errors';
import type { Fields } from './fields';
import type { MeterReader } from './meter-reader';
import { queryDigest } from './query-digest';

export const iec870Reader: MeterReader<'iec60870-5-102', Iec870Options> = {
  name: 'iec60870-5-102',
  secrets: ['password'],
  parse: (fields, secrets) => parseIec870(fields, secrets['password'] ?? ''),
  meter: ({ link }) => String(link),
  job: iec870Job,
  predicted: predictIec870,
};

/** Properties as typed options. Throws CONFIG_INVALID with the name of the property. */
export function parseIec870(fields: Fields, password: string): Iec870Options {
  const request = fields.choice('request', IEC870_REQUESTS, 'totals');
  if (request === 'set-time' && !fields.flag('confirm'))
    throw fields.wrong('request', phrase('iec870.setTimeConsent', {}));
  const isInterval = INTERVALS.includes(request);
  const hasRegister = (isInterval || request === 'contracted-power') && fields.has('register');
  const options: Iec870Options = {
    link: fields.integer('link', { min: 0, max: 0xffff, fallback: 1 }),
    point: fields.integer('point', { min: 0, max: 0xffff, fallback: 1 }),
    password,
    request,
    standardOffset: fields.integer('standardOffset', { min: -720, max: 840, fallback: 60 }),
    ...(isInterval && { from: momentOf(fields, 'from') ?? '', to: momentOf(fields, 'to') ?? '' }),
    ...(hasRegister && { register: fields.integer('register', { min: 0, max: 255 }) }),
    ...(request === 'set-time' && { confirm: true, time: systemClock.date() }),
  };
  predictIec870(options, 0);
  return options;
}

/** The job of one read. Setting a clock changes the meter: once, by the time of the moment when its turn comes. */
export function iec870Job(
  options: Iec870Options,
): Pick<Job<Readout>, 'start' | 'key'> & Partial<Pick<Job<Readout>, 'attempts'>> {
  if (options.request === 'set-time')
    return { attempts: 1, start: (memory) => readIec870({ ...options, time: systemClock.date() }, memory) };
  const key = queryDigest({ protocol: 'iec60870-5-102', options });
  return { key, start: (memory) => readIec870(options, memory) };
}

/**
 * Milliseconds since 1970, or wall time as ISO text: the protocol keeps its own calendar (time tags carry summer time),
 * so moments go on as they came.
 */
function momentOf(fields: Fields, name: string): number | string | undefined {
  const moment = fields.moment(name);
  return moment?.isLocal ? wallText(moment, undefined) : moment?.ms;
}

const INTERVALS: readonly Iec870Options['request'][] = ['totals', 'increments', 'load-curve', 'billing', 'events'];
