// What users complain of with this protocol (issue threads of its open clients), each a test that names the complaint.
import assert from 'node:assert/strict';
import type { Readout } from '../../src/core/meter/reading';
import { TYPE } from '../../src/core/iec870/asdu';
import type { Iec870Options } from '../../src/core/iec870/options';
import { readIec870 } from '../../src/core/iec870/read';
import { fromHex, toHex } from '../../src/core/wire/bytes';
import type { Meter, Reply } from '../../src/simulator/serial/meter';
import { talk, WorldMemory, type Talk, type World } from '../support/iec870-driver';
import { hourValue, LOGIN, meterMemory, testMeter } from '../support/iec870-meter';
import { said } from '../support/said';

const NIGHT = { from: '2026-10-25T01:00', to: '2026-10-26T00:00' } as const;
const read = (options: Partial<Iec870Options>, world: Partial<World> = {}): Talk<Readout> =>
  talk((memory) => readIec870({ ...LOGIN, request: 'load-curve', ...NIGHT, ...options }, memory), {
    meter: testMeter(),
    ...world,
  });
/** The 25 hours of that night, each once and in order, told by the value that its own meter gave it. */
const assertNight = ({ result, error }: Talk<Readout>, name = ''): void => {
  assert.equal(error, undefined, `${name}: ${said(error)}`);
  const start = Date.parse('2026-10-25T01:00+02:00');
  assert.deepEqual(
    result?.rows?.map(({ at, values: [first] }) => [Date.parse(at), first]),
    Array.from({ length: 25 }, (_, i) => [start + i * 3_600_000, hourValue(start + i * 3_600_000) + 1]),
    name,
  );
};
const before = (meter: Meter, heard: (bytes: Uint8Array, now: number) => readonly Reply[] | undefined): Meter => ({
  line: meter.line,
  hear: (bytes, now) => heard(bytes, now) ?? meter.hear(bytes, now),
});

