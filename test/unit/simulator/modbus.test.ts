// The simulated Modbus meter against answers of foreign servers, and read by a foreign client.
import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import ModbusRTU from 'modbus-serial';
import { fromHex, fromLatin1, toHex } from '../../../src/core/wire/bytes';
import { systemClock } from '../../../src/core/transport/lane/clock';
import { profileDevice, ruleDevice, type Point } from '../../../src/simulator';
import { meterOf, withCrc, asked, vectors } from './modbus-support';

describe('modbus meter: as foreign servers answer', () => {
  // The rule device has the same registers as the server that the vectors were taken from: unit 17 reads 40 at most,
  // unit 2 ends its holes at 11.
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
