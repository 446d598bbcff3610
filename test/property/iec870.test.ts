import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concatBytes } from '../../src/core/wire/bytes';
import { ReadError } from '../../src/core/wire/errors';
import { Inbox } from '../../src/core/wire/inbox';
import { decodeAsdu, encodeAsdu, TYPE, type Asdu } from '../../src/core/iec870/asdu';
import { decodeBilling } from '../../src/core/iec870/billing';
import { decodeConfiguration } from '../../src/core/iec870/configuration';
import { encodeFixed, encodeVariable, scanFt12, type Ft12Frame } from '../../src/core/meter/ft12';
import { decodeInstantaneous } from '../../src/core/iec870/instantaneous';
import {
  decodeTotalBlocks,
  decodeClock,
  decodeContractedPowers,
  decodeEvents,
  decodeIdentity,
  decodeTotals,
  encodeBlock,
  encodeTotals,
  type Total,
} from '../../src/core/iec870/objects';
import { IEC870_REQUESTS } from '../../src/core/iec870/options';
import { readIec870 } from '../../src/core/iec870/read';
import { decodeTimeA, decodeTimeB, encodeTimeB } from '../../src/core/iec870/time-tag';
import type { Meter } from '../../src/simulator/serial/meter';
import { localClock } from '../../src/simulator/meters/iec870/memory';
import { EVEN, talk, WorldMemory, type Fault } from '../support/iec870-driver';
import { hourValue, LOGIN, testMeter } from '../support/iec870-meter';
import { said } from '../support/said';

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const frame = fc.oneof(
  fc.record({
    kind: fc.constant('fixed' as const),
    control: fc.integer({ min: 0, max: 255 }),
    link: fc.integer({ min: 0, max: 0xffff }),
  }),
  fc.record({
    kind: fc.constant('variable' as const),
    control: fc.integer({ min: 0, max: 255 }),
    link: fc.integer({ min: 0, max: 0xffff }),
    asdu: fc.uint8Array({ minLength: 6, maxLength: 252 }),
  }),
);
const encode = (f: Ft12Frame): Uint8Array =>
  f.kind === 'fixed' ? encodeFixed(f.control, f.link) : encodeVariable(f.control, f.link, f.asdu);
const decoders = [
  decodeTotals,
  decodeTotalBlocks,
  decodeClock,
  decodeContractedPowers,
  decodeEvents,
  decodeIdentity,
  decodeBilling,
  decodeInstantaneous,
  decodeConfiguration,
];

