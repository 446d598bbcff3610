// What DLMS meters send by themselves, through broker and Node-RED: captures of real meters and a simulated one.
import assert from 'node:assert/strict';
import { scanHdlc } from '../../src/core/dlms/link/hdlc';
import { encodeWrapper } from '../../src/core/dlms/link/wrapper';
import { encodeDataNotification, encodeEventNotification } from '../../src/core/dlms/apdu/notification';
import { systemClock } from '../../src/core/transport/lane/clock';
import { fromHex } from '../../src/core/wire/bytes';
import { HdlcServer } from '../../src/simulator/meters/dlms/hdlc-server';
import {
  flowOf,
  helper,
  IDS,
  IMEI,
  nextMessage,
  onMessage,
  paletteNodes,
  startBroker,
  until,
  type TestBroker,
} from '../support/palette';
import { vectorFile } from '../support/vectors';

interface Report {
  readonly protocol: string;
  readonly meter: string;
  readonly identity: Readonly<Record<string, unknown>>;
  readonly readings: readonly {
    readonly name: string;
    readonly id: string;
    readonly value: unknown;
    readonly raw?: string;
    readonly unit?: string;
  }[];
  readonly link: { readonly exchanges: number; readonly bytesIn: number };
}
interface Row {
  readonly id: string;
  readonly hex: string;
  readonly guek?: string;
  readonly gak?: string;
  readonly expect: { readonly frames: readonly { readonly info: string }[] };
}

const ROWS = vectorFile<{ vectors: readonly Row[] }>('dlms.json').vectors;
const vector = (id: string): Row => ROWS.find((row) => row.id === id) ?? assert.fail(id);
const CATCH = 'e000000000000002';

