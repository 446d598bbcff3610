// The public API without Node-RED: a DLMS meter behind the text sign-on of IEC 62056-21, mode E.
import assert from 'node:assert/strict';
import { Platform } from '../../src/index';
import { systemClock } from '../../src/core/transport/lane/clock';
import { dlmsMeter } from '../../src/simulator/meters/dlms/meter';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { AK, EK, METER_TITLE } from '../support/dlms-bench';
import { ModeEMeter } from '../support/mode-e-meter';
import { IMEI, startBroker, startModem, type TestBroker } from '../support/palette';

describe('DLMS after mode E by the public API', () => {
  let broker: TestBroker;
  let modem: ModemCore;
  beforeEach(async () => {
    broker = await startBroker();
    const inner = dlmsMeter({
      transport: 'hdlc',
      clients: [{ client: 16, mechanism: 0, policy: 0 }],
      demo: { deviceName: 'GRX1', client: 16, clockMs: 0, deviation: 0 },
      hdlc: { limits: { maxInfoTransmit: 128, maxInfoReceive: 128, windowTransmit: 1, windowReceive: 1 } },
      security: {
        suite: 0,
        title: METER_TITLE,
        encryptionKey: EK,
        authenticationKey: AK,
        lowestCounter: 0,
        nextCounter: () => 1,
      },
    });
    const opening = { baud: 9600, dataBits: 7, parity: 'even', stopBits: 1 } as const;
    const meter = new ModeEMeter(inner, opening, '5', () => systemClock.now());
    modem = await startModem(broker, { meters: [meter] });
  });
  afterEach(async () => {
    modem.stop();
    await broker.close();
  });

  it('signs on, opens HDLC and reads with unit', async () => {
    const platform = new Platform({ url: `mqtt://127.0.0.1:${broker.port}` });
    try {
      const report = await platform.modem(IMEI, { baudrate: 9600, parity: 'none' }).read({
        protocol: 'dlms',
        interface: 'mode-e',
        baud: 'fixed',
        client: 16,
        server: 1,
        items: ['1-0:1.8.0*255'],
      });
      assert.deepEqual(
        report.readings.map(({ id, value, unit }) => [id, value, unit]),
        [['1-0:1.8.0*255', 1_043_677, 'Wh']],
      );
      assert.equal(report.identity?.['manufacturer'], 'GRX');
    } finally {
      await platform.close();
    }
  });
});
