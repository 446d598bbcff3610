// What a read of this protocol can be asked, checked once before the first byte is sent.
import { failure } from '../wire/errors';
import { CET, instantOf, timeTagOf, type MomentInput, type Repeated } from './calendar';
import type { TimeTag } from './time-tag';

/**
 * `totals`: counters at the end of each period (189/122). `increments` and `load-curve`: energy of each period
 * (123 alone, or 190 with 123 to fall back on). `billing`: running month (133), or stored ones when from/to are given
 * (134).
 */
export const IEC870_REQUESTS = [
  'totals',
  'increments',
  'load-curve',
  'billing',
  'instantaneous',
  'events',
  'time',
  'configuration',
  'contracted-power',
  'identity',
  'set-time',
] as const;
/** What can be asked of such a meter. */
export type Iec870Request = (typeof IEC870_REQUESTS)[number];

/** What is to be read of an IEC 60870-5-102 meter, and how. */
export interface Iec870Options {
  /** Link address of the meter, 0..65535. */
  readonly link: number;
  /** Measuring point address, 0..65535. */
  readonly point: number;
  /** 0..4294967295, as number or digits. */
  readonly password?: number | string;
  readonly request: Iec870Request;
  /** Without them: the last 24 hours by the meter's own clock. */
  readonly from?: MomentInput;
  readonly to?: MomentInput;
  /** 11 hourly, 12 quarter-hour, 21-23 daily; 134-136 contracts I-III; 52-55, 128-133 events. */
  readonly register?: number;
  /** `set-time` changes the meter: it needs `true`. */
  readonly confirm?: boolean;
  /** `set-time`: what the clock shall show at the moment the dialogue starts. */
  readonly time?: MomentInput;
  /** The meter's time to answer one frame, ms. */
  readonly answerMs?: number;
  /** How often an unanswered frame is sent again with the same FCB. */
  readonly repeats?: number;
  /** Silence before the first link request is tried again: some meters need it after being woken. */
  readonly settleMs?: number;
  /** How long the meter may say "no data yet" before it counts as busy, ms. */
  readonly preparingMs?: number;
  /** Minutes of the meter's winter time east of UTC: 60 (default), Canary Islands 0. */
  readonly standardOffset?: number;
}

/** Options that could work, with their defaults. */
export interface Iec870Plan {
  readonly link: number;
  readonly point: number;
  readonly password: number;
  readonly request: Iec870Request;
  readonly from: TimeTag | undefined;
  readonly to: TimeTag | undefined;
  readonly register: number | undefined;
  /** `set-time`: the instant that the start of the dialogue stands for. */
  readonly time: number | undefined;
  readonly answerMs: number;
  readonly repeats: number;
  readonly settleMs: number;
  readonly preparingMs: number;
  readonly standardOffset: number;
}

/** Throws CONFIG_INVALID with the name of the option. */
export function parseIec870Options(options: Iec870Options): Iec870Plan {
  const standardOffset = whole(options.standardOffset ?? CET, 'standardOffset', -720, 840);
  const request = options.request;
  if (!IEC870_REQUESTS.includes(request))
    throw failure('iec870.request', { shown: String(request), choices: IEC870_REQUESTS }, 'configure');
  if (request === 'set-time' && options.confirm !== true) throw failure('iec870.setTimeConfirm', {}, 'configure');
  if (request === 'set-time' && options.time === undefined) throw failure('iec870.setTimeTime', {}, 'configure');
  const time =
    request === 'set-time'
      ? instantOf(timeTagOf(options.time ?? '', 'time', standardOffset, 'first'), standardOffset)
      : undefined;
  const moment = (value: MomentInput | undefined, field: string, repeated: Repeated): TimeTag | undefined =>
    value === undefined || value === '' ? undefined : timeTagOf(value, field, standardOffset, repeated);
  const [from, to] = [moment(options.from, 'from', 'first'), moment(options.to, 'to', 'second')];
  if (from && to && instantOf(from, standardOffset) > instantOf(to, standardOffset))
    throw failure('iec870.fromBehindTo', {}, 'configure');
  return {
    link: whole(options.link, 'link', 0, 0xffff),
    point: whole(options.point, 'point', 0, 0xffff),
    password: parsePassword(options.password),
    request,
    from,
    to,
    register: parseRegister(options.register, request),
    time,
    answerMs: whole(options.answerMs ?? 5_000, 'answerMs', 1, 600_000),
    repeats: whole(options.repeats ?? 3, 'repeats', 0, 20),
    settleMs: whole(options.settleMs ?? 5_000, 'settleMs', 0, 60_000),
    preparingMs: whole(options.preparingMs ?? 60_000, 'preparingMs', 0, 3_600_000),
    standardOffset,
  };
}

/** No default: the usual 1 and 7 would be a guess, and meters count wrong passwords. */
function parsePassword(password: number | string | undefined): number {
  const value = typeof password === 'string' && /^\d{1,10}$/.test(password.trim()) ? Number(password) : password;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff) return value;
  const isMissing = password === undefined || password === '';
  throw failure(isMissing ? 'iec870.passwordMissing' : 'iec870.passwordNumber', {}, 'configure');
}

function parseRegister(register: number | undefined, request: Iec870Request): number | undefined {
  if (register === undefined) return undefined;
  whole(register, 'register', 0, 255);
  const allowed = REQUEST_REGISTERS[request];
  if (!allowed) throw failure('iec870.noRegister', { request }, 'configure');
  if (!allowed.includes(register))
    throw failure('iec870.registerMisfit', { register, request, choices: allowed }, 'configure');
  return register;
}

function whole(value: number, field: string, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw failure('iec870.whole', { field, shown: String(value), min, max }, 'configure');
}

/** Sections 1 to 10 of the event record. */
export const EVENT_REGISTERS = [52, 53, 54, 55, 128, 129, 130, 131, 132, 133] as const;
const CURVES: readonly number[] = [11, 12, 13, 21, 22, 23];
const CONTRACTS: readonly number[] = [134, 135, 136, 137, 138, 139];
/** Register addresses that make sense for a request; the first one is the default (events: all of them). */
export const REQUEST_REGISTERS: Readonly<Partial<Record<Iec870Request, readonly number[]>>> = {
  totals: CURVES,
  increments: CURVES,
  'load-curve': CURVES,
  billing: CONTRACTS,
  'contracted-power': CONTRACTS,
  events: EVENT_REGISTERS,
};