describe('mtx-dlms-read listening for notifications', () => {
  let broker: TestBroker;
  const heard: Report[] = [];
  beforeEach(async () => {
    broker = await startBroker();
    heard.length = 0;
  });
  afterEach(async () => {
    await helper.unload();
    await broker.close();
  });

  const load = async (
    node: Record<string, unknown> = {},
    credentials: Record<string, string> = {},
    modem: Record<string, unknown> = {},
  ): Promise<void> => {
    const times = (): number => broker.subscribed.filter((topic) => topic === `${IMEI}/tx`).length;
    const before = times();
    await helper.load(paletteNodes(), flowOf(broker, { type: 'mtx-dlms-read', request: 'push', ...node }, modem), {
      [IDS.node]: credentials,
    } as never);
    onMessage((msg) => heard.push(msg['payload'] as Report));
    if (modem['imei'] !== '') await until(() => times() > before);
  };
  const publish = (payload: Uint8Array): Promise<void> =>
    new Promise((resolve) =>
      broker.aedes.publish(
        { cmd: 'publish', topic: `${IMEI}/tx`, payload: Buffer.from(payload), qos: 0, retain: false, dup: false },
        () => resolve(),
      ),
    );

  it('emits what a real meter pushed, however it is cut, and never joins two halves', async () => {
    await load();
    const push = fromHex(vector('push-aidon').hex);
    for (let at = 0; at < push.length; at += 37) await publish(push.subarray(at, at + 37));
    await publish(push.subarray(200));
    await publish(push);
    await until(() => heard.length === 2);
    const [first] = heard;
    assert.ok(first);
    assert.equal(first.protocol, 'dlms');
    assert.deepEqual(
      [first.identity['notification'], first.link.exchanges, first.link.bytesIn],
      ['data', 0, push.length],
    );
    assert.deepEqual(
      first.readings
        .filter(({ id }) => ['1-0:1.7.0*255', '1-0:32.7.0*255'].includes(id))
        .map(({ value, unit }) => [value, unit]),
      [
        [4027, 'W'],
        [233, 'V'],
      ],
    );
    assert.equal(heard[1]?.readings.length, first.readings.length);
  });

  it('deciphers with the keys of the node, joins general blocks, and says when keys are missing or wrong', async () => {
    const row = vector('push-lgz-encrypted-1');
    await load({ security: 'auth+encrypt' }, { encryptionKey: row.guek ?? '', authenticationKey: row.gak ?? '' });
    await publish(fromHex(row.hex));
    await until(() => heard.length === 1);
    assert.ok((heard[0]?.readings.length ?? 0) > 3);
    await helper.unload();

    await load();
    const error = nextMessage(CATCH);
    await publish(fromHex(row.hex));
    const { message, cause } = ((await error) as unknown as { error: { message: string; cause: { code: string } } })
      .error;
    assert.equal(cause.code, 'SECURITY_FAILED');
    assert.match(message, /ciphered notifications; choose the security/);
    await publish(fromHex(vector('push-lgz-gbt').hex));
    await until(() => heard.length === 2);
    await helper.unload();

    await load({ security: 'auth+encrypt' }, { encryptionKey: '00'.repeat(16), authenticationKey: row.gak ?? '' });
    const wrong = nextMessage(CATCH);
    await publish(fromHex(row.hex));
    assert.equal(
      ((await wrong) as unknown as { error: { cause: { code: string } } }).error.cause.code,
      'SECURITY_FAILED',
    );
    assert.equal(heard.length, 2);
  });

  it('tells which meter sent it, in UI frames of the simulated meter and in the wrapper; foreign talk is passed over', async () => {
    const meter = new HdlcServer(
      {
        addresses: [{ size: 4, upper: 1, lower: 17 }],
        limits: { maxInfoTransmit: 40, maxInfoReceive: 128, windowTransmit: 1, windowReceive: 1 },
      },
      () => undefined,
    );
    const register = fromHex('0100010800ff');
    const event = encodeEventNotification({
      classId: 3,
      instance: register,
      attribute: 2,
      body: { type: 'double-long-unsigned', value: 42 },
    });
    const data = encodeDataNotification({
      invoke: 7,
      body: {
        type: 'structure',
        value: [
          { type: 'octet-string', value: register },
          { type: 'double-long-unsigned', value: 123_456 },
          { type: 'octet-string', value: new Uint8Array(60) },
        ],
      },
    });
    await load({ name: 'station' });
    await publish(meter.push(event, 16));
    const pushed = meter.push(data, 16);
    assert.ok(pushed.filter((octet) => octet === 0x7e).length > 3, 'more than one frame');
    await publish(pushed.subarray(0, 50));
    await publish(pushed.subarray(50));
    const answer = ROWS.find(({ id }) => id === 'sess-hdlc-segmented') as unknown as {
      frames: readonly { dir: string; hex: string }[];
    };
    for (const { hex } of answer.frames.slice(0, 6)) await publish(fromHex(hex));
    await until(() => heard.length === 2);
    assert.deepEqual(
      heard.map((report) => [
        report.meter,
        report.identity['notification'],
        report.readings[0]?.id,
        report.readings[0]?.value ?? report.readings[0]?.raw,
      ]),
      [
        ['1/17', 'event', '1-0:1.8.0*255', '42'],
        ['1/17', 'data', '1-0:1.8.0*255', '123456'], // no scaler came along
      ],
    );
    await helper.unload();
    await load({ interface: 'wrapper' });
    const wrapped = encodeWrapper({ source: 3, destination: 16, apdu: event });
    await publish(wrapped.subarray(0, 5));
    await publish(wrapped.subarray(5));
    await until(() => heard.length === 3);
    assert.deepEqual([heard[2]?.meter, heard[2]?.readings[0]?.raw], ['3', '42']);
  });

  it('says what it hears where that is no notification, and takes a counter that began anew when it is told to', async () => {
    await load();
    const deaf = nextMessage(CATCH);
    await publish(fromHex('55aa1234deadbeef0102'));
    const { message } = ((await deaf) as unknown as { error: { message: string } }).error;
    assert.match(message, /10 bytes came that make no telegram, beginning with 55aa1234deadbeef0102/);
    await helper.unload();

    const row = vector('push-lgz-encrypted-1');
    await load({ security: 'auth+encrypt' }, { encryptionKey: row.guek ?? '', authenticationKey: row.gak ?? '' });
    await publish(fromHex(row.hex));
    await until(() => heard.length === 1);
    const back = nextMessage(CATCH);
    await publish(fromHex(row.hex));
    assert.match(((await back) as unknown as { error: { message: string } }).error.message, /msg\.counter = "reset"/);
    helper.getNode(IDS.node).receive({ counter: 'reset' } as never);
    await systemClock.sleep(50);
    await publish(fromHex(row.hex));
    await until(() => heard.length === 2);
  });

  it('needs a modem of its own and complete keys, and refuses to be asked', async () => {
    await load({}, {}, { imei: '' });
    const calls = (): readonly [unknown][] =>
      (helper.getNode(IDS.node) as unknown as { error: { args: [unknown][] } }).error.args;
    assert.match(String(calls()[0]?.[0]), /modem of their own|CONFIG_INVALID/);
    await helper.unload();
    await load({ security: 'encrypt' });
    assert.match(String(calls()[0]?.[0]), /encryption key|CONFIG_INVALID/);
    await helper.unload();
    await load();
    const error = nextMessage(CATCH);
    helper.getNode(IDS.node).receive({ payload: '' } as never);
    assert.match(
      ((await error) as unknown as { error: { cause: { detail: string } } }).error.cause.detail,
      /listens and asks nothing/,
    );
    await systemClock.sleep(50);
    assert.deepEqual(
      broker.published.filter((line) => line.startsWith(`${IMEI}/rx`)),
      [],
    );
  });

  it('the simulated meter cuts its notification as it should', () => {
    const meter = new HdlcServer(
      {
        addresses: [{ size: 1, upper: 1 }],
        limits: { maxInfoTransmit: 40, maxInfoReceive: 128, windowTransmit: 1, windowReceive: 1 },
      },
      () => undefined,
    );
    const first = scanHdlc(meter.push(new Uint8Array(60).fill(0x0f), 16));
    assert.ok(
      first !== 'more' &&
        'frame' in first &&
        first.frame.type === 'UI' &&
        first.frame.isSegmented &&
        first.frame.info.length === 40,
    );
  });
});
