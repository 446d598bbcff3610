// The DLMS meter that people see first: its clock runs and tells its deviation truly, and its counters begin as a fresh
// key's do.
import assert from 'node:assert/strict';
import { readDlms } from '../../../src/core/dlms/read';
import { obisOctets } from '../../../src/core/meter/obis';
import { fromHex } from '../../../src/core/wire/bytes';
import type { Readout } from '../../../src/core/meter/reading';
import { VirtualClock } from '../../../src/simulator/ground/virtual-clock';
import { DEMO_AUTHENTICATION_KEY, DEMO_ENCRYPTION_KEY, demoDlmsMeter } from '../../../src/simulator/meters/dlms/demo';
import { LINE, World } from '../../support/dlms-driver';

const START = Date.UTC(2026, 6, 1, 10, 0);
const base = { interface: 'hdlc', server: 1, physical: 0, addressBytes: 1, referencing: 'LN', suite: 0 } as const;
const item = (obis: string, classId: number) => ({ obis: obisOctets(obis), classId, attribute: 2 });

describe('the DLMS meter of the demonstration', () => {
  const clock = new VirtualClock(START);
  const meter = demoDlmsMeter({ clock, line: LINE, serial: '12345678', password: '', isSecured: true });
  const world = new World(meter);
  const read = (obis: string, classId: number): Readout =>
    world.run(
      readDlms(
        {
          ...base,
          client: 16,
          authentication: 'none',
          security: 'none',
          credentials: {},
          request: { kind: 'attributes', items: [item(obis, classId)] },
        },
        world.memory,
      ),
    );
  const clockMs = (): number => Date.parse(String(read('0-0:1.0.0', 8).readings[0]?.value));

  it('shows the moment it is, by its own deviation, and goes on', async () => {
    assert.equal(clockMs(), START);
    await clock.advance(90_000);
    assert.equal(clockMs(), START + 90_000);
  });
  it('takes a client that begins with the first value of a fresh key', () => {
    assert.equal(read('0-0:43.1.0', 1).readings[0]?.value, 0);
    const secured = world.run(
      readDlms(
        {
          ...base,
          client: 2,
          authentication: 'gmac',
          security: 'auth+encrypt',
          clientTitle: fromHex('4D4D4D0000BC614E'),
          credentials: {
            encryptionKey: fromHex(DEMO_ENCRYPTION_KEY),
            authenticationKey: fromHex(DEMO_AUTHENTICATION_KEY),
          },
          request: { kind: 'attributes', items: [item('1-0:1.8.0', 3)] },
        },
        world.memory,
      ),
    );
    assert.equal(secured.readings[0]?.value, 1_043_677);
    assert.ok(Number(read('0-0:43.1.0', 1).readings[0]?.value) < 10);
  });
});
