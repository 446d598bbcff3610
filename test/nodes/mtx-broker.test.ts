import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { nodeRedFolder } from '../../scripts/node-red';
import { certificate } from '../support/broker';
import { helper, paletteNodes, startBroker, until, type TestBroker } from '../support/palette';
import type { BrokerNode } from '../../nodes/shared/palette';

const CERTS = join(__dirname, '..', 'support', 'certs');
const BROKER = 'b000000000000001';
const TLS = 'c000000000000009';

interface SuperTest {
  post(path: string): SuperTest;
  type(name: string): SuperTest;
  set(name: string, value: string): SuperTest;
  send(body: unknown): Promise<{ body: { error: { message: string } } }>;
}

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
      process.env['MTX_TEST_URL'] = `mqtt://127.0.0.1:${broker.port}`;
      process.env['MTX_OTHER_URL'] = `mqtt://127.0.0.1:${broker.port}`;
      try {
        await load({ url: '${MTX_TEST_URL}' });
        assert.equal((await post('test', { id: BROKER, url: '${MTX_TEST_URL}' })).ok, true);
        // what the deployed node does not name is not read out of the environment
        for (const body of [{ url: '${MTX_TEST_URL}' }, { id: BROKER, url: '${MTX_OTHER_URL}' }])
          assert.match((await post('test', body)).error?.message ?? '', /deploy first/);
      } finally {
        delete process.env['MTX_TEST_URL'];
        delete process.env['MTX_OTHER_URL'];
      }
    });

    it('sends a stored password to the stored address only, and only for a broker node', async () => {
      const logins: [string, string][] = [];
      broker = await startBroker({
        authenticate: (_client, user, password, done) => {
          logins.push([String(user), String(password)]);
          done(null, true);
        },
      });
      const url = `mqtt://127.0.0.1:${broker.port}`;
      await load({ url: 'mqtt://127.0.0.1:1' }, { user: 'reader', password: 'geheim' });
      const kept = { user: 'reader', password: '__PWRD__' };
      for (const id of [BROKER, 'another', undefined]) {
        const { error } = await post('test', { id, url, ...kept });
        assert.equal(error?.code, 'CONFIG_INVALID', String(id));
        assert.match(error.message, /type the password again/);
        await post('test', { id, url });
      }
      assert.ok(!JSON.stringify(logins).includes('geheim'), JSON.stringify(logins));
      assert.equal((await post('test', { id: BROKER, url, user: 'reader', password: 'typed' })).ok, true);
      assert.deepEqual(logins.at(-1), ['reader', 'typed']);
      await helper.unload();
      await load({ url }, { user: 'reader', password: 'geheim' });
      assert.equal((await post('test', { id: BROKER, url, ...kept })).ok, true);
      assert.deepEqual(logins.at(-1), ['reader', 'geheim']);
    });

    it('does not tell which ports of other hosts are open', async () => {
      await load({ url: 'mqtt://127.0.0.1:1' });
      const silent = createServer((socket) => socket.on('error', () => undefined).end('no MQTT here'));
      const port = await new Promise<number>((resolve) =>
        silent.listen(0, '127.0.0.1', () => resolve((silent.address() as AddressInfo).port)),
      );
      try {
        const messages = [];
        for (const url of [`mqtt://127.0.0.1:${port}`, 'mqtt://127.0.0.1:2'])
          messages.push((await post('test', { id: BROKER, url })).error?.message);
        assert.equal(messages[0], messages[1]);
        const own = (await post('test', { id: BROKER, url: 'mqtt://127.0.0.1:1' })).error?.message;
        assert.notEqual(own, messages[0]); // the node's own address is told in full
      } finally {
        silent.close();
      }
    });

    it('connects the deployed broker at once, however long it would have waited', async () => {
      broker = await startBroker();
      const { port } = broker;
      await broker.close();
      const node = await load({ url: `mqtt://127.0.0.1:${port}` });
      await until(() => node.broker.failure !== undefined);
      assert.equal((await post('connect', { id: BROKER })).error?.code, 'BROKER_UNREACHABLE');
      broker = await startBroker({}, undefined, port);
      assert.equal((await post('connect', { id: BROKER })).error, undefined);
      assert.equal(node.broker.state, 'online');
      assert.equal((await post('connect', { id: BROKER })).error, undefined); // it is there already
      for (const id of ['another', undefined])
        assert.match((await post('connect', { id })).error?.message ?? '', /deploy the broker first/);
    });

    it('tells a TLS configuration that is not deployed, and topics that name no modem', async () => {
      await load({ url: 'mqtt://127.0.0.1:1' });
      const lost = await post('test', { url: 'mqtts://127.0.0.1:1', tls: 'c00000000000dead' });
      assert.match(lost.error?.message ?? '', /TLS configuration is not deployed/);
      const shared = { url: 'mqtt://127.0.0.1:1', statusTopic: 'DNS', atrTopic: 'ATR', txTopic: 'tx' };
      assert.match((await post('scan', shared)).error?.message ?? '', /no topic contains \[IMEI\]/);
    });

    it('takes JSON of its own origin only', async () => {
      await load({ url: 'mqtt://127.0.0.1:1' });
      const request = (): SuperTest => (helper as unknown as { request(): SuperTest }).request();
      const form = await request().post('/mtx/broker/test').type('form').send('url=mqtt://127.0.0.1:1');
      assert.match(form.body.error.message, /has to be JSON/);
      const foreign = await request().post('/mtx/broker/test').set('Origin', 'http://evil.example').send({});
      assert.match(foreign.body.error.message, /another site/);
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
