// The law of the Modbus client: a late, doubled, cut or foreign answer never becomes a value, and a late refusal never
// becomes an error of another read. Proven on a line that loses, doubles, delays, cuts and flips, in virtual time.
import assert from 'node:assert/strict';
import { readModbus, type ModbusReadOptions } from '../../src/core/modbus/read';
import type { Register } from '../../src/core/modbus/registers/registers';
import { ModbusLine } from '../../src/core/modbus/reading/facts';
import { vectorFile } from '../support/vectors';
import {
  faultyTunnel,
  modbusDevice,
  registerValue,
  seededRandom,
  type DeviceOptions,
  type TunnelFaults,
} from '../support/modbus-device';
import { linkTunnel, type LinkRow } from '../support/modbus-link';
import { VirtualLine } from '../support/virtual-line';

/**
 * The worst row that other clients were measured on. Requests and answers are lost half and half; a spike is 2 to 20 s.
 */
const WORST: TunnelFaults = { rttMs: [300, 500], loss: 0.03, duplicate: 0.02, spike: 0.08 };
const HARSH: TunnelFaults = { ...WORST, truncate: 0.03, flip: 0.03, noise: 0.03, split: 0.1 };
/** Every fifth answer comes twice, up to 4.9 s apart. */
const DOUBLED: TunnelFaults = { ...WORST, duplicate: 0.2, duplicateMs: [0, 4900] };
/** Stalls of up to 50 s, and every fifth answer twice. */
const CRUEL: TunnelFaults = {
  rttMs: [100, 3000],
  loss: 0.1,
  duplicate: 0.2,
  spike: 0.1,
  spikeMs: [1000, 50_000],
  duplicateMs: [0, 5000],
  truncate: 0.05,
  flip: 0.05,
};

const worlds: readonly {
  readonly name: string;
  readonly reads: number;
  readonly faults: TunnelFaults;
  readonly wish: Wish;
  readonly keepsStale?: boolean;
  readonly maxRegisters?: number;
  readonly device?: DeviceOptions;
}[] = [
  { name: 'same shape, worst row', reads: 40_000, faults: WORST, wish: sameShape },
  {
    name: 'same shape, worst row, nothing dropped between reads',
    reads: 20_000,
    faults: WORST,
    wish: sameShape,
    keepsStale: true,
  },
  {
    name: 'three units, both functions, 1 to 20 registers',
    reads: 15_000,
    faults: WORST,
    wish: mixed,
    keepsStale: true,
  },
  {
    name: 'same shape, with cut, flipped and noisy answers',
    reads: 10_000,
    faults: HARSH,
    wish: sameShape,
    keepsStale: true,
  },
  {
    name: 'coils, where many quantities have one byte count',
    reads: 5000,
    faults: WORST,
    wish: coils,
    keepsStale: true,
  },
  {
    name: 'stalls of up to 50 s, every fifth answer doubled',
    reads: 10_000,
    faults: CRUEL,
    wish: mixed,
    keepsStale: true,
  },
  {
    name: 'a device that allows no longer read: no tags, only rests and fences',
    reads: 1500,
    faults: DOUBLED,
    wish: sameShape,
    maxRegisters: 2,
  },
  {
    name: 'a device with two lengths, and no fence',
    reads: 2500,
    faults: DOUBLED,
    wish: sameShape,
    maxRegisters: 3,
    device: { ignoresDiagnostics: true },
  },
];

describe('world: Modbus is never wrong', () => {
  // Some ten thousand errors: their stacks would take a third of the time.
  const { stackTraceLimit } = Error;
  before(() => void (Error.stackTraceLimit = 0));
  after(() => void (Error.stackTraceLimit = stackTraceLimit));

  for (const [i, world] of worlds.entries()) {
    it(`${world.reads} reads: ${world.name}`, () => {
      const figures = run(
        i + 1,
        world.reads,
        world.faults,
        world.wish,
        world.keepsStale ?? false,
        world.device ?? {},
        undefined,
        world.maxRegisters,
      );
      assert.deepEqual(figures.wrong, [], `seed ${i + 1}`);
      assert.ok(figures.right > world.reads * (world.maxRegisters ? 0.4 : 0.6), JSON.stringify(figures));
      assert.ok(!('INTERNAL' in figures.errors) && !('MODBUS_EXCEPTION' in figures.errors), JSON.stringify(figures));
    });
  }

  // A refusal does not name its request, so lives that begin within a minute of each other could take the other's.
  for (const [name, device, reads, readsPerLife] of [
    ['echoes FC08', {}, 6000, 20],
    ['refuses FC08', { functions: [1, 2, 3, 4] }, 6000, 100],
  ] as const) {
    it(`a platform that starts again every ${readsPerLife} reads, answers of its earlier lives up to 20 s late, and a unit that ${name}`, () => {
      const figures = run(
        91,
        reads,
        { ...CRUEL, spikeMs: [1000, 20_000] },
        sameShape,
        true,
        device,
        undefined,
        125,
        readsPerLife,
      );
      assert.deepEqual(figures.wrong, []);
      assert.ok(figures.right > reads * 0.4, JSON.stringify(figures));
    });
  }

  it('refusals: a register that exists is never reported as refused, a missing one never has a value', () => {
    const isMissing = (_: number, __: number, address: number): boolean => address % 16 === 7;
    const device: DeviceOptions = { isMissing, exceptionAt: (count) => (count % 41 === 0 ? 6 : undefined) };
    const figures = run(77, 1500, WORST, scattered, true, device, isMissing);
    assert.deepEqual(figures.wrong, []);
    assert.ok(figures.right > 500, JSON.stringify(figures));
  });

  for (const row of vectorFile<{ vectors: readonly LinkRow[] }>('modbus.json').vectors.filter(
    (v) => v.category === 'link',
  )) {
    it(`${row.id}: ${row.name}`, () => {
      const line = new VirtualLine(linkTunnel(row, modbusDevice()), { latencyMs: row.timeoutMs });
      let right = 0;
      for (const { unit, function: fn, address, quantity } of row.calls) {
        const outcome = line.outcome(readModbus(options(unit, words(fn, address, quantity)), line));
        if ('error' in outcome) assert.ok(outcome.error.retryable, outcome.error.detail);
        else right += 1;
        if ('value' in outcome)
          assert.deepEqual(
            outcome.value.readings.map((r) => r.value),
            expected(unit, words(fn, address, quantity)),
          );
      }
      assert.ok(right >= row.expect.minCorrect, `${right} right, ${row.expect.minCorrect} expected`);
    });
  }
});

