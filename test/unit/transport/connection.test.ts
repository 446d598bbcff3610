// One connection against a client without a network, in virtual time: every way in which a packet stays without answer.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import type { Client } from '../../../src/core/transport/mqtt/client';
import { parseBrokerOptions } from '../../../src/core/transport/mqtt/connect-options';
import { BrokerConnection } from '../../../src/core/transport/mqtt/connection';
import { ReadError } from '../../../src/core/wire/errors';
import { VirtualClock } from '../../../src/simulator/ground/virtual-clock';

/** A client that does what the test says, on a stream that counts its writes. */
class ScriptedClient extends EventEmitter {
  readonly writes: number[] = [];
  readonly stream: Duplex;
  published: ((error?: Error) => void)[] = [];
  subscribed: ((error: Error | null, asked?: unknown, suback?: { granted?: unknown }) => void)[] = [];
  isEnded = false;

  constructor(private readonly takesBytes = true) {
    super();
    this.stream = new Duplex({
      read: () => undefined,
      write: (_chunk, _encoding, done) => this.written(1, done),
      writev: (chunks, done) => this.written(chunks.length, done),
    });
  }
  publish(_topic: string, payload: Uint8Array, _options: unknown, done: (error?: Error) => void): void {
    this.stream.write(payload);
    this.published.push(done);
  }
  subscribe(_filters: string[], _options: unknown, done: ScriptedClient['subscribed'][0]): void {
    this.subscribed.push(done);
  }
  unsubscribe(): void {
    // never answered
  }
  end(): void {
    this.isEnded = true;
  }
  private written(chunks: number, done: () => void): void {
    this.writes.push(chunks);
    if (this.takesBytes) done();
  }
}

describe('one connection', () => {
  const target = parseBrokerOptions({ url: 'mqtt://b.example', protocolVersion: 5 }, () => 0.5);
  const bytes = Uint8Array.of(1, 2, 3);

  function opened(connack: object = {}, takesBytes = true) {
    const clock = new VirtualClock();
    const client = new ScriptedClient(takesBytes);
    const connection = new BrokerConnection(client as unknown as Client, target, clock, () => undefined, 15_000);
    client.emit('connect', { properties: connack });
    return { clock, client, connection };
  }
  const rejected = async (work: Promise<unknown>, reason: string): Promise<void> => {
    await assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof ReadError);
      assert.equal(error.reason, reason);
      return true;
    });
  };

  it('keeps to the limits of the CONNACK (MQTT 5, clause 3.2.2.3)', async () => {
    const { connection, client } = opened({ maximumPacketSize: 100, maximumQoS: 0 });
    await rejected(connection.publish('1/rx', new Uint8Array(81), 0), 'mqtt.tooLarge'); // 4 of the topic, 16 around
    await rejected(connection.publish('1/rx', bytes, 1), 'mqtt.qos0Only');
    const sent = connection.publish('1/rx', new Uint8Array(80), 0);
    client.published[0]?.();
    await sent;
  });

  it('tells each message that is not confirmed in time, the oldest first, and stays', async () => {
    const { connection, clock, client } = opened();
    const told: string[] = [];
    const watch = (name: string, work: Promise<unknown>): void =>
      void work.then(
        () => told.push(`${name} done`),
        (error: ReadError) => told.push(`${name} ${error.reason}`),
      );
    watch('a', connection.publish('1/rx', bytes, 1));
    await clock.advance(4_000);
    watch('b', connection.publish('2/rx', bytes, 1));
    watch('c', connection.publish('3/rx', bytes, 1));
    client.published[2]?.();
    await clock.advance(6_000);
    assert.deepEqual(told, ['c done', 'a mqtt.unconfirmed']);
    await clock.advance(3_999);
    assert.equal(told.length, 2);
    await clock.advance(1);
    assert.deepEqual(told.slice(2), ['b mqtt.unconfirmed']);
    assert.equal(connection.isOver, false);
  });

  it('says that a message could not leave, where the socket took it and said nothing', async () => {
    const { connection, clock } = opened();
    const stuck = rejected(connection.publish('1/rx', bytes, 0), 'mqtt.stuck');
    await clock.advance(10_000);
    await stuck;
  });

  it('goes down with bytes that the socket does not take', async () => {
    const { connection, clock } = opened({}, false);
    const lost = rejected(connection.publish('1/rx', bytes, 0), 'mqtt.endedUnconfirmed');
    await clock.advance(10_000);
    await lost;
    assert.equal((await connection.ended).error.reason, 'mqtt.failed');
    await rejected(connection.publish('1/rx', bytes, 0), 'mqtt.ended');
  });

  it('ends where SUBSCRIBE is not answered, and was of no use', async () => {
    const { connection, clock } = opened();
    const asking = rejected(connection.subscribe(['1/tx']), 'mqtt.endedUnconfirmed');
    await clock.advance(10_000);
    await asking;
    assert.equal((await connection.ended).error.reason, 'mqtt.packetSilent');
    assert.equal(connection.isUseful, false);
  });

  it('was of use once a SUBACK came', async () => {
    const { connection, client } = opened();
    const asking = connection.subscribe(['1/tx']);
    client.subscribed[0]?.(null, undefined, { granted: [0] });
    assert.deepEqual(await asking, [0]);
    assert.equal(connection.isUseful, true);
  });

  it('tells the messages under way when mqtt.js gives them up before it says why', async () => {
    const { connection, client } = opened();
    const lost = rejected(connection.publish('1/rx', bytes, 1), 'mqtt.endedUnconfirmedTopic');
    client.published[0]?.(new Error('Connection closed'));
    await lost;
  });

  it('joins what one turn of the event loop publishes into one write', async () => {
    const { connection, client } = opened();
    for (let i = 0; i < 20; i++) void connection.publish(`${i}/rx`, bytes, 0);
    await Promise.resolve();
    process.nextTick(() => void connection.publish('20/rx', bytes, 0));
    await new Promise((next) => setImmediate(next));
    assert.deepEqual(client.writes, [21]);
    void connection.publish('21/rx', bytes, 0);
    await new Promise((next) => setImmediate(next));
    assert.deepEqual(client.writes, [21, 1]);
  });

  it('lets two thousand messages wait for one full socket without a warning', async () => {
    const warned: Error[] = [];
    const note = (warning: Error): void => void warned.push(warning);
    process.on('warning', note);
    const { client } = opened({}, false);
    for (let i = 0; i < 2_000; i++) client.stream.once('drain', () => undefined);
    await new Promise((next) => setImmediate(next));
    process.off('warning', note);
    assert.deepEqual(warned, []);
  });
});
