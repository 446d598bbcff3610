import assert from 'node:assert/strict';
import { lineCost } from '../../../src/core/modbus/reading/cost';
import { planReads, type Constraints, type Item, type ReadFunction } from '../../../src/core/modbus/reading/plan';
import { vectorFile } from '../../support/vectors';
import type { LineSettings } from '../../../src/core/wire/dialogue';

interface Profile {
  readonly id: string;
  readonly maxRegistersPerRead: number;
  readonly registers: readonly {
    readonly name: string;
    readonly fc: ReadFunction;
    readonly address: number;
    readonly length: number;
    readonly scaleFactorRegister?: string;
  }[];
}

/** 11 bits per character, as the model of the reference has them. */
function line(baud: number): LineSettings {
  return { baud, dataBits: 8, parity: 'even', stopBits: 1 };
}

const AT_9600 = lineCost({ framing: 'rtu', line: line(9600), roundTripMs: 1100, deviceMs: 20 });

function profile(id: string): Profile {
  const found = vectorFile<{ profiles: readonly Profile[] }>('modbus-profiles.json').profiles.find((p) => p.id === id);
  assert.ok(found);
  return found;
}

/** Settings that are written (SDM630, function 3) are no measurements; a value takes its scale factor along. */
function items({ id, registers }: Profile): readonly Item[] {
  const measured = registers.filter(({ fc }) => id !== 'eastron-sdm630' || fc === 4);
  return measured.map(({ fc, address, length, scaleFactorRegister }) => {
    const factor = registers.find(({ name }) => name === scaleFactorRegister)?.address ?? address;
    return { function: fc, start: Math.min(address, factor), end: Math.max(address + length, factor + 1) };
  });
}

function registers(from: number, to: number, width = 2): readonly Item[] {
  return Array.from({ length: (to - from) / width }, (_, i) => ({
    function: 3,
    start: from + i * width,
    end: from + (i + 1) * width,
  }));
}

function shapes(takenBytes: readonly number[], ms = 60_000): NonNullable<Constraints['shape']> {
  return (_, byteCount) =>
    takenBytes.includes(byteCount) ? { freeInMs: ms, unusedMs: 0 } : { freeInMs: 0, unusedMs: Infinity };
}

function sizes(reads: readonly { readonly quantity: number }[]): readonly number[] {
  return reads.map(({ quantity }) => quantity);
}

