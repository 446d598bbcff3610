// How long reading a whole device takes by the way its registers are grouped into requests: one per register (what most
// flows do), adjacent ones joined, joined over gaps of up to 50 (a fixed threshold), and the certified optimum.
import { lineCost } from '../src/core/modbus/reading/cost';
import { planReads, type Cost, type Item, type ReadFunction } from '../src/core/modbus/reading/plan';
import { vectorFile } from '../test/support/vectors';

export interface PlanRow {
  readonly profile: string;
  readonly rttMs: number;
  readonly ways: { readonly [way: string]: { readonly requests: number; readonly seconds: number } };
}

export function run(): readonly PlanRow[] {
  const { profiles } = vectorFile<{ profiles: readonly Profile[] }>('modbus-profiles.json');
  return [300, 1000, 2000].flatMap((rttMs) =>
    profiles.map((profile) => ({ profile: profile.id, rttMs, ways: waysOf(profile, rttMs) })),
  );
}

export function table(rows: readonly PlanRow[]): string {
  const names = Object.keys(rows[0]?.ways ?? {});
  const lines = rows.map(({ profile, rttMs, ways }) => [
    profile,
    `${rttMs / 1000} s`,
    ...names.map((name) => `${ways[name]?.requests} / ${ways[name]?.seconds.toFixed(1)} s`),
  ]);
  return [['requests / seconds at 9600 baud', 'RTT', ...names], ...lines]
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(33) : cell.padStart(i === 1 ? 6 : 18))).join(''))
    .join('\n');
}

interface Profile {
  readonly id: string;
  readonly maxRegistersPerRead: number;
  readonly registers: readonly { readonly fc: ReadFunction; readonly address: number; readonly length: number }[];
}

function waysOf({ id, registers, maxRegistersPerRead }: Profile, rttMs: number): PlanRow['ways'] {
  const isEvenLength = id === 'eastron-sdm630';
  const cost = lineCost({
    framing: 'rtu',
    line: { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
    roundTripMs: rttMs + AGGREGATION_MS,
    deviceMs: 20,
  });
  const items = registers
    .filter(({ fc }) => !isEvenLength || fc === 4)
    .map(({ fc, address, length }): Item => ({ function: fc, start: address, end: address + length }));
  const plan = planReads(items, cost, { maxRegisters: maxRegistersPerRead, isEvenLength });
  return {
    'one per register': timed(items, cost),
    adjacent: timed(joined(items, 0, maxRegistersPerRead), cost),
    'gaps up to 50': timed(joined(items, 50, maxRegistersPerRead), cost),
    ours: { requests: plan.reads.length, seconds: plan.ms / 1000 },
  };
}

/** From left to right, joined while the gap and the whole are small enough. */
function joined(items: readonly Item[], gap: number, most: number): readonly Item[] {
  const blocks: Item[] = [];
  for (const item of [...items].sort((a, b) => a.function - b.function || a.start - b.start)) {
    const last = blocks[blocks.length - 1];
    const end = Math.max(last?.end ?? 0, item.end);
    if (last && last.function === item.function && item.start - last.end <= gap && end - last.start <= most)
      blocks[blocks.length - 1] = { ...last, end };
    else blocks.push(item);
  }
  return blocks;
}

function timed(blocks: readonly Item[], cost: Cost): { readonly requests: number; readonly seconds: number } {
  return {
    requests: blocks.length,
    seconds: blocks.reduce((sum, { start, end }) => sum + cost.ms((end - start) * 2), 0) / 1000,
  };
}

/** The modem waits for 100 ms of silence until it publishes. */
const AGGREGATION_MS = 100;

if (require.main === module) console.log(table(run()));
