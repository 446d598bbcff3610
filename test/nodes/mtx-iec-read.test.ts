import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import type { Node } from 'node-red';
import { systemClock } from '../../src/core/transport/lane/clock';
import { Iec62056Meter } from '../../src/simulator/meters/iec62056/meter';
import {
  profileRows,
  pushTelegram,
  VDEW_MODEL,
  type Iec62056Faults,
  type Iec62056Model,
} from '../../src/simulator/meters/iec62056/data';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { hourValue, testMeter } from '../support/iec870-meter';
import {
  fasterClock,
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
import { said } from '../support/said';

const CATCH = 'e000000000000002';
/** Modems and meters at five times their speed: the platform's own times stay as they are. */
const FAST_FACTOR = 5;
const FAST = fasterClock(systemClock, FAST_FACTOR);
const SEVEN_EVEN = { baud: 9600, dataBits: 7, parity: 'even', stopBits: 1 } as const;

/** Function nodes run in a realm of their own, with a Date of its own. */
const dateOfFunctionNode = (text: string): Date => runInNewContext(`new Date('${text}')`) as Date;

interface Report {
  imei: string;
  protocol: string;
  meter: string;
  identity: Record<string, unknown>;
  readings: { name: string; id: string; value?: unknown; unit?: string; at?: string; error?: { code: string } }[];
  rows: { at: string; status?: string; values: unknown[] }[];
  columns: { id: string; name?: string }[];
  link: { exchanges: number; attempts: number; bytesIn: number };
}

describe('mtx-iec-read in Node-RED', () => {
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

  /** A meter with one speed, seven bits and even parity, behind a port set to 8N1. */
  const meter62056 = async (
    model: Partial<Iec62056Model> = {},
    faults: Iec62056Faults = {},
  ): Promise<Iec62056Meter> => {
    const meter = new Iec62056Meter({
      model: { line: SEVEN_EVEN, switches: false, ...model },
      faults,
      now: () => FAST.now(),
    });
    modems.push(await startModem(broker, { meters: [meter] }, FAST));
    return meter;
  };
  const meter870 = async (...options: Parameters<typeof testMeter>): Promise<ReturnType<typeof testMeter>> => {
    const meter = testMeter(...options);
    modems.push(await startModem(broker, { meters: [meter], config: { COMM_parity: 'even' } }, FAST));
    return meter;
  };
  const load = async (
    node: Record<string, unknown> = {},
    modem: Record<string, unknown> = {},
    password = '',
  ): Promise<void> => {
    await helper.load(paletteNodes(), flowOf(broker, { type: 'mtx-iec-read', protocol: '62056-21', ...node }, modem), {
      [IDS.node]: { password },
    } as never);
  };
  const load870 = (node: Record<string, unknown> = {}, password = '7'): Promise<void> =>
    load({ protocol: '60870-5-102', link: '1', point: '1', ...node }, { parity: 'even' }, password);
  const send = (msg: Record<string, unknown>): void => helper.getNode(IDS.node).receive(msg as never);
  const reportOf = async (msg: Record<string, unknown>): Promise<Report> => {
    const out = nextMessage(IDS.out);
    send(msg);
    return (await out).payload as Report;
  };
  const caught = async (
    msg: Record<string, unknown>,
  ): Promise<{ code: string; retryable: boolean; detail: string }> => {
    const error = nextMessage(CATCH);
    send(msg);
    return ((await error) as unknown as { error: { cause: { code: string; retryable: boolean; detail: string } } })
      .error.cause;
  };
  const statuses = (): string[] => {
    const texts: string[] = [];
    (helper.getNode(IDS.node) as Node).on(
      'call:status' as never,
      ((call: { args: [{ text?: string }] }) => texts.push(call.args[0].text ?? '')) as never,
    );
    return texts;
  };

  describe('IEC 62056-21', () => {
    it('reads a 7E1 meter through an 8N1 port: the readout in order, and who the meter is', async () => {
      await meter62056();
      await load();
      const texts = statuses();
      const out = nextMessage(IDS.out);
      send({ mine: 7, meter: { address: '03878504' } });
      const msg = await out;
      const report = msg.payload as Report;
      assert.deepEqual(
        [report.imei, report.protocol, report.meter, msg.topic, msg['mine']],
        [IMEI, 'iec62056-21', '03878504', `${IMEI}/03878504`, 7],
      );
      assert.deepEqual(
        report.readings.map(({ name }) => name),
        VDEW_MODEL.readout.map((line) => line.slice(0, line.indexOf('('))),
      );
      assert.deepEqual(
        report.readings.find(({ name }) => name === '1.8.0'),
        { name: '1.8.0', id: '1-0:1.8.0*255', value: 1234.5, unit: 'kWh', raw: '0001234.5' },
      );
      assert.deepEqual([report.identity['manufacturer'], report.identity['id']], ['EMH', 'D4EM4TIIW001--']);
      await until(() => texts.includes('mtx-iec-read.status.reading')); // with the bytes heard; texts are keys here
    });

    it('reads registers; a code that the meter has not is an error of this one, and the session is closed', async () => {
      const meter = await meter62056();
      await load({ request: 'registers', items: ['1.8.0', '9.9.9', '32.7.0'] });
      const out = nextMessage(IDS.out);
      send({});
      const msg = await out;
      assert.equal(msg.topic, IMEI, 'no address, no name to invent');
      assert.deepEqual(
        (msg.payload as Report).readings.map(({ name, value, error }) => [name, value ?? error?.code]),
        [
          ['1.8.0', 1234.5],
          ['9.9.9', 'REQUEST_REFUSED'],
          ['32.7.0', 230.1],
        ],
      );
      await until(() => meter.seen.at(-1) === 'B0 ');
      assert.deepEqual(await reportOf({ items: '1.8.1, 1.8.2', meter: { output: 'values' } }), {
        '1.8.1': 834.5,
        '1.8.2': 400,
      });
    });

    it('takes instants in the wall time of the zone, texts as they are, and gives rows', async () => {
      await meter62056();
      await load({ request: 'profile', timeZone: 'Europe/Madrid' });
      const wanted = profileRows(
        VDEW_MODEL.profile ?? assert.fail(),
        Date.parse('2026-11-20T06:00Z'),
        Date.parse('2026-11-20T07:00Z'),
      );
      const byInstant = await reportOf({
        from: dateOfFunctionNode('2026-11-20T06:00:00Z'),
        to: Date.parse('2026-11-20T07:00:00Z'),
      });
      assert.deepEqual(
        byInstant.rows.map(({ values }) => values),
        wanted.map(({ values }) => values.map(Number)),
      );
      assert.deepEqual(
        [byInstant.rows[0]?.at, byInstant.rows.at(-1)?.at],
        ['2026-11-20T07:00:00', '2026-11-20T08:00:00'],
      );
      const byText = await reportOf({ from: '2026-11-20T07:00', to: '2026-11-20T09:00+02:00' });
      assert.deepEqual(byText.rows, byInstant.rows);
      const table = (await reportOf({
        from: '2026-11-20T07:00',
        to: '2026-11-20T08:00',
        meter: { output: 'values' },
      })) as unknown as Record<string, unknown>[];
      assert.deepEqual(
        [table.length, table[0]?.['at'], table[0]?.['1.5']],
        [5, '2026-11-20T07:00:00', Number(wanted[0]?.values[0])],
      );
      assert.match((await caught({ from: '2026-11-20', to: '2026-11-19' })).detail, /from/);
      assert.match(
        (await caught({ meter: { timeZone: 'Nowhere' }, from: new Date() })).detail,
        /^timeZone is "Nowhere"/,
      );
    });

    const REQUESTS: Record<string, Record<string, unknown>> = {
      readout: {},
      registers: { items: ['1.8.0', '1.6.1', 'F.F'] },
      profile: { from: '2026-11-20T07:00', to: '2026-11-20T08:00' },
      log: { from: '2026-11-18', to: '2026-11-22' },
    };
    for (const [request, fields] of Object.entries(REQUESTS))
      it(`${request}: by the node's own set-up, and by msg.meter, with the same result`, async () => {
        await meter62056();
        await load({ request, ...fields });
        const own = await reportOf({});
        await helper.unload();
        await load();
        const asked = await reportOf({ meter: { request, ...fields } });
        assert.deepEqual([asked.readings, asked.rows, asked.columns], [own.readings, own.rows, own.columns]);
        const { readings, rows } = own;
        if (request === 'readout') assert.equal(readings.length, VDEW_MODEL.readout.length);
        if (request === 'registers')
          assert.deepEqual(
            readings.map(({ name, value, at }) => [name, value, at]),
            [
              ['1.8.0', 1234.5, undefined],
              ['1.6.1', 0.50262, '2026-11-12T07:30:00'],
              ['F.F', '00000000', undefined],
            ],
          );
        if (request === 'profile')
          assert.deepEqual(
            rows.map(({ at }) => at.slice(11)),
            ['07:00:00', '07:15:00', '07:30:00', '07:45:00', '08:00:00'],
          );
        if (request === 'log')
          assert.deepEqual(
            rows.map(({ at, status }) => [at, status]),
            [
              ['2026-11-20T11:05:00', '00000080'],
              ['2026-11-20T11:35:00', '00000040'],
            ],
          );
      });

    it('a talk that breaks after the password is not repeated by the lane, whatever its attempts', async () => {
      const meter = await meter62056({}, { silentFromRead: 1 });
      await load({ request: 'registers', items: ['1.8.0'] }, { attempts: '3' }, '00000000');
      const broken = await caught({});
      assert.deepEqual([broken.code, broken.retryable], ['SESSION_BROKEN', false]);
      await until(() => meter.seen.at(-1) === 'B0 ');
      assert.equal(meter.seen.filter((line) => line.startsWith('P1')).length, 1);
    });

    it('does not repeat a refused password, and takes the right one of a message', async () => {
      const meter = await meter62056({ needsPassword: true, refusal: 'nak' });
      await load({ request: 'registers', items: ['1.8.0'] }, { attempts: '3' }, '12345678');
      const denied = await caught({});
      assert.deepEqual([denied.code, denied.retryable], ['ACCESS_DENIED', false]);
      assert.ok(!said(denied).includes('12345678'));
      await until(() => meter.seen.length === 2);
      assert.deepEqual(meter.seen, ['P1 (12345678)', 'B0 ']);
      const report = await reportOf({ meter: { password: '00000000' } });
      assert.equal(report.readings[0]?.value, 1234.5);
    });

    it('says the break when it is cancelled', async () => {
      const meter = await meter62056({}, { silentFromRead: 1 });
      await load({ request: 'registers', items: ['1.8.0'] }, { attempts: '1' });
      const error = nextMessage(CATCH);
      send({});
      await until(() => meter.seen.length > 0);
      send({ cancel: true });
      assert.equal(((await error) as unknown as { error: { cause: { code: string } } }).error.cause.code, 'CANCELLED');
      await until(() => meter.seen.at(-1) === 'B0 ');
    });

    it('emits each telegram that comes unasked, however it is cut, and never joins two halves', async () => {
      await load({ request: 'push', items: ['1.8.0'], output: 'values' });
      const heard: unknown[] = [];
      onMessage((msg) => heard.push(msg['payload']));
      await until(() => broker.subscribed.includes(`${IMEI}/tx`));
      const telegram = Buffer.from(pushTelegram(VDEW_MODEL, true));
      const publish = (payload: Buffer): Promise<void> =>
        new Promise((resolve) =>
          broker.aedes.publish(
            { cmd: 'publish', topic: `${IMEI}/tx`, payload, qos: 0, retain: false, dup: false },
            () => resolve(),
          ),
        );
      for (let at = 0; at < telegram.length; at += 50) await publish(telegram.subarray(at, at + 50));
      await publish(telegram.subarray(100));
      await publish(Buffer.concat([telegram, telegram]));
      await until(() => heard.length === 3);
      assert.deepEqual(
        heard,
        Array.from({ length: 3 }, () => ({ '1.8.0': 1234.5 })),
      );
      // A message is answered with the next one.
      const out = nextMessage(IDS.out);
      send({ mine: 1, meter: { output: 'report' } });
      for (let tries = 0; tries < 20 && heard.length < 4; tries++) {
        await publish(telegram);
        await systemClock.sleep(100);
      }
      const msg = await out;
      assert.deepEqual([msg['mine'], (msg.payload as Report).identity['check']], [1, 'crc']);
    });

    it('a listener needs a modem of its own', async () => {
      await load({ request: 'push' }, { imei: '' });
      const calls = (helper.getNode(IDS.node) as unknown as { error: { args: [string][] } }).error.args;
      assert.match(String(calls[0]?.[0]), /the settings are not usable/);
    });
  });

  describe('IEC 60870-5-102', () => {
    const DAY = { from: '2026-11-21T01:00', to: '2026-11-22T00:00' };

    it('reads the hourly curve of a day, each hour once, and ends the session', async () => {
      const meter = await meter870();
      await load870({ request: 'load-curve' });
      const report = await reportOf(DAY);
      assert.deepEqual([report.protocol, report.meter, report.rows.length], ['iec60870-5-102', '1', 24]);
      assert.deepEqual(
        [report.rows[0]?.at, report.rows[0]?.values[0]],
        ['2026-11-21T01:00:00+01:00', hourValue(Date.parse('2026-11-21T00:00Z')) + 1],
      );
      await until(() => meter.counts.ends === 1);
      assert.deepEqual(meter.counts, { logins: 1, refusals: 0, ends: 1, isOpen: false });
    });

    it('takes a Date for what it is, and lists values by name', async () => {
      await meter870();
      await load870({ request: 'load-curve', output: 'values' });
      const rows = (await reportOf({
        from: dateOfFunctionNode('2026-11-20T23:00:00Z'),
        to: new Date('2026-11-21T00:00:00Z'),
      })) as unknown as Record<string, unknown>[];
      assert.deepEqual(
        rows.map((row) => row['at']),
        ['2026-11-21T00:00:00+01:00', '2026-11-21T01:00:00+01:00'],
      );
      assert.equal(typeof rows[0]?.['active_import'], 'number');
    });

    it('gives up at once after a wrong password, and ends the session', async () => {
      const meter = await meter870();
      await load870({ request: 'time' }, '99');
      assert.equal((await caught({})).code, 'ACCESS_DENIED');
      assert.equal(meter.counts.refusals, 1);
      assert.equal((await reportOf({ meter: { password: 7 } })).readings[0]?.name, 'time');
    });

    it('sets the clock only with the consent of the message itself', async () => {
      const meter = await meter870();
      await load870({ request: 'set-time', confirm: true });
      assert.match((await caught({})).detail, /msg\.confirm/);
      assert.match((await caught({ meter: { confirm: true } })).detail, /msg\.confirm/);
      assert.equal(meter.counts.logins, 0);
      const began = systemClock.now();
      const { readings } = await reportOf({ confirm: true });
      const elapsed = (systemClock.now() - began) / 1000;
      const difference = readings.find(({ name }) => name === 'clock_difference')?.value;
      assert.ok(
        typeof difference === 'number' && Math.abs(difference) <= 2 + FAST_FACTOR * elapsed,
        `the meter is ${String(difference)} s off after ${elapsed} s`,
      );
    });

    it('names the field that cannot be', async () => {
      await load870({ request: 'load-curve', register: '134' });
      assert.match((await caught({})).detail, /^register: 134/);
      assert.match((await caught({ meter: { password: '' } })).detail, /register|password/);
      assert.match((await caught({ meter: { register: '', link: 70000 } })).detail, /^link is 70000/);
    });
  });
});