describe('modbus plan', () => {
  // Requests and seconds that the optimum needs for the real profiles at RTT 1.0 s + 0.1 s aggregation, 9600 baud.
  const table: readonly (readonly [string, number, number])[] = [
    ['eastron-sdm630', 4, 5.0],
    ['schneider-iem3000', 3, 3.8],
    ['carlogavazzi-em340', 2, 2.5],
    ['janitza-umg96rm', 1, 1.3],
    ['circutor-cvm-c10', 2, 2.4],
    ['circutor-cvm-mini', 3, 3.6],
    ['abb-b23', 3, 3.6],
    ['siemens-pac2200', 2, 2.5],
    ['sunspec-203', 1, 1.4],
  ];
  for (const [id, requests, seconds] of table) {
    it(`${id}: ${requests} requests, ${seconds} s`, () => {
      const constraints = { maxRegisters: profile(id).maxRegistersPerRead, isEvenLength: id === 'eastron-sdm630' };
      const plan = planReads(items(profile(id)), AT_9600, constraints);
      assert.equal(plan.reads.length, requests);
      assert.ok(Math.abs(plan.ms / 1000 - seconds) < 0.1, `${plan.ms} ms`);
      const tagged = planReads(items(profile(id)), AT_9600, {
        ...constraints,
        shape: shapes(plan.reads.map((read) => read.byteCount)),
        freshMs: 15_000,
      });
      assert.ok(tagged.reads.every((read) => read.waitMs === 0));
      assert.ok(
        tagged.reads.length <= requests + 1,
        `with all of the optimum's lengths taken: ${sizes(tagged.reads).join(' ')}`,
      );
    });
  }

  it('joins across a gap as long as that is cheaper than one more round trip', () => {
    // alpha / beta of the reference, with 20 ms of device time.
    const gaps: readonly (readonly [number, number, number])[] = [
      [20, 1200, 12],
      [20, 9600, 27],
      [300, 4800, 79],
      [300, 9600, 149],
      [1000, 2400, 121],
      [2000, 115_200, 10_602],
    ];
    for (const [rtt, baud, gap] of gaps) {
      const cost = lineCost({ framing: 'rtu', line: line(baud), roundTripMs: rtt, deviceMs: 20 });
      assert.equal(Math.floor(cost.ms(0) / (cost.ms(2) - cost.ms(0))), gap, `${rtt} ms, ${baud} baud`);
    }
    const cost = lineCost({ framing: 'rtu', line: line(1200), roundTripMs: 20, deviceMs: 20 });
    const pair = (gap: number): Item[] => [
      { function: 3, start: 0, end: 1 },
      { function: 3, start: 1 + gap, end: 2 + gap },
    ];
    assert.deepEqual(
      [12, 13].map((gap) => planReads(pair(gap), cost, { maxRegisters: 125 }).reads.length),
      [1, 2],
    );
  });

  it('splits where the only length is taken: 60 registers of a device that allows 60', () => {
    const plan = planReads(registers(0, 60), AT_9600, {
      maxRegisters: 60,
      isEvenLength: true,
      shape: shapes([120]),
      freshMs: 0,
    });
    assert.deepEqual(
      [...sizes(plan.reads)].sort((a, b) => b - a),
      [58, 2],
    );
    assert.equal(
      plan.ms,
      plan.reads.reduce((sum, read) => sum + read.ms, 0),
    );
    assert.ok(plan.ms > plan.optimumMs);
  });

  it('waits only when nothing else is left, or when the wait is shorter than one more request', () => {
    const holes = [
      { function: 3, from: 8, to: 10 },
      { function: 3, from: 12, to: 20 },
    ] as const;
    const alone = planReads([{ function: 3, start: 10, end: 12 }], AT_9600, {
      maxRegisters: 125,
      holes,
      shape: shapes([4], 4000),
    });
    assert.deepEqual(
      alone.reads.map((read) => [read.address, read.quantity, read.waitMs]),
      [[10, 2, 4000]],
    );
    const short = planReads(registers(0, 60), AT_9600, {
      maxRegisters: 60,
      isEvenLength: true,
      shape: shapes([120], 300),
    });
    assert.deepEqual(
      short.reads.map((read) => [read.quantity, read.waitMs]),
      [[60, 300]],
    );
  });

  it('takes the cheapest length that is as good as new, else the one unused longest', () => {
    const one = [{ function: 3, start: 100, end: 102 }] as const;
    const ages =
      (of: (byteCount: number) => number): NonNullable<Constraints['shape']> =>
      (_, byteCount) => ({ freeInMs: 0, unusedMs: of(byteCount) });
    const quantity = (of: (byteCount: number) => number): number | undefined =>
      planReads(one, AT_9600, { maxRegisters: 125, shape: ages(of), freshMs: 15_000 }).reads[0]?.quantity;
    assert.equal(
      quantity(() => Infinity),
      2,
    );
    assert.equal(
      quantity((n) => (n < 10 ? 6000 : 15_000)),
      5,
    );
    assert.equal(
      quantity((n) => (n === 20 ? 9000 : 6000)),
      10,
    );
    assert.equal(
      quantity((n) => (n === 80 ? 9000 : 6000)),
      2,
      'at most 15 registers more for age alone',
    );
  });

  it('goes further than 15 registers rather than wait', () => {
    const used = Array.from({ length: 16 }, (_, i) => 4 + i * 2);
    const plan = planReads([{ function: 3, start: 100, end: 102 }], AT_9600, {
      maxRegisters: 125,
      shape: shapes(used),
    });
    assert.deepEqual(sizes(plan.reads), [18]);
  });

  it('grows towards what else is wanted first, and never into a hole or over the end', () => {
    const at = (
      address: number,
      constraints: Partial<Constraints>,
      others: readonly Item[] = [],
    ): readonly number[] => {
      const plan = planReads([{ function: 3, start: address, end: address + 2 }, ...others], AT_9600, {
        maxRegisters: 4,
        shape: shapes([4, 6]),
        ...constraints,
      });
      return plan.reads
        .filter((read) => read.address <= address && read.address + read.quantity > address)
        .map((read) => read.address);
    };
    assert.deepEqual(at(100, {}), [100]);
    assert.deepEqual(at(100, {}, [{ function: 3, start: 0, end: 1 }]), [98]);
    assert.deepEqual(at(100, { holes: [{ function: 3, from: 102, to: 103 }] }), [98]);
    assert.deepEqual(at(100, { holes: [{ function: 3, from: 103, to: 103 }] }), [99]);
    assert.deepEqual(at(65_534, {}), [65_532]);
    assert.deepEqual(at(100, { holes: [{ function: 3, from: 101 + 1, to: 110, isSomewhere: true }] }), [100]);
  });

  it('gives two values behind each other different lengths', () => {
    const apart = [0, 1000, 2000, 3000].map((start): Item => ({ function: 3, start, end: start + 2 }));
    assert.equal(
      new Set(sizes(planReads(apart, AT_9600, { maxRegisters: 125, shape: shapes([]), freshMs: 15_000 }).reads)).size,
      4,
    );
  });

  it('lengthens coils by whole bytes', () => {
    const coil = [{ function: 1, start: 3, end: 4 }] as const;
    const read = planReads(coil, AT_9600, { maxRegisters: 125, shape: shapes([1, 2]) }).reads[0];
    assert.deepEqual([read?.quantity, read?.byteCount], [17, 3]);
  });

  it('plans FC03 and FC04 as one space where the device has only one', () => {
    const both: readonly Item[] = [
      { function: 3, start: 0, end: 2 },
      { function: 4, start: 2, end: 4 },
      { function: 4, start: 6, end: 8 },
    ];
    assert.deepEqual(
      planReads(both, AT_9600, { maxRegisters: 50, isOneSpace: true }).reads.map((read) => [
        read.function,
        read.quantity,
        read.items.length,
      ]),
      [[4, 8, 3]],
    );
    assert.equal(planReads(both, AT_9600, { maxRegisters: 50 }).reads.length, 2);
  });

  it('names what no legal read can bring', () => {
    const wanted: readonly Item[] = [
      { function: 3, start: 0, end: 60 },
      { function: 3, start: 10, end: 12 },
      { function: 3, start: 70, end: 72 },
    ];
    const plan = planReads(wanted, AT_9600, { maxRegisters: 50, holes: [{ function: 3, from: 71, to: 72 }] });
    assert.deepEqual(plan.impossible, [wanted[0], wanted[2]]);
    assert.deepEqual(
      plan.reads.map((read) => read.items),
      [[wanted[1]]],
    );
  });

  it('predicts bytes of both framings', () => {
    const one = [{ function: 3, start: 0, end: 60 }] as const;
    assert.equal(planReads(one, AT_9600, { maxRegisters: 125 }).bytes, 8 + 125);
    assert.equal(
      planReads(one, lineCost({ framing: 'ascii', line: line(9600), roundTripMs: 0 }), { maxRegisters: 125 }).bytes,
      17 + 251,
    );
  });
});
