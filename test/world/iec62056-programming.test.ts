// IEC 62056-21 in a bad world: registers in programming mode.
import assert from 'node:assert/strict';
import type { Iec62056Options } from '../../src/core/iec62056/options';
import { type Iec62056Faults } from '../../src/simulator/meters/iec62056/data';
import { PORT_7E1, PORT_8N1, TestMemory, hasSent } from '../support/iec-driver';
import { BREAK, at9600, fast, find, scene, type Scene } from '../support/iec-scene';
import { inWords } from '../support/said';

describe('IEC 62056-21 world: programming mode', () => {
  const registers: Partial<Iec62056Options> = {
    request: 'registers',
    items: ['1.8.0', '9.9.9', '32.7.0'],
    password: '00000000',
  };
  const scenes: Record<string, Scene> = {
    'at 300 Bd': {},
    'at 9600': { model: at9600, world: { memory: fast() } },
    'with a change of speed': { read: { baud: 'switch' }, world: { latencyMs: 100 } },
    'R1 acknowledged only, R5 answers': { model: { ...at9600, identification: 'EMH5D4' }, world: { memory: fast() } },
    'R1 not understood, R5 answers': {
      model: { ...at9600, identification: 'EMH5D4', unknownCommand: 'nak' },
      world: { memory: fast() },
    },
    'partial blocks by R6': { read: { command: 'R6' }, model: { ...at9600, blockBytes: 8 }, world: { memory: fast() } },
    'NAK to a good command': { model: at9600, world: { memory: fast() }, faults: { naks: 1 } },
    'damaged operand': { model: at9600, world: { memory: fast() }, faults: { damagedBlocks: 1 } },
    echo: { model: at9600, world: { memory: fast(), hasEcho: true } },
    'soft parity': { read: { parity: 'auto' }, model: at9600, world: { memory: new TestMemory(PORT_8N1) } },
    'answers without codes': { model: { ...at9600, repeatsAddress: false }, world: { memory: fast() } },
    'sum as BCC': { model: { ...at9600, bcc: 'sum' }, world: { memory: fast() } },
    'password of the second level': {
      read: { passwordLevel: 'P2' },
      model: { ...at9600, passwords: { P2: '00000000' } },
      world: { memory: fast() },
    },
  };
  for (const [title, one] of Object.entries(scenes)) {
    it(title, () => {
      const { outcome, meter } = scene({ ...one, read: { ...registers, ...one.read } });
      assert.equal(outcome.error, undefined, outcome.error?.message);
      assert.deepEqual(inWords(outcome.result?.readings ?? []), [
        { name: '1.8.0', id: '1-0:1.8.0*255', value: 1234.5, unit: 'kWh', raw: '0001234.5' },
        { name: '9.9.9', id: '1-0:9.9.9*255', error: { code: 'REQUEST_REFUSED', message: 'the meter answers (ER07)' } },
        { name: '32.7.0', id: '1-0:32.7.0*255', value: 230.1, unit: 'V' },
      ]);
      assert.equal(meter.seen.filter((line) => line.startsWith('P')).length, 1, 'the password went out once');
      assert.equal(meter.seen.at(-1), 'B0 ');
      assert.equal(outcome.leftover, one.world?.hasEcho ? 5 : 0, 'nothing but the echo of the break');
    });
  }

  for (const refusal of ['nak', 'break', 'bell', 'silence', 'error'] as const) {
    it(`wrong password, refused by ${refusal}: sent once, final, closed, and never a third time`, () => {
      const { outcome, meter, again } = scene({
        read: { ...registers, password: '11111111' },
        model: { ...at9600, refusal },
        world: { memory: fast() },
      });
      assert.equal(outcome.error?.code, refusal === 'silence' ? 'SESSION_BROKEN' : 'ACCESS_DENIED');
      assert.equal(outcome.error?.retryable, false);
      assert.equal(hasSent(outcome, BREAK), refusal !== 'break', 'the break is ours unless the meter sent it');
      for (let i = 0; i < 5; i++) assert.equal(again().error?.retryable, false);
      assert.equal(meter.seen.filter((line) => line.startsWith('P1')).length, 2);
      assert.ok(!meter.isLocked);
      assert.equal(again({ password: '00000000' }).error, undefined, 'a corrected password goes out at once');
    });
  }

  it('whatever fails after the password, no error is retryable and the session is closed', () => {
    const faults: Record<string, Iec62056Faults> = {
      silent: { silentFromRead: 2 },
      damaged: { damagedBlocks: 0 },
      break: { breakAtRead: 2 },
    };
    for (const [name, fault] of Object.entries(faults)) {
      const { outcome } = scene({
        read: registers,
        model: at9600,
        faults: name === 'damaged' ? {} : fault,
        world: {
          memory: fast(),
          ...(name === 'damaged' && {
            onPublish: (chunk: Uint8Array, count: number) => [
              count > 3 ? chunk.map((byte, i) => (i === 1 ? byte ^ 1 : byte)) : chunk,
            ],
          }),
        },
      });
      assert.equal(outcome.error?.code, 'SESSION_BROKEN', name);
      assert.equal(outcome.error?.retryable, false);
      assert.equal(hasSent(outcome, BREAK), name !== 'break', `${name}: break by us unless the meter sent it`);
    }
  });

  it('without a password the same failures may be tried again', () => {
    const { password: _, ...open } = registers;
    const { outcome } = scene({ read: open, model: at9600, faults: { silentFromRead: 1 }, world: { memory: fast() } });
    assert.equal(outcome.error?.code, 'NO_REPLY');
  });

  it('a cancelled read still says goodbye and restores the port', () => {
    for (let cancelAt = 1; cancelAt < 40; cancelAt++) {
      const { outcome, meter, memory } = scene({
        read: { ...registers, baud: 'switch' },
        world: { latencyMs: 100, cancelAt },
      });
      if (!outcome.error) continue;
      assert.equal(outcome.error.code, 'CANCELLED', `step ${cancelAt}`);
      assert.deepEqual(memory.line, PORT_7E1, `step ${cancelAt}`);
      if (outcome.sent.some((bytes) => bytes[0] === 0x06 && bytes.length === 6))
        assert.equal(Buffer.from(outcome.sent.at(-1) ?? []).toString('hex'), BREAK, `step ${cancelAt}`);
      assert.ok(meter.seen.length < 10);
    }
  });

  it('readout instead of programming mode: registers are taken from it', () => {
    const { outcome } = scene({ read: { ...registers, items: ['1.8.0'] }, world: { latencyMs: 2500 } });
    assert.equal(find(outcome, '1.8.0').value, 1234.5);
    assert.ok(!outcome.sent.some((bytes) => Buffer.from(bytes).includes('00000000')), 'no password was needed');
  });

  it('a mode A meter gives its registers by its readout', () => {
    const { outcome } = scene({
      read: { ...registers, items: ['1.8.0', '7.7.7'] },
      model: { mode: 'A', identification: 'KAM MC' },
    });
    assert.equal(find(outcome, '1.8.0').value, 1234.5);
    assert.equal(find(outcome, '7.7.7').error?.code, 'REQUEST_REFUSED');
  });

  it("Energomera's group read is one exchange", () => {
    const { outcome } = scene({
      read: { address: '3878504', request: 'registers', command: 'group', items: ['1.8.0', '32.7.0'] },
      model: { ...at9600, bcc: 'sum' },
      world: { memory: fast() },
    });
    assert.deepEqual(
      outcome.result?.readings.map((reading) => reading.value),
      [1234.5, 230.1],
    );
    assert.equal(outcome.sends, 1);
  });
});
