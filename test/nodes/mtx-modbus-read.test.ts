import assert from 'node:assert/strict';
import { systemClock } from '../../src/core/transport/lane/clock';
import { drop, withFaults } from '../../src/simulator/index';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import {
  flowOf,
  helper,
  IDS,
  IMEI,
  nextMessage,
  onMessage,
  paletteNodes,
  ruleMeter,
  startBroker,
  startModem,
  until,
  type TestBroker,
} from '../support/palette';

const CATCH = 'e000000000000002';
const OTHER = '353234028103214';
const REGISTERS = [
  { name: 'a', fc: '3', address: '0', type: 'uint16', order: 'ABCD', scale: '0.1', unit: 'V', length: '' },
  { name: 'b', fc: 3, address: '40011', type: 'uint32', order: 'CDAB', scale: 1, unit: 'Wh' },
];

interface Report {
  imei: string;
  protocol: string;
  meter: string;
  readings: { name: string; id: string; value?: unknown; unit?: string; error?: { code: string } }[];
  link: { exchanges: number; attempts: number };
}

describe('mtx-modbus-read in Node-RED', () => {
  let broker: TestBroker;
  const modems: ModemCore[] = [];
  beforeEach(async () => {
    broker = await startBroker();
  });
  afterEach(async () => {
    await helper.unload();
    for (const modem of modems.splice(0)) modem.stop();
    await broker.close();
  });

  const start = async (...options: Parameters<typeof startModem>[1][]): Promise<void> => {
    for (const option of options.length > 0 ? options : [{}]) modems.push(await startModem(broker, option));
  };
  const load = async (node: Record<string, unknown> = {}, modem: Record<string, unknown> = {}): Promise<void> => {
    await helper.load(
      paletteNodes(),
      flowOf(broker, { type: 'mtx-modbus-read', unit: '1', registers: REGISTERS, ...node }, modem),
    );
  };
  const send = (msg: Record<string, unknown>): void => helper.getNode(IDS.node).receive(msg as never);
  const caught = async (
    msg: Record<string, unknown>,
  ): Promise<{ code: string; retryable: boolean; stage: string; detail: string }> => {
    const error = nextMessage(CATCH);
    send(msg);
    return (
      (await error) as unknown as {
        error: { cause: { code: string; retryable: boolean; stage: string; detail: string } };
      }
    ).error.cause;
  };

  it('reads registers as the contract says, in one request, and keeps the message', async () => {
    await start();
    await load();
    const out = nextMessage(IDS.out);
    send({ mine: 7 });
    const msg = await out;
    const report = msg.payload as Report;
    assert.deepEqual(
      [report.imei, report.protocol, report.meter, msg.topic, msg['mine']],
      [IMEI, 'modbus', '1', `${IMEI}/1`, 7],
    );
    // holding register a of the rule device is 0x1000 x unit + a
    assert.deepEqual(
      report.readings.map(({ name, id, value, unit }) => ({ name, id, value, unit })),
      [
        { name: 'a', id: '3:0', value: 409.6, unit: 'V' },
        { name: 'b', id: '3:10', value: 0x100b * 65536 + 0x100a, unit: 'Wh' },
      ],
    );
    assert.equal(report.link.exchanges, 2, 'the first one ends what an earlier life of Node-RED may have asked');
    const again = nextMessage(IDS.out);
    send({});
    assert.equal(((await again).payload as Report).link.exchanges, 1);
  });

  it('gives values by name, or one message per reading', async () => {
    await start();
    await load({ output: 'values' });
    const out = nextMessage(IDS.out);
    send({});
    assert.deepEqual((await out).payload, { a: 409.6, b: 0x100b * 65536 + 0x100a });
    const each: Record<string, unknown>[] = [];
    onMessage((msg) => each.push(msg));
    send({ meter: { output: 'each', name: 'main board' } });
    await until(() => each.length === 2);
    assert.deepEqual(
      each.map(({ payload }) => [(payload as { meterName: string }).meterName, (payload as { name: string }).name]),
      [
        ['main board', 'a'],
        ['main board', 'b'],
      ],
    );
    assert.deepEqual(
      each.map(({ parts }) => (parts as { index: number; count: number }).index),
      [0, 1],
    );
  });

  it('obeys msg.meter, msg.imei and msg.registers', async () => {
    await start({ meters: [ruleMeter(1), ruleMeter(7)] }, { imei: OTHER, meters: [ruleMeter(7)] });
    await load({}, { imei: '' });
    const out = nextMessage(IDS.out);
    send({ imei: OTHER, meter: { unit: 7 }, registers: [{ name: 'x', fc: 3, address: '0x10', type: 'uint16' }] });
    const report = (await out).payload as Report;
    assert.deepEqual([report.imei, report.meter, report.readings.map((r) => r.value)], [OTHER, '7', [0x7010]]);
    assert.equal((await caught({})).code, 'CONFIG_INVALID');
    assert.match((await caught({ imei: '12' })).detail, /15 digits/);
    assert.match((await caught({ imei: IMEI, meter: { unit: 300 } })).detail, /^unit is 300, .*1 to 255/);
    assert.match(
      (await caught({ imei: IMEI, registers: [{ name: 'x', fc: 3, address: 0, type: 'uint16', scael: 1 }] })).detail,
      /scael/,
    );
  });

  it('gives the silence of a dead unit to the Catch node, leaves it alone, and reads its neighbour', async () => {
    await start();
    await load({ timeout: '200' }, { attempts: '1' });
    const dead = await caught({ meter: { unit: 9 } });
    assert.deepEqual([dead.code, dead.retryable, dead.stage], ['NO_REPLY', true, 'read']);
    assert.equal((await caught({ meter: { unit: 9 } })).code, 'METER_RESTING');
    const out = nextMessage(IDS.out);
    send({});
    assert.equal(((await out).payload as Report).readings[0]?.value, 409.6);
  });

  it('survives lost answers, and says how many attempts it took', async () => {
    await start({ meters: [withFaults(ruleMeter(1), [drop(1)], 5)] });
    await load({ timeout: '200' });
    const out = nextMessage(IDS.out);
    send({});
    const report = (await out).payload as Report;
    assert.equal(report.readings[0]?.value, 409.6);
    assert.equal(report.link.attempts, 2);
  });

  it('makes a refused register a reading with an error, and the others values', async () => {
    await start({ meters: [ruleMeter(1, { holes: [5] })] });
    await load({ registers: [...REGISTERS, { name: 'none', fc: 3, address: 5, type: 'uint16' }] });
    const out = nextMessage(IDS.out);
    send({});
    const { readings } = (await out).payload as Report;
    assert.deepEqual(
      readings.map(({ name, value, error }) => [name, value ?? error?.code]),
      [
        ['a', 409.6],
        ['b', 0x100b * 65536 + 0x100a],
        ['none', 'MODBUS_EXCEPTION'],
      ],
    );
  });

  it('cancels what waits, and ends a deploy in the middle of a read', async () => {
    await load({ timeout: '20000' }); // no modem: nobody answers
    const error = nextMessage(CATCH);
    send({});
    await systemClock.sleep(300);
    send({ cancel: true });
    assert.equal(((await error) as unknown as { error: { cause: { code: string } } }).error.cause.code, 'CANCELLED');
    send({});
    await systemClock.sleep(700);
    const began = systemClock.now();
    await helper.unload();
    assert.ok(systemClock.now() - began < 15_000, 'closing waited for the answer that never comes');
  });

  it('tells a missing broker, and reads when it is back', async () => {
    await start();
    await load();
    await broker.stop();
    await systemClock.sleep(200);
    const out = nextMessage(IDS.out);
    send({});
    await systemClock.sleep(500);
    assert.equal(broker.published.filter((line) => line.startsWith(`${IMEI}/rx`)).length, 0);
    await broker.restart();
    broker.subscribed.length = 0;
    assert.equal(
      ((await out.catch(() => ({ payload: undefined }))).payload as Report | undefined)?.readings[0]?.value ?? 'failed',
      409.6,
    );
  });

  it('refuses two modems on one literal topic', async () => {
    await start();
    await load({}, { txTopic: 'txmaster', rxTopic: 'rxmaster', imei: '' });
    assert.equal((await caught({ imei: IMEI })).code, 'TOPIC_SHARED');
  });
});
