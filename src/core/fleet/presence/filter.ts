// Which modems of the fleet a question is about, and in which order. Asked by a person or a dashboard, never per
// message.
import { failure, phrase, type Phrase, type ReadError } from '../../wire/errors';
import { meterOf, serialOf, type MeterState, type SerialState } from './presence';
import { ALARMS, MODEM_STATES, type AlarmName, type ModemRecord, type ModemState } from './record';
import { isWeak } from './tally';

export interface FleetFilter {
  readonly states?: readonly ModemState[];
  readonly isWeak?: boolean;
  /** True: any. */
  readonly alarm?: AlarmName | true;
  readonly firmware?: string;
  readonly model?: string;
  readonly operator?: string;
  readonly technology?: string;
  readonly serial?: SerialState;
  readonly meter?: MeterState;
  /** Anywhere in IMEI, name, address, model, firmware, SIM or operator; any case. */
  readonly text?: string;
  readonly imeis?: readonly string[];
  readonly sort: 'imei' | 'name' | 'state' | 'age' | 'signal';
  readonly offset: number;
  readonly limit: number;
}

export const WHOLE_FLEET: FleetFilter = { sort: 'imei', offset: 0, limit: Number.MAX_SAFE_INTEGER };

/**
 * `"offline"`, `"weak"`, `"alarm"`, or an object of the fields above with `state` and `weak`. Throws CONFIG_INVALID.
 */
export function parseFilter(value: unknown): FleetFilter {
  if (typeof value === 'string')
    return parseFilter(value === 'weak' ? { weak: true } : value === 'alarm' ? { alarm: true } : { state: value });
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(phrase('fleet.filterForm', { example: '{"state": "offline"}' }));
  const given = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw wrong(phrase('fleet.mappingField', { shown: unknown.slice(0, 40), known: KNOWN }));
  const text = (key: string): string | undefined => {
    const part = given[key];
    if (part === undefined || part === '' || part === null) return undefined;
    if (typeof part !== 'string' && typeof part !== 'number') throw wrong(phrase('fleet.filterText', { key }));
    return String(part);
  };
  const choice = <T extends string>(key: string, choices: readonly T[]): T | undefined => {
    const part = text(key);
    if (part === undefined) return undefined;
    const found = choices.find((each) => each.toLowerCase() === part.toLowerCase());
    if (found === undefined) throw wrong(phrase('fleet.filterChoice', { choices, key }));
    return found;
  };
  const whole = (key: string, fallback: number): number => {
    const number = given[key] === undefined ? fallback : Number(given[key]);
    if (!Number.isInteger(number) || number < 0) throw wrong(phrase('fleet.filterWhole', { key }));
    return number;
  };
  const list = (key: string): readonly string[] | undefined => {
    const part = given[key];
    if (part === undefined || part === '' || part === null) return undefined;
    return (Array.isArray(part) ? (part as unknown[]) : [part]).map(String);
  };
  const states = list('state')?.map((state) => {
    const found = MODEM_STATES.find((each) => each === state.toLowerCase());
    if (found === undefined)
      throw wrong(phrase('fleet.filterState', { shown: state.slice(0, 40), known: MODEM_STATES }));
    return found;
  });
  const alarm = given['alarm'] === true ? true : choice('alarm', ALARMS);
  const parts = {
    states,
    alarm,
    isWeak: typeof given['weak'] === 'boolean' ? given['weak'] : undefined,
    firmware: text('firmware'),
    model: text('model'),
    operator: text('operator'),
    technology: text('technology'),
    serial: choice('serial', ['answers', 'silent', 'unknown']),
    meter: choice('meter', ['answers', 'fails', 'unknown']),
    text: text('text')?.toLowerCase(),
    imeis: list('imeis'),
  };
  const wanted = Object.fromEntries(
    Object.entries(parts).filter(([, part]) => part !== undefined),
  ) as Partial<FleetFilter>;
  return {
    ...wanted,
    sort: choice('sort', SORTS) ?? 'imei',
    offset: whole('offset', 0),
    limit: whole('limit', WHOLE_FLEET.limit),
  };
}

export function isWanted(record: ModemRecord, filter: FleetFilter, weakDbm: number): boolean {
  return (
    (!filter.states || filter.states.includes(record.state)) &&
    (filter.isWeak === undefined || isWeak(record, weakDbm) === filter.isWeak) &&
    (filter.alarm === undefined || (filter.alarm === true ? record.alarms !== 0 : record.hasAlarm(filter.alarm))) &&
    (filter.firmware === undefined || record.firmware === filter.firmware) &&
    (filter.model === undefined || record.model === filter.model) &&
    (filter.operator === undefined || record.operator === filter.operator) &&
    (filter.technology === undefined || record.technology === filter.technology) &&
    (filter.serial === undefined || serialOf(record) === filter.serial) &&
    (filter.meter === undefined || meterOf(record) === filter.meter) &&
    (filter.text === undefined || hasText(record, filter.text))
  );
}

/** Worst first, where there is a worst; equals by IMEI. */
export function orderOf(sort: FleetFilter['sort']): (a: ModemRecord, b: ModemRecord) => number {
  const byImei = (a: ModemRecord, b: ModemRecord): number => (a.imei < b.imei ? -1 : a.imei > b.imei ? 1 : 0);
  const key: Record<FleetFilter['sort'], (a: ModemRecord, b: ModemRecord) => number> = {
    imei: () => 0,
    name: (a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0),
    state: (a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state),
    age: (a, b) => a.seenAt - b.seenAt,
    signal: (a, b) => (a.dbm === 0 ? 1 : b.dbm === 0 ? -1 : a.dbm - b.dbm),
  };
  return (a, b) => key[sort](a, b) || byImei(a, b);
}

function hasText(record: ModemRecord, text: string): boolean {
  return [
    record.imei,
    record.label,
    record.name,
    record.ip,
    record.model,
    record.firmware,
    record.sim,
    record.operator,
  ].some((part) => part.toLowerCase().includes(text));
}

function wrong(why: Phrase): ReadError {
  return failure('fleet.filter', { why }, 'configure');
}

const SORTS = ['imei', 'name', 'state', 'age', 'signal'] as const;
const KNOWN: readonly string[] = [
  'state',
  'weak',
  'alarm',
  'firmware',
  'model',
  'operator',
  'technology',
  'serial',
  'meter',
  'text',
  'imeis',
  'sort',
  'offset',
  'limit',
];
const WORST_FIRST: readonly ModemState[] = ['offline', 'stale', 'unknown', 'restored', 'asleep', 'online'];
