// keepAlive of mtx-dlms-read: what is counted here is what goes over the air.
import assert from 'node:assert/strict';
import { encodeHdlc } from '../../src/core/dlms/link/hdlc';
import { systemClock } from '../../src/core/transport/lane/clock';
import { dlmsMeter } from '../../src/simulator/meters/dlms/meter';
import { demoDlmsMeter } from '../../src/simulator/meters/dlms/demo';
import type { Meter } from '../../src/simulator/serial/meter';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import {
  flowOf,
  helper,
  IDS,
  IMEI,
  nextMessage,
  onMessage,
  paletteNodes,
  startBroker,
  startModem,
  until,
  type TestBroker,
} from '../support/palette';

const CATCH = 'e000000000000002';
const LINE = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const ENERGY = ['1-0:1.8.0*255'];
const VOLTAGE = ['1-0:32.7.0*255'];

interface Report {
  readonly meter: string;
  readonly readings: readonly { readonly value: unknown }[];
  readonly link: {
    readonly exchanges: number;
    readonly bytesOut: number;
    readonly bytesIn: number;
    readonly attempts: number;
  };
}

describe('mtx-dlms-read with an association kept open', () => {
  let broker: TestBroker;
  let modem: ModemCore | undefined;
  let meter: Meter;
  const got: Report[] = [];
  beforeEach(async () => {
    broker = await startBroker();
    got.length = 0;
    meter = demoDlmsMeter({ clock: systemClock, line: LINE, serial: '1', password: '', isSecured: false });
    const neighbour = dlmsMeter({
      transport: 'hdlc',
      line: LINE,
      clients: [{ client: 16, mechanism: 0, policy: 0 }],
      hdlc: { addresses: [{ size: 1, upper: 2 }] },
      security: {
        suite: 0,
        title: new Uint8Array(8),
        encryptionKey: new Uint8Array(16),
        authenticationKey: new Uint8Array(16),
        lowestCounter: 1,
        nextCounter: () => 1,
      },
      demo: { deviceName: 'NEIGHBOUR', client: 16, clockMs: 0, deviation: null },
    });
    modem = await startModem(broker, { meters: [meter, neighbour] });
    await helper.load(
      paletteNodes(),
      flowOf(broker, { type: 'mtx-dlms-read', items: ENERGY, keepAlive: '1' }, { latency: '300' }),
    );
    onMessage((msg) => got.push(msg['payload'] as Report));
  });
  afterEach(async () => {
    await helper.unload();
    modem?.stop();
    await broker.close();
  });

  const send = (msg: Record<string, unknown>): void => helper.getNode(IDS.node).receive(msg as never);
  /** Frames of one kind that went to a meter: SNRM 93, DISC 53 (P set), by server address. */
  const frames = (control: '93' | '53', server = '03'): number =>
    broker.published.filter((line) => new RegExp(`^${IMEI}/rx 7ea0..${server}21${control}`).test(line)).length;

  it('reads three times in one association, each with its own figures, and says goodbye once', async () => {
    send({});
    await until(() => got.length === 1);
    send({ items: VOLTAGE });
    send({ items: ENERGY });
    await until(() => got.length === 3);
    assert.deepEqual(
      got.map(({ readings }) => readings[0]?.value),
      [1_043_677, 230.4, 1_043_677],
    );
    assert.deepEqual([frames('93'), frames('53')], [1, 0]);
    const [first, second, third] = got.map(({ link }) => link);
    assert.ok(first && second && third);
    assert.ok(
      first.exchanges >= 3 && second.exchanges === 1 && third.exchanges === 1,
      JSON.stringify(got.map(({ link }) => link)),
    );
    assert.ok(second.bytesOut > 20 && second.bytesIn > 20 && second.bytesIn < first.bytesIn);
    await until(() => frames('53') === 1);
  });

  it('lets another meter wait until the goodbye', async () => {
    send({});
    send({ meter: { server: '2' } });
    await until(() => got.length === 1);
    assert.equal(frames('93', '05'), 0);
    await until(() => got.length === 2);
    assert.deepEqual(
      got.map((report) => report.meter),
      ['1', '2'],
    );
    const order = broker.published.flatMap((line) =>
      /rx 7ea0..0321(53)/.test(line) ? ['goodbye'] : /rx 7ea0..052193/.test(line) ? ['hello'] : [],
    );
    assert.deepEqual(order, ['goodbye', 'hello']);
  });

  it('repeats only the read during which the meter forgot the association', async () => {
    send({});
    await until(() => got.length === 1);
    meter.hear(
      encodeHdlc({
        type: 'DISC',
        isFinal: true,
        dest: { size: 1, upper: 1 },
        src: { size: 1, upper: 16 },
        info: new Uint8Array(0),
      }),
      systemClock.now(),
    );
    send({ items: VOLTAGE });
    send({ items: ENERGY });
    await until(() => got.length === 3);
    assert.deepEqual(
      got.map(({ readings }) => readings[0]?.value),
      [1_043_677, 230.4, 1_043_677],
    );
    assert.equal(frames('93'), 2);
    assert.equal(got[2]?.link.exchanges, 1);
  });

  it('ends with a cancel in the middle, and what comes later begins anew', async () => {
    send({});
    await until(() => got.length === 1);
    const error = nextMessage(CATCH);
    send({ meter: { request: 'objects' } });
    await systemClock.sleep(100);
    send({ cancel: true });
    assert.equal(((await error) as unknown as { error: { cause: { code: string } } }).error.cause.code, 'CANCELLED');
    await until(() => frames('53') === 1);
    send({});
    await until(() => got.length === 2);
    assert.deepEqual([frames('93'), got[1]?.readings[0]?.value], [2, 1_043_677]);
  });

  it('ends with a cancel between reads, and with the node', async () => {
    send({ meter: { keepAlive: '60' } });
    await until(() => got.length === 1);
    send({ cancel: true });
    await until(() => frames('53') === 1);
    send({ meter: { keepAlive: '60' } });
    await until(() => got.length === 2);
    assert.equal(frames('93'), 2);
    await helper.unload();
    await until(() => frames('53') === 2);
  });

  it('gives no second wrong password to the meter for reads that wait', async () => {
    const errors: string[] = [];
    helper
      .getNode(CATCH)
      .on('input', (msg) => errors.push((msg as unknown as { error: { cause: { code: string } } }).error.cause.code));
    for (const items of [ENERGY, VOLTAGE]) send({ items, meter: { client: '1', auth: 'low', password: 'wrong-word' } });
    await until(() => errors.length === 2);
    const tries = broker.published.filter((line) => line.includes(Buffer.from('wrong-word').toString('hex')));
    assert.equal(tries.length, 1);
  });
});