describe('iec 60870-5-102, complaints', () => {
  it('"the session start fails until it settled 5 s" (item 14): a woken meter wants 5 s of silence before it answers', () => {
    let lastHeard: number | undefined;
    const meter = before(testMeter(), (_, now) => {
      const isAwake = lastHeard !== undefined && (lastHeard < 0 || now - lastHeard >= 5_000);
      lastHeard = isAwake ? -1 : now;
      return isAwake ? undefined : [];
    });
    assertNight(read({ answerMs: 1_000 }, { meter }));
  });
  it('"dirty buffers" (item 14): a modem\'s greeting and the rest of an earlier talk come before and after the first answer', () => {
    const stale = [
      'ffff0d0a434f4e4e45435420393630300d0a',
      '683e3e680801000b080501000b010400000000020000000000031b000000000400000000000500000000000600000000000700000000800800000000800081e10712eb16',
      '100001000116',
      '100901000a16',
    ];
    for (let from = 0; from < stale.length; from++) {
      for (const isAfter of [false, true]) {
        const inner = testMeter();
        let isFirst = true;
        const meter = before(inner, (bytes, now) => {
          if (!isFirst) return undefined;
          isFirst = false;
          const rest = stale.slice(from).map((hex): Reply => ({ afterMs: 0, bytes: fromHex(hex) }));
          const own = inner.hear(bytes, now);
          return isAfter ? [...own, ...rest] : [...rest, ...own];
        });
        assertNight(read({}, { meter }), `from ${from}, after ${isAfter}`);
        assert.equal(inner.counts.isOpen, false);
      }
    }
  });
  it('"no client repeats a lost frame" (2.3, advice 7): each frame once lost, there or back, goes again with the same FCB', () => {
    const all = read({ request: 'increments' }).sent.length;
    for (const way of ['there', 'back'] as const) {
      for (let hit = 1; hit < all; hit++) {
        const talked = read({ request: 'increments' }, { [way]: (n: number) => (n === hit ? 'drop' : undefined) });
        assertNight(talked, `${way} ${hit}`);
        const hex = talked.sent.map((bytes) => toHex(bytes));
        assert.equal(hex.length, all + 1);
        assert.equal(hex[hit], hex[hit - 1], 'the same frame, the same FCB');
      }
    }
  });
  it('"duplicates" (advice 7): a record is known by time and SU, and the two 02:00 hours are two', () => {
    for (const request of ['load-curve', 'increments'] as const) {
      const { result } = read(
        { request, from: '2026-10-25T02:00', to: '2026-10-25T02:00' },
        { back: (n) => (n % 2 ? 'double' : undefined) },
      );
      assert.deepEqual(
        result?.rows?.map(({ at }) => at),
        ['2026-10-25T02:00:00+02:00', '2026-10-25T02:00:00+01:00'],
      );
    }
  });
  it('"it hangs at a meter that never gets ready": an end in bounded time, also after half of the blocks, and the session is closed', () => {
    // Acknowledged and never answered; then silent in the middle of the blocks, after records were heard.
    const mute = testMeter({ quirks: { ignore: [TYPE.C_CI_NU_2] } });
    const { error, ms } = read({ request: 'increments' }, { meter: mute });
    assert.deepEqual([error?.code, error?.retryable, mute.counts.ends, ms < 120_000], ['METER_BUSY', true, 1, true]);
    const inner = testMeter();
    let polls = 0;
    const stuck = before(inner, (bytes, now) => {
      const own = inner.hear(bytes, now); // it counts the frame all the same
      return bytes[0] === 0x10 && ++polls > 6 ? [{ afterMs: 0, bytes: fromHex('100901000a16') }] : own;
    });
    const memory = new WorldMemory();
    const half = read({}, { meter: stuck, memory });
    assert.deepEqual([half.error?.code, half.error?.retryable, inner.counts.ends], ['METER_BUSY', true, 1]);
    // Blocks had worked: not asked one by one.
    assert.ok(half.sent.every((bytes) => bytes[7] !== TYPE.C_CI_NU_2));
    assertNight(read({}, { memory }), 'the next try goes on');
  });
  it('"no clue what is wrong": a port without parity before an 8E1 meter is named, and only then', () => {
    for (const [isEven, words] of [
      [false, /8E1/],
      [true, /^(?!.*8E1)/],
    ] as const) {
      const { error } = read(
        { link: isEven ? 2 : 1 },
        isEven ? {} : { line: { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } },
      );
      assert.equal(error?.code, 'NO_REPLY');
      assert.match(said(error), words);
    }
  });
  it('"a value marked invalid was billed": IV of a total, of a bill and of an instantaneous value is null', () => {
    const plain = meterMemory();
    const running = plain.billing.running
      .slice(0, 1)
      .map((record) => ({ ...record, active: { ...record.active, quality: 0x80 } }));
    const memory = meterMemory({
      billing: { running, stored: [] },
      totals: (at, isAbsolute) => plain.totals(at, isAbsolute).map((total) => ({ ...total, quality: 0x80 })),
    });
    const meter = testMeter({ memory });
    const noDates = { from: '', to: '' } as const;
    for (const request of ['load-curve', 'increments', 'totals'] as const) {
      const { result } = read({ request }, { meter });
      assert.ok(
        result?.rows?.length === 25 &&
          result.rows.every(({ values, status }) => status === 'invalid' && values.every((value) => value === null)),
      );
      assert.ok(result.readings.every(({ value }) => value === null));
    }
    const bill = read({ request: 'billing', ...noDates }, { meter }).result;
    assert.deepEqual(
      bill?.readings
        .filter(({ name }) => name.includes('active_total') || name.endsWith('.active'))
        .map(({ value }) => value),
      [null, null],
    );
    assert.equal(
      read({ request: 'instantaneous', ...noDates }, { meter }).result?.readings.find(
        ({ name }) => name === 'voltage_l2',
      )?.value,
      null,
    );
  });
});
