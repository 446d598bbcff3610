// Laws that hold for any input: chunking changes nothing, noise gives a ReadError or a right value, sets come back as
// they were written, and one damaged bit never becomes a value.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromHex, fromLatin1 } from '../../src/core/wire/bytes';
import { ReadError } from '../../src/core/wire/errors';
import { decodeDataSets } from '../../src/core/iec62056/dataset';
import { openModeE } from '../../src/core/iec62056/mode-e';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import { ParityFilter, withParity } from '../../src/core/iec62056/parity';
import { TelegramStream } from '../../src/core/iec62056/push';
import { readIec62056 } from '../../src/core/iec62056/read';
import type { Dialogue } from '../../src/core/wire/dialogue';
import { Iec62056Meter } from '../../src/simulator/meters/iec62056/meter';
import { PORT_7E1, PORT_8N1, TestMemory, replay, runInWorld, type ExchangeStep } from '../support/iec-driver';
import { vectorFile } from '../support/vectors';

type Row = { id: string; kind: string; wire: string; steps: ExchangeStep[] };
const rows = vectorFile<{ iec62056_21: Row[] }>('iec.json').iec62056_21;
const options = (some: Partial<Iec62056Options>): Iec62056Options => ({
  address: '',
  mode: 'auto',
  baud: 'fixed',
  parity: 'none',
  request: 'readout',
  items: [],
  command: 'auto',
  ...some,
});
const SEED = 62056;

const cutBy =
  (sizes: readonly number[]) =>
  (bytes: Uint8Array): Uint8Array[] => {
    const pieces: Uint8Array[] = [];
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      pieces.push(bytes.slice(at, at + size));
      at += size;
    }
    return pieces;
  };
const chunkSizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });

/** Runs a dialogue on what is heard, whatever it says; undefined = silence. */
function feed<R>(dialogue: Dialogue<R>, chunks: readonly (Uint8Array | undefined)[]): R | ReadError {
  const queue = [...chunks];
  try {
    let turn = dialogue.next();
    for (let step = 0; !turn.done; step++) {
      assert.ok(step < 20_000, 'the dialogue does not end');
      turn = dialogue.next(turn.value.do === 'receive' ? queue.shift() : undefined);
    }
    return turn.value;
  } catch (thrown) {
    if (thrown instanceof ReadError && thrown.code !== 'INTERNAL') return thrown;
    throw thrown;
  }
}