describe('iec 60870-5-102 properties', () => {
  it('cuts make no difference to frames', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }),
        (frames, cuts) => {
          const stream = concatBytes(...frames.map(encode));
          const [inbox, found] = [new Inbox(), [] as Ft12Frame[]];
          for (let offset = 0, i = 0; offset < stream.length; i++) {
            const size = cuts[i % cuts.length] ?? 1;
            inbox.push(stream.slice(offset, offset + size));
            offset += size;
            for (let next = inbox.next(scanFt12); next !== undefined; next = inbox.next(scanFt12)) found.push(next);
          }
          assert.deepEqual(
            found,
            frames.map((f) => ({ ...f })),
          );
        },
      ),
      { seed: 870, numRuns: 200 },
    );
  });
  it('any bytes are a value or a ReadError, for every decoder', () => {
    fc.assert(
      fc.property(bytes(260), fc.integer({ min: 0, max: 8 }), (input, index) => {
        new Inbox().next((buf) => scanFt12(buf));
        const inbox = new Inbox();
        inbox.push(input);
        while (inbox.next(scanFt12) !== undefined);
        try {
          decoders[index]?.(decodeAsdu(input));
        } catch (thrown) {
          assert.ok(thrown instanceof ReadError && thrown.code === 'BAD_VALUE', String(thrown));
        }
      }),
      { seed: 871, numRuns: 2000 },
    );
  });
  it('totals, blocks and times come back as they went', () => {
    const clock = localClock('Europe/Madrid');
    const total = fc.record({
      value: fc.integer({ min: 0, max: 0xffff_ffff }),
      quality: fc.integer({ min: 0, max: 255 }),
    });
    const instant = fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2098, 0) });
    const head = (type: number, objects: Uint8Array, count: number): Asdu =>
      decodeAsdu(encodeAsdu({ type, count, cause: 5, isNegative: false, point: 1, register: 11, objects }));
    fc.assert(
      fc.property(fc.array(total, { minLength: 6, maxLength: 6 }), instant, (values, at) => {
        const time = { ...clock(at), second: 0, millisecond: 0 };
        const totals = values.map((value, i): Total => ({ address: i + 1, ...value }));
        assert.deepEqual(decodeTotals(head(TYPE.M_IT_TG_2, encodeTotals({ totals, time }), 6)), [{ totals, time }]);
        assert.deepEqual(decodeTotalBlocks(head(TYPE.M_IB_TK_2, encodeBlock(10, { totals, time }), 1)), [
          { totals, time },
        ]);
        assert.deepEqual(decodeTimeB(encodeTimeB(clock(at)), 0), clock(at));
        assert.deepEqual(decodeTimeA(encodeTimeB(clock(at)), 2), time);
      }),
      { seed: 872, numRuns: 200 },
    );
  });
  it('a line that babbles ends every request with a ReadError, in bounded time', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...IEC870_REQUESTS),
        fc.array(
          fc.oneof(
            bytes(40),
            frame.map((f) => encode({ ...f, link: 1, control: f.control & 0x0f })),
          ),
          { minLength: 1, maxLength: 12 },
        ),
        (request, answers) => {
          let n = 0;
          const meter: Meter = {
            line: EVEN,
            hear: () => [{ afterMs: 20, bytes: answers[n++ % answers.length] ?? new Uint8Array() }],
          };
          const { error, ms } = talk(
            (memory) => readIec870({ ...LOGIN, request, confirm: true, time: Date.UTC(2026, 1, 1) }, memory),
            { meter },
          );
          assert.ok(error !== undefined && error.code !== 'INTERNAL', `${error?.code} ${said(error)}`);
          assert.ok(ms < 600_000, `${ms} ms`);
        },
      ),
      { seed: 873, numRuns: 150 },
    );
  });
  it('on a line with any faults: the right records, or an error; and never a wrong one after tries', () => {
    const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
      { weight: 12, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: fc.constant('drop' as const) },
      { weight: 1, arbitrary: fc.constant('double' as const) },
      { weight: 1, arbitrary: fc.integer({ min: 100, max: 25_000 }).map((lateMs) => ({ lateMs })) },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 9 }).map((noise) => ({ noise })) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 4000 }).map((flip) => ({ flip })) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }).map((split) => ({ split })) },
    );
    const faults = fc.array(fault, { minLength: 5, maxLength: 40 });
    let finished = 0;
    fc.assert(
      fc.property(
        fc.constantFrom('load-curve' as const, 'increments' as const),
        fc.integer({ min: 0, max: 3 }),
        faults,
        faults,
        (request, preparing, there, back) => {
          const memory = new WorldMemory();
          const meter = testMeter({ quirks: { preparing } });
          const start = Date.parse('2026-10-24T22:00:00Z');
          let [sent, heard] = [0, 0];
          for (let attempt = 1; attempt <= 4; attempt++) {
            const { result, error } = talk(
              (m) => readIec870({ ...LOGIN, request, from: start, to: start + 23 * 3_600_000 }, m),
              {
                meter,
                memory,
                there: () => there[sent++ % there.length],
                back: () => back[heard++ % back.length],
              },
            );
            memory.time += 40_000; // the lane's quiet window
            if (error) {
              assert.ok(error.retryable, `${error.code}: ${said(error)}`);
              continue;
            }
            const rows = result?.rows ?? [];
            assert.deepEqual(
              rows.map(({ at }) => Date.parse(at)),
              Array.from({ length: 24 }, (_, i) => start + i * 3_600_000),
            );
            for (const { at, values } of rows) assert.equal(values[0], hourValue(Date.parse(at)) + 1);
            finished += 1;
            return;
          }
        },
      ),
      { seed: 874, numRuns: 150 },
    );
    assert.ok(finished > 120, `${finished} of 150 came through`);
  });
});
