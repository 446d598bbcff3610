// Reading an electricity meter by IEC 60870-5-102 in the Spanish REE profile: link, password, one request, end.
// One session per read; what it asks for is small enough for one request, or is read as periods.ts has it.
import type { Readout, Reading } from '../meter/reading';
import type { Dialogue, LineMemory } from '../wire/dialogue';
import { expect, leaving, stage } from '../wire/dialogue';
import { failure, errorFacts } from '../wire/errors';
import { Inbox } from '../wire/inbox';
import { CAUSE, TYPE } from './asdu';
import { decodeBilling, type BillingRecord } from './billing';
import { instantOf, tagAt, timeText } from './calendar';
import { decodeConfiguration } from './configuration';
import { decodeInstantaneous, type Instant } from './instantaneous';
import {
  decodeClock,
  decodeContractedPowers,
  decodeEvents,
  decodeIdentity,
  encodeIntervalBody,
  type ContractedPowers,
  type PointEvent,
  type DeviceIdentity,
} from './objects';
import { Interval } from './interval';
import { EVENT_REGISTERS, parseIec870Options, REQUEST_REGISTERS, type Iec870Options, type Iec870Plan } from './options';
import { readPeriods, type Found } from './periods';
import { exchangesOfSections } from './predict';
import { billingReadout } from './billing-readout';
import { instantReadings } from './instant-readings';
import { periodsReadout } from './periods-readout';
import { configurationReadout, contractReadings, eventsReadout, identityFields } from './readout';
import { Iec870Session, type RequestForm } from './session';
import { encodeTimeB, isUnset, type TimeTag } from './time-tag';

/** One read of one meter. `set-time` changes the meter: run it with a single attempt. */
export function* readIec870(options: Iec870Options, memory: LineMemory): Dialogue<Readout> {
  const plan = parseIec870Options(options);
  const startedAt = memory.now();
  const session = new Iec870Session(plan, memory, new Inbox());
  try {
    yield* stage('connect', session.open());
    yield* stage('authenticate', session.authenticate());
    return yield* stage('read', answerTo(plan, session, memory, startedAt));
  } finally {
    yield* leaving(session.close());
  }
}

function* answerTo(plan: Iec870Plan, session: Iec870Session, memory: LineMemory, startedAt: number): Dialogue<Readout> {
  const { request, standardOffset } = plan;
  switch (request) {
    case 'totals':
    case 'increments':
    case 'load-curve': {
      const register = registerOf(plan);
      const { found, leftOut } = yield* readPeriods(plan, register, session, memory, () => interval(plan, session));
      return withWord(periodsReadout(found, register, standardOffset, request === 'totals'), leftOut);
    }
    case 'billing': {
      const { found, leftOut } = yield* billing(plan, session);
      return withWord(billingReadout(found, registerOf(plan), standardOffset), leftOut);
    }
    case 'events':
      return yield* events(plan, session);
    case 'instantaneous':
      return yield* instantaneous(plan, session);
    case 'time':
      return { readings: clockReadings(yield* clock(session), standardOffset) };
    case 'set-time':
      return yield* setTime(plan, session, memory, startedAt);
    case 'configuration':
      return configurationReadout(
        yield* single(session, bare(TYPE.C_RM_NA_2, TYPE.M_RM_NA_2, 0, decodeConfiguration)),
        standardOffset,
      );
    case 'contracted-power': {
      const register = registerOf(plan);
      const powers: ContractedPowers = yield* single(
        session,
        bare(TYPE.C_PC_NA_2, TYPE.M_PC_NA_2, register, decodeContractedPowers),
      );
      return { readings: contractReadings(powers, register, standardOffset) };
    }
    case 'identity': {
      const identity: DeviceIdentity = yield* single(session, bare(TYPE.C_RD_NA_2, TYPE.P_MP_NA_2, 0, decodeIdentity));
      return { readings: [], identity: identityFields(identity) };
    }
    default:
      return request satisfies never;
  }
}

