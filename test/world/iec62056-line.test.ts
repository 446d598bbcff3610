// The line itself: its speed, put back after any failure; and what a meter may send in the place of what was expected.
import assert from 'node:assert/strict';
import { fromLatin1, toLatin1 } from '../../src/core/wire/bytes';
import type { Step } from '../../src/core/wire/dialogue';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import { decodeIdentification } from '../../src/core/iec62056/identification';
import { openModeE } from '../../src/core/iec62056/mode-e';
import { readIec62056 } from '../../src/core/iec62056/read';
import type { Meter } from '../../src/simulator/serial/meter';
import { Iec62056Meter } from '../../src/simulator/meters/iec62056/meter';
import { VDEW_MODEL } from '../../src/simulator/meters/iec62056/data';
import { PORT_7E1, TestMemory, runInWorld } from '../support/iec-driver';
import { BREAK, at9600, fast, find, options, scene } from '../support/iec-scene';

const NAMES = VDEW_MODEL.readout.map((line) => line.slice(0, line.indexOf('(')));
const READS: Record<string, Partial<Iec62056Options>> = {
  readout: {},
  registers: { request: 'registers', items: ['1.8.0', '32.7.0'], password: '00000000' },
  profile: { request: 'profile', command: 'R6', from: '2026-11-19', to: '2026-11-19T03:00', password: '00000000' },
};
const nameOf = (step: Step): string => {
  if (step.do === 'pause') return `pause ${step.ms}`;
  if (step.do === 'send') return `send ${step.bytes.length}`;
  return step.do === 'setLine' ? `setLine ${step.line.baud}` : step.do;
};
const hexOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

describe('IEC 62056-21 world: speed', () => {
  for (const [name, read] of Object.entries(READS)) {
    it(`${name}: a changed speed is put back, whatever fails and when`, () => {
      let switched = 0;
      for (let at = 1; at <= 12; at++) {
        const broken: Record<string, Parameters<typeof scene>[0]['world']> = {
          'nothing is heard any more': { onPublish: (chunk, count) => (count >= at ? [] : [chunk]) },
          'nothing arrives at the meter any more': { onSend: (bytes, count) => (count >= at ? undefined : bytes) },
          'all is damaged': { onPublish: (chunk, count) => [count >= at ? chunk.map((byte) => byte ^ 0x10) : chunk] },
          'only noise comes': { onPublish: (chunk, count) => [count >= at ? chunk.map((byte) => byte | 0x80) : chunk] },
        };
        for (const [what, world] of Object.entries(broken)) {
          const { outcome, memory } = scene({ read: { ...read, baud: 'switch' }, world: { latencyMs: 100, ...world } });
          assert.deepEqual(memory.line, PORT_7E1, `${what} from ${at} on: ${outcome.error?.message}`);
          const isSelected = outcome.sent.some((bytes) => bytes.length === 6 && bytes[0] === 0x06);
          if (outcome.error && isSelected) switched += 1;
          if (outcome.error && read.request && isSelected)
            assert.equal(hexOf(outcome.sent.at(-1)), BREAK, `${what} from ${at} on: the session is closed`);
        }
      }
      assert.ok(switched >= 3, `${switched} failures after the change`);
    });
  }

  it('the speed changes once the acknowledgement has left the port, and comes back once the break has', () => {
    const dialogue = readIec62056(
      options({ baud: 'switch', request: 'registers', items: ['1.8.0'] }),
      new TestMemory(),
    );
    const heard = [fromLatin1('/EMH5TEST\r\n')];
    const steps: string[] = [];
    assert.throws(
      () => {
        for (let turn = dialogue.next(); !turn.done;) {
          const step = turn.value;
          steps.push(nameOf(step));
          turn = dialogue.next(step.do === 'receive' ? heard.shift() : undefined);
        }
      },
      { code: 'NO_REPLY' },
    );
    // Ten bits a character: six at 300 Bd, five at 9600 Bd.
    assert.deepEqual(steps.slice(2), [
      'send 6',
      'pause 200',
      'setLine 9600',
      'receive',
      'leave',
      'send 5',
      'pause 6',
      'setLine 300',
    ]);
  });

  it("on a port of seven bits the parity is the port's own, whatever the node says", () => {
    for (const parity of ['soft-even', 'soft-odd', 'auto', 'none'] as const) {
      const { outcome } = scene({ read: { parity }, model: at9600, world: { memory: fast() } });
      assert.equal(toLatin1(outcome.sent[0] ?? new Uint8Array(0)), '/?!\r\n', parity);
    }
  });

  it('stay, fixed and switch say the Z of the sign-on, of the meter, and of the meter', () => {
    const z = (baud: Iec62056Options['baud'], at: ReturnType<typeof fast>, model = {}): string =>
      toLatin1(
        scene({ read: { baud }, model, world: { memory: at, latencyMs: 100 } }).outcome.sent[1] ?? new Uint8Array(0),
      ).trim();
    assert.deepEqual(
      [z('stay', new TestMemory()), z('stay', fast(), at9600), z('switch', new TestMemory())],
      ['\x06000', '\x06050', '\x06050'],
    );
    const at2400 = { ...PORT_7E1, baud: 2400 };
    assert.equal(
      z('fixed', new TestMemory(at2400), { line: at2400, switches: false }),
      '\x06050',
      'the port has one speed, the proposal is echoed',
    );
  });
});

