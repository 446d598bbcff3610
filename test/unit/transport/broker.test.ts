import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { backoffMs } from '../../../src/core/transport/mqtt/backoff';
import { Broker } from '../../../src/core/transport/mqtt/broker';
import { testConnection } from '../../../src/core/transport/mqtt/connection-test';
import { systemClock, type Clock } from '../../../src/core/transport/lane/clock';
import { connectRefused, disconnected, failureOf, type Phase } from '../../../src/core/transport/mqtt/connect-errors';
import { parseBrokerOptions, type BrokerOptions } from '../../../src/core/transport/mqtt/connect-options';
import type { LinkState, Message } from '../../../src/core/transport/mqtt/mqtt-link';
import { ReadError } from '../../../src/core/wire/errors';
import { certificate, startBroker, startServer, type TestBroker } from '../../support/broker';
import { PATIENCE_MS } from '../../support/patience';
import { said } from '../../support/said';

/** Waits shrink to a tenth, so back-off and time-outs fit into a test. */
const faster = (times: number): Clock => ({
  now: () => systemClock.now() * times,
  date: () => systemClock.date(),
  sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
});
const fast = faster(10);
/** For those where nothing but time-outs is to happen. */
const hasty = faster(40);
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const fails =
  (code: string, pattern = /./) =>
  (e: unknown) => {
    assert.ok(e instanceof ReadError, String(e));
    assert.equal(e.code, code, said(e));
    assert.match(said(e), pattern);
    return true;
  };

