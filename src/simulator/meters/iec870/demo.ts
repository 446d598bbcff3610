// A plausible memory for a simulated Spanish meter: a small business in Madrid, contract I with two tariff periods.
import { fromHex } from '../../../core/wire/bytes';
import type { BillingRecord } from '../../../core/iec870/billing';
import type { TimeTag } from '../../../core/iec870/time-tag';
import { localClock, type MeterMemory } from './memory';

/**
 * `epoch`: the UTC ms that the meter's clock stands for when the world's clock shows 0. `now`: the world's clock, by
 * which curves grow.
 */
export function demoIec870Memory(epoch: number, now: () => number = () => 0): MeterMemory {
  const clock = localClock('Europe/Madrid');
  const begin = epoch + now();
  const year = clock(begin).year;
  const month = clock(begin).month;
  const instants = clock(begin - 60_000);
  const billed = (address: number, monthsAgo: number): BillingRecord =>
    billingRecord(address, localMidnight(year, month - monthsAgo), localMidnight(year, month - monthsAgo + 1));
  return {
    epoch,
    clock,
    registers: { 11: 60, 12: 15, 21: 1440 },
    since: Date.UTC(year - 1, 0, 1),
    get until() {
      return epoch + now();
    },
    totals: (at, isAbsolute) =>
      [1, 2, 3, 4, 5, 6, 7, 8].map((address) => ({
        address,
        value: energy(address, at, isAbsolute),
        quality: address > 6 ? 0x80 : 0,
      })),
    blocks: true,
    billing: {
      running: TARIFFS.map((address) => billed(address, 0)),
      stored: [2, 1].flatMap((ago) => TARIFFS.map((address) => billed(address, ago))),
    },
    instants: [
      { object: 192, totals: [255842, 69586, 45465, 9566, 413, null], time: instants },
      {
        object: 193,
        powers: [
          { activeKw: 8, reactiveKvar: 3, factor: 922, flags: 0 },
          { activeKw: 2, reactiveKvar: 0, factor: 476, flags: 0 },
          { activeKw: 3, reactiveKvar: 1, factor: 517, flags: 0 },
          { activeKw: 2, reactiveKvar: 1, factor: 426, flags: 0b10 },
        ],
        time: instants,
      },
      {
        object: 194,
        phases: [
          { deciAmperes: 12, deciVolts: 2389 },
          { deciAmperes: 13, deciVolts: null },
          { deciAmperes: 12, deciVolts: 2375 },
        ],
        time: instants,
      },
    ],
    events: {
      52: [
        { address: 3, qualifier: 1, isOn: false, time: clock(begin - 95_396_000) },
        { address: 3, qualifier: 2, isOn: true, time: clock(begin - 8_996_000) },
      ],
      53: Array.from({ length: 45 }, (_, i) => ({
        address: 7,
        qualifier: i,
        isOn: true,
        time: clock(begin - (i + 1) * 60_000),
      })),
      54: [],
      55: [],
      128: [],
      129: [],
      131: [],
      132: [],
      133: [],
    },
    identity: { manufacturer: 66, device: 48304838, standardYear: 2002, standardMonth: 4 },
    powers: {
      134: {
        powers: [51, 52, 53, 54, 55, 56].map((kw, i) => ({ address: i + 1, kw })),
        time: clock(localMidnight(year, 6)),
      },
    },
    configuration: fromHex(CONFIGURATION.padEnd(CONFIGURATION_BYTES * 2, '0')),
  };

  function localMidnight(ofYear: number, ofMonth: number): number {
    const utc = Date.UTC(ofYear, ofMonth - 1, 1);
    const wall: TimeTag = clock(utc - 7_200_000);
    return utc - (wall.isSummer ? 2 : 1) * 3_600_000;
  }

  function billingRecord(address: number, start: number, end: number): BillingRecord {
    const ended = clock(start).month;
    return {
      address,
      active: { absolute: 1000 * ended + address, increment: 10 * ended + address, quality: 0 },
      inductive: { absolute: 50, increment: 5, quality: 0 },
      capacitive: { absolute: 6, increment: 1, quality: 0 },
      reserve7: { value: 0, quality: 0x80 },
      reserve8: { value: 0, quality: 0x80 },
      maxPower: { value: 300 + ended, quality: 0, time: clock(start + 9.5 * 86_400_000) },
      excessPower: { value: 0, quality: 0x80 },
      start: clock(start),
      end: clock(end),
    };
  }
}

/** Energy that rises by day and sleeps at night; reserves stay empty. */
function energy(address: number, at: number, isAbsolute: boolean): number {
  if (address > 6) return 0;
  const hours = Math.floor(at / 3_600_000);
  return isAbsolute ? hours * address : address * (1 + (hours % 24));
}

/** The total and two tariff periods. */
const TARIFFS: readonly number[] = [20, 21, 22];
const CONFIGURATION =
  '424b414dc612e102240080eaf203260608ff200000000000000000000000000000000000000006080608' +
  '98ab02004c04000019000000320000003c0f001a';
const CONFIGURATION_BYTES = 246;
