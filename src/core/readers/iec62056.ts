// From an IEC 62056-21 reader's properties to what is to be read, or what is listened for. What could never work is
// refused here, before a job waits for its turn.
import { checkIec62056, type Iec62056Options } from '../iec62056/options';
import { TelegramStream } from '../iec62056/push';
import { readIec62056 } from '../iec62056/read';
import { pickReadings } from '../iec62056/readings';
import { isTimeZone, wallText } from '../meter/moment';
import type { Readout } from '../meter/reading';
import type { Job } from '../transport/lane/job';
import { phrase } from '../wire/errors';
import type { Fields } from './fields';
import { parseCodes } from './iec62056-codes';
import type { TelegramSource } from './listening';
import type { MeterReader } from './meter-reader';
import { queryDigest } from './query-digest';

export const iec62056Reader: MeterReader<'iec62056-21', Iec62056Options> = {
  name: 'iec62056-21',
  secrets: ['password'],
  parse: (fields, secrets) => parseIec62056(fields, secrets['password'] ?? ''),
  meter: ({ address }) => address,
  job: iec62056Job,
  unasked(fields) {
    const source = iec62056PushOf(fields);
    return source && { protocol: 'iec62056-21', meter: fields.text('address'), ...source };
  },
};

/** Properties as typed options. Throws CONFIG_INVALID with the name of the property. */
export function parseIec62056(fields: Fields, password: string): Iec62056Options {
  const request = fields.choice('request', ['readout', 'registers', 'profile', 'log', 'push'], 'readout');
  const isTable = request === 'profile' || request === 'log';
  const mode = request === 'push' ? 'D' : fields.choice('mode', ['auto', 'A', 'B', 'C', 'D'], 'auto');
  if (mode === 'D' && isTable) throw fields.wrong('mode', phrase('iec62056.modeDNoTable', { request }));
  const codes = isTable ? tableOf(fields) : parseCodes(fields);
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
    ...(isTable && { from: wallTimeOf(fields, 'from'), to: wallTimeOf(fields, 'to') }),
    ...(request === 'readout' && fields.has('list') && { list: fields.text('list') }),
    ...(password !== '' && { password }),
  };
  // A command left over from another request is no reason to refuse this one.
  const isLeftOver = options.command === 'group' && options.request !== 'registers';
  const fitting = isLeftOver ? { ...options, command: 'auto' as const } : options;
  checkIec62056(fitting);
  return fitting;
}

/** The job of one read. A meter that sends by itself is not waited out: what it sends late is as good. */
export function iec62056Job(options: Iec62056Options): Pick<Job<Readout>, 'start' | 'key' | 'quietMs'> {
  return {
    key: queryDigest({ protocol: 'iec62056-21', options }),
    ...(options.mode === 'D' && { quietMs: 0 }),
    start: (memory) => readIec62056(options, memory),
  };
}

/** `push`: every telegram of a mode D meter, whenever it comes; with codes, only these. Undefined = this one asks. */
export function iec62056PushOf(fields: Fields): TelegramSource | undefined {
  if (fields.text('request') !== 'push') return undefined;
  const stream = new TelegramStream(parityOf(fields));
  const items = parseCodes(fields);
  const picked = (readout: Readout): Readout =>
    items.length > 0 ? { ...readout, readings: pickReadings(readout.readings, items) } : readout;
  return { take: (bytes) => stream.take(bytes).map(picked), cut: () => stream.cut() };
}

function tableOf(fields: Fields): readonly string[] {
  return fields.has('table') ? [fields.text('table')] : [];
}

function parityOf(fields: Fields): Iec62056Options['parity'] {
  return fields.choice('parity', ['auto', 'none', 'soft-even', 'soft-odd'], 'auto');
}

/**
 * These meters keep a wall clock and tell no zone. A text without zone goes to the meter as it is; an instant becomes
 * what a clock on the wall shows then: in `timeZone` where one is given (an IANA name; a meter that ignores summer time
 * wants Etc/GMT-1 or the like), else in the zone of the platform.
 */
function wallTimeOf(fields: Fields, name: string): string | undefined {
  const moment = fields.moment(name);
  if (moment === undefined) return undefined;
  const timeZone = fields.text('timeZone');
  if (timeZone !== '' && !isTimeZone(timeZone))
    throw fields.wrong('timeZone', phrase('settings.timeZone', { shown: timeZone.slice(0, 40) }));
  return wallText(moment, timeZone === '' ? undefined : timeZone);
}
