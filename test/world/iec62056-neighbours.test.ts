// Several meters on one line: what one of them said, delivered once more by the network, is never taken for another's.
import assert from 'node:assert/strict';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import { readIec62056 } from '../../src/core/iec62056/read';
import type { Readout } from '../../src/core/meter/reading';
import type { Meter } from '../../src/simulator/serial/meter';
import { Iec62056Meter } from '../../src/simulator/meters/iec62056/meter';
import type { Iec62056Model } from '../../src/simulator/meters/iec62056/data';
import { runInWorld, type Outcome, type World } from '../support/iec-driver';
import { at9600, fast, options } from '../support/iec-scene';

const sets = (kWh: string): readonly string[] => [`1.8.0(${kWh}*kWh)`, `2.8.0(0000.5*kWh)`];
const isData = (chunk: Uint8Array): boolean => chunk[0] === 0x02;

interface Street {
  readonly read: (address: string, more?: Partial<Iec62056Options>, world?: Partial<World>) => Outcome<Readout>;
}
function street(
  model: Partial<Iec62056Model> = {},
  values: Readonly<Record<string, string>> = { 11: '0001.0', 22: '0002.0' },
): Street {
  const memory = fast();
  const meters = Object.entries(values).map(
    ([address, kWh]) =>
      new Iec62056Meter({
        model: { ...at9600, identification: `ABC5M${address}`, ...model, address, readout: sets(kWh) },
        now: () => memory.time,
      }),
  );
  const line: Meter = {
    line: { ...(at9600.line ?? assert.fail()) },
    hear: (bytes, now) => meters.flatMap((meter) => meter.hear(bytes, now)),
  };
  return { read };
  /** The next read begins a second after the one before. */
  function read(address: string, more: Partial<Iec62056Options> = {}, world: Partial<World> = {}): Outcome<Readout> {
    const since = memory.time;
    const outcome = runInWorld(readIec62056(options({ address, ...more }), memory), { memory, meter: line, ...world });
    memory.time = since + outcome.ms + 1_000;
    return outcome;
  }
}
const total = (outcome: Outcome<Readout>): unknown =>
  outcome.result?.readings.find(({ name }) => name === '1.8.0')?.value;

/** Reads the first meter, then the second while what the first said is delivered once more. */
function afterCopy(
  model: Partial<Iec62056Model>,
  read: Partial<Iec62056Options>,
  isAt: (chunk: Uint8Array) => boolean,
  isLost = false,
): Outcome<Readout> {
  const { read: readMeter } = street(model);
  let said = new Uint8Array(0);
  const first = readMeter('11', read, {
    onPublish: (chunk) => (isData(chunk) && said.length === 0 && (said = Uint8Array.from(chunk)), [chunk]),
  });
  assert.equal(total(first), 1, first.error?.message);
  let isDone = false;
  return readMeter('22', read, {
    onPublish: (chunk) => (isAt(chunk) && !isDone ? ((isDone = true), isLost ? [said] : [said, chunk]) : [chunk]),
  });
}

describe('IEC 62056-21 world: two meters on one line', () => {
  const reads: Record<string, [Partial<Iec62056Options>, Partial<Iec62056Model>]> = {
    readout: [{}, {}],
    'readout without frame': [{}, { framing: 'no-check' }],
    'readout of mode A': [{}, { mode: 'A' }],
    registers: [{ request: 'registers', items: ['1.8.0'] }, {}],
    'registers without codes': [{ request: 'registers', items: ['1.8.0'] }, { repeatsAddress: false }],
    'group read': [{ request: 'registers', items: ['1.8.0'], command: 'group' }, { bcc: 'sum' }],
  };
  for (const [name, [read, model]] of Object.entries(reads))
    it(`${name}: a late copy of the first meter's answer is not the second's`, () => {
      for (const isAt of [(chunk: Uint8Array) => chunk[0] === 0x2f, (chunk: Uint8Array) => chunk[0] === 0x01, isData])
        for (const isLost of [false, true]) {
          const outcome = afterCopy(model, read, isAt, isLost);
          // Without a frame two readouts that come at once are one that cannot be read.
          if (!isLost && model.framing === undefined) assert.equal(outcome.error, undefined, outcome.error?.message);
          if (!outcome.error) assert.equal(total(outcome), 2);
        }
    });

  it('a dead meter is not answered for by the copy of its neighbour', () => {
    for (const read of [
      {},
      { request: 'registers', items: ['1.8.0'] },
      { request: 'registers', items: ['1.8.0'], command: 'group' },
    ] as Partial<Iec62056Options>[]) {
      const { read: readMeter } = street({ bcc: 'sum' }, { 11: '0001.0' });
      let said = new Uint8Array(0);
      assert.equal(
        total(
          readMeter('11', read, { onPublish: (chunk) => (isData(chunk) && (said = Uint8Array.from(chunk)), [chunk]) }),
        ),
        1,
      );
      let isSent = false;
      const ghost: Meter = {
        line: at9600.line ?? assert.fail(),
        hear: () => (isSent ? [] : ((isSent = true), [{ afterMs: 100, bytes: said }])),
      };
      const outcome = readMeter('22', read, { meter: ghost });
      assert.ok(outcome.error?.retryable, JSON.stringify(outcome.result?.readings));
    }
  });

  it('two meters that say the same, word for word, are both read', () => {
    for (const [read, model] of Object.values(reads)) {
      const { read: readMeter } = street(model, { 11: '0000.0', 22: '0000.0' });
      for (const address of ['11', '22', '11']) {
        let outcome = readMeter(address, read);
        if (outcome.error?.retryable) outcome = readMeter(address, read); // as the lane does
        assert.equal(outcome.error, undefined, `${address}: ${outcome.error?.message}`);
        assert.equal(total(outcome), 0);
      }
    }
  });
});