describe('IEC 62056-21 world: what a meter sends instead', () => {
  it('data at once, without identification: a fixed-speed meter of EMH or Metcom', () => {
    const memory = fast();
    const bytes = fromLatin1('\x021.8.0(0001234.5*kWh)\r\n!\r\n\x03').reduce<number[]>(
      (all, byte) => [...all, byte],
      [],
    );
    const bcc = bytes.slice(1).reduce((xor, byte) => xor ^ byte, 0);
    const meter: Meter = {
      line: memory.line,
      hear: (said) => (said[0] === 0x2f ? [{ afterMs: 200, bytes: Uint8Array.from([...bytes, bcc]) }] : []),
    };
    for (const read of [{}, { request: 'registers', items: ['1.8.0'] }] as Partial<Iec62056Options>[]) {
      const outcome = runInWorld(readIec62056(options(read), memory), { memory, meter });
      assert.equal(find(outcome, '1.8.0').value, 1234.5, outcome.error?.message);
      assert.equal(outcome.sends, 1, 'nothing is acknowledged');
    }
    const none = runInWorld(readIec62056(options({ request: 'profile' }), memory), { memory, meter });
    assert.equal(none.error?.code, 'REQUEST_REFUSED');
  });

  it('data behind the identification in one message: no acknowledgement is due, whatever Z says', () => {
    const one = scene({ model: { ...at9600, mode: 'A' }, world: { memory: fast(), idleMs: 400 } });
    assert.deepEqual(
      one.outcome.result?.readings.map(({ name }) => name),
      NAMES,
      one.outcome.error?.message,
    );
    assert.equal(one.outcome.sends, 1);
  });

  it('the echo of our own NAK is no NAK of the meter: the command is not said again', () => {
    let bent = 0;
    const one = scene({
      read: { request: 'registers', items: ['1.8.0', '2.8.0'], command: 'R5' },
      model: at9600,
      world: {
        memory: fast(),
        hasEcho: true,
        onPublish: (chunk) => [
          chunk[0] === 0x02 && bent++ === 0 ? chunk.map((byte, i) => (i === 3 ? byte ^ 1 : byte)) : chunk,
        ],
      },
    });
    assert.deepEqual(
      one.outcome.result?.readings.map(({ value }) => value),
      [1234.5, 0],
      one.outcome.error?.message,
    );
    assert.deepEqual(one.meter.seen, ['R5 1.8.0()', 'R5 2.8.0()', 'B0 ']);
  });

  it('a backslash and a letter belong to the id, two escapes may stand in a row', () => {
    assert.deepEqual(decodeIdentification('/ISk5\\MT382-1003'), {
      manufacturer: 'ISk',
      baudChar: '5',
      mode: 'C',
      baud: 9600,
      escapes: [],
      id: '\\MT382-1003',
      reactionMs: 20,
    });
    assert.deepEqual(decodeIdentification('/EMH5\\@\\2LZQJ'), {
      manufacturer: 'EMH',
      baudChar: '5',
      mode: 'E',
      baud: 9600,
      escapes: ['@', '2'],
      id: 'LZQJ',
      reactionMs: 200,
    });
  });

  it('mode E leaves the port at eight plain bits, and puts it back when it fails', () => {
    const memory = fast();
    const meter = new Iec62056Meter({ model: { ...at9600, identification: 'APA5\\2NORAX30' }, now: () => memory.time });
    const opened = runInWorld(openModeE({ address: '', baud: 'stay', parity: 'none' }, memory), {
      memory,
      meter,
      latencyMs: 100,
    });
    assert.deepEqual(memory.line, { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 }, opened.error?.message);
    const other = fast();
    const plain = new Iec62056Meter({ model: at9600, now: () => other.time });
    const refused = runInWorld(openModeE({ address: '', baud: 'stay', parity: 'none' }, other), {
      memory: other,
      meter: plain,
    });
    assert.ok(refused.error);
    assert.deepEqual(other.line, { ...PORT_7E1, baud: 9600 });
  });
});
