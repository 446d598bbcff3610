// The simulated meter of the tests: Madrid time, hourly, quarter-hour and daily registers with values that tell
// their own time, so that a lost, doubled or shifted record shows.
import { fromHex } from '../../src/core/wire/bytes';
import type { BillingRecord } from '../../src/core/iec870/billing';
import type { TimeTag } from '../../src/core/iec870/time';
import { iec870Meter, type Iec870Meter, type Iec870MeterOptions } from '../../src/simulator/meter-iec870';
import { localClock, type MeterMemory } from '../../src/simulator/meter-iec870-memory';

export const LOGIN = { link: 1, point: 1, password: 7 } as const;
/** 2026-11-22 09:30:00 in Madrid. */
export const EPOCH = Date.UTC(2026, 10, 22, 8, 30);

/** Hours since 2026 began: the increment of active import of a period tells which one it is. */
export function hourValue(at: number): number {
  return Math.round((at - Date.UTC(2026, 0, 1)) / 900_000);
}

export function meterMemory(over: Partial<MeterMemory> = {}): MeterMemory {
  const clock = localClock('Europe/Madrid');
  const time = (text: string): TimeTag => clock(Date.parse(text));
  const record = (address: number, month: number): BillingRecord => ({
    address,
    active: { absolute: 1000 * month + address, increment: 10 * month + address, quality: 0 },
    inductive: { absolute: 50, increment: 5, quality: 0 },
    capacitive: { absolute: 6, increment: 1, quality: 0 },
    reserve7: { value: 0, quality: 0x80 },
    reserve8: { value: 0, quality: 0x80 },
    maxPower: { value: 300 + month, quality: 0, time: time(`2026-${String(month).padStart(2, '0')}-10T11:15:00Z`) },
    excessPower: { value: 0, quality: 0x80 },
    start: clock(Date.UTC(2026, month - 1, 1) - (month > 3 && month < 11 ? 2 : 1) * 3_600_000),
    end: clock(Date.UTC(2026, month, 1) - (month > 2 && month < 10 ? 2 : 1) * 3_600_000),
  });
  return {
    epoch: EPOCH,
    zone: 'Europe/Madrid',
    registers: { 11: 60, 12: 15, 21: 1440 },
    since: Date.UTC(2026, 0, 1),
    until: EPOCH,
    totals: (at, isAbsolute) =>
      [1, 2, 3, 4, 5, 6, 7, 8].map((address) => ({ address, value: address > 6 ? 0 : hourValue(at) * (isAbsolute ? 100 : 1) + address, quality: address > 6 ? 0x80 : 0 })),
    blocks: true,
    billing: { running: [20, 21, 22].map((address) => record(address, 11)), stored: [9, 10].flatMap((month) => [20, 21, 22].map((address) => record(address, month))) },
    instants: [
      { object: 192, totals: [255842, 69586, 45465, 9566, 413, null], time: time('2026-11-22T08:29:00Z') },
      { object: 193, powers: [{ activeKw: 8, reactiveKvar: 3, factor: 922, flags: 0 }, { activeKw: 2, reactiveKvar: 0, factor: 476, flags: 0 }, { activeKw: 3, reactiveKvar: 1, factor: 517, flags: 0 }, { activeKw: 2, reactiveKvar: 1, factor: 426, flags: 0b10 }], time: time('2026-11-22T08:29:00Z') },
      { object: 194, phases: [{ deciAmperes: 12, deciVolts: 2389 }, { deciAmperes: 13, deciVolts: null }, { deciAmperes: 12, deciVolts: 2375 }], time: time('2026-11-22T08:29:00Z') },
    ],
    events: {
      52: [{ address: 3, qualifier: 1, isOn: false, time: time('2026-11-21T06:00:04Z') }, { address: 3, qualifier: 2, isOn: true, time: time('2026-11-22T06:00:04Z') }],
      53: Array.from({ length: 45 }, (_, i) => ({ address: 7, qualifier: i, isOn: true, time: clock(EPOCH - (i + 1) * 60_000) })),
      54: [], 55: [], 128: [], 129: [], 131: [], 132: [], 133: [],
    },
    identity: { manufacturer: 66, device: 48304838, standardYear: 2002, standardMonth: 4 },
    powers: { 134: { powers: [51, 52, 53, 54, 55, 56].map((kw, i) => ({ address: i + 1, kw })), time: time('2026-05-31T22:00:00Z') } },
    configuration: fromHex(CONFIGURATION.padEnd(492, '0')),
    ...over,
  };
}

export function testMeter(over: Partial<Iec870MeterOptions> = {}): Iec870Meter {
  return iec870Meter({ ...LOGIN, memory: meterMemory(), ...over });
}

const CONFIGURATION =
  '424b414dc612e102240080eaf203260608ff200000000000000000000000000000000000000006080608' + '98ab02004c04000019000000320000003c0f001a';
