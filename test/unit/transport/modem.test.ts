import assert from 'node:assert/strict';
import { Broker } from '../../../src/core/transport/mqtt/broker';
import { systemClock } from '../../../src/core/transport/lane/clock';
import { Registry } from '../../../src/core/transport/modem/registry';
import type { ModemProfile } from '../../../src/core/transport/modem/modem-profile';
import type { ReadError } from '../../../src/core/wire/errors';
import { startBroker, type TestBroker } from '../../support/broker';
import { ask } from '../../support/lane-world';

const IMEI = '353234028103206';
const PROFILE: ModemProfile = {
  topics: { rx: '[IMEI]/rx', tx: '[IMEI]/tx', at: '[IMEI]/AT', atr: '[IMEI]/ATR', status: '[IMEI]/dns', broadcast: '' },
  qos: 0,
  latencyMs: 300,
  queueLimit: 10,
  attempts: 1,
  line: { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
  port: 0,
  isCrAppended: false,
  isFleet: false,
};

describe('modem over a broker', () => {
  let server: TestBroker;
  let isAllowed = false;
  let broker: Broker;
  let registry: Registry;
  beforeEach(async () => {
    isAllowed = false;
    server = await startBroker({
      authorizeSubscribe: (_client, subscription, done) =>
        done(null, isAllowed || !subscription.topic.endsWith('/tx') ? subscription : null),
    });
    broker = new Broker({ url: `mqtt://127.0.0.1:${server.port}` });
    registry = new Registry({ link: broker, clock: systemClock, random: () => 0.5 });
  });
  afterEach(async () => {
    await registry.close();
    await broker.close();
    await server.close();
  });

  const read = (): Promise<string> => {
    const modem = registry.acquire(IMEI, PROFILE);
    return modem.ports[0].run({ label: 'x', attempts: 1, queueMs: 5_000, start: () => ask('hello', 100) }).then(
      ({ value }) => value,
      (e: ReadError) => e.code,
    );
  };

  it('tells a refused topic instead of silence, and asks again with the next connection', async () => {
    assert.equal(await read(), 'SUBSCRIBE_REFUSED');
    await systemClock.sleep(300);
    const asked = server.published.length;
    assert.equal(asked, 0, 'nothing is sent where no answer can be heard');
    isAllowed = true;
    server.cut();
    await systemClock.sleep(200);
    server.aedes.on('publish', (packet, client) => {
      if (client && packet.topic === `${IMEI}/rx`)
        server.aedes.publish(
          { topic: `${IMEI}/tx`, payload: Buffer.from('answer'), cmd: 'publish', qos: 0, dup: false, retain: false },
          () => undefined,
        );
    });
    for (let tries = 0; tries < 600 && broker.state !== 'online'; tries++) await systemClock.sleep(100);
    await systemClock.sleep(200);
    assert.equal(await read(), 'answer');
  });

  it('hears no stored, empty or oversized message as an answer, and counts them', async () => {
    isAllowed = true;
    const modem = registry.acquire(IMEI, PROFILE);
    for (let tries = 0; tries < 600 && !server.subscribed.includes(`${IMEI}/tx`); tries++) await systemClock.sleep(50);
    const say = (payload: Buffer, retain = false): Promise<void> =>
      new Promise((resolve) =>
        server.aedes.publish({ topic: `${IMEI}/tx`, payload, cmd: 'publish', qos: 0, dup: false, retain }, () =>
          resolve(),
        ),
      );
    await say(Buffer.alloc(0));
    await say(Buffer.alloc(1_000_000, 0x55));
    await say(Buffer.from('unasked'));
    await systemClock.sleep(300);
    assert.deepEqual(modem.diagnostics.refused, { retained: 0, duplicate: 0, empty: 1, oversize: 1 });
    assert.equal(modem.diagnostics.unasked, 7);
    assert.equal(modem.diagnostics.received, 3);
  });
});
