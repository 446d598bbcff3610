// The platform's connection against Mosquitto, a foreign broker: MQTT 3.1.1 and 5, login, ACL, TLS with client
// certificate, websockets, two under one client id, restart in the middle.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker } from '../../src/core/transport/mqtt/broker';
import { testConnection } from '../../src/core/transport/mqtt/connection-test';
import { systemClock, type Clock } from '../../src/core/transport/lane/clock';
import type { BrokerOptions } from '../../src/core/transport/mqtt/connect-options';
import type { LinkState } from '../../src/core/transport/mqtt/mqtt-link';
import { ReadError } from '../../src/core/wire/errors';
import { certificate } from '../support/broker';
import { PATIENCE_MS } from '../support/patience';
import { needs } from '../support/tier';
import { said } from '../support/said';

const fast: Clock = {
  now: () => systemClock.now() * 10,
  date: () => systemClock.date(),
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
};
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const fails =
  (code: string, pattern = /./) =>
  (e: unknown) => {
    assert.ok(e instanceof ReadError, String(e));
    assert.equal(e.code, code, said(e));
    assert.match(said(e), pattern);
    return true;
  };

describe('mosquitto', () => {
  let folder = '';
  let program = '';
  let mosquitto: ChildProcess | undefined;
  let ports: { plain: number; secure: number; web: number; secureWeb: number; open: number } = {
    plain: 0,
    secure: 0,
    web: 0,
    secureWeb: 0,
    open: 0,
  };
  const closing: Broker[] = [];

  before(async function () {
    program = needs(this, 'mosquitto');
    const passwords = needs(this, 'mosquitto_passwd');
    folder = mkdtempSync(join(tmpdir(), 'mtx-mosquitto-'));
    chmodSync(folder, 0o755);
    const [plain = 0, secure = 0, web = 0, secureWeb = 0, open = 0] = await Promise.all(
      Array.from({ length: 5 }, freePort),
    );
    ports = { plain, secure, web, secureWeb, open };
    for (const name of ['ca.pem', 'server.pem', 'server.key'])
      writeFileSync(join(folder, name), certificate(name), { mode: 0o644 });
    writeFileSync(join(folder, 'acl'), 'user platform\ntopic readwrite #\n\nuser reader\ntopic read +/tx\n');
    writeFileSync(join(folder, 'passwords'), '');
    for (const [user, password] of [
      ['platform', 'right'],
      ['reader', 'right'],
    ] as const)
      execFileSync(passwords, ['-b', join(folder, 'passwords'), user, password]);
    chmodSync(join(folder, 'passwords'), 0o644);
    writeFileSync(join(folder, 'mosquitto.conf'), configuration(folder, ports));
    await start();
  });
  after(async () => {
    await stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((broker) => broker.close()));
  });

  const open = (url: string, options: Partial<BrokerOptions> = {}): Broker => {
    const broker = new Broker({ url, user: 'platform', password: 'right', ...options }, fast);
    closing.push(broker);
    return broker;
  };
  const plain = (): string => `mqtt://127.0.0.1:${ports.plain}`;
  const start = async (): Promise<void> => {
    mosquitto = spawn(program, ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' });
    await until(async () => (await testConnection({ url: `mqtt://127.0.0.1:${ports.open}` })).ok);
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const running = mosquitto;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await ended;
  };

  for (const protocolVersion of [4, 5] as const) {
    describe(protocolVersion === 5 ? 'MQTT 5' : 'MQTT 3.1.1', () => {
      it('carries messages both ways in QoS 0 and 1', async () => {
        const broker = open(plain(), { protocolVersion });
        const modem = open(plain(), { protocolVersion });
        const heard: string[] = [];
        await broker.subscribe('1/tx', (m) => heard.push(Buffer.from(m.payload).toString('hex')), '+/tx');
        await modem.subscribe('1/rx', (m) => void modem.publish('1/tx', m.payload, 1).catch(() => undefined));
        await Promise.all([state(broker, 'online'), state(modem, 'online')]);
        await broker.publish('1/rx', Uint8Array.of(0, 0xff, 0x7e), 0);
        await until(() => heard.length === 1);
        await broker.publish('1/rx', Uint8Array.of(), 1);
        await until(() => heard.length === 2);
        assert.deepEqual(heard, ['00ff7e', '']);
      });
      it('says what is wrong with a login', async () => {
        const broker = open(plain(), { protocolVersion, password: 'wrong' });
        await state(broker, 'offline');
        fails('BROKER_REFUSED', /wrong/)(broker.failure);
        const anonymous = await testConnection({ url: plain(), protocolVersion });
        fails('BROKER_REFUSED', /may not connect/)(anonymous.failure);
      });
      it('publishes hundreds of QoS 1 messages at once', async () => {
        const broker = open(plain(), { protocolVersion });
        let heard = 0;
        await broker.observe('+/rx', () => heard++);
        await state(broker, 'online');
        await Promise.all(Array.from({ length: 500 }, (_, i) => broker.publish(`${i}/rx`, bytes('x'), 1)));
        await until(() => heard === 500);
        assert.equal(broker.state, 'online');
      });
      it('asks for thousands of topics and gives them back', async () => {
        const broker = open(plain(), { protocolVersion });
        await state(broker, 'online');
        let heard = 0;
        const stops = await Promise.all(
          Array.from({ length: 3000 }, (_, i) => broker.subscribe(`${i}/tx`, () => heard++)),
        );
        await broker.publish('2999/tx', bytes('x'), 1);
        await until(() => heard === 1);
        for (const stop of stops) stop();
        await broker.observe('sync', () => undefined); // in line behind what is given back
        const before = broker.counters.received;
        await until(async () => {
          const now = broker.counters.received;
          await broker.publish('0/tx', bytes('x'), 1);
          await systemClock.sleep(20);
          return broker.counters.received === now;
        });
        assert.ok(broker.counters.received >= before);
        assert.equal(heard, 1);
      });
      it('moves from exact topics to a wildcard and back without loss or doubles', async () => {
        const broker = open(plain(), { protocolVersion });
        const modem = open(plain(), { protocolVersion });
        const heard: number[] = [];
        await broker.subscribe('1/tx', (m) => void heard.push(Number(Buffer.from(m.payload).toString())));
        await Promise.all([state(broker, 'online'), state(modem, 'online')]);
        let sent = 0;
        let isOver = false;
        const publishing = (async () => {
          while (!isOver) await modem.publish('1/tx', bytes(String(sent++)), 1);
        })();
        for (let round = 0; round < 10; round++) {
          const stop = await broker.observe('+/tx', () => undefined);
          await systemClock.sleep(10);
          stop();
          await systemClock.sleep(10);
        }
        isOver = true;
        await publishing;
        await until(() => heard.at(-1) === sent - 1);
        assert.deepEqual(
          [...new Set(heard)],
          Array.from({ length: sent }, (_, i) => i),
          'lost or out of order',
        );
        assert.equal(heard.length, sent, 'doubled');
      });
      it('notices two under one client id', async () => {
        const pair = [
          open(plain(), { protocolVersion, clientId: `twin-${protocolVersion}` }),
          open(plain(), { protocolVersion, clientId: `twin-${protocolVersion}` }),
        ];
        await until(() => pair.some((broker) => broker.failure?.code === 'BROKER_REFUSED'));
        fails(
          'BROKER_REFUSED',
          /same client id/,
        )(pair.find((broker) => broker.failure?.code === 'BROKER_REFUSED')?.failure);
      });
    });
  }

  it('says in MQTT 5 that a message or a topic is not allowed', async () => {
    const broker = open(plain(), { protocolVersion: 5, user: 'reader' });
    await broker.subscribe('1/tx', () => undefined);
    await state(broker, 'online');
    await assert.rejects(broker.publish('1/rx', bytes('x'), 1), fails('PUBLISH_FAILED', /"1\/rx".*0x87.*ACL/));
  });

  it('connects over TLS with a client certificate, and says when it is missing', async () => {
    const url = `mqtts://localhost:${ports.secure}`;
    const ca = certificate('ca.pem');
    const broker = open(url, { tls: { ca, cert: certificate('client.pem'), key: certificate('client.key') } });
    await state(broker, 'online');
    await broker.publish('1/rx', bytes('x'), 1);
    fails('BROKER_CERTIFICATE', /client certificate/)((await testConnection({ url, tls: { ca } })).failure);
    fails('BROKER_CERTIFICATE', /authority that is not known/)((await testConnection({ url })).failure);
    fails(
      'BROKER_CERTIFICATE',
      /without TLS/,
    )((await testConnection({ url: `mqtts://localhost:${ports.plain}` })).failure);
    fails('BROKER_UNREACHABLE', /TLS/)((await testConnection({ url: `mqtt://localhost:${ports.secure}` })).failure);
  });

  it('connects over websockets', async () => {
    const broker = open(`ws://127.0.0.1:${ports.web}/mqtt`);
    const heard: string[] = [];
    await broker.subscribe('1/tx', (m) => heard.push(Buffer.from(m.payload).toString()));
    await state(broker, 'online');
    await broker.publish('1/tx', bytes('over the web'), 1);
    await until(() => heard.length === 1);
    assert.deepEqual(heard, ['over the web']);
  });

  it('connects over websockets with TLS', async () => {
    const url = `wss://localhost:${ports.secureWeb}/`;
    const broker = open(url, { tls: { ca: certificate('ca.pem') } });
    await state(broker, 'online');
    await broker.publish('1/tx', bytes('x'), 1);
    fails('BROKER_CERTIFICATE', /authority that is not known/)((await testConnection({ url })).failure);
    fails(
      'BROKER_CERTIFICATE',
      /without TLS/,
    )((await testConnection({ url: `wss://localhost:${ports.web}/` })).failure);
    fails('BROKER_UNREACHABLE')((await testConnection({ url: `ws://localhost:${ports.secureWeb}/` })).failure);
  });

  it('comes back after the broker was restarted, sends nothing old, and hears again', async () => {
    const broker = open(plain());
    const modem = open(plain());
    const heard: string[] = [];
    await broker.subscribe('1/tx', (m) => heard.push(Buffer.from(m.payload).toString()), '+/tx');
    const arrived: string[] = [];
    await modem.subscribe('1/rx', (m) => arrived.push(Buffer.from(m.payload).toString()));
    await Promise.all([state(broker, 'online'), state(modem, 'online')]);
    let isOver = false;
    let refused = 0;
    const confirmed: string[] = [];
    const publishing = (async () => {
      for (let i = 0; !isOver; i++) {
        await broker.publish('1/rx', bytes(String(i)), 1).then(
          () => confirmed.push(String(i)),
          (e: unknown) => fails('BROKER_OFFLINE')(e) && refused++,
        );
        if (refused > 0) await systemClock.sleep(2);
      }
    })();
    await systemClock.sleep(100);
    await stop('SIGKILL');
    await until(() => broker.state === 'offline' && refused > 3);
    isOver = true;
    await publishing;
    arrived.length = 0;
    await start();
    await Promise.all([state(broker, 'online'), state(modem, 'online')]);
    await broker.publish('1/rx', bytes('fresh'), 1);
    await modem.publish('1/tx', bytes('answer'), 1);
    await until(() => heard.length === 1 && arrived.length === 1);
    await systemClock.sleep(50);
    assert.deepEqual([heard, arrived], [['answer'], ['fresh']]);
    assert.ok(confirmed.length > 0);
  });
});

function configuration(
  folder: string,
  ports: { plain: number; secure: number; web: number; secureWeb: number; open: number },
): string {
  return `per_listener_settings true
listener ${ports.plain} 127.0.0.1
password_file ${folder}/passwords
acl_file ${folder}/acl
listener ${ports.secure} 127.0.0.1
allow_anonymous true
cafile ${folder}/ca.pem
certfile ${folder}/server.pem
keyfile ${folder}/server.key
require_certificate true
listener ${ports.web} 127.0.0.1
protocol websockets
allow_anonymous true
listener ${ports.secureWeb} 127.0.0.1
protocol websockets
allow_anonymous true
certfile ${folder}/server.pem
keyfile ${folder}/server.key
listener ${ports.open} 127.0.0.1
allow_anonymous true
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function state(broker: Broker, wanted: LinkState): Promise<void> {
  return until(
    () => broker.state === wanted,
    () => `state is ${broker.state}: ${said(broker.failure)}`,
  );
}

async function until(
  isTrue: () => boolean | Promise<boolean>,
  explain: () => string = () => 'it never happened',
): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isTrue())) {
    if (Date.now() > end) assert.fail(explain());
    await systemClock.sleep(3);
  }
}
