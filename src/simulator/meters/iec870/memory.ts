// What a simulated IEC 60870-5-102 meter has recorded, and how its application answers (REE profile): confirmation,
// one message per period or block, termination; or a single message; or a no with its cause.
import { concatBytes } from '../../../core/wire/bytes';
import { CAUSE, TYPE, type Asdu } from '../../../core/iec870/asdu';
import { encodeBilling, type BillingRecord } from '../../../core/iec870/billing';
import { encodeInstantaneous, type Instant } from '../../../core/iec870/instantaneous';
import {
  BLOCKS,
  blockSize,
  encodeBlock,
  encodeContractedPowers,
  encodeIdentity,
  encodeTotals,
  type ContractedPowers,
  type PointEvent,
  type DeviceIdentity,
  type Period,
  type Total,
} from '../../../core/iec870/objects';
import { decodeTimeA, decodeTimeB, encodeTimeB, TIME_A_SIZE, type TimeTag } from '../../../core/iec870/time-tag';

export interface MeterMemory {
  /** UTC milliseconds that the meter's clock stands for when the world's clock shows 0. */
  readonly epoch: number;
  /** The local time it shows at a UTC instant. */
  readonly clock: (at: number) => TimeTag;
  /** Minutes between periods, by register; a register that is not there is unknown. */
  readonly registers: Readonly<Record<number, number>>;
  /** Recorded since / until (UTC ms): outside there is nothing. */
  readonly since: number;
  readonly until: number;
  /** Totals at the end of a period (UTC ms), absolute or of the period alone; in ascending addresses. */
  readonly totals: (at: number, isAbsolute: boolean) => readonly Total[];
  readonly blocks: boolean;
  /** A record of the very time from which is asked is not counted in. */
  readonly leavesOutFrom?: boolean;
  readonly isNewestFirst?: boolean;
  readonly billing: { readonly running: readonly BillingRecord[]; readonly stored: readonly BillingRecord[] };
  readonly instants: readonly Instant[];
  readonly events: Readonly<Record<number, readonly PointEvent[]>>;
  readonly identity: DeviceIdentity;
  readonly powers: Readonly<Record<number, ContractedPowers>>;
  readonly configuration: Uint8Array;
}

export interface MeterAnswer {
  readonly asdus: readonly Asdu[];
  /** The clock was set: by how much it jumped. */
  readonly clockStepMs?: number;
}

export function answersOf(memory: MeterMemory, request: Asdu, now: number): MeterAnswer {
  const refuse = (cause: number): MeterAnswer => ({ asdus: [{ ...request, cause, isNegative: true }] });
  const single = (type: number, count: number, objects: Uint8Array): MeterAnswer => ({
    asdus: [{ ...request, type, count, cause: CAUSE.requested, objects }],
  });
  const series = (type: number, messages: readonly { count: number; objects: Uint8Array }[]): MeterAnswer => {
    if (messages.length === 0) return refuse(CAUSE.periodNotAvailable);
    const around = (cause: number): Asdu => ({ ...request, cause });
    return {
      asdus: [
        around(CAUSE.confirmation),
        ...messages.map((m): Asdu => ({ ...request, type, cause: CAUSE.requested, ...m })),
        around(CAUSE.termination),
      ],
    };
  };
  switch (request.type) {
    case TYPE.C_CI_NT_2:
    case TYPE.C_CI_NU_2: {
      const isAbsolute = request.type === TYPE.C_CI_NT_2;
      const periods = periodsOf(memory, request, 2, isAbsolute);
      if (!periods) return refuse(CAUSE.recordUnknown);
      const [first = 0, last = 0] = request.objects;
      const messages = periods.map(({ totals, time }) => {
        const asked = totals.filter((total) => total.address >= first && total.address <= last);
        return { count: asked.length, objects: encodeTotals({ totals: asked, time }) };
      });
      return series(isAbsolute ? TYPE.M_IT_TG_2 : TYPE.M_IT_TK_2, messages);
    }
    case TYPE.C_CB_NT_2:
    case TYPE.C_CB_UN_2: {
      if (!memory.blocks) return refuse(CAUSE.typeNotAvailable);
      const isAbsolute = request.type === TYPE.C_CB_NT_2;
      const object = request.objects[0] ?? 0;
      const addresses = BLOCKS[object];
      const periods = periodsOf(memory, request, 1, isAbsolute);
      if (!periods) return refuse(CAUSE.recordUnknown);
      if (!addresses) return refuse(CAUSE.objectNotAvailable);
      const perFrame = Math.floor(246 / blockSize(addresses.length));
      const blocks = periods.map(({ totals, time }) =>
        encodeBlock(object, { totals: totals.filter((total) => addresses.includes(total.address)), time }),
      );
      return series(
        isAbsolute ? TYPE.M_IB_TG_2 : TYPE.M_IB_TK_2,
        chunks(blocks, perFrame).map((some) => ({ count: some.length, objects: concatBytes(...some) })),
      );
    }
    case TYPE.C_TA_VC_2:
      return series(
        TYPE.M_TA_VC_2,
        memory.billing.running.map((record) => ({ count: 1, objects: encodeBilling(record) })),
      );
    case TYPE.C_TA_VM_2: {
      const [from, to] = span(request, 0);
      const stored = memory.billing.stored.filter(
        (record) => instantOf(record.end) >= from && instantOf(record.end) <= to,
      );
      return series(
        TYPE.M_TA_VM_2,
        stored.map((record) => ({ count: 1, objects: encodeBilling(record) })),
      );
    }
    case TYPE.C_SP_NB_2: {
      const log = memory.events[request.register];
      if (!log) return refuse(CAUSE.recordUnknown);
      const [from, to] = span(request, 0);
      const found = log.filter((event) => instantOf(event.time) >= from && instantOf(event.time) <= to).map(eventBytes);
      return series(
        TYPE.M_SP_TA_2,
        chunks(found, 20).map((some) => ({ count: some.length, objects: concatBytes(...some) })),
      );
    }
    case TYPE.P_IN_VA_2: {
      const wanted = memory.instants.filter((instant) => request.objects.includes(instant.object));
      if (wanted.length < request.objects.length) return refuse(CAUSE.objectNotAvailable);
      return single(TYPE.R_IN_VA_2, wanted.length, concatBytes(...wanted.map(encodeInstantaneous)));
    }
    case TYPE.C_TI_NA_2:
      return single(TYPE.M_TI_TA_2, 1, encodeTimeB(memory.clock(memory.epoch + now)));
    case TYPE.C_CS_TA_2:
      return {
        asdus: [{ ...request, cause: CAUSE.confirmation }],
        clockStepMs: instantOf(decodeTimeB(request.objects, 0)) - (memory.epoch + now),
      };
    case TYPE.C_RD_NA_2:
      return single(TYPE.P_MP_NA_2, 1, encodeIdentity(memory.identity));
    case TYPE.C_RM_NA_2:
      return single(TYPE.M_RM_NA_2, 1, memory.configuration);
    case TYPE.C_PC_NA_2: {
      const powers = memory.powers[request.register];
      return powers
        ? single(TYPE.M_PC_NA_2, powers.powers.length, encodeContractedPowers(powers))
        : refuse(CAUSE.recordUnknown);
    }
    default:
      return refuse(CAUSE.typeNotAvailable);
  }
}

