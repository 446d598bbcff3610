// The modem dialog's test in a real Node-RED: what its topics carried that was no answer is told as well.
import assert from 'node:assert/strict';
import { connectAsync } from 'mqtt';
import { wordsIn } from '../../src/words/index';
import { helper, paletteNodes, startBroker, until, type TestBroker } from '../support/palette';
import type { BrokerNode } from '../../nodes/shared/palette';

const IMEI = '353234028103206';
const [BROKER, MODEM] = ['b000000000000001', 'c000000000000001'];

interface Answer {
  readonly ok: boolean;
  readonly diagnostics: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** What the dialog's button does. */
function test(form: object): Promise<{ readonly body: Answer }> {
  type Request = { post(path: string): { send(body: object): Promise<{ readonly body: Answer }> } };
  return (helper as unknown as { request(): Request }).request().post('/mtx/modem/test').send(form);
}

/** The English words of a reason, somewhere in a sentence. */
const words = (reason: string): RegExp =>
  new RegExp(
    (wordsIn('en')(`reason.${reason}.says`, {}) ?? assert.fail(reason)).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );

describe('mtx-modem in Node-RED', () => {
  let broker: TestBroker;
  before(() => helper.startServer());
  after(() => helper.stopServer());
  beforeEach(async () => void (broker = await startBroker()));
  afterEach(async () => {
    await helper.unload();
    await broker.close();
  });

  it('is missing its broker: the node and its test say so', async () => {
    await helper.load(paletteNodes(), [{ id: MODEM, type: 'mtx-modem', broker: '', imei: IMEI }] as never);
    const node = helper.getNode(MODEM) as unknown as { failure: { reason: string } };
    assert.equal(node.failure.reason, 'modem.noBroker');
    const { body } = await test({ id: MODEM, broker: BROKER, imei: IMEI });
    assert.match(body.error?.message ?? '', words('modem.deployBroker'));
  });

  it('tells empty and huge messages, and bytes that nobody asked for', async () => {
    await helper.load(paletteNodes(), [
      { id: BROKER, type: 'mtx-broker', url: `mqtt://127.0.0.1:${broker.port}` },
      { id: MODEM, type: 'mtx-modem', broker: BROKER, imei: IMEI },
    ] as never);
    const node = helper.getNode(BROKER) as unknown as BrokerNode;
    await until(() => node.broker.state === 'online');
    const modem = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    try {
      await modem.subscribeAsync(`${IMEI}/AT`);
      modem.on('message', (_topic, payload) =>
        modem.publish(`${IMEI}/ATR`, `${payload.toString()}\r\n+CSQ: 18,99\r\nOK`),
      );
      for (const payload of ['', Buffer.alloc(1_048_576, 0x7e), 'push'])
        await modem.publishAsync(`${IMEI}/tx`, payload, { qos: 1 });
      const { body } = await test({ id: MODEM, broker: BROKER, imei: IMEI });
      assert.equal(body.ok, true);
      assert.deepEqual(body.diagnostics['refused'], { retained: 0, duplicate: 0, empty: 1, oversize: 1 });
      assert.deepEqual([body.diagnostics['unasked'], body.diagnostics['unknown']], [4, 0]);
    } finally {
      await modem.endAsync(true);
    }
  });
});
