// The simulated Modbus meter against answers of foreign servers, and read by a foreign client.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import ModbusRTU from 'modbus-serial';
import { fromHex, fromLatin1, toHex } from '../../../src/core/wire/bytes';
import { crc16Modbus } from '../../../src/core/wire/checksum';
import { systemClock } from '../../../src/core/transport/lane/clock';
import { decodeRegister } from '../../../src/core/modbus/registers/registers';
import {
  builtInProfiles,
  ModbusMeter,
  plausibleValue,
  pointValue,
  profileDevice,
  registersOf,
  ruleDevice,
  seededRandom,
  seedOf,
  sentinelOf,
  VirtualClock,
  type Meter,
  type ModbusDevice,
  type Point,
} from '../../../src/simulator';
import { N8 } from './support';

const meterOf = (devices: readonly ModbusDevice[], framing: 'rtu' | 'ascii' = 'rtu'): ModbusMeter =>
  new ModbusMeter({ devices, line: N8, framing, random: seededRandom(1), answerMsMin: 5, answerMsMax: 10 });
const withCrc = (hex: string): Uint8Array => {
  const body = fromHex(hex);
  const crc = crc16Modbus(body);
  return Uint8Array.from([...body, crc & 0xff, crc >> 8]);
};
/** The PDU and unit that come back, in hex without CRC. */
const asked = (meter: Meter, hex: string, now = 1e6): string =>
  meter
    .hear(withCrc(hex), now)
    .map((reply) => toHex(reply.bytes.slice(0, -2)))
    .join(' ');

interface Vector {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly requestHex?: string;
  readonly responseHex?: string | null;
}
const { vectors } = JSON.parse(readFileSync('test/vectors/modbus.json', 'utf8')) as { vectors: readonly Vector[] };

describe('modbus meter: as foreign servers answer', () => {
  // The rule device has the same registers as the server that the vectors were taken from: unit 17 reads 40 at most, unit 2 ends its holes at 11.
  const devices = [ruleDevice(1), ruleDevice(2, { holes: [8, 9, 10, 11] }), ruleDevice(17, { maxRegisters: 40 })];
  const same = (id: string): boolean =>
    /^o-(read|write|readwrite|silence|broadcast)-/.test(id) ||
    ['o-exception-04', 'o-exception-05', 'o-exception-07', 'o-ascii-04', 'o-ascii-06', 'o-ascii-07'].includes(id);
  for (const { id, name, source, requestHex, responseHex } of vectors.filter((each) => same(each.id))) {
    it(`${id} ${name} (${source})`, () => {
      const meter = meterOf(
        id.startsWith('o-ascii') ? [ruleDevice(1), ruleDevice(17, { maxRegisters: 40 })] : devices,
        id.startsWith('o-ascii') ? 'ascii' : 'rtu',
      );
      assert.equal(
        meter
          .hear(fromHex(requestHex ?? ''), 1e6)
          .map((reply) => toHex(reply.bytes))
          .join(''),
        responseHex ?? '',
      );
    });
  }
  it('covers enough of them', () => assert.ok(vectors.filter((each) => same(each.id)).length >= 23));
});

