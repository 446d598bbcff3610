// From an IEC reader's properties to what is to be read, of either protocol. Whatever could never work is refused here,
// before a job waits for its turn.
import { createHash } from 'node:crypto';
import {
  checkIec62056,
  IEC870_REQUESTS,
  pickReadings,
  predictIec870,
  PushStream,
  readIec62056,
  readIec870,
  systemClock,
  type Iec62056Options,
  type Iec870Options,
  type Job,
  type LineSettings,
  type Prediction,
  type Readout,
  type Fields,
  phrase,
} from '../../src/core/index';
import type { Secrets } from '../shared/palette';
import type { Unasked } from '../shared/unasked';
import { parseCodes } from './codes';
import { momentOf, wallTimeOf } from './wall-time';

export type IecQuery =
  | { readonly protocol: 'iec62056-21'; readonly options: Iec62056Options }
  | { readonly protocol: 'iec60870-5-102'; readonly options: Iec870Options };

export function parseIec(fields: Fields, secrets: Secrets): IecQuery {
  if (fields.choice('protocol', ['62056-21', '60870-5-102'], '62056-21') === '62056-21')
    return { protocol: 'iec62056-21', options: parse62056(fields, secrets) };
  return { protocol: 'iec60870-5-102', options: parse870(fields, secrets) };
}

export function meterOf({ protocol, options }: IecQuery): string {
  return protocol === 'iec62056-21' ? options.address : String(options.link);
}

/** Setting a clock changes the meter: once, by the time of the moment when its turn comes. */
export function iecJob(
  query: IecQuery,
): Pick<Job<Readout>, 'start' | 'key'> & Partial<Pick<Job<Readout>, 'attempts' | 'quietMs'>> {
  const key = createHash('sha256').update(JSON.stringify(query)).digest('hex');
  if (query.protocol === 'iec62056-21')
    return {
      key,
      ...(query.options.mode === 'D' && { quietMs: 0 }),
      start: (memory) => readIec62056(query.options, memory),
    };
  const { options } = query;
  if (options.request !== 'set-time') return { key, start: (memory) => readIec870(options, memory) };
  return { attempts: 1, start: (memory) => readIec870({ ...options, time: systemClock.date() }, memory) };
}

export function predictedOf(
  { protocol, options }: IecQuery,
  roundTripMs: number,
  line: LineSettings,
): Prediction | undefined {
  return protocol === 'iec60870-5-102' ? predictIec870(options, roundTripMs, line) : undefined;
}

/** `push`: every telegram of a mode D meter, whenever it comes; with codes, only these. */
export function unaskedOf(fields: Fields): Unasked | undefined {
  if (fields.text('protocol', '62056-21') !== '62056-21' || fields.text('request') !== 'push') return undefined;
  const stream = new PushStream(parityOf(fields));
  const items = parseCodes(fields);
  const picked = (readout: Readout): Readout =>
    items.length > 0 ? { ...readout, readings: pickReadings(readout.readings, items) } : readout;
  return {
    protocol: 'iec62056-21',
    meter: fields.text('address'),
    take: (bytes) => stream.take(bytes).map(picked),
    cut: () => stream.cut(),
  };
}

function parse62056(fields: Fields, secrets: Secrets): Iec62056Options {
  const request = fields.choice('request', ['readout', 'registers', 'profile', 'log', 'push'], 'readout');
  const isTable = request === 'profile' || request === 'log';
  const mode = request === 'push' ? 'D' : fields.choice('mode', ['auto', 'A', 'B', 'C', 'D'], 'auto');
  if (mode === 'D' && isTable) throw fields.wrong('mode', phrase('iec62056.modeDNoTable', { request }));
  const timeZone = fields.text('timeZone');
  const codes = isTable ? (fields.has('table') ? [fields.text('table')] : []) : parseCodes(fields);
  const options: Iec62056Options = {
    address: fields.text('address'),
    mode,
    baud: fields.choice('baud', ['stay', 'fixed', 'switch'], 'stay'),
    parity: parityOf(fields),
    // A message to a node that listens is answered with the next telegram.
    request: request !== 'push' ? request : codes.length > 0 ? 'registers' : 'readout',
    items: request === 'readout' ? [] : codes,
    command: fields.choice('command', ['auto', 'R1', 'R2', 'R5', 'R6', 'group'], 'auto'),
    codesPerCommand: fields.integer('codesPerCommand', { min: 1, max: 50, fallback: 1 }),
    passwordLevel: fields.choice<'P1' | 'P2'>('passwordLevel', ['P1', 'P2'], 'P1'),
    wakeUp: fields.flag('wakeUp'),
    ...(isTable && { from: wallTimeOf(fields, 'from', timeZone), to: wallTimeOf(fields, 'to', timeZone) }),
    ...(request === 'readout' && fields.has('list') && { list: fields.text('list') }),
    ...(secrets['password'] !== '' && { password: secrets['password'] }),
  };
  // A command left over from another request is no reason to refuse this one.
  const fitting =
    options.command === 'group' && options.request !== 'registers' ? { ...options, command: 'auto' as const } : options;
  checkIec62056(fitting);
  return fitting;
}

function parse870(fields: Fields, secrets: Secrets): Iec870Options {
  const request = fields.choice('request', IEC870_REQUESTS, 'totals');
  if (request === 'set-time' && !fields.flag('confirm'))
    throw fields.wrong('request', phrase('iec870.setTimeConsent', {}));
  const isInterval = INTERVALS.includes(request);
  const options: Iec870Options = {
    link: fields.integer('link', { min: 0, max: 0xffff, fallback: 1 }),
    point: fields.integer('point', { min: 0, max: 0xffff, fallback: 1 }),
    password: secrets['password'] ?? '',
    request,
    standardOffset: fields.integer('standardOffset', { min: -720, max: 840, fallback: 60 }),
    // The protocol keeps its own calendar (time tags carry summer time), so moments go on as they came.
    ...(isInterval && { from: momentOf(fields, 'from') ?? '', to: momentOf(fields, 'to') ?? '' }),
    ...((isInterval || request === 'contracted-power') &&
      fields.has('register') && { register: fields.integer('register', { min: 0, max: 255 }) }),
    ...(request === 'set-time' && { confirm: true, time: systemClock.date() }),
  };
  predictIec870(options, 0); // refuses what the protocol cannot ask
  return options;
}

function parityOf(fields: Fields): Iec62056Options['parity'] {
  return fields.choice('parity', ['auto', 'none', 'soft-even', 'soft-odd'], 'auto');
}

const INTERVALS: readonly Iec870Options['request'][] = ['totals', 'increments', 'load-curve', 'billing', 'events'];
