// IEC 62056-21 in a bad world: readouts in every mode, over lost, late, cut and damaged octets.
import assert from 'node:assert/strict';
import { fromLatin1 } from '../../src/core/wire/bytes';
import type { Dialogue } from '../../src/core/wire/dialogue';
import type { Readout } from '../../src/core/meter/reading';
import { readIec62056 } from '../../src/core/iec62056/read';
import { Iec62056Meter } from '../../src/simulator/meters/iec62056/meter';
import { VDEW_MODEL, pushTelegram } from '../../src/simulator/meters/iec62056/data';
import { PORT_7E1, PORT_8N1, TestMemory, runInWorld, type Outcome } from '../support/iec-driver';
import { at9600, fast, find, options, scene, type Scene } from '../support/iec-scene';

function assertReadout(outcome: Outcome<Readout>): void {
  assert.equal(outcome.error, undefined, outcome.error?.message);
  assert.deepEqual(
    outcome.result?.readings.map((reading) => reading.name),
    VDEW_MODEL.readout.map((line) => line.slice(0, line.indexOf('('))),
  );
  assert.deepEqual(find(outcome, '1.8.0'), {
    name: '1.8.0',
    id: '1-0:1.8.0*255',
    value: 1234.5,
    unit: 'kWh',
    raw: '0001234.5',
  });
  assert.deepEqual(find(outcome, '1.6.1'), {
    name: '1.6.1',
    id: '1-0:1.6.1*255',
    value: 0.50262,
    unit: 'kW',
    at: '2026-11-12T07:30:00',
  });
  assert.equal(outcome.leftover, 0, 'the line is quiet');
}
describe('IEC 62056-21 world: readout', () => {
  const scenes: Record<string, Scene> = {
    'mode C at 300 Bd, acknowledged with the sign-on speed': {},
    'mode C with a change of speed': { read: { baud: 'switch' }, world: { latencyMs: 100 } },
    'mode C at a fixed speed of 9600': { read: { baud: 'fixed' }, model: at9600, world: { memory: fast() } },
    'mode C, fixed 9600, acknowledged with the port speed': { model: at9600, world: { memory: fast() } },
    'mode A: data at once': { model: { mode: 'A', identification: 'KAM MC' } },
    'mode A meter whose identification looks like mode C': { model: { mode: 'A' } },
    'mode A asked for by name': { read: { mode: 'A' }, model: { mode: 'A' }, world: { bufferBytes: 1024 } },
    'mode B with its change of speed': {
      read: { baud: 'switch' },
      model: { mode: 'B', identification: 'SIEC2WR5' },
      world: { latencyMs: 20 },
    },
    'mode B at one speed': { model: { mode: 'B', identification: 'SIEC2WR5', ...at9600 }, world: { memory: fast() } },
    'with address, leading zeros left out': { read: { address: '3878504' } },
    'late acknowledgement: the mode A fall-back is a full answer': { world: { latencyMs: 2500 } },
    'lost acknowledgement: the fall-back again': { faults: { lostOptions: 1 } },
    'echo of all we say': { world: { hasEcho: true } },
    'stray ACK before the identification': { faults: { strayAck: true } },
    'damaged BCC: NAK, and the repetition': { model: at9600, world: { memory: fast() }, faults: { damagedBlocks: 1 } },
    'sum as BCC': { model: { bcc: 'sum' } },
    'no ETX and BCC': { model: { framing: 'no-check' } },
    'no STX, ETX and BCC': { model: { framing: 'bare' } },
    'LF line ends': { model: { lineEnd: '\n' } },
    'LF line ends and no framing': { model: { lineEnd: '\n', framing: 'bare' } },
    'seven bits through a port of eight: soft-even': {
      read: { parity: 'soft-even' },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }) },
    },
    'seven bits, odd parity: soft-odd': {
      read: { parity: 'soft-odd' },
      model: { line: { ...PORT_7E1, parity: 'odd' } },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }) },
    },
    'parity found out: even': {
      read: { parity: 'auto' },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }) },
    },
    'parity found out: odd': {
      read: { parity: 'auto' },
      model: { line: { ...PORT_7E1, parity: 'odd' } },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }) },
    },
    'parity found out: none': {
      read: { parity: 'auto' },
      model: { line: PORT_8N1, switches: false },
      world: { memory: new TestMemory(PORT_8N1) },
    },
    'parity found out: even, with echo': {
      read: { parity: 'auto' },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }), hasEcho: true },
    },
    'modem that sends every character alone': { world: { idleMs: 1 } },
    'modem with a full kilobyte of buffer': { world: { bufferBytes: 1024 } },
    'a list of the maker by option select': { read: { list: '6' } },
  };
  for (const [title, one] of Object.entries(scenes)) {
    it(title, () => {
      const { outcome, memory, again } = scene(one);
      assertReadout(outcome);
      assert.deepEqual(outcome.line, one.world?.memory ? memory.line : PORT_7E1, 'the port is as it was');
      assertReadout(again());
    });
  }

  it('a damaged readout is asked for once more by NAK, and only so', () => {
    const { outcome } = scene({ model: at9600, world: { memory: fast() }, faults: { damagedBlocks: 2 } });
    assertReadout(outcome);
    assert.deepEqual(
      outcome.sent.slice(2).map((bytes) => [...bytes]),
      [[0x15], [0x15]],
    );
  });

  it('remembers parity and echo: the second read asks once', () => {
    const { again } = scene({
      read: { parity: 'auto' },
      model: { line: { ...PORT_7E1, parity: 'odd' } },
      world: { memory: new TestMemory({ ...PORT_8N1, baud: 300 }), hasEcho: true },
    });
    assert.equal(again().sends, 2);
  });

  it('wakes a battery meter by one run of NULs before the request', () => {
    const { outcome } = scene({ read: { wakeUp: true } });
    assertReadout(outcome);
    assert.deepEqual([outcome.sent[0]?.length, outcome.sent[0]?.every((byte) => byte === 0)], [66, true]);
  });

  it('9.5 kB at 300 Bd take five minutes and arrive: silence counts, not the total', () => {
    const history = Array.from(
      { length: 430 },
      (_, i) => `1.8.${i % 5}*${String(i % 100).padStart(2, '0')}(0${100000 + i}*kWh)`,
    );
    const { outcome } = scene({ model: { readout: [...VDEW_MODEL.readout, ...history] } });
    assert.equal(outcome.error, undefined, outcome.error?.message);
    assert.equal(outcome.result?.readings.length, VDEW_MODEL.readout.length + 430);
    assert.ok(outcome.heard > 9500 && outcome.ms > 5 * 60_000, `${outcome.heard} bytes, ${outcome.ms} ms`);
  });

  it('nobody there: NO_REPLY, and soon', () => {
    const { outcome } = scene({ read: { address: '999' } });
    assert.equal(outcome.error?.code, 'NO_REPLY');
    assert.ok(outcome.ms < 12_000, `${outcome.ms} ms`);
  });

  it('nobody there but the echo of our words: NO_REPLY too, so that a dead meter on a two-wire line rests', () => {
    const { outcome } = scene({ read: { address: '999' }, world: { hasEcho: true } });
    assert.equal(outcome.error?.code, 'NO_REPLY');
  });

  it('always damaged: BAD_FRAME, never a value', () => {
    const { outcome } = scene({ model: at9600, world: { memory: fast() }, faults: { damagedBlocks: 99 } });
    assert.equal(outcome.error?.code, 'BAD_FRAME');
    assert.equal(outcome.leftover, 0);
  });

  it('a chunk lost in the tunnel: NAK brings the readout again', () => {
    const { outcome } = scene({
      model: at9600,
      world: { memory: fast(), bufferBytes: 128, onPublish: (chunk, count) => (count === 3 ? [] : [chunk]) },
    });
    assertReadout(outcome);
  });

  it('a lost end of a meter that is known to send a BCC is damage, not a readout without one', () => {
    const { outcome, again } = scene({ model: at9600, world: { memory: fast(), bufferBytes: 4096 } });
    assertReadout(outcome);
    let cuts = 0;
    const cut = again(
      {},
      { onPublish: (chunk) => (chunk.length > 100 && cuts++ < 9 ? [chunk.slice(0, -2)] : [chunk]) },
    );
    assert.equal(cut.error?.code, 'BAD_FRAME');
  });

  it('a failed change of speed is not tried again, and the port comes back', () => {
    const { outcome, memory, again } = scene({ read: { baud: 'switch' }, world: { latencyMs: 1200 } });
    assert.ok(outcome.error?.retryable, 'the acknowledgement came too late for the meter');
    assert.deepEqual(memory.line, PORT_7E1);
    memory.time += 600_000;
    const second = again();
    assertReadout(second);
    assert.ok(
      second.sent.some((bytes) => Buffer.from(bytes).toString('latin1') === '\x06000\r\n'),
      'acknowledged with the sign-on speed',
    );
  });

  it('endless noise ends as LINE_NOISY', () => {
    const noise = (): Uint8Array => Uint8Array.from({ length: 100 }, (_, i) => 0x80 + (i % 100));
    const { outcome } = scene({ world: { onPublish: () => Array.from({ length: 200 }, noise) } });
    assert.equal(outcome.error?.code, 'LINE_NOISY');
  });

  it('mode D: the next whole telegram of a stream entered in the middle', () => {
    for (const hasCrc of [true, false]) {
      const telegram = pushTelegram(VDEW_MODEL, hasCrc);
      const stream = [telegram.slice(70), telegram, telegram];
      const meter = { line: PORT_7E1, hear: () => [] };
      const dialogue = readIec62056(options({ mode: 'D' }), new TestMemory());
      let turn = dialogue.next();
      while (!turn.done) turn = dialogue.next(stream.shift());
      const result = turn.value;
      assert.equal(result.readings.length, VDEW_MODEL.readout.length);
      assert.equal(stream.length, 1, 'one telegram was enough');
      const silent = runInWorld(readIec62056(options({ mode: 'D' }), new TestMemory()), {
        memory: new TestMemory(),
        meter,
      });
      assert.equal(silent.error?.code, 'NO_REPLY');
    }
  });
});

it('the driver itself: a meter hears nothing at the wrong speed', () => {
  const memory = new TestMemory(PORT_7E1);
  const meter = new Iec62056Meter({ model: at9600, now: () => memory.time });
  const ask = function* (): Dialogue<Uint8Array | undefined> {
    yield { do: 'send', bytes: fromLatin1('/?!\r\n') };
    return yield { do: 'receive', ms: 5000 };
  };
  assert.equal(runInWorld(ask(), { memory, meter }).result, undefined);
});
