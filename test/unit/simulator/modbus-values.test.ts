// The registers of a simulated Modbus meter: types, orders, marks, and what the platform decodes of them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decodeRegister } from '../../../src/core/modbus/registers/registers';
import {
  builtInProfiles,
  plausibleValue,
  pointValue,
  profileDevice,
  registersOf,
  seedOf,
  sentinelOf,
  VirtualClock,
  type Point,
} from '../../../src/simulator';
import { meterOf, asked } from './modbus-support';

describe('modbus meter: values', () => {
  const point = (name: string, address: number, type: Point['type'], more: Partial<Point> = {}): Point => ({
    name,
    fc: 4,
    address,
    type,
    order: 'ABCD',
    scale: 1,
    unit: '',
    length: /64/.test(type) ? 4 : /32/.test(type) ? 2 : 1,
    ...more,
  });
  it('stand in registers as the types and orders say', () => {
    const words = (type: Point['type'], value: number | string, more: Partial<Point> = {}): string =>
      registersOf(point('x', 0, type, more), value)
        .map((word) => word.toString(16).padStart(4, '0'))
        .join('');
    assert.equal(words('float32', 230.5), '43668000');
    assert.equal(words('float32', 230.5, { order: 'CDAB' }), '80004366');
    assert.equal(words('float32', 230.5, { order: 'BADC' }), '66430080');
    assert.equal(words('float32', 230.5, { order: 'DCBA' }), '00806643');
    assert.equal(words('int16', -3), 'fffd');
    assert.equal(words('int32', -70_000), 'fffeee90');
    assert.equal(words('uint32', 12345.6, { scale: 0.1 }), '0001e240');
    assert.equal(words('uint64', 2 ** 40), '0000010000000000');
    assert.equal(words('float64', 1), '3ff0000000000000');
    assert.equal(words('bcd', 12345678, { length: 2 }), '12345678');
    assert.equal(words('string', 'AB1', { length: 3 }), '414231000000');
    assert.deepEqual(sentinelOf(point('x', 0, 'uint32', { notAvailable: ['80000001'], order: 'CDAB' })), [1, 0x8000]);
  });
  it('are those of a real profile, with holes between', () => {
    const profiles = JSON.parse(readFileSync('test/vectors/modbus-profiles.json', 'utf8')) as {
      profiles: readonly { id: string; registers: readonly (Omit<Point, 'order'> & { wordOrder: string })[] }[];
    };
    const rows = profiles.profiles.find((each) => each.id === 'eastron-sdm630')?.registers ?? [];
    const points = rows.map((row): Point => ({ ...row, order: 'ABCD' }));
    const clock = new VirtualClock(Date.UTC(2026, 5, 1));
    const device = profileDevice({ unit: 3, points, clock, seed: 9, maxRegisters: 60, isEvenOnly: true });
    const sdm = meterOf([device]);
    const volts = Buffer.from(asked(sdm, '030400000002'), 'hex').readFloatBE(3);
    assert.ok(volts > 224 && volts < 236, String(volts));
    assert.equal(
      Math.fround(Number(pointValue(points[0] ?? assert.fail(), { points }, seedOf(9, 3), clock.date().getTime()))),
      volts,
    );
    assert.equal(asked(sdm, '030400000003'), '038403');
    assert.equal(asked(sdm, '03040000003e'), '038403');
    assert.equal(asked(sdm, '030300000002'), '038302'); // nothing in the holding registers
    assert.equal(asked(sdm, '0304f0000002'), '038402');
  });
  it('are what the platform decodes, register by register of every built-in profile', () => {
    const clock = new VirtualClock(Date.UTC(2026, 5, 1));
    let compared = 0;
    for (const profile of builtInProfiles()) {
      const { points, fixed } = profile;
      const device = profileDevice({ unit: 1, points, clock, seed: 9, fixed });
      for (const each of points) {
        if (each.fc === 1 || each.fc === 2) continue;
        const raw = device
          .registers(each.fc, each.address, each.length)
          .map((word) => word ?? assert.fail(`hole in ${each.name}`));
        const truth = pointValue(each, { points, fixed }, seedOf(9, 1), clock.date().getTime());
        const factor = points.find((other) => other.name === each.scaleFactor);
        const power = factor && Number(pointValue(factor, { points, fixed }, seedOf(9, 1), 0));
        const { value } = decodeRegister(each, raw, power);
        // texts and labels
        if (typeof truth === 'string' || each.type === 'bits' || each.name.startsWith('cfg_')) continue;
        compared += 1;
        const shown = truth * 10 ** (power ?? 0);
        const step = Math.max(each.scale * 10 ** (power ?? 0), Math.abs(shown) * 1e-6);
        assert.ok(
          Math.abs(Number(value) - shown) <= step,
          `${profile.id} ${each.name}: ${JSON.stringify(value)} for ${shown}`,
        );
      }
    }
    assert.ok(compared > 350, String(compared));
  });
  it('stand in a chain of SunSpec models', () => {
    const profile = builtInProfiles().find((each) => each.id === 'sunspec-203') ?? assert.fail();
    const device = profileDevice({ unit: 1, clock: new VirtualClock(), seed: 1, ...profile });
    const head = device.registers(3, 40_000, 4);
    assert.deepEqual(head, [0x5375, 0x6e53, 1, 66]);
    // model 203 has 105 registers (SunSpec models, model_203.json)
    assert.deepEqual(device.registers(3, 40_070, 2), [203, 105]);
    assert.deepEqual(device.registers(3, 40_070 + 107, 3), [0xffff, 0, undefined]);
    assert.ok(device.registers(3, 40_000, 70).every((word) => word !== undefined));
  });
  it('drift around 230 V, follow the day, and energies only grow', () => {
    const start = Date.UTC(2026, 0, 1);
    let before = 0;
    for (let i = 0; i < 2000; i++) {
      const ms = start + i * 437_000;
      for (const name of ['voltage_l1', 'PhVphA']) {
        const volts = plausibleValue({ name, unit: 'V' }, 5, ms);
        assert.ok(volts > 223 && volts < 237, String(volts));
      }
      assert.ok(plausibleValue({ name: 'voltage_l1_l2', unit: 'V' }, 5, ms) > 380);
      const kwh = plausibleValue({ name: 'import_total', unit: 'kWh' }, 5, ms);
      assert.ok(kwh > before);
      before = kwh;
    }
    assert.ok(before > 1000 && before < 400_000, String(before));
    const quantity = { name: 'frequency', unit: 'Hz' };
    assert.equal(plausibleValue(quantity, 1, start), plausibleValue(quantity, 1, start));
    assert.notEqual(plausibleValue(quantity, 1, start), plausibleValue(quantity, 2, start));
    assert.ok(
      Math.abs(
        plausibleValue({ name: 'power_total', unit: 'kW' }, 3, start) * 1000 -
          plausibleValue({ name: 'power_total', unit: 'W' }, 3, start),
      ) < 1e-6,
    );
  });
  it('show power-of-ten registers that make sense, fixed values and missing ones', () => {
    const points = [
      point('V', 0, 'uint16', { fc: 3, unit: 'V', scaleFactor: 'V_SF' }),
      point('V_SF', 1, 'int16', { fc: 3 }),
      point('A', 2, 'uint16', { fc: 3, notAvailable: ['ffff'] }),
      point('T', 3, 'int16', { fc: 3 }),
    ];
    const meter = meterOf([
      profileDevice({ unit: 1, points, clock: new VirtualClock(), seed: 1, missing: ['A'], fixed: { T: -5 } }),
    ]);
    const [v = 0, sf = 0, a, t] = [...Array(4).keys()].map((i) =>
      Buffer.from(asked(meter, '010300000004'), 'hex').readInt16BE(3 + 2 * i),
    );
    assert.equal(sf, -1);
    assert.ok(v * 10 ** sf > 223 && v * 10 ** sf < 237, `${v} ${sf}`);
    assert.deepEqual([a, t], [-1, -5]);
  });
});
