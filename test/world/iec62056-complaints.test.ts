// What users of other readers complain of in public issue threads, one test each, named by the complaint; and the
// advice that follows from it.
import assert from 'node:assert/strict';
import { fromLatin1, toLatin1 } from '../../src/core/wire/bytes';
import { openModeE } from '../../src/core/iec62056/mode-e';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import { readIec62056 } from '../../src/core/iec62056/read';
import type { Meter } from '../../src/simulator/serial/meter';
import { Iec62056Meter } from '../../src/simulator/meters/iec62056/meter';
import { VDEW_MODEL, type Iec62056Faults, type Iec62056Model } from '../../src/simulator/meters/iec62056/data';
import { PORT_7E1, PORT_8N1, TestMemory, runInWorld, type World } from '../support/iec-driver';
import { at9600, fast, find, options, scene, type Scene } from '../support/iec-scene';
import { said } from '../support/said';

const NAMES = VDEW_MODEL.readout.map((line) => line.slice(0, line.indexOf('(')));
const through8N1 = (): TestMemory => new TestMemory({ ...PORT_8N1, baud: 300 });
const names = (one: ReturnType<typeof scene>): unknown =>
  one.outcome.result?.readings.map(({ name }) => name) ?? one.outcome.error?.message;
const fastScene = (some: Scene): ReturnType<typeof scene> =>
  scene({ ...some, model: { ...at9600, ...some.model }, world: { memory: fast(), ...some.world } });
const textOf = (bytes: Uint8Array | undefined): string => toLatin1(bytes ?? new Uint8Array(0));