type Wish = (random: () => number) => { readonly unit: number; readonly registers: readonly Register[] };

function run(
  seed: number,
  reads: number,
  faults: TunnelFaults,
  wish: Wish,
  keepsStale: boolean,
  device: DeviceOptions,
  isMissing?: DeviceOptions['isMissing'],
  maxRegisters = 125,
  readsPerLife = Infinity,
) {
  const random = seededRandom(seed);
  const line = new VirtualLine(faultyTunnel(modbusDevice(device), faults, random), {
    latencyMs: 2000,
    keepsStale,
    random: seededRandom(1000 + seed),
  });
  const wrong: string[] = [];
  const errors: { [code: string]: number } = {};
  let right = 0;
  for (let i = 0; i < reads; i++) {
    if (i > 0 && i % readsPerLife === 0) line.restart();
    const { unit, registers } = wish(random);
    const outcome = line.outcome(readModbus(options(unit, registers, maxRegisters), line));
    if ('error' in outcome) {
      errors[outcome.error.code] = (errors[outcome.error.code] ?? 0) + 1;
      // refused here, without asking: time must pass
      if (maxRegisters < 125 || readsPerLife < Infinity) line.idle(2000);
      continue;
    }
    const truth = expected(unit, registers);
    const isTrue = outcome.value.readings.every((reading, n) => {
      const register = registers[n];
      if (register && isMissing?.(unit, register.fc, register.address))
        return reading.error?.code === 'MODBUS_EXCEPTION' && reading.value === undefined;
      return reading.error === undefined && reading.value === truth[n];
    });
    if (isTrue && outcome.value.readings.length === registers.length) right += 1;
    else if (wrong.length < 5) wrong.push(`read ${i}, unit ${unit}: ${JSON.stringify(outcome.value.readings)}`);
  }
  const { lateAnswers } = line.recall('modbus', () => new ModbusLine(() => 0)).ledger;
  return { wrong, right, errors, lateAnswers, secondsPerRead: line.now() / reads / 1000 };
}

function options(unit: number, registers: readonly Register[], maxRegisters = 125): ModbusReadOptions {
  return { unit, framing: 'rtu', registers, maxRegisters, timeoutMs: 300 };
}

function words(fn: Register['fc'], address: number, quantity: number): readonly Register[] {
  return Array.from({ length: quantity }, (_, i) => ({
    name: `r${i}`,
    fc: fn,
    address: address + i,
    type: 'uint16',
    order: 'ABCD',
    scale: 1,
    unit: '',
    length: 1,
  }));
}

function expected(unit: number, registers: readonly Register[]): readonly (number | boolean)[] {
  return registers.map(({ fc, address }) => (fc <= 2 ? address % 3 === 0 : registerValue(unit, address)));
}

function sameShape(random: () => number): ReturnType<Wish> {
  return { unit: 1, registers: words(3, Math.floor(random() * 200) * 16, 2) };
}

function mixed(random: () => number): ReturnType<Wish> {
  const fn = random() < 0.3 ? 4 : 3;
  const [first, others] = [Math.floor(random() * 200) * 16, Math.floor(random() * 20)];
  return {
    unit: 1 + Math.floor(random() * 3),
    registers: [...words(fn, first, 1), ...words(fn, first + others, others > 0 ? 1 : 0)],
  };
}

function coils(random: () => number): ReturnType<Wish> {
  return { unit: 1, registers: words(1, Math.floor(random() * 200) * 16, 1 + Math.floor(random() * 3)) };
}

function scattered(random: () => number): ReturnType<Wish> {
  const start = Math.floor(random() * 12) * 8;
  return { unit: 1, registers: [0, 1, 7, 12, 20].flatMap((a) => words(3, start + a, 1)) };
}