function* billing(plan: Iec870Plan, session: Iec870Session): Dialogue<Found<BillingRecord>> {
  const records: BillingRecord[] = [];
  const register = registerOf(plan);
  const isStored = plan.from !== undefined || plan.to !== undefined;
  const common = { register, decode: decodeBilling, isInterval: true };
  let asked: Interval | undefined;
  let ask: RequestForm<readonly BillingRecord[]> = {
    ...common,
    type: TYPE.C_TA_VC_2,
    answerType: TYPE.M_TA_VC_2,
    count: 0,
    body: () => new Uint8Array(),
  };
  if (isStored) {
    const [from, to] = yield* interval(plan, session);
    asked = new Interval(from, to, plan.standardOffset);
    ask = {
      ...common,
      type: TYPE.C_TA_VM_2,
      answerType: TYPE.M_TA_VM_2,
      count: 1,
      body: () => encodeIntervalBody([], from, to),
    };
  }
  const outcome = yield* session.ask(ask, (found) =>
    records.push(...(asked?.keep(found, (record) => record) ?? found)),
  );
  if (outcome.kind === 'refused') throw session.refusal(ask.type, outcome.cause);
  return { found: records, leftOut: asked?.leftOut(register, records.length) ?? [] };
}

/**
 * All sections of the event record, or the one asked for. A section that the meter does not know is told, not fatal.
 */
function* events(plan: Iec870Plan, session: Iec870Session): Dialogue<Readout> {
  const [from, to] = yield* interval(plan, session);
  const sections: { register: number; events: readonly PointEvent[] }[] = [];
  const failed: Reading[] = [];
  const asked = new Interval(from, to, plan.standardOffset);
  const registers = plan.register === undefined ? EVENT_REGISTERS : [plan.register];
  for (const register of registers) {
    yield* expect(exchangesOfSections(registers.length - sections.length));
    const found: PointEvent[] = [];
    const ask: RequestForm<readonly PointEvent[]> = {
      type: TYPE.C_SP_NB_2,
      answerType: TYPE.M_SP_TA_2,
      register,
      count: 1,
      body: () => encodeIntervalBody([], from, to),
      decode: decodeEvents,
      isInterval: true,
    };
    const outcome = yield* session.ask(ask, (some) =>
      found.push(...asked.keep(some, ({ time }) => ({ start: time, end: time }))),
    );
    sections.push({ register, events: found });
    if (outcome.kind !== 'refused') continue;
    const refusal = session.refusal(ask.type, outcome.cause);
    if (plan.register !== undefined || refusal.code === 'CONFIG_INVALID') throw refusal;
    failed.push({
      name: `events_${register}`,
      id: String(register),
      error: errorFacts(refusal),
    });
  }
  const kept = sections.reduce((sum, { events: { length } }) => sum + length, 0);
  return withWord(eventsReadout(sections, failed, plan.standardOffset), asked.leftOut(plan.register ?? 'events', kept));
}

/** All three objects in one request; a meter that lacks one of them is asked for each alone. */
function* instantaneous(plan: Iec870Plan, session: Iec870Session): Dialogue<Readout> {
  const ask = (objects: readonly number[]): RequestForm<readonly Instant[]> => ({
    type: TYPE.P_IN_VA_2,
    answerType: TYPE.R_IN_VA_2,
    register: 0,
    count: objects.length,
    body: () => Uint8Array.from(objects),
    decode: decodeInstantaneous,
    isInterval: false,
  });
  const found: Instant[] = [];
  const failed: Reading[] = [];
  const all = yield* session.ask(ask(INSTANT_OBJECTS), (some) => found.push(...some));
  if (all.kind === 'refused' && all.cause !== CAUSE.objectNotAvailable)
    throw session.refusal(TYPE.P_IN_VA_2, all.cause);
  for (const object of all.kind === 'refused' ? INSTANT_OBJECTS : []) {
    const outcome = yield* session.ask(ask([object]), (some) => found.push(...some));
    if (outcome.kind !== 'refused') continue;
    const error = errorFacts(session.refusal(TYPE.P_IN_VA_2, outcome.cause));
    failed.push({ name: `object_${object}`, id: String(object), error });
  }
  return { readings: [...instantReadings(found, plan.standardOffset), ...failed] };
}