describe('IEC 62056-21: what users complain of', () => {
  it('parity in bit 7 over TCP and GSM converters: garbage, or no answer', () => {
    for (const parity of ['auto', 'soft-even'] as const)
      assert.deepEqual(names(scene({ read: { parity }, world: { memory: through8N1() } })), NAMES);
    const garbage = scene({ read: { parity: 'none' }, world: { memory: through8N1() } }).outcome;
    assert.equal(garbage.error?.code, 'NO_REPLY', 'the meter ignores a request without parity');
    assert.match(said(garbage.error), /parity/);
  });

  it('the change of speed breaks the readout: it can be left out, and is by default', () => {
    const { outcome, memory } = scene({});
    assert.equal(outcome.error, undefined);
    assert.equal(textOf(outcome.sent[1]), '\x06000\r\n');
    const dialogue = readIec62056(options({}), memory);
    for (
      let turn = dialogue.next();
      !turn.done && turn.value.do !== 'leave';
      turn = dialogue.next(turn.value.do === 'receive' ? fromLatin1('/EMH5\\@X\r\n') : undefined)
    )
      assert.notEqual(turn.value.do, 'setLine');
  });

  it('time-outs that are ignored, and reads without end: silence at any moment ends soon', () => {
    for (const read of [
      {},
      { request: 'registers', items: ['1.8.0', '2.8.0'] },
      { request: 'profile', from: '2026-11-19', to: '2026-11-19T02:00', command: 'R6' },
    ] as Partial<Iec62056Options>[]) {
      for (let from = 1; from <= 6; from++) {
        let deaf = 0;
        const { outcome } = fastScene({
          read,
          world: { memory: fast(), onPublish: (chunk, count) => ((deaf = count), count >= from ? [] : [chunk]) },
        });
        if (deaf < from) continue;
        assert.ok(outcome.error, `silent from chunk ${from} of ${JSON.stringify(read)}`);
        assert.ok(outcome.ms < 60_000, `${outcome.ms} ms`);
      }
    }
  });

  it('a readout that never ends is given up', () => {
    const dialogue = readIec62056(options({}), fast());
    const endless = fromLatin1('1.8.0(0001234.5*kWh)\r\n'.repeat(3000));
    const heard = [fromLatin1('/ABC5TEST\r\n'), fromLatin1('\x02')];
    assert.throws(
      () => {
        for (let turn = dialogue.next(), step = 0; !turn.done; step++) {
          assert.ok(step < 200, 'the dialogue does not end');
          turn = dialogue.next(turn.value.do === 'receive' ? (heard.shift() ?? endless) : undefined);
        }
      },
      { code: 'BAD_FRAME' },
    );
  });

  it('an address that is required, forbidden, or of an unusual form such as 523.1028490', () => {
    for (const address of ['', '523.1028490', '523.1028490 ', '00123', 'ABC 12', 'x'.repeat(32)]) {
      const one = fastScene({ read: { address }, model: { address: address === '' ? '1' : address } });
      assert.deepEqual(names(one), NAMES, address);
      assert.equal(textOf(one.outcome.sent[0]), `/?${address}!\r\n`);
    }
    assert.deepEqual(
      names(fastScene({ read: { address: '123' }, model: { address: '00123' } })),
      NAMES,
      'leading zeros do not count',
    );
  });

  it('EMH and other VDEW meters acknowledge R1 and send nothing: R5 is asked', () => {
    const { outcome, meter } = fastScene({
      read: { request: 'registers', items: ['1.8.0'] },
      model: { identification: 'EMH5D4' },
    });
    assert.equal(find(outcome, '1.8.0').value, 1234.5);
    assert.deepEqual(meter.seen, ['R1 1.8.0()', 'R5 1.8.0()', 'B0 ']);
  });

  it('a mode E meter gives its plain readout when HDLC is asked for with the wrong V: V is 2', () => {
    const memory = new TestMemory(PORT_8N1);
    const meter = new Iec62056Meter({
      model: { line: { ...PORT_7E1, baud: 9600 }, switches: false, identification: 'APA5\\2NORAX30' },
      now: () => memory.time,
    });
    const outcome = runInWorld(openModeE({ address: '', baud: 'stay', parity: 'soft-even' }, memory), {
      memory,
      meter,
    });
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.equal(textOf(outcome.sent[1]?.map((byte) => byte & 0x7f)), '\x06252\r\n');
    assert.deepEqual(
      names(scene({ model: { identification: 'APA5\\2NORAX30' } })),
      NAMES,
      'its readout is there for who wants it',
    );
  });

  it('an echo of our own characters is read as the identification; a mode is forced wrongly', () => {
    assert.deepEqual(names(scene({ world: { hasEcho: true } })), NAMES);
    for (const mode of ['A', 'B', 'C'] as const)
      assert.deepEqual(names(scene({ read: { mode } })), NAMES, `mode ${mode} said of a meter of mode C`);
    assert.deepEqual(
      names(scene({ read: { mode: 'C' }, model: { mode: 'A', identification: 'KAM MC' } })),
      NAMES,
      'mode C said of a meter of mode A',
    );
  });

  it('codes that are no OBIS stop the parser: 1-1:30D, C.60.5.1, 1.6.0,5', () => {
    const readout = ['1-1:30D(12)', 'C.60.5.1(0001)', '1.6.0,5(202601130730)', '1.8.0(0001234.5*kWh)'];
    const { outcome } = fastScene({ model: { readout } });
    assert.deepEqual(outcome.result?.readings, [
      { name: '1-1:30D', id: '1-1:30D', value: '12' },
      { name: 'C.60.5.1', id: 'C.60.5.1', value: '0001' },
      { name: '1.6.0,5', id: '1.6.0,5', value: '202601130730' },
      { name: '1.8.0', id: '1-0:1.8.0*255', value: 1234.5, unit: 'kWh', raw: '0001234.5' },
    ]);
    for (const item of ['1-1:30D', 'C.60.5.1', '1.6.0,5']) {
      const asked = fastScene({ read: { request: 'registers', items: [item] }, model: { readout } });
      assert.equal(asked.outcome.result?.readings[0]?.name, item, asked.outcome.error?.message);
    }
  });

  it('a block check that is no XOR, a comma, an empty value', () => {
    const readout = ['1.6.0(000007,4*kW)', '1.8.1()', '2.8.0(12.3*)', '1.8.0(1.5*kWh)'];
    const { outcome } = fastScene({ model: { bcc: 'sum', readout } });
    assert.deepEqual(
      outcome.result?.readings.map(({ value }) => value),
      [7.4, null, 12.3, 1.5],
    );
    assert.equal(outcome.result?.identity?.['check'], 'sum');
  });

  it('the reader hangs after hours, says "No STX", wants a restart: after any fault the next read is whole', () => {
    const memory = fast();
    const faults: Iec62056Faults = {};
    const meter = new Iec62056Meter({ model: at9600, faults, now: () => memory.time });
    const asks: Partial<Iec62056Options>[] = [{}, { request: 'registers', items: ['1.8.0'] }];
    const hurts: ((chunk: Uint8Array, at: number) => Uint8Array[])[] = [
      () => [],
      (chunk) => [chunk.slice(1)],
      (chunk) => [chunk.slice(0, -2)],
      (chunk, at) => [chunk.map((byte, i) => (i === at % chunk.length ? byte ^ 0x04 : byte))],
      (chunk) => [chunk, chunk],
      () => [fromLatin1('\x00\x7f\x00(((')],
    ];
    let [failed, random] = [0, 7];
    for (let hour = 0; hour < 60; hour++) {
      random = (random * 1103515245 + 12345) & 0x7fffffff;
      const [hurt, at] = [hurts[random % hurts.length] ?? assert.fail(), (random >> 8) % 4];
      const world: World = {
        memory,
        meter,
        onPublish: (chunk, count) => (count > at ? hurt(chunk, random >> 4) : [chunk]),
      };
      if (runInWorld(readIec62056(options(asks[hour % 2] ?? {}), memory), world).error) failed += 1;
      const clean = runInWorld(readIec62056(options(asks[hour % 2] ?? {}), memory), { memory, meter });
      assert.equal(clean.error, undefined, `hour ${hour}: ${clean.error?.message}`);
      assert.equal(find(clean, '1.8.0').value, 1234.5);
    }
    assert.ok(failed > 10, `${failed} reads failed`);
    assert.ok(memory.contents.length < 40_000, 'what is remembered does not grow');
  });

  it('must retry at the lower speed: a change of speed that failed is not tried again', () => {
    const { outcome, memory, again } = scene({ read: { baud: 'switch' }, world: { latencyMs: 1200 } });
    assert.ok(outcome.error?.retryable);
    memory.time += 600_000;
    const second = again();
    assert.equal(textOf(second.sent[1]), '\x06000\r\n');
    assert.equal(find(second, '1.8.0').value, 1234.5);
  });

  it('battery meters want to be woken', () => {
    const { outcome } = scene({ read: { wakeUp: true } });
    assert.equal(textOf(outcome.sent[0]), '\0'.repeat(66));
    assert.equal(textOf(outcome.sent[1]), '/?!\r\n');
  });

  it('a readout of three minutes at 300 Bd; an owner number in the request', () => {
    const history = Array.from(
      { length: 200 },
      (_, i) => `1.8.${i % 5}*${String(i % 100).padStart(2, '0')}(0${100000 + i}*kWh)`,
    );
    const one = scene({
      read: { address: '1EMH0012345678' },
      model: { address: '1EMH0012345678', readout: [...VDEW_MODEL.readout, ...history] },
    });
    assert.equal(one.outcome.result?.readings.length, NAMES.length + 200, one.outcome.error?.message);
    assert.ok(one.outcome.ms > 150_000);
    assert.equal(textOf(one.outcome.sent[0]), '/?1EMH0012345678!\r\n');
  });

  it('long answers of many values overflow fixed buffers', () => {
    const values = Array.from({ length: 60 }, (_, i) => `(${String(i).padStart(128, '0')})`);
    const readout = [`GRAPE${values.join('')}`, '1.8.0(1.5*kWh)'];
    const { outcome } = fastScene({ model: { readout } });
    const [long, last] = outcome.result?.readings ?? [];
    assert.deepEqual(
      [long?.value, long?.more?.length, long?.more?.at(-1), last?.value],
      ['0'.repeat(128), 59, String(59).padStart(128, '0'), 1.5],
    );
    const asked = fastScene({ read: { request: 'registers', items: ['GRAPE'] }, model: { readout } });
    assert.equal(asked.outcome.result?.readings[0]?.more?.length, 59, asked.outcome.error?.message);
  });

  it('Energomera wants 200 ms of silence before the sign-on, also right after another talk', () => {
    for (const read of [
      {},
      { request: 'registers', items: ['1.8.0'] },
      { request: 'registers', items: ['1.8.0'], command: 'group' },
    ] as Partial<Iec62056Options>[]) {
      const memory = fast();
      let [heardAt, isBroken] = [-Infinity, false];
      const inner = new Iec62056Meter({ model: { ...at9600, bcc: 'sum' }, now: () => memory.time });
      const meter: Meter = {
        get line() {
          return inner.line;
        },
        hear(bytes, now) {
          const text = toLatin1(bytes);
          const silence = now - heardAt - (bytes.length * 10_000) / 9600;
          if (text.includes('B0')) isBroken = true;
          heardAt = now;
          return text.startsWith('/?') && silence < 200 ? [] : inner.hear(bytes, now);
        },
      };
      const twice = function* (): ReturnType<typeof readIec62056> {
        yield* readIec62056(options(read), memory);
        return yield* readIec62056(options(read), memory);
      };
      const outcome = runInWorld(twice(), { memory, meter });
      assert.equal(find(outcome, '1.8.0').value, 1234.5, outcome.error?.message);
      assert.equal(isBroken, read.request === 'registers' && read.command === undefined);
    }
  });
});