describe('IEC 62056-21 properties', () => {
  it('any chunking of a readout gives the same result', () => {
    for (const row of rows.filter((one) => one.kind === 'readout' && one.id !== 'C21-O06' && one.id !== 'C21-O14')) {
      const wire = fromHex(row.wire);
      const whole = feed(readIec62056(options({ mode: 'A' }), new TestMemory()), [wire]);
      assert.ok(!(whole instanceof ReadError), `${row.id}: ${String(whole)}`);
      fc.assert(
        fc.property(chunkSizes, (sizes) =>
          assert.deepEqual(feed(readIec62056(options({ mode: 'A' }), new TestMemory()), cutBy(sizes)(wire)), whole),
        ),
        { seed: SEED, numRuns: 12 },
      );
    }
  });

  it('any chunking of a session gives the same result', () => {
    const o = options({
      address: '141628345',
      request: 'registers',
      items: ['ET0PE', 'CURRE', 'FREQU', 'VOLTA'],
      command: 'R1',
      password: '777777',
    });
    const steps = [
      ...(rows.find((row) => row.id === 'C21-O17')?.steps ?? []),
      { dir: '>', hex: '0142300375' } as const,
    ];
    const whole = replay(readIec62056(o, new TestMemory()), steps);
    fc.assert(
      fc.property(chunkSizes, (sizes) =>
        assert.deepEqual(replay(readIec62056(o, new TestMemory()), steps, cutBy(sizes)), whole),
      ),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('any chunking of a pushed stream gives the same telegrams', () => {
    const telegrams = rows.filter((row) => row.kind === 'mode-d').map((row) => fromHex(row.wire));
    const stream = Uint8Array.from(
      [...telegrams, ...telegrams, ...telegrams].flatMap((bytes) => [...bytes]).slice(200),
    );
    const whole = new TelegramStream().take(stream);
    assert.ok(whole.length >= 3);
    fc.assert(
      fc.property(chunkSizes, fc.constantFrom('even' as const, 'odd' as const, 'none' as const), (sizes, parity) => {
        const push = new TelegramStream('auto');
        assert.deepEqual(
          cutBy(sizes)(withParity(stream, parity)).flatMap((piece) => push.take(piece)),
          whole,
        );
      }),
      { seed: SEED, numRuns: 40 },
    );
  });

  it('random bytes give nothing but a ReadError', () => {
    const noise = fc.array(fc.option(fc.uint8Array({ minLength: 1, maxLength: 80 }), { nil: undefined, freq: 4 }), {
      maxLength: 40,
    });
    const marks = fc.array(
      fc.option(
        fc
          .array(fc.constantFrom(...'\x01\x02\x03\x04\x06\x15/?!()*;\r\nABC5P0B01.8.0kWh-:'), {
            minLength: 1,
            maxLength: 40,
          })
          .map((text) => fromLatin1(text.join(''))),
        { nil: undefined, freq: 4 },
      ),
      { maxLength: 40 },
    );
    const asks = fc.constantFrom<Partial<Iec62056Options>>(
      {},
      { mode: 'A' },
      { mode: 'B', baud: 'switch' },
      { mode: 'D', parity: 'auto' },
      { parity: 'auto' },
      { request: 'registers', items: ['1.8.0'], password: 'x' },
      { request: 'registers', items: ['1.8.0'], command: 'group' },
      { request: 'profile' },
    );
    fc.assert(
      fc.property(asks, fc.oneof(noise, marks), fc.constantFrom(PORT_7E1, PORT_8N1), (some, chunks, port) => {
        const opened = feed(readIec62056(options(some), new TestMemory(port)), chunks);
        if (some.password !== undefined && opened instanceof ReadError && opened.stage === 'authenticate')
          assert.equal(opened.retryable, false);
        feed(openModeE({ address: '', baud: 'stay', parity: 'auto' }, new TestMemory(port)), chunks);
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  it('data sets come back as they were written', () => {
    const code = fc.stringMatching(/^[0-9A-FCLP][0-9A-Z.:*&,-]{0,14}$/);
    const text = fc.stringMatching(/^[ -'*-.0-~]{0,20}$/);
    const set = fc.record(
      { address: code, values: fc.array(text, { minLength: 1, maxLength: 4 }) },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(fc.array(set, { maxLength: 12 }), fc.constantFrom('\r\n', '\n', '', ' \r\n'), (sets, end) => {
        const written =
          sets
            .map(({ address, values }) => `${address}${values.map((value) => `(${value})`).join('')}${end}`)
            .join('') + '!\r\n';
        assert.deepEqual(
          decodeDataSets(written).map(({ address, values }) => ({
            address,
            values: values.map((value) => value.text),
          })),
          sets,
        );
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('soft parity comes off as it went on, and one bent bit shows', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.constantFrom('even' as const, 'odd' as const),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (bytes, parity, place, bit) => {
          const seven = bytes.map((byte) => byte & 0x7f);
          const wire = withParity(seven, parity);
          assert.deepEqual(new ParityFilter(parity).clean(wire), seven);
          const at = place % wire.length;
          wire[at] = (wire[at] ?? 0) ^ (1 << bit);
          assert.ok((new ParityFilter(parity).clean(wire)[at] ?? 0) >= 0x80);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('one bit bent on the way never becomes a wrong value', () => {
    const line = { ...PORT_7E1, baud: 9600 };
    const asks = fc.constantFrom<Partial<Iec62056Options>>(
      {},
      { request: 'registers', items: ['1.8.0', '1.6.1', '32.7.0'] },
      { request: 'profile', from: '2026-11-19T00:00', to: '2026-11-19T03:00' },
    );
    fc.assert(
      fc.property(
        asks,
        fc.nat({ max: 900 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 16, max: 512 }),
        (some, place, bit, bufferBytes) => {
          const memory = new TestMemory(line);
          const meter = new Iec62056Meter({ model: { line, switches: false }, now: () => memory.time });
          const read = (
            onPublish?: (chunk: Uint8Array) => Uint8Array[],
          ): ReturnType<typeof runInWorld<import('../../src/core/meter/reading').Readout>> =>
            runInWorld(readIec62056(options(some), memory), {
              memory,
              meter,
              bufferBytes,
              ...(onPublish && { onPublish }),
            });
          const good = read();
          assert.ok(good.result, good.error?.message);
          let passed = 0;
          const bent = read((chunk) => {
            const at = place - passed;
            passed += chunk.length;
            return [
              at >= 0 && at < chunk.length ? chunk.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte)) : chunk,
            ];
          });
          if (!bent.result) return;
          const isDamagedIdentification = JSON.stringify(bent.result.identity) !== JSON.stringify(good.result.identity);
          // flags go by the maker; the values are compared below for the rest
          if (isDamagedIdentification && some.request === 'profile') return;
          assert.deepEqual(bent.result.rows, good.result.rows);
          assert.deepEqual(
            bent.result.readings.filter((reading) => !reading.error),
            good.result.readings.filter((reading) =>
              bent.result?.readings.some((one) => one.name === reading.name && !one.error),
            ),
          );
        },
      ),
      { seed: SEED, numRuns: 150 },
    );
  });
});