describe('modbus meter: manners', () => {
  const meter = meterOf([ruleDevice(1), ruleDevice(2, { maxRegisters: 60, isEvenOnly: true })]);
  it('answers exceptions in the standard order', () => {
    const small = meterOf([ruleDevice(1, { maxRegisters: 10, holes: [5] })]);
    assert.equal(asked(meter, '0114 06'), '019401'); // function 20 is not served
    assert.equal(asked(meter, '010300000000'), '018303');
    assert.equal(asked(meter, '01030000007e'), '018303');
    assert.equal(asked(meter, '0101000007d1'), '018103');
    assert.equal(asked(small, '01030000000b'), '018303'); // quantity is checked before the address
    assert.equal(asked(small, '010300000006'), '018302');
    assert.equal(asked(meter, '0103ffff0002'), '018302');
    assert.equal(asked(meter, '011000010002021234'), '019003'); // byte count does not fit
    assert.equal(asked(meter, '010500010001'), '018503');
    assert.equal(asked(meter, '010800000102'), '010800000102');
    assert.equal(asked(meter, '010800010000'), '018801');
  });
  it('refuses odd lengths and too long ones where the device does', () => {
    assert.equal(asked(meter, '020300000003'), '028303');
    assert.equal(asked(meter, '02030000003e'), '028303');
    assert.match(asked(meter, '020300000002'), /^020304/);
  });
  it('finds frames by silence: whole, in close pieces, never after noise or with a wrong CRC', () => {
    const frame = withCrc('010300000001');
    const fresh = meterOf([ruleDevice(1)]);
    const hear = (hex: string, now: number): number => fresh.hear(fromHex(hex), now).length;
    const hex = toHex(frame);
    assert.equal(hear(hex, 1000), 1);
    assert.equal(hear(hex.slice(0, 8), 2000), 0);
    assert.equal(hear(hex.slice(8), 2000 + 4 * (10_000 / 9600)), 1);
    assert.equal(hear(hex.slice(0, 8), 3000), 0);
    assert.equal(hear(hex.slice(8), 3050), 0);
    assert.equal(hear(`00${hex}`, 4000), 0);
    assert.equal(hear(hex, 5000), 1);
    assert.equal(hear(`${hex}${hex}`, 6000), 0);
    assert.equal(
      hear(
        hex.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
        7000,
      ),
      0,
    );
    assert.equal(hear(hex, 8000), 1);
  });
  it('is silent for other units and for broadcasts, which it obeys', () => {
    assert.equal(asked(meter, '030300000001'), '');
    assert.equal(asked(meter, '000600640007'), '');
    assert.equal(asked(meter, '010300640001'), '0103020007');
  });
  it('identifies itself', () => {
    assert.equal(
      asked(meter, '0111'),
      `0111${(2 + 'meter-tunnel rule 1.0'.length).toString(16)}01ff${Buffer.from('meter-tunnel rule 1.0').toString('hex')}`,
    );
    assert.match(asked(meter, '012b0e0100'), /^012b0e0181000003000c6d65746572/);
  });
  it('takes ASCII in pieces, restarts at a colon, and wants its LRC', () => {
    const ascii = meterOf([ruleDevice(1)], 'ascii');
    const hear = (text: string): string =>
      ascii
        .hear(fromLatin1(text), 0)
        .map((reply) => Buffer.from(reply.bytes).toString())
        .join('');
    assert.equal(hear(':0103001'), '');
    assert.equal(hear(':010300100002EA\r\n'), ':01030410101011B7\r\n');
    assert.equal(hear(':0103'), '');
    assert.equal(hear('00100002ea\r\n'), ':01030410101011B7\r\n');
    assert.equal(hear(':010300100002EB\r\n'), '');
  });
});

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
        if (typeof truth === 'string' || each.type === 'bits' || each.name.startsWith('cfg_')) continue; // texts and labels
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
    assert.deepEqual(device.registers(3, 40_070, 2), [203, 105]); // model 203 has 105 registers (SunSpec models, model_203.json)
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

describe('modbus meter: read by modbus-serial', () => {
  let server: Server;
  const client = new ModbusRTU();
  before(async () => {
    const points: Point[] = [
      { name: 'voltage_l1', fc: 4, address: 0, type: 'float32', order: 'ABCD', scale: 1, unit: 'V', length: 2 },
      { name: 'import_total', fc: 4, address: 72, type: 'uint32', order: 'ABCD', scale: 0.01, unit: 'kWh', length: 2 },
    ];
    const meter = meterOf([ruleDevice(5), profileDevice({ unit: 6, points, clock: systemClock, seed: 2 })]);
    server = createServer((socket: Socket) => {
      socket.on('data', (bytes) => {
        for (const reply of meter.hear(bytes, performance.now()))
          void systemClock.sleep(reply.afterMs).then(() => socket.write(reply.bytes));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await client.connectTelnet('127.0.0.1', { port: (server.address() as AddressInfo).port });
    client.setTimeout(2000);
  });
  after((done) => client.close(() => server.close(done)));
  it('in all four tables, and written', async () => {
    client.setID(5);
    assert.deepEqual((await client.readHoldingRegisters(100, 3)).data, [0x5064, 0x5065, 0x5066]);
    assert.deepEqual((await client.readInputRegisters(0, 2)).data, [0xf000, 0xf001]);
    assert.deepEqual((await client.readCoils(0, 8)).data, [true, false, false, true, false, false, true, false]);
    assert.deepEqual((await client.readDiscreteInputs(0, 8)).data, [
      false,
      true,
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
    await client.writeRegister(7, 99);
    await client.writeRegisters(8, [1, 2]);
    await client.writeCoil(1, true);
    await client.writeCoils(2, [true, true]);
    assert.deepEqual((await client.readHoldingRegisters(7, 4)).data, [99, 1, 2, 0x500a]);
    assert.deepEqual((await client.readCoils(0, 5)).data.slice(0, 5), [true, true, true, true, false]);
    await assert.rejects(client.readHoldingRegisters(0xffff, 2), /Illegal data address/i);
  });
  it('with plausible values of a profile', async () => {
    client.setID(6);
    const volts = (await client.readInputRegisters(0, 2)).buffer.readFloatBE(0);
    assert.ok(volts > 223 && volts < 237, String(volts));
    const energy = (await client.readInputRegisters(72, 2)).buffer.readUInt32BE(0) * 0.01;
    assert.ok(energy > 1000 && energy < 400_000, String(energy));
    await assert.rejects(client.readInputRegisters(2, 2), /Illegal data address/i);
  });
});