describe('IEC 62056-21: what follows from it', () => {
  it('parity comes off first, all else is decoded after', () => {
    const { outcome } = scene({
      read: { parity: 'auto', request: 'registers', items: ['1.8.0'], password: '00000000' },
      model: { bcc: 'sum' },
      world: { memory: through8N1() },
    });
    assert.equal(find(outcome, '1.8.0').value, 1234.5);
  });

  it('an answer ends by ETX and BCC, by "!" and quiet, or by EOT; a gap between characters is bounded', () => {
    for (const framing of ['full', 'no-check', 'bare'] as const)
      assert.deepEqual(names(fastScene({ model: { framing } })), NAMES, framing);
    assert.equal(
      find(
        fastScene({ read: { request: 'registers', items: ['1.8.0'], command: 'R6' }, model: { blockBytes: 4 } })
          .outcome,
        '1.8.0',
      ).value,
      1234.5,
    );
    const { outcome } = fastScene({
      world: { memory: fast(), bufferBytes: 64, onPublish: (chunk, count) => (count > 3 ? [] : [chunk]) },
    });
    assert.ok(outcome.error && outcome.ms < 30_000, `${outcome.ms} ms`);
  });

  it('whatever arrives is classified: modes A, B and C by one way of reading', () => {
    const meters: Partial<Iec62056Model>[] = [
      { mode: 'A', identification: 'KAM MC' },
      { mode: 'A' },
      { mode: 'B', identification: 'SIEC2WR5' },
      {},
      { fallback: 'readout' },
    ];
    for (const model of meters)
      for (const faults of [{}, { strayAck: true }, { damagedBlocks: 1 }] as Iec62056Faults[])
        assert.deepEqual(names(fastScene({ model, faults })), NAMES, JSON.stringify([model, faults]));
  });

  it('numbers are never guessed: the text of the meter stays beside them', () => {
    const { outcome } = fastScene({
      model: { readout: ['0.0.0(03878504)', '0.9.1(083000)', '1.8.0(0001234.5*kWh)', '1.6.1(0.5*kW)(201201130730)'] },
    });
    assert.deepEqual(
      outcome.result?.readings.map(({ value, raw, at, more }) => [value, raw, at, more]),
      [
        ['03878504', undefined, undefined, undefined],
        ['083000', undefined, undefined, undefined],
        [1234.5, '0001234.5', undefined, undefined],
        [0.5, undefined, undefined, ['201201130730']],
      ],
    );
  });

  it('per meter are remembered: block check, parity, read command, echo, and a speed that failed', () => {
    const one = scene({
      read: { parity: 'auto', request: 'registers', items: ['1.8.0'] },
      model: { ...at9600, bcc: 'sum', identification: 'EMH5D4' },
      world: { memory: new TestMemory(PORT_8N1), hasEcho: true },
    });
    assert.equal(find(one.outcome, '1.8.0').value, 1234.5, one.outcome.error?.message);
    const before = one.meter.seen.length;
    const second = one.again();
    assert.equal(find(second, '1.8.0').value, 1234.5);
    assert.deepEqual(
      one.meter.seen.slice(before),
      ['R5 1.8.0()', 'B0 '],
      'the command that works, by the check that fits, at once',
    );
    assert.equal(second.sends, 4, 'request, option select, command, break: nothing was tried out again');
  });

  it('a meter is locked against repeated passwords', () => {
    const { meter, again } = fastScene({
      read: { request: 'registers', items: ['1.8.0'], password: '11111111' },
      model: { needsPassword: true, refusal: 'nak' },
    });
    for (let i = 0; i < 5; i++) assert.equal(again().error?.retryable, false);
    assert.equal(meter.seen.filter((line) => line.startsWith('P1')).length, 2);
    assert.ok(!meter.isLocked);
  });
});
