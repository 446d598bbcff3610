// A reader of IEC 62056-21 and the simulated meter behind a modem, in virtual time: what a scene reads, hears and
// sends.
import assert from 'node:assert/strict';
import type { Reading, Readout } from '../../src/core/meter/reading';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import type { ProfileRow } from '../../src/core/iec62056/profile';
import { readIec62056 } from '../../src/core/iec62056/read';
import { Iec62056Meter } from '../../src/simulator/meters/iec62056/meter';
import {
  VDEW_MODEL,
  isSummer,
  profileRows,
  wallOf,
  type Iec62056Faults,
  type Iec62056Model,
} from '../../src/simulator/meters/iec62056/data';
import { PORT_7E1, TestMemory, runInWorld, type Outcome, type World } from './iec-driver';

export const BREAK = '0142300371';
export const options = (some: Partial<Iec62056Options>): Iec62056Options => ({
  address: '',
  mode: 'auto',
  baud: 'stay',
  parity: 'none',
  request: 'readout',
  items: [],
  command: 'auto',
  ...some,
});

export interface Scene {
  readonly read?: Partial<Iec62056Options>;
  readonly model?: Partial<Iec62056Model>;
  readonly faults?: Iec62056Faults;
  readonly world?: Partial<Omit<World, 'meter'>>;
}
export function scene({ read = {}, model = {}, faults = {}, world = {} }: Scene): {
  outcome: Outcome<Readout>;
  meter: Iec62056Meter;
  memory: TestMemory;
  again: (read?: Partial<Iec62056Options>, world?: Partial<World>) => Outcome<Readout>;
} {
  const memory = world.memory ?? new TestMemory();
  const meter = new Iec62056Meter({ model, faults, now: () => memory.time });
  const again = (more: Partial<Iec62056Options> = {}, other: Partial<World> = {}): Outcome<Readout> =>
    runInWorld(readIec62056(options({ ...read, ...more }), memory), { ...world, memory, meter, ...other });
  return { outcome: again(), meter, memory, again };
}

export const at9600: Partial<Iec62056Model> = { line: { ...PORT_7E1, baud: 9600 }, switches: false };
export const fast = (): TestMemory => new TestMemory({ ...PORT_7E1, baud: 9600 });
export const find = (outcome: Outcome<Readout>, name: string): Reading =>
  outcome.result?.readings.find((reading) => reading.name === name) ??
  assert.fail(outcome.error?.message ?? `no ${name}`);

/** The rows a meter of this profile gives between two wall times, by the model alone. */
export const expectedRows = (
  from: string,
  to: string,
  model = VDEW_MODEL.profile ?? assert.fail(),
): Pick<ProfileRow, 'at' | 'season' | 'status' | 'values'>[] =>
  profileRows(model, Date.parse(`${from}Z`) - 7_200_000, Date.parse(`${to}Z`))
    .map((row) => ({
      at: wallOf(row.utc),
      status: row.status,
      values: row.values.map(Number),
      season: isSummer(row.utc) ? ('summer' as const) : ('winter' as const),
    }))
    .filter((row) => row.at >= from && row.at <= to);
export const bareRows = (outcome: Outcome<Readout>): unknown =>
  outcome.result?.rows?.map((row) => ({
    at: row.at,
    status: row.status,
    values: row.values,
    season: (row as ProfileRow).season,
  }));
