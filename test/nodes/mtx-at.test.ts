import assert from 'node:assert/strict';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { systemClock } from '../../src/core/transport/lane/clock';
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

describe('mtx-at in Node-RED', () => {
  let broker: TestBroker;
  let modem: ModemCore | undefined;
  beforeEach(async () => {
    broker = await startBroker();
  });
  afterEach(async () => {
    await helper.unload();
    modem?.stop();
    modem = undefined;
    await broker.close();
  });

  const load = async (
    node: Record<string, unknown> = {},
    modemProperties: Record<string, unknown> = {},
  ): Promise<void> => {
    await helper.load(
      paletteNodes(),
      flowOf(broker, { type: 'mtx-at', command: 'AT+CSQ', timeout: '2000', ...node }, modemProperties),
    );
  };
  const send = (msg: Record<string, unknown>): void => helper.getNode(IDS.node).receive(msg as never);

  it('sends a command, keeps the message and understands the reply', async () => {
    modem = await startModem(broker);
    await load();
    const out = nextMessage(IDS.out);
    send({ payload: 'ignored', mine: { kept: true } });
    const msg = await out;
    const answer = msg.payload as { imei: string; ok: boolean; result: string; values: { csq: number; dbm: number } };
    assert.equal(answer.imei, IMEI);
    assert.equal(answer.ok, true);
    assert.equal(answer.result, 'OK');
    assert.equal(answer.values.dbm, -113 + 2 * answer.values.csq);
    assert.deepEqual(msg['mine'], { kept: true });
  });

  it('understands every reply style', async () => {
    for (const replyStyle of ['raw', 'echo', 'flat', 'tagged', 'split'] as const) {
      modem = await startModem(broker, { choices: { replyStyle } });
      await load({ command: 'AT^MTXTUNNEL=GETPARAM,DNS_period' });
      const out = nextMessage(IDS.out);
      send({});
      assert.deepEqual(
        (await out).payload && ((await out).payload as { values: unknown }).values,
        { DNS_period: '300' },
        replyStyle,
      );
      await helper.unload();
      modem.stop();
      broker.subscribed.length = 0;
    }
  });

  it('gives silence to the Catch node, with code and retry', async () => {
    await load({ timeout: '500' });
    const caught = nextMessage('e000000000000002');
    send({ topic: 'x' });
    const { error, topic } = (await caught) as unknown as {
      error: { message: string; cause: { code: string; retryable: boolean; stage: string } };
      topic: string;
    };
    assert.equal(error.cause.code, 'NO_REPLY');
    assert.equal(error.cause.retryable, true);
    assert.equal(topic, 'x');
  });

  it('refuses what could cut the modem off, or smuggle a second command', async () => {
    modem = await startModem(broker);
    await load({ command: '' });
    for (const payload of [
      'AT^MTXTUNNEL=END',
      'at^mtxtunnel = setparam, GPRS_apn,wrong',
      'AT+CSQ\r\nAT^MTXTUNNEL=END',
      'AT\u0000',
      '',
      ['AT', 5],
      undefined,
    ]) {
      const caught = nextMessage('e000000000000002');
      send({ payload });
      assert.equal(
        ((await caught) as unknown as { error: { cause: { code: string } } }).error.cause.code,
        'CONFIG_INVALID',
        String(payload),
      );
    }
    assert.deepEqual(
      broker.published.filter((line) => line.startsWith(`${IMEI}/AT `)),
      [],
    );
  });

  it('runs a list of commands in order and stops at a refusal', async () => {
    modem = await startModem(broker);
    await load({ command: '' });
    const answers: unknown[] = [];
    onMessage((msg) => answers.push(msg['payload']));
    send({ payload: ['AT', 'AT^MTXTUNNEL=NOSUCH', 'AT+CSQ'] });
    await until(() => answers.length === 2);
    await systemClock.sleep(600); // a third one would have come
    assert.deepEqual(
      answers.map((a) => [(a as { command: string }).command, (a as { ok: boolean }).ok]),
      [
        ['AT', true],
        ['AT^MTXTUNNEL=NOSUCH', false],
      ],
    );
  });

  it('commands a list, names the silent one and sums up', async () => {
    modem = await startModem(broker);
    await load({ target: 'list', timeout: '600' }, { imei: '' });
    const seen: Record<string, unknown>[] = [];
    const summary = new Promise<Record<string, unknown>>((resolve) =>
      onMessage((msg) => {
        seen.push(msg);
        if (msg['isSummary'] === true) resolve(msg['payload'] as Record<string, unknown>);
      }),
    );
    send({ imeis: [IMEI, '353234028103214', 'not-an-imei'] });
    const { total, ok, failed, silent } = await summary;
    assert.deepEqual({ total, ok, failed, silent }, { total: 3, ok: 1, failed: 1, silent: 1 });
    assert.equal(seen.length, 4);
  });

  it('commands all by the shared topic, and takes no reply for that of another command', async () => {
    const config = { MQTT_attopic2: 'all/AT' };
    modem = await startModem(broker, { config });
    const second = await startModem(broker, { imei: '353234028103214', config });
    await load({ target: 'all', command: 'AT+CGSN', timeout: '3000' }, { imei: '', broadcastTopic: 'all/AT' });
    const lines: string[] = [];
    const summary = new Promise<Record<string, unknown>>((resolve) =>
      onMessage((msg) => {
        if (msg['isSummary'] === true) resolve(msg['payload'] as Record<string, unknown>);
        else lines.push(String((msg['payload'] as { lines: string[] }).lines?.[0]));
      }),
    );
    send({ imeis: [IMEI, '353234028103214'] });
    assert.deepEqual(await summary.then(({ total, ok, silent }) => ({ total, ok, silent })), {
      total: 2,
      ok: 2,
      silent: 0,
    });
    assert.deepEqual(lines.sort(), [IMEI, '353234028103214'].sort());
    second.stop();
  });
});
