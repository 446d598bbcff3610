// A two-wire line that gives back what is said: its echo alone is silence, so that a dead unit on it rests as others
// do.
import assert from 'node:assert/strict';
import { readModbus } from '../../../src/core/modbus/read';
import { modbusDevice } from '../../support/modbus-device';
import { VirtualLine, type Behind } from '../../support/virtual-line';

const REGISTERS = [
  { name: 'a', fc: 3, address: 16, type: 'uint16', order: 'ABCD', scale: 1, unit: '', length: 1 },
] as const;
const options = (framing: 'rtu' | 'ascii') =>
  ({ unit: 1, framing, registers: REGISTERS, maxRegisters: 125, timeoutMs: 300 }) as const;

describe('modbus on an echoing line', () => {
  for (const framing of ['rtu', 'ascii'] as const) {
    for (const size of [1, 3, 1000]) {
      it(`${framing}, echo in pieces of ${size}: a dead unit is NO_REPLY`, () => {
        const outcome = new VirtualLine(echoing(size)).outcome(
          readModbus(options(framing), new VirtualLine(echoing(size))),
        );
        assert.equal('error' in outcome && outcome.error.code, 'NO_REPLY');
      });
    }
  }

  it('bytes that are not the echo are still a damaged answer', () => {
    const noise: Behind = (_bytes, now) => [{ at: now + 400, bytes: Uint8Array.of(1, 3, 9, 9, 9) }];
    const outcome = new VirtualLine(noise).outcome(readModbus(options('rtu'), new VirtualLine(noise)));
    assert.equal('error' in outcome && outcome.error.code, 'BAD_FRAME');
  });

  it('half an answer behind the echo is a damaged answer, a whole one a value', () => {
    const device = modbusDevice();
    for (const [keep, expected] of [
      [4, 'BAD_FRAME'],
      [100, 0x1010],
    ] as const) {
      const line = new VirtualLine((bytes, now) => [
        { at: now + 400, bytes },
        { at: now + 450, bytes: device(bytes)?.subarray(0, keep) ?? bytes },
      ]);
      const outcome = line.outcome(readModbus(options('rtu'), line));
      assert.equal('error' in outcome ? outcome.error.code : outcome.value.readings[0]?.value, expected);
    }
  });
});

function echoing(size: number): Behind {
  return (bytes, now) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => ({
      at: now + 400 + i,
      bytes: bytes.subarray(i * size, (i + 1) * size),
    }));
}
