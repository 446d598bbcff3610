import assert from 'node:assert/strict';
import { join } from 'node:path';
import { nodeRedFolder } from '../../scripts/node-red';
import { certificate } from '../support/broker';
import { helper, paletteNodes, startBroker, until, type TestBroker } from '../support/palette';
import type { BrokerNode } from '../../nodes/shared/palette';

const CERTS = join(__dirname, '..', 'support', 'certs');
const BROKER = 'b000000000000001';
const TLS = 'c000000000000009';

describe('mtx-broker in Node-RED', () => {
  let broker: TestBroker | undefined;
  afterEach(async () => {
    await helper.unload();
    await broker?.close();
    broker = undefined;
  });

  const load = async (node: Record<string, unknown>, credentials: Record<string, string> = {}): Promise<BrokerNode> => {
    const tls: unknown = require(
      require.resolve('@node-red/nodes/core/network/05-tls.js', { paths: [nodeRedFolder()] }),
    );
    const set = [...(paletteNodes() as unknown as unknown[]), tls] as unknown as Parameters<typeof helper.load>[0];
    const config = {
      id: TLS,
      type: 'tls-config',
      ca: join(CERTS, 'ca.pem'),
      cert: join(CERTS, 'client.pem'),
      key: join(CERTS, 'client.key'),
      servername: '',
      verifyservercert: true,
    };
    await helper.load(
      set,
      [config, { id: BROKER, type: 'mtx-broker', ...node }] as never,
      { [BROKER]: credentials } as never,
    );
    return helper.getNode(BROKER) as unknown as BrokerNode;
  };
  const secure = {
    cert: certificate('server.pem'),
    key: certificate('server.key'),
    ca: certificate('ca.pem'),
    requestCert: true,
    rejectUnauthorized: true,
  };

  it("uses Node-RED's own TLS configuration: CA, client certificate, verification", async () => {
    broker = await startBroker({}, secure);
    const node = await load({ url: `mqtts://localhost:${broker.port}`, tls: TLS });
    await until(() => node.broker.state === 'online');
  });

  it('does not talk to a server whose certificate it cannot verify', async () => {
    broker = await startBroker({}, secure);
    const node = await load({ url: `mqtts://localhost:${broker.port}`, tls: '' });
    await until(() => node.broker.failure !== undefined);
    assert.equal(node.broker.failure?.code, 'BROKER_CERTIFICATE');
    assert.notEqual(node.broker.state, 'online');
  });

  it('logs in by its credentials, and tells a refusal without them', async () => {
    broker = await startBroker({
      authenticate: (_client, user, password, done) => done(null, user === 'reader' && String(password) === 'geheim'),
    });
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const right = await load({ url }, { user: 'reader', password: 'geheim' });
    await until(() => right.broker.state === 'online');
    await helper.unload();
    const wrong = await load({ url }, { user: 'reader', password: 'falsch' });
    await until(() => wrong.broker.failure !== undefined);
    assert.equal(wrong.broker.failure?.code, 'BROKER_REFUSED');
    assert.ok(!wrong.broker.failure.detail.includes('falsch'));
  });

  it('stays as a node that tells what is wrong with its settings', async () => {
    const node = await load({ url: 'http://nowhere' });
    assert.equal(node.failure?.code, 'CONFIG_INVALID');
  });

  describe('dialog', () => {
    const post = async (
      path: string,
      body: object,
    ): Promise<{ ok?: boolean; modems?: readonly unknown[]; error?: { code: string; message: string } }> =>
      (
        await (
          helper as unknown as { request(): { post(path: string): { send(body: object): Promise<{ body: object }> } } }
        )
          .request()
          .post(`/mtx/broker/${path}`)
          .send(body)
      ).body;
    before(() => helper.startServer());
    after(() => helper.stopServer());

    it('tests what the form will mean when it is deployed: ${NAME} is a setting', async () => {
      broker = await startBroker();
      await load({ url: 'http://nowhere' });
      process.env['MTX_TEST_URL'] = `mqtt://127.0.0.1:${broker.port}`;
      try {
        assert.equal((await post('test', { id: BROKER, url: '${MTX_TEST_URL}' })).ok, true);
        assert.equal((await post('test', { url: '${MTX_TEST_URL}' })).ok, true); // not deployed yet
      } finally {
        delete process.env['MTX_TEST_URL'];
      }
      assert.equal((await post('test', { id: BROKER, url: '${MTX_TEST_URL}' })).error?.code, 'CONFIG_INVALID');
    });

    it('does not take a refused topic for a broker without modems', async () => {
      let isAllowed = false;
      broker = await startBroker({
        authorizeSubscribe: (_client, subscription, done) => done(null, isAllowed ? subscription : null),
      });
      await load({ url: 'http://nowhere' });
      const scan = { url: `mqtt://127.0.0.1:${broker.port}`, seconds: 1 };
      assert.equal((await post('scan', scan)).error?.code, 'SUBSCRIBE_REFUSED');
      isAllowed = true;
      assert.deepEqual((await post('scan', scan)).modems, []);
    });
  });
});
