// The simulated meter of the tests: its totals tell their own time, so that a lost, doubled or shifted record shows.
import { iec870Meter, type Iec870Meter, type Iec870MeterOptions } from '../../src/simulator/meters/iec870/meter';
import { demoIec870Memory } from '../../src/simulator/meters/iec870/demo';
import type { MeterMemory } from '../../src/simulator/meters/iec870/memory';

export const LOGIN = { link: 1, point: 1, password: 7 } as const;
/** 2026-11-22 09:30:00 in Madrid. */
export const EPOCH = Date.UTC(2026, 10, 22, 8, 30);

/** Quarter hours since 2026 began: the active import of a period tells which one it is. */
export function hourValue(at: number): number {
  return Math.round((at - Date.UTC(2026, 0, 1)) / 900_000);
}

export function meterMemory(over: Partial<MeterMemory> = {}): MeterMemory {
  return {
    ...DEMO,
    since: Date.UTC(2026, 0, 1),
    until: EPOCH,
    totals: (at, isAbsolute) =>
      [1, 2, 3, 4, 5, 6, 7, 8].map((address) => ({
        address,
        value: address > 6 ? 0 : hourValue(at) * (isAbsolute ? 100 : 1) + address,
        quality: address > 6 ? 0x80 : 0,
      })),
    ...over,
  };
}

export function testMeter(over: Partial<Iec870MeterOptions> = {}): Iec870Meter {
  return iec870Meter({ ...LOGIN, memory: meterMemory(), ...over });
}

const DEMO = demoIec870Memory(EPOCH);