/**
 * C_CS_TA_2. The time to set is counted on from the start of this dialogue, plus half a round trip for the way there,
 * for each try anew; then the meter's clock is read back and what it surely differs is told.
 */
function* setTime(plan: Iec870Plan, session: Iec870Session, memory: LineMemory, startedAt: number): Dialogue<Readout> {
  const start = plan.time ?? 0;
  const current = (): TimeTag =>
    tagAt(Math.round(start + memory.now() - startedAt + memory.roundTripMs / 2), 'time', plan.standardOffset);
  const ask: RequestForm<true> = {
    type: TYPE.C_CS_TA_2,
    answerType: TYPE.C_CS_TA_2,
    register: 0,
    count: 1,
    body: () => encodeTimeB(current()),
    decode: () => true,
    isInterval: false,
  };
  const outcome = yield* session.ask(ask, () => undefined);
  if (outcome.kind === 'refused') throw session.refusal(ask.type, outcome.cause);
  const asked = current();
  const shown = yield* clock(session);
  const [earliest, latest, told] = [asked, current(), shown].map((tag) => instantOf(tag, plan.standardOffset)) as [
    number,
    number,
    number,
  ];
  // The meter read its clock at some moment between question and answer: only what lies outside is a difference.
  const offMs = told < earliest ? told - earliest : told > latest ? told - latest : 0;
  return {
    readings: [
      ...clockReadings(shown, plan.standardOffset),
      { name: 'clock_difference', id: '72:difference', value: Math.round(offMs / 1000), unit: 's' },
    ],
  };
}

function* interval(plan: Iec870Plan, session: Iec870Session): Dialogue<readonly [TimeTag, TimeTag]> {
  const to = plan.to ?? (yield* clock(session));
  if (isUnset(to)) throw failure('iec870.clockWithoutDate', {});
  const from = plan.from ?? tagAt(instantOf(to, plan.standardOffset) - DAY_MS, 'from', plan.standardOffset);
  if (instantOf(from, plan.standardOffset) > instantOf(to, plan.standardOffset))
    throw failure('iec870.fromBehindClock', { clock: timeText(to, plan.standardOffset) ?? '-' });
  return [from, to];
}

function* clock(session: Iec870Session): Dialogue<TimeTag> {
  return yield* single(session, bare(TYPE.C_TI_NA_2, TYPE.M_TI_TA_2, 0, decodeClock));
}

/** A request with one answer that must come. */
function* single<T>(session: Iec870Session, ask: RequestForm<T>): Dialogue<T> {
  const found: T[] = [];
  const outcome = yield* session.ask(ask, (value) => found.push(value));
  if (outcome.kind === 'refused') throw session.refusal(ask.type, outcome.cause);
  const [value] = found;
  if (value === undefined) throw failure('iec870.endedUnanswered', { type: ask.type });
  return value;
}

function bare<T>(type: number, answerType: number, register: number, decode: RequestForm<T>['decode']): RequestForm<T> {
  return { type, answerType, register, count: 0, body: () => new Uint8Array(), decode, isInterval: false };
}

function clockReadings(tag: TimeTag, standardOffset: number): readonly Reading[] {
  return [
    { name: 'time', id: '72:time', value: timeText(tag, standardOffset) },
    { name: 'summer_time', id: '72:SU', value: tag.isSummer },
    { name: 'time_valid', id: '72:IV', value: !tag.isInvalid },
  ];
}

function withWord(readout: Readout, words: readonly Reading[]): Readout {
  return { ...readout, readings: [...readout.readings, ...words] };
}

function registerOf(plan: Iec870Plan): number {
  return plan.register ?? REQUEST_REGISTERS[plan.request]?.[0] ?? 0;
}

const INSTANT_OBJECTS: readonly number[] = [192, 193, 194];
const DAY_MS = 86_400_000;
