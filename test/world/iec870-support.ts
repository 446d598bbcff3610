// A read of a simulated IEC 60870-5-102 meter in virtual time, for the world tests.
import assert from 'node:assert/strict';
import type { Readout } from '../../src/core/meter/reading';
import type { Iec870Options } from '../../src/core/iec870/options';
import { readIec870 } from '../../src/core/iec870/read';
import { talk, type Talk, type World } from '../support/iec870-driver';
import { hourValue, LOGIN, testMeter } from '../support/iec870-meter';

export const noDates = { from: '', to: '' } as const;
export const day = { from: '2026-11-20T01:00', to: '2026-11-21T00:00' } as const;
export const read = (options: Partial<Iec870Options>, world: Partial<World> = {}): Talk<Readout> =>
  talk((memory) => readIec870({ ...LOGIN, request: 'load-curve', ...day, ...options }, memory), {
    meter: testMeter(),
    ...world,
  });

/** The instants of a readout's rows, each proven by its own value. */
export function instants(result: Readout | undefined, scale = 1): number[] {
  return (result?.rows ?? []).map(({ at, values }) => {
    assert.equal(values[0], hourValue(Date.parse(at)) * scale + 1, at);
    return Date.parse(at);
  });
}

export function assertHours(result: Readout | undefined, from: string, count: number, stepMinutes = 60): void {
  const start = Date.parse(from);
  assert.deepEqual(
    instants(result),
    Array.from({ length: count }, (_, i) => start + i * stepMinutes * 60_000),
  );
}

export const A_DAY = ['2026-11-20T01:00+01:00', 24] as const;
