// How long a read will take, known before the first byte: on a tunnel the count of round trips decides.
// A record costs one round trip alone, and a sixth of one in blocks of six totals (types 139/140).
import { wireMs, type LineSettings } from '../wire/dialogue';
import { instantOf } from './calendar';
import { FIXED_SIZE, FRAME_OVERHEAD } from '../meter/ft12';
import { HEAD_SIZE } from './asdu';
import { BLOCKS, blockSize } from './objects';
import { EVENT_REGISTERS, parseIec870Options, type Iec870Options, type Iec870Plan } from './options';

/** What a read will cost. */
export interface Prediction {
  /** Periods expected in the interval. */
  readonly records: number;
  /** Frames sent, each with its answer: the round trips. */
  readonly exchanges: number;
  readonly ms: number;
  /** The same for a meter that does not know blocks. */
  readonly withoutBlocks: { readonly exchanges: number; readonly ms: number };
}

/** The least time of a read over a link of this round trip, losses and the meter's own thinking not counted. */
export function predictIec870(
  options: Iec870Options,
  roundTripMs: number,
  line: LineSettings = USUAL_LINE,
): Prediction {
  const plan = parseIec870Options(options);
  const clock = needsClock(plan) ? CLOCK_EXCHANGES : 0;
  const cost = (answers: number, answerBytes: number, isInterval: boolean): { exchanges: number; ms: number } => {
    const exchanges = SESSION_EXCHANGES + clock + answers + (isInterval ? INTERVAL_EXCHANGES : 1);
    const bytes = answers * answerBytes + (exchanges * 2 - answers) * FIXED_SIZE + REQUEST_BYTES;
    return { exchanges, ms: Math.round(exchanges * roundTripMs + wireMs(bytes, line)) };
  };
  const records = recordsOf(plan);
  const single = cost(records, FRAME_OVERHEAD + HEAD_SIZE + SINGLE_BYTES, true);
  switch (plan.request) {
    case 'totals':
    case 'load-curve':
      return { records, ...cost(Math.ceil(records / PERIODS_PER_BLOCK), MAX_FRAME, true), withoutBlocks: single };
    case 'increments':
      return { records, ...single, withoutBlocks: single };
    case 'billing': {
      const bill = cost(records, FRAME_OVERHEAD + HEAD_SIZE + BILLING_BYTES, true);
      return { records, ...bill, withoutBlocks: bill };
    }
    case 'events': {
      const sections = plan.register === undefined ? EVENT_REGISTERS.length : 1;
      const log = cost(sections * 4 - INTERVAL_EXCHANGES, MAX_FRAME, true);
      return { records, ...log, withoutBlocks: log };
    }
    default: {
      const bare = cost(1, FRAME_OVERHEAD + HEAD_SIZE + SINGLE_BYTES, false);
      return { records, ...bare, withoutBlocks: bare };
    }
  }
}

/** Exchanges from an interval request on, the end of the session included. */
export function exchangesLeft(plan: Iec870Plan, isInBlocks: boolean): number {
  const records = recordsOf(plan);
  return (isInBlocks ? Math.ceil(records / PERIODS_PER_BLOCK) : records) + INTERVAL_EXCHANGES + GOODBYE_EXCHANGES;
}

/** The same for so many sections of the event record, a message each. */
export function exchangesOfSections(sections: number): number {
  return sections * (INTERVAL_EXCHANGES + 1) + GOODBYE_EXCHANGES;
}

/** Minutes between two records of a register, as it is usually configured. */
export function periodMinutes(register: number): number {
  return register === 12 ? 15 : register >= 21 ? 1440 : 60;
}

/** An interval request without its end takes it from the meter's own clock. */
export function needsClock(plan: Iec870Plan): boolean {
  const isInterval =
    plan.request === 'totals' ||
    plan.request === 'increments' ||
    plan.request === 'load-curve' ||
    plan.request === 'events';
  return (
    (isInterval && plan.to === undefined) ||
    (plan.request === 'billing' && plan.from !== undefined && plan.to === undefined)
  );
}

function recordsOf(plan: Iec870Plan): number {
  const spanMs =
    plan.from && plan.to
      ? Math.max(0, instantOf(plan.to, plan.standardOffset) - instantOf(plan.from, plan.standardOffset))
      : DAY_MS;
  switch (plan.request) {
    case 'totals':
    case 'increments':
    case 'load-curve':
      return Math.floor(spanMs / (periodMinutes(plan.register ?? 11) * 60_000)) + 1; // both ends count
    case 'billing':
      return TARIFFS * (plan.from ? Math.max(1, Math.round(spanMs / (30 * DAY_MS))) : 1);
    default:
      return 1;
  }
}

/** Status, reset, password and its confirmation, end of session. */
const SESSION_EXCHANGES = 5;
const GOODBYE_EXCHANGES = 1;
/** The request itself, its confirmation, its termination. */
const INTERVAL_EXCHANGES = 3;
/** Reading the clock: request and answer. */
const CLOCK_EXCHANGES = 2;
const REQUEST_BYTES = 60;
const SINGLE_BYTES = 8 * 6 + 5;
const BILLING_BYTES = 63;
const MAX_FRAME = 261;
/** The total and six tariff periods, as in the contracts of today. */
const TARIFFS = 7;
const DAY_MS = 86_400_000;
/** A frame holds 240 bytes of objects: six periods of six totals. */
export const BLOCK_OBJECT = 10;
const PERIODS_PER_BLOCK = Math.floor((255 - 3 - HEAD_SIZE) / blockSize((BLOCKS[BLOCK_OBJECT] ?? []).length));
const USUAL_LINE: LineSettings = { baud: 9600, dataBits: 8, parity: 'even', stopBits: 1 };
