// Devices of any kind: what exists is read, what does not is named, and each lesson is learned once.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readModbus, type ModbusReadOptions } from '../../src/core/modbus/read';
import { faultyTunnel, modbusDevice, registerValue, seededRandom } from '../support/modbus-device';
import { VirtualLine } from '../support/virtual-line';

describe('property: Modbus read', () => {
  it('reads what exists from any device, and is hardly ever refused after some polls', () => {
    fc.assert(
      fc.property(devices(), ({ wanted, missing, barriers, maxRegisters, isEvenOnly }) => {
        const device = modbusDevice({
          isMissing: (_, __, a) => missing.includes(a),
          barriers,
          maxRegisters,
          isEvenOnly,
        });
        let refusals = 0;
        const counting = (adu: Uint8Array): Uint8Array | undefined => {
          const answer = device(adu);
          if (((answer?.[1] ?? 0) & 0x80) !== 0) refusals += 1;
          return answer;
        };
        const line = new VirtualLine(faultyTunnel(counting, { rttMs: [300, 500] }, seededRandom(1)), {
          latencyMs: 2000,
        });
        const width = isEvenOnly ? 2 : 1;
        const history: number[] = [];
        for (let poll = 0; poll < 12; poll++) {
          refusals = 0;
          const { readings } = line.run(readModbus(options(wanted, width), line));
          readings.forEach((reading, i) => {
            const address = (wanted[i] ?? 0) * width;
            const exists =
              Array.from({ length: width }, (_, n) => address + n).every((a) => !missing.includes(a)) &&
              !barriers.some((b) => address < b && address + width > b);
            if (exists)
              assert.equal(
                reading.value,
                width === 1
                  ? registerValue(1, address)
                  : registerValue(1, address) * 65_536 + registerValue(1, address + 1),
              );
            else assert.equal(reading.error?.code, 'MODBUS_EXCEPTION');
          });
          history.push(refusals);
          line.idle(61_000);
        }
        // A length not needed before may still meet a hole not met before.
        assert.ok(history.slice(-4).reduce((sum, n) => sum + n, 0) <= 1, `refusals by poll: ${history.join(' ')}`);
      }),
      { numRuns: 120, seed: 5 },
    );
  });
});

function options(wanted: readonly number[], width: number): ModbusReadOptions {
  const registers = wanted.map(
    (n) =>
      ({
        name: `r${n}`,
        fc: 3,
        address: n * width,
        type: width === 1 ? 'uint16' : 'uint32',
        order: 'ABCD',
        scale: 1,
        unit: '',
        length: width,
      }) as const,
  );
  return { unit: 1, framing: 'rtu', registers, maxRegisters: 125, timeoutMs: 300 };
}

function devices() {
  const address = fc.integer({ min: 0, max: 60 });
  return fc.record({
    wanted: fc.uniqueArray(address, { minLength: 1, maxLength: 12 }),
    missing: fc.uniqueArray(address, { maxLength: 5 }),
    barriers: fc.uniqueArray(address, { maxLength: 2 }),
    maxRegisters: fc.constantFrom(125, 60, 16, 10, 4),
    isEvenOnly: fc.boolean(),
  });
}