describe('broker connection', () => {
  const closing: (() => Promise<unknown>)[] = [];
  const open = (url: string, options: Partial<BrokerOptions> = {}, clock = fast): Broker => {
    const broker = new Broker({ url, ...options }, clock);
    closing.push(() => broker.close());
    return broker;
  };
  const aedes = async (...args: Parameters<typeof startBroker>): Promise<TestBroker> => {
    const broker = await startBroker(...args);
    closing.push(() => broker.close());
    return broker;
  };
  const server = async (...args: Parameters<typeof startServer>): Promise<string> => {
    const { port, stop } = await startServer(...args);
    closing.push(stop);
    return `127.0.0.1:${port}`;
  };
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('carries messages both ways, with their flags', async () => {
    const other = await aedes();
    const broker = open(`mqtt://127.0.0.1:${other.port}`);
    const heard: Message[] = [];
    await broker.subscribe('1/tx', (m) => heard.push(m), '+/tx');
    await broker.observe('+/dns', (m) => heard.push(m));
    await state(broker, 'online');
    // One after the other: aedes 1.2 loses a QoS 1 message that a QoS 0 message overtakes inside it.
    await say(other, '1/tx', Buffer.from([1, 0, 255]), 1);
    await say(other, '2/tx', Buffer.from([9]));
    await say(other, '2/dns', Buffer.alloc(0), 0, true);
    await until(() => broker.counters.received === 3);
    assert.deepEqual(
      heard.map((m) => [m.topic, [...m.payload], m.isRetained]),
      [
        ['1/tx', [1, 0, 255], false],
        ['2/dns', [], false],
      ],
    );
    assert.deepEqual(broker.counters, { received: 3, unknown: 1, bytes: 4, failures: 0 });
    await broker.publish('1/rx', bytes('\x00\xff'), 0);
    await broker.publish('1/rx', bytes('\x10'), 1);
    await until(() => other.published.length === 2);
    assert.deepEqual(other.published, ['1/rx 00ff', '1/rx 10']);
  });

  it('passes on that a message is a stored one, or a repeated one', async () => {
    const url = await server(
      mqttServer({
        onSubscribe: (socket) =>
          void socket.write(Buffer.from('310500017401023b070001740003'.slice(0, 14) + '3b0600017400037a', 'hex')),
      }),
    );
    const broker = open(`mqtt://${url}`);
    const heard: Message[] = [];
    await broker.subscribe('t', (m) => heard.push(m));
    await until(() => heard.length === 2);
    assert.deepEqual(
      heard.map((m) => [m.isRetained, m.isDuplicate]),
      [
        [true, false],
        [true, true],
      ],
    );
  });

  it('refuses topics that cannot be, before the wire', async () => {
    const other = await aedes();
    const broker = open(`mqtt://127.0.0.1:${other.port}`);
    await state(broker, 'online');
    for (const topic of ['', '+/rx', 'a/#', 'a\0', '\ud800x', 'x'.repeat(65_536)])
      await assert.rejects(broker.publish(topic, bytes('x'), 0), fails('CONFIG_INVALID'));
    await assert.rejects(
      broker.subscribe('a/+', () => undefined),
      fails('CONFIG_INVALID'),
    );
    await assert.rejects(
      broker.subscribe('a/b', () => undefined, 'x/+'),
      fails('CONFIG_INVALID', /does not cover/),
    );
    await assert.rejects(
      broker.observe('a#', () => undefined),
      fails('CONFIG_INVALID'),
    );
    assert.equal(broker.state, 'online');
  });

  describe('without a broker', () => {
    it('refuses to publish at once, and sends nothing of it later', async () => {
      const other = await aedes();
      await other.stop();
      const broker = open(`mqtt://127.0.0.1:${other.port}`);
      await assert.rejects(
        broker.publish('1/rx', bytes('a'), 1),
        fails('BROKER_OFFLINE', /no connection to the MQTT broker/),
      );
      await state(broker, 'offline');
      const started = Date.now();
      await assert.rejects(broker.publish('1/rx', bytes('b'), 0), fails('BROKER_OFFLINE', /refuses connections/));
      assert.ok(Date.now() - started < 50);
      const heard: string[] = [];
      await broker.subscribe('1/tx', (m) => heard.push(m.topic)); // resolves though offline
      await other.restart();
      await state(broker, 'online');
      assert.deepEqual(other.subscribed, ['1/tx']);
      await systemClock.sleep(50);
      assert.deepEqual(other.published, []);
    });

    it('rejects what the broker had not confirmed, and never sends it again', async () => {
      const first = await startServer(mqttServer({ isAcking: false }));
      const other = await aedes();
      await other.stop();
      // A broker that takes the message and dies before PUBACK; the next one listens at the same place.
      const proxied = new Broker({ url: `mqtt://127.0.0.1:${first.port}` }, fast);
      closing.push(() => proxied.close());
      await state(proxied, 'online');
      const pending = [proxied.publish('1/rx', bytes('stale'), 1), proxied.publish('1/rx', bytes('stale too'), 1)];
      const settled = Promise.allSettled(pending);
      await systemClock.sleep(30);
      await first.stop();
      for (const result of await settled) {
        assert.equal(result.status, 'rejected');
        fails('BROKER_OFFLINE')(result.reason);
      }
      const again = await startAt(first.port);
      await state(proxied, 'online');
      await proxied.publish('1/rx', bytes('fresh'), 1);
      await systemClock.sleep(50);
      assert.deepEqual(again.published, [`1/rx ${Buffer.from('fresh').toString('hex')}`]);
    });

    it('comes back with all its subscriptions before it says so', async () => {
      const other = await aedes();
      const broker = open(`mqtt://127.0.0.1:${other.port}`);
      const states: LinkState[] = [];
      let atOnline: string[] = [];
      broker.onState((s) => {
        states.push(s);
        if (s === 'online') atOnline = [...other.subscribed];
      });
      const heard: string[] = [];
      await broker.subscribe('1/tx', (m) => heard.push(Buffer.from(m.payload).toString()), '+/tx');
      await broker.subscribe('DNS', () => undefined);
      await state(broker, 'online');
      other.subscribed.length = 0;
      await other.stop();
      await state(broker, 'offline');
      fails('BROKER_UNREACHABLE', /closed the connection|dropped/)(broker.failure);
      await other.restart();
      await state(broker, 'online');
      assert.deepEqual(atOnline.sort(), ['+/tx', 'DNS']);
      assert.equal(broker.failure, undefined);
      assert.deepEqual(states.slice(0, 4), ['connecting', 'online', 'offline', 'connecting']);
      await say(other, '1/tx', Buffer.from('here'));
      await until(() => heard.length === 1);
      assert.deepEqual(heard, ['here']);
    });

    it('waits longer after each failure, up to a minute', () => {
      assert.deepEqual(
        [0, 1, 2, 5, 6, 1000].map((n) => backoffMs(n, () => 0)),
        [1000, 2000, 4000, 32_000, 60_000, 60_000],
      );
      assert.deepEqual(
        [0, 1, 1000].map((n) => backoffMs(n, () => 0.999999)),
        [1500, 3000, 60_000],
      );
    });
  });

  it('keeps to the number of unconfirmed messages that an MQTT 5 broker allows', async () => {
    let unconfirmed = 0;
    let most = 0;
    let taken = 0;
    const url = await server((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from('2006000003210002', 'hex')); // Receive Maximum 2
        socket.on('data', (chunk: Buffer) => {
          for (let at = 0; at < chunk.length; at += 2 + (chunk[at + 1] ?? 0)) {
            if (chunk[at] !== 0x32) continue;
            most = Math.max(most, ++unconfirmed);
            const topicBytes = chunk.readUInt16BE(at + 2);
            const id = chunk.subarray(at + 4 + topicBytes, at + 6 + topicBytes);
            void systemClock
              .sleep(2)
              .then(() => (unconfirmed--, taken++, socket.write(Buffer.concat([Buffer.from('4002', 'hex'), id]))));
          }
        });
      });
    });
    const broker = open(`mqtt://${url}`, { protocolVersion: 5 });
    await state(broker, 'online');
    await Promise.all(Array.from({ length: 11 }, (_, i) => broker.publish(`${i}/rx`, bytes('x'), 1)));
    assert.deepEqual([taken, most], [11, 2]);
    const dropped = Array.from({ length: 5 }, () =>
      assert.rejects(broker.publish('1/rx', bytes('x'), 1), fails('BROKER_OFFLINE')),
    );
    await broker.close();
    await Promise.all(dropped);
  });

  describe('that hangs', () => {
    it('gives up a QoS 1 message that is never confirmed', async () => {
      const broker = open(`mqtt://${await server(mqttServer({ isAcking: false }))}`, {}, hasty);
      await state(broker, 'online');
      await assert.rejects(broker.publish('1/rx', bytes('x'), 1), fails('PUBLISH_FAILED', /did not confirm/));
      assert.equal(broker.state, 'online');
    });
    it('drops a connection that takes no more bytes, so that they cannot leave later', async () => {
      const broker = open(`mqtt://${await server(mqttServer({ isReading: false }))}`, {}, hasty);
      await state(broker, 'online');
      const big = new Uint8Array(40_000_000);
      const results = await Promise.allSettled([
        broker.publish('1/rx', big, 0),
        broker.publish('1/rx', bytes('after'), 0),
      ]);
      for (const result of results)
        fails('BROKER_OFFLINE', /takes no more bytes/)(result.status === 'rejected' ? result.reason : undefined);
      await state(broker, 'offline');
    });
    it('drops a connection that does not answer SUBSCRIBE', async () => {
      const broker = open(`mqtt://${await server(mqttServer({ isGranting: false }))}`, {}, hasty);
      await broker.subscribe('1/tx', () => undefined);
      await state(broker, 'offline');
      fails('BROKER_UNREACHABLE', /did not answer SUBSCRIBE/)(broker.failure);
    });
  });

  describe('says why it is away:', () => {
    const reason = async (url: string, options: Partial<BrokerOptions> = {}, clock = fast): Promise<ReadError> => {
      const broker = open(url, options, clock);
      await state(broker, 'offline');
      return broker.failure ?? assert.fail('no failure');
    };
    const returning = (returnCode: number) => ({
      authenticate: (
        _c: unknown,
        _u: unknown,
        _p: unknown,
        done: (e: (Error & { returnCode: number }) | null, ok: boolean | null) => void,
      ) => done(Object.assign(new Error('no'), { returnCode }), null),
    });

    it('nobody listens', async () => {
      const { port, stop } = await startServer(() => undefined);
      await stop();
      fails('BROKER_UNREACHABLE', /refuses connections/)(await reason(`mqtt://127.0.0.1:${port}`));
      fails('BROKER_UNREACHABLE', /refuses connections/)(await reason(`ws://127.0.0.1:${port}/mqtt`));
      fails('BROKER_UNREACHABLE', /refuses connections/)(await reason(`mqtts://127.0.0.1:${port}`));
    });
    it('a server that says nothing', async () => {
      const url = await server(() => undefined);
      const [plain, secure, web] = await Promise.all([
        reason(`mqtt://${url}`, {}, hasty),
        reason(`mqtts://${url}`, {}, hasty),
        reason(`ws://${url}`, {}, hasty),
      ]);
      fails('BROKER_UNREACHABLE', /no MQTT broker answered within 15 s/)(plain);
      fails('BROKER_UNREACHABLE', /no TLS handshake/)(secure);
      fails('BROKER_UNREACHABLE', /did not answer within 15 s/)(web);
    });
    it('a server that closes', async () => {
      const url = await server((socket) => socket.once('data', () => socket.end()));
      fails('BROKER_UNREACHABLE', /without an answer/)(await reason(`mqtt://${url}`));
      fails('BROKER_CERTIFICATE', /during the TLS handshake/)(await reason(`mqtts://${url}`));
    });
    it('a server that speaks something else', async () => {
      fails(
        'BROKER_UNREACHABLE',
        /not in MQTT/,
      )(await reason(`mqtt://${await server((socket) => socket.write(Buffer.alloc(3000, 0xa5)))}`));
      fails(
        'BROKER_UNREACHABLE',
        /not in MQTT/,
      )(await reason(`mqtt://${await server((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'))}`));
      fails(
        'BROKER_UNREACHABLE',
        /web server/,
      )(await reason(`mqtt://${await server((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))}`));
      fails(
        'BROKER_UNREACHABLE',
        /HTTP 404/,
      )(
        await reason(
          `ws://${await server((socket) => socket.write('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'))}/x`,
        ),
      );
      fails(
        'BROKER_UNREACHABLE',
        /./,
      )(
        await reason(
          `mqtt://${await server((socket) => socket.write(Buffer.from('20020000ffffffffffffffff', 'hex')))}`,
        ),
      );
    });
    it('TLS on a plain port, and the other way round', async () => {
      const plain = await aedes();
      fails('BROKER_CERTIFICATE', /without TLS/)(await reason(`mqtts://127.0.0.1:${plain.port}`));
      fails(
        'BROKER_CERTIFICATE',
        /without TLS/,
      )(
        await reason(
          `mqtts://${await server((socket) => socket.write('220 mail ready, nothing else to say here\r\n'))}`,
        ),
      );
      const secure = await aedes({}, tls('server.pem'));
      fails('BROKER_UNREACHABLE', /TLS/)(await reason(`mqtt://127.0.0.1:${secure.port}`));
    });
    it('wrong login, not authorised, client id, not available, MQTT version', async () => {
      for (const [code, pattern] of [
        [4, /wrong user name or password/],
        [5, /may not connect/],
        [2, /client id "meter-7"/],
        [3, /not available now/],
      ] as const) {
        const other = await aedes(returning(code) as never);
        const failure = await reason(`mqtt://127.0.0.1:${other.port}`, {
          clientId: 'meter-7',
          user: 'u',
          password: 'secret',
        });
        fails('BROKER_REFUSED', pattern)(failure);
        assert.ok(!said(failure).includes('secret'));
      }
      const old = await aedes();
      fails(
        'BROKER_REFUSED',
        /does not speak MQTT 5; choose version 3\.1\.1/,
      )(await reason(`mqtt://127.0.0.1:${old.port}`, { protocolVersion: 5 }));
    });
    it('certificates', async () => {
      const ca = { ca: certificate('ca.pem') };
      for (const [name, trust, pattern] of [
        ['self-signed.pem', {}, /self-signed/],
        ['server.pem', {}, /authority that is not known/],
        ['expired.pem', ca, /expired/],
        ['wrong-name.pem', ca, /another name \(.*other\.example/],
      ] as const) {
        const other = await aedes({}, tls(name));
        fails('BROKER_CERTIFICATE', pattern)(await reason(`mqtts://127.0.0.1:${other.port}`, { tls: trust }));
      }
      const demanding = await aedes(
        {},
        { ...tls('server.pem'), requestCert: true, rejectUnauthorized: true, ca: certificate('ca.pem') },
      );
      fails(
        'BROKER_CERTIFICATE',
        /client certificate/,
      )(await reason(`mqtts://127.0.0.1:${demanding.port}`, { tls: ca }));
      fails(
        'BROKER_CERTIFICATE',
        /PEM/,
      )(await reason(`mqtts://127.0.0.1:${demanding.port}`, { tls: { cert: 'nonsense', key: 'nonsense' } }));
    });
    it('connects with the right certificates, or without verification where that is asked for', async () => {
      const demanding = await aedes(
        {},
        { ...tls('server.pem'), requestCert: true, rejectUnauthorized: true, ca: certificate('ca.pem') },
      );
      await state(
        open(`mqtts://127.0.0.1:${demanding.port}`, {
          tls: { ca: certificate('ca.pem'), cert: certificate('client.pem'), key: certificate('client.key') },
        }),
        'online',
      );
      const other = await aedes({}, tls('self-signed.pem'));
      await state(open(`mqtts://127.0.0.1:${other.port}`, { tls: { rejectUnauthorized: false } }), 'online');
      const named = await aedes({}, tls('wrong-name.pem'));
      await state(
        open(`mqtts://127.0.0.1:${named.port}`, { tls: { ca: certificate('ca.pem'), servername: 'other.example' } }),
        'online',
      );
    });
    it('another client under the same id', async () => {
      const other = await aedes();
      const one = open(`mqtt://127.0.0.1:${other.port}`, { clientId: 'platform' });
      const two = open(`mqtt://127.0.0.1:${other.port}`, { clientId: 'platform' });
      await until(() => one.failure?.code === 'BROKER_REFUSED' || two.failure?.code === 'BROKER_REFUSED');
      fails(
        'BROKER_REFUSED',
        /same client id "platform"/,
      )(one.failure?.code === 'BROKER_REFUSED' ? one.failure : two.failure);
    });
    it('codes that no broker at hand gives', () => {
      const target = parseBrokerOptions({ url: 'mqtts://b.example', clientId: 'me' }, Math.random);
      const thrown = (code: string, phase: Phase = 'dialing', text = code) =>
        failureOf(target, Object.assign(new Error(text), { code }), phase);
      fails('BROKER_UNREACHABLE', /not known to the DNS/)(thrown('ENOTFOUND').error);
      fails('BROKER_UNREACHABLE', /no DNS server/)(thrown('EAI_AGAIN').error);
      fails('BROKER_UNREACHABLE', /firewall/)(thrown('ETIMEDOUT').error);
      fails('BROKER_UNREACHABLE', /no route/)(thrown('EHOSTUNREACH').error);
      fails('BROKER_CERTIFICATE', /not valid yet/)(thrown('CERT_NOT_YET_VALID', 'securing').error);
      fails(
        'BROKER_CERTIFICATE',
        /demands a client certificate/,
      )(thrown('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'greeting').error);
      fails(
        'BROKER_CERTIFICATE',
        /does not accept our client certificate/,
      )(thrown('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'securing').error);
      fails(
        'BROKER_CERTIFICATE',
        /unexpected eof/,
      )(
        thrown(
          'ERR_SSL_SOMETHING_NEW',
          'securing',
          '00:error:0A000126:SSL routines:ssl3_read_n:unexpected eof while reading:../x.c:317:',
        ).error,
      );
      fails('BROKER_REFUSED', /same client id "me"/)(disconnected(target, 0x8e).error);
      fails('BROKER_UNREACHABLE', /shutting down/)(disconnected(target, 0x8b).error);
      fails('BROKER_REFUSED', /reason code 0xC1/)(connectRefused(target, 0xc1).error);
      assert.deepEqual(
        [
          thrown('ENOTFOUND').isLasting,
          thrown('CERT_HAS_EXPIRED').isLasting,
          connectRefused(target, 5).isLasting,
          connectRefused(target, 3).isLasting,
        ],
        [false, true, true, false],
      );
    });
  });

  describe('subscriptions', () => {
    it('are asked for once, in batches of at most a hundred, and given back at the last user', async () => {
      const sizes: number[] = [];
      const other = await aedes();
      other.aedes.on('subscribe', (list) => sizes.push(list.length));
      const broker = open(`mqtt://127.0.0.1:${other.port}`);
      await state(broker, 'online');
      const stops = await Promise.all(
        Array.from({ length: 500 }, (_, i) => broker.subscribe(`${i % 250}/tx`, () => undefined)),
      );
      assert.deepEqual(sizes, [100, 100, 50]);
      for (const stop of stops.slice(0, 250)) stop();
      await systemClock.sleep(30);
      assert.deepEqual(other.unsubscribed, []);
      for (const stop of stops) stop();
      await until(() => other.unsubscribed.length === 250);
      assert.equal(new Set(other.unsubscribed).size, 250);
    });
    it('move between wildcard and exact topics without a message lost or doubled', async () => {
      const other = await aedes();
      const broker = open(`mqtt://127.0.0.1:${other.port}`);
      const heard: number[] = [];
      const hear = (m: Message): void => void heard.push(Buffer.from(m.payload).readUInt32BE());
      await broker.subscribe('1/tx', hear);
      await state(broker, 'online');
      let sent = 0;
      let isOver = false;
      const publishing = (async () => {
        while (!isOver) {
          const payload = Buffer.alloc(4);
          payload.writeUInt32BE(sent++);
          await say(other, '1/tx', payload, 1);
          await systemClock.sleep(0);
        }
      })();
      for (let round = 0; round < 3; round++) {
        const stop = await broker.observe('+/tx', () => undefined);
        await until(() => other.unsubscribed.length === round * 2 + 1);
        stop();
        await until(() => other.unsubscribed.length === round * 2 + 2);
      }
      isOver = true;
      await publishing;
      await until(() => heard.length >= sent);
      assert.deepEqual(
        heard,
        Array.from({ length: sent }, (_, i) => i),
      );
      assert.deepEqual(other.subscribed, ['1/tx', ...Array.from({ length: 3 }, () => ['+/tx', '1/tx']).flat()]);
      assert.deepEqual(other.unsubscribed, Array.from({ length: 3 }, () => ['1/tx', '+/tx']).flat());
    });
    it('that are refused say so, and leave the others alone', async () => {
      const other = await aedes({
        authorizeSubscribe: (_client, sub, done) => done(null, sub.topic.startsWith('secret') ? null : sub),
      });
      const broker = open(`mqtt://127.0.0.1:${other.port}`);
      const refused = assert.rejects(
        broker.subscribe('secret/tx', () => undefined),
        fails('SUBSCRIBE_REFUSED', /"secret\/tx".*0x80.*ACL/),
      );
      await Promise.all([refused, broker.subscribe('1/tx', () => undefined)]);
      await state(broker, 'online');
      assert.equal(broker.failure, undefined); // nobody wants it any more
    });
    it('that were granted once and then refused show in the state', async () => {
      let isAllowed = true;
      const other = await aedes({ authorizeSubscribe: (_client, sub, done) => done(null, isAllowed ? sub : null) });
      const broker = open(`mqtt://127.0.0.1:${other.port}`);
      await broker.subscribe('1/tx', () => undefined);
      await state(broker, 'online');
      isAllowed = false;
      other.cut();
      await state(broker, 'offline');
      await state(broker, 'online');
      fails('SUBSCRIBE_REFUSED', /1\/tx/)(broker.failure);
    });
    it('that make the broker close the connection are found and left out', async () => {
      const other = await aedes({
        authorizeSubscribe: (_client, sub, done) =>
          sub.topic.startsWith('secret') ? done(new Error('no')) : done(null, sub),
      });
      const broker = open(`mqtt://127.0.0.1:${other.port}`, {}, hasty);
      const heard: string[] = [];
      for (let i = 0; i < 20; i++) void broker.subscribe(`${i}/tx`, (m) => heard.push(m.topic));
      void broker.subscribe('secret/tx', () => undefined).catch(() => undefined);
      await state(broker, 'online');
      fails('SUBSCRIBE_REFUSED', /"secret\/tx"/)(broker.failure);
      await say(other, '19/tx', Buffer.from('x'));
      await until(() => heard.length === 1);
    });
    it('come in smaller batches where the broker closes on large ones', async () => {
      let inThisTurn = 0;
      const other = await aedes({
        authorizeSubscribe: (_client, sub, done) => {
          if (inThisTurn++ === 0) setImmediate(() => (inThisTurn = 0));
          return inThisTurn > 8 ? done(new Error('at most 8')) : setImmediate(done, null, sub);
        },
      });
      const broker = open(`mqtt://127.0.0.1:${other.port}`);
      for (let i = 0; i < 30; i++) void broker.subscribe(`${i}/tx`, () => undefined);
      await state(broker, 'online');
      assert.equal(broker.failure, undefined);
    });
  });

  it('takes hostile messages without harm', async () => {
    const other = await aedes();
    const broker = open(`mqtt://127.0.0.1:${other.port}`);
    let heard = 0;
    await broker.subscribe('1/tx', () => heard++, '#');
    await broker.observe('#', () => {
      throw new Error('defect of a listener');
    });
    await state(broker, 'online');
    for (const topic of ['__proto__', 'constructor', '/', '//', ' ', 'x'.repeat(60_000), '[IMEI]/tx', 'ñ\u{1F600}'])
      await say(other, topic, Buffer.alloc(0));
    await say(other, '1/tx', Buffer.alloc(1_000_000, 0x7e));
    await say(other, '1/tx', Buffer.alloc(0));
    await until(() => broker.counters.received === 10);
    assert.equal(heard, 2);
    assert.equal(broker.counters.failures, 10);
    await broker.publish('1/rx', bytes('still here'), 1);
  });

  describe('close', () => {
    const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
      const started = Date.now();
      await work;
      assert.ok(Date.now() - started < ms, `took ${Date.now() - started} ms`);
    };
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

    it('ends everything at once, twice over', async () => {
      const url = await server(mqttServer({ isAcking: false }));
      const broker = new Broker({ url: `mqtt://${url}` });
      await state(broker, 'online');
      const states: LinkState[] = [];
      broker.onState((s) => states.push(s));
      const stop = await broker.subscribe('1/tx', () => undefined);
      const pending = assert.rejects(
        broker.publish('1/rx', bytes('x'), 1),
        fails('BROKER_OFFLINE', /the platform closed it/),
      );
      await within(2000, Promise.all([broker.close(), broker.close(), pending]));
      assert.deepEqual(states, ['online', 'closed']);
      await assert.rejects(broker.publish('1/rx', bytes('x'), 0), fails('BROKER_OFFLINE', /closed/));
      await assert.rejects(
        broker.subscribe('1/tx', () => undefined),
        fails('BROKER_OFFLINE', /closed/),
      );
      stop();
      await broker.close();
    });
    it('ends while connecting, whatever the other side does, and leaves no timer', async () => {
      const hang = await server(() => undefined);
      const deaf = await server(mqttServer({ isReading: false }));
      const before = timers(); // the test's own among them
      for (const url of [
        `mqtt://${hang}`,
        `mqtts://${hang}`,
        `ws://${hang}`,
        `wss://${hang}`,
        `mqtt://${deaf}`,
        'mqtt://127.0.0.1:1',
      ]) {
        const broker = new Broker({ url });
        const subscribing = broker.subscribe('1/tx', () => undefined);
        await within(2000, broker.close());
        await subscribing;
        assert.equal(broker.state, 'closed');
        const later = new Broker({ url });
        await systemClock.sleep(60);
        await within(2000, later.close());
      }
      await systemClock.sleep(20);
      assert.ok(timers() <= before, `${timers() - before} timers left`);
    });
    it('says goodbye', async () => {
      let isPolite = false;
      const url = await server(
        mqttServer({ onBytes: (chunk) => (isPolite ||= chunk.includes(Buffer.from('e000', 'hex'))) }),
      );
      const broker = new Broker({ url: `mqtt://${url}` });
      await state(broker, 'online');
      await broker.close();
      await systemClock.sleep(20);
      assert.ok(isPolite);
    });
  });

  describe('configuration', () => {
    const parse = (options: Partial<BrokerOptions>) => parseBrokerOptions({ url: 'mqtt://b', ...options }, () => 0.5);
    it('reads addresses as people write them', () => {
      const rows = [
        ['mqtt://b.example', 'mqtt', 'b.example', 1883, '/'],
        [' mqtts://b.example/ ', 'mqtts', 'b.example', 8883, '/'],
        ['tcp://b.example:1884', 'mqtt', 'b.example', 1884, '/'],
        ['ssl://b.example', 'mqtts', 'b.example', 8883, '/'],
        ['MQTT://b.example:80', 'mqtt', 'b.example', 80, '/'],
        ['ws://b.example/mqtt?x=1', 'ws', 'b.example', 80, '/mqtt?x=1'],
        ['wss://[::1]:8884/mqtt', 'wss', '::1', 8884, '/mqtt'],
        ['mqtt://bröker.example', 'mqtt', 'xn--brker-kua.example', 1883, '/'],
      ] as const;
      for (const [url, protocol, host, port, path] of rows) {
        const target = parse({ url });
        assert.deepEqual([target.protocol, target.host, target.port, target.path], [protocol, host, port, path], url);
      }
    });
    it('refuses what cannot be, naming it', () => {
      for (const [options, pattern] of [
        [{ url: '' }, /empty/],
        [{ url: 'b.example:1883' }, /no protocol/],
        [{ url: 'http://b' }, /only mqtt/],
        [{ url: 'mqtt://' }, /cannot be read/],
        [{ url: 'mqtt://b:99999' }, /cannot be read/],
        [{ url: 'mqtt://b:0' }, /port/],
        [{ url: 'mqtt://u:p@b' }, /own fields/],
        [{ url: 'mqtt://b/mqtt' }, /path/],
        [{ protocolVersion: 3 as 4 }, /version/],
        [{ keepalive: 0 }, /keep-alive/],
        [{ keepalive: 1.5 }, /keep-alive/],
        [{ password: 'x' }, /user name/],
        [{ clientId: 'a\0' }, /client id/],
        [{ tls: { ca: 'x' } }, /not encrypted/],
      ] as const)
        assert.throws(() => parse(options), fails('CONFIG_INVALID', pattern));
      assert.throws(() => new Broker({ url: 'nonsense' }), fails('CONFIG_INVALID'));
    });
    it('makes up a client id that every broker takes', () => {
      assert.match(parseBrokerOptions({ url: 'mqtt://b', clientId: '' }, Math.random).clientId, /^mtx-[0-9a-z]{16}$/);
    });
  });

  it('tests a configuration without disturbing the platform that uses it', async () => {
    const other = await aedes({ authenticate: (_c, user, _p, done) => done(null, user === 'good') });
    const url = `mqtt://127.0.0.1:${other.port}`;
    const running = open(url, { clientId: 'platform', user: 'good' });
    await state(running, 'online');
    const states: LinkState[] = [];
    running.onState((s) => states.push(s));
    const began = performance.now();
    const good = await testConnection({ url, clientId: 'platform', user: 'good' });
    assert.equal(good.ok, true);
    assert.ok(good.ms >= 0 && good.ms <= Math.ceil(performance.now() - began));
    const bad = await testConnection({ url, user: 'bad' });
    assert.equal(bad.ok, false);
    fails('BROKER_REFUSED', /user name and password/)(bad.failure);
    fails('CONFIG_INVALID')((await testConnection({ url: 'x' })).failure);
    const hang = await testConnection({ url: `mqtt://${await server(() => undefined)}` }, hasty);
    fails('BROKER_UNREACHABLE', /within 8 s/)(hang.failure);
    assert.deepEqual(other.subscribed, []);
    assert.deepEqual(states, ['online']);
  });

  async function startAt(port: number): Promise<TestBroker> {
    const broker = await startBroker({}, undefined, port);
    closing.push(() => broker.close());
    return broker;
  }
});

function say(broker: TestBroker, topic: string, payload: Buffer, qos: 0 | 1 = 0, retain = false): Promise<void> {
  return new Promise((done) =>
    broker.aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, () => done()),
  );
}

function tls(name: string): { cert: string; key: string } {
  return { cert: certificate(name), key: certificate('server.key') };
}

interface Manners {
  readonly isReading?: boolean;
  readonly isAcking?: boolean;
  readonly isGranting?: boolean;
  readonly onSubscribe?: (socket: Socket) => void;
  readonly onBytes?: (chunk: Buffer) => void;
}

/**
 * A broker written by hand from MQTT 3.1.1, chapter 3, with bad manners. One packet per chunk is enough for these
 * tests.
 */
function mqttServer({
  isReading = true,
  isAcking = true,
  isGranting = true,
  onSubscribe,
  onBytes,
}: Manners): (socket: Socket) => void {
  return (socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from('20020000', 'hex'));
      if (!isReading) return void socket.pause();
      socket.on('data', (chunk: Buffer) => {
        onBytes?.(chunk);
        if (chunk[0] === 0x82 && isGranting) {
          socket.write(Buffer.from([0x90, 3, chunk[2] ?? 0, chunk[3] ?? 0, 1]));
          onSubscribe?.(socket);
        }
        if (chunk[0] === 0x32 && isAcking) socket.write(Buffer.from('40020001', 'hex'));
      });
    });
  };
}

function state(broker: Broker, wanted: LinkState, ms = PATIENCE_MS): Promise<void> {
  return until(
    () => broker.state === wanted,
    ms,
    () => `state is ${broker.state}: ${said(broker.failure)}`,
  );
}

async function until(
  isTrue: () => boolean,
  ms = PATIENCE_MS,
  explain: () => string = () => 'it never happened',
): Promise<void> {
  const end = Date.now() + ms;
  while (!isTrue()) {
    if (Date.now() > end) assert.fail(explain());
    await systemClock.sleep(3);
  }
}