/**
 * The local wall time of an instant in an IANA zone, by the zone data of the platform: not by the reader's own rule.
 */
export function localClock(zone: string): (at: number) => TimeTag {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const wallAt = (instant: number): number => {
    const parts = format.formatToParts(instant);
    const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value ?? 0);
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  };
  const winters = new Map<number, number>();
  const winterOf = (year: number): number => {
    const january = Date.UTC(year, 0, 1);
    const known = winters.get(year) ?? wallAt(january) - january;
    winters.set(year, known);
    return known;
  };
  return (at) => {
    const whole = Math.floor(at / 1000) * 1000;
    const wall = new Date(wallAt(whole));
    return {
      year: wall.getUTCFullYear(),
      month: wall.getUTCMonth() + 1,
      day: wall.getUTCDate(),
      hour: wall.getUTCHours(),
      minute: wall.getUTCMinutes(),
      second: wall.getUTCSeconds(),
      millisecond: Math.floor(at - whole),
      weekday: wall.getUTCDay() || 7,
      isSummer: wall.getTime() - whole !== winterOf(wall.getUTCFullYear()),
      isInvalid: false,
    };
  };
}

function periodsOf(
  memory: MeterMemory,
  request: Asdu,
  offset: number,
  isAbsolute: boolean,
): readonly Period[] | undefined {
  const minutes = memory.registers[request.register];
  if (minutes === undefined) return undefined;
  const step = Math.min(minutes, 60) * 60_000;
  const [from, to] = span(request, offset);
  const periods: Period[] = [];
  const start = Math.ceil(Math.max(from, memory.since) / step) * step;
  for (let at = start; at <= Math.min(to, memory.until); at += step) {
    const time = memory.clock(at);
    if (at === from && memory.leavesOutFrom) continue;
    // A daily register closes at local midnight, whatever the hour is in UTC.
    if ((time.hour * 60 + time.minute) % minutes === 0) periods.push({ totals: memory.totals(at, isAbsolute), time });
  }
  return memory.isNewestFirst ? periods.reverse() : periods;
}

function span(request: Asdu, offset: number): readonly [number, number] {
  return [
    instantOf(decodeTimeA(request.objects, offset)),
    instantOf(decodeTimeA(request.objects, offset + TIME_A_SIZE)),
  ];
}

/** This meter stands in Spain: one hour east in winter, two by its SU bit. */
function instantOf(tag: TimeTag): number {
  return Date.UTC(
    tag.year,
    tag.month - 1,
    tag.day,
    tag.hour - (tag.isSummer ? 2 : 1),
    tag.minute,
    tag.second,
    tag.millisecond,
  );
}

function eventBytes(event: PointEvent): Uint8Array {
  return concatBytes(
    Uint8Array.of(event.address, (event.qualifier << 1) | (event.isOn ? 1 : 0)),
    encodeTimeB(event.time),
  );
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
