// Every request of IEC 60870-5-102 through the node: once as the node is set up, once as the message wishes. What is
// expected is what the simulated meter holds (test/support/iec870-meter.ts); its bytes are pinned by recorded frames.
import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import { systemClock } from '../../src/core/transport/lane/clock';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { hourValue, meterMemory, testMeter } from '../support/iec870-meter';
import {
  fasterClock,
  flowOf,
  helper,
  IDS,
  IMEI,
  nextMessage,
  paletteNodes,
  startBroker,
  startModem,
  type TestBroker,
} from '../support/palette';

const CATCH = 'e000000000000002';
/** Modem and meter at five times their speed: the platform's own times stay as they are. */
const FAST = fasterClock(systemClock, 5);

interface Report {
  imei: string;
  protocol: string;
  meter: string;
  identity: Record<string, unknown>;
  readings: { name: string; id: string; value?: unknown; unit?: string; at?: string; error?: { code: string } }[];
  rows: { at: string; status?: string; values: unknown[] }[];
  columns: { id: string; name?: string; unit?: string }[];
}

const DAY = { from: '2026-11-21T01:00', to: '2026-11-22T00:00' } as const;
const startOf = (day: string): number => Date.parse(`${day}T00:00+01:00`);
const valueOf = (report: Report, name: string): unknown =>
  report.readings.find((reading) => reading.name === name)?.value;
const atEach = (start: number, count: number, minutes: number): number[] =>
  Array.from({ length: count }, (_, i) => start + i * minutes * 60_000);
/** Active import and reactive Q4 of every row, by the rule of the meter's memory. */
const assertPeriods = (report: Report, times: readonly number[], scale: number): void => {
  assert.deepEqual(
    report.rows.map(({ at, values: [first, , , , , sixth] }) => [Date.parse(at), first, sixth]),
    times.map((at) => [at, hourValue(at) * scale + 1, hourValue(at) * scale + 6]),
  );
  assert.deepEqual(
    report.columns.map(({ name, unit }) => `${name} ${unit}`),
    [
      'active_import kWh',
      'active_export kWh',
      'reactive_q1 kvarh',
      'reactive_q2 kvarh',
      'reactive_q3 kvarh',
      'reactive_q4 kvarh',
    ],
  );
};

/** Request, further properties, what comes. */
const REQUESTS: readonly (readonly [string, Record<string, unknown>, (report: Report) => void])[] = [
  ['load-curve', DAY, (report) => assertPeriods(report, atEach(startOf('2026-11-21') + 3_600_000, 24, 60), 1)],
  [
    'load-curve',
    { from: '2026-11-21T00:15', to: '2026-11-21T03:00', register: '12' },
    (report) => assertPeriods(report, atEach(startOf('2026-11-21') + 900_000, 12, 15), 1),
  ],
  [
    'increments',
    { ...DAY, to: '2026-11-21T05:00' },
    (report) => assertPeriods(report, atEach(startOf('2026-11-21') + 3_600_000, 5, 60), 1),
  ],
  [
    'totals',
    { from: '2026-11-19', to: '2026-11-21', register: 21 },
    (report) => {
      assertPeriods(report, ['2026-11-19', '2026-11-20', '2026-11-21'].map(startOf), 100);
      assert.deepEqual(
        [valueOf(report, 'active_import'), report.readings[0]?.at],
        [hourValue(startOf('2026-11-21')) * 100 + 1, '2026-11-21T00:00:00+01:00'],
      );
    },
  ],
  [
    'billing',
    {},
    (report) => {
      assert.deepEqual(
        report.rows.map(({ values }) => values.slice(0, 4)),
        [
          ['total', '2026-11-01T00:00:00+01:00', 11_020, 130],
          ['p1', '2026-11-01T00:00:00+01:00', 11_021, 131],
          ['p2', '2026-11-01T00:00:00+01:00', 11_022, 132],
        ],
      );
      assert.deepEqual(
        [valueOf(report, 'p1.active_total'), valueOf(report, 'p1.max_power'), valueOf(report, 'p1.excess_power')],
        [11_021, 311, null],
      );
    },
  ],
  [
    'billing',
    { from: '2026-10-01T00:00', to: '2026-11-01', register: '134' },
    (report) => {
      assert.deepEqual(
        report.rows.map(({ at, values: [tariff, , , active] }) => [at.slice(0, 10), tariff, active]),
        [
          ['2026-10-01', 'total', 110],
          ['2026-10-01', 'p1', 111],
          ['2026-10-01', 'p2', 112],
          ['2026-11-01', 'total', 120],
          ['2026-11-01', 'p1', 121],
          ['2026-11-01', 'p2', 122],
        ],
      );
    },
  ],
  [
    'instantaneous',
    {},
    (report) => {
      assert.deepEqual(
        ['active_import', 'reactive_q4', 'active_power', 'power_factor', 'voltage_l1', 'voltage_l2', 'current_l3'].map(
          (name) => valueOf(report, name),
        ),
        [255_842, null, 8, 0.922, 238.9, null, 1.2],
      );
      assert.deepEqual([valueOf(report, 'active_power_l3'), valueOf(report, 'reactive_power_l3')], [2, -1]);
    },
  ],
  [
    'events',
    { from: '2026-11-21', to: '2026-11-22T09:30', register: '52' },
    (report) => {
      assert.deepEqual(
        report.rows.map(({ at, values }) => [at, ...values]),
        [
          ['2026-11-21T07:00:04+01:00', 52, 3, 1, false],
          ['2026-11-22T07:00:04+01:00', 52, 3, 2, true],
        ],
      );
    },
  ],
  [
    'time',
    {},
    (report) => {
      assert.match(String(valueOf(report, 'time')), /^2026-11-22T\d\d:\d\d:\d\d(\.\d+)?\+01:00$/);
      assert.deepEqual([valueOf(report, 'summer_time'), valueOf(report, 'time_valid')], [false, true]);
    },
  ],
  [
    'configuration',
    {},
    (report) => {
      assert.deepEqual(
        ['serial_1_speed', 'optical_format', 'primary_voltage', 'secondary_current', 'integration_period_2'].map(
          (name) => valueOf(report, name),
        ),
        ['9600', '8E1', 17_500, 5, 15],
      );
      assert.deepEqual(
        [report.identity['device'], report.identity['model'], report.identity['firmware']],
        [48_304_838, 'KA', 77],
      );
    },
  ],
  [
    'contracted-power',
    { register: '134' },
    (report) =>
      assert.deepEqual(
        report.readings.map(({ name, id, value, unit }) => [name, id, value, unit]),
        [51, 52, 53, 54, 55, 56].map((kw, i) => [`contracted_power_p${i + 1}`, `134:${i + 1}`, kw, 'kW']),
      ),
  ],
  [
    'identity',
    {},
    (report) => assert.deepEqual(report.identity, { manufacturer: 66, device: 48_304_838, standard: '2002-04' }),
  ],
];

describe('mtx-iec-read in Node-RED, every request of IEC 60870-5-102', () => {
  let broker: TestBroker;
  let meter: ReturnType<typeof testMeter>;
  const modems: ModemCore[] = [];
  beforeEach(async () => {
    broker = await startBroker();
    await start();
  });
  afterEach(async () => {
    await helper.unload();
    for (const modem of modems.splice(0)) modem.stop();
    await broker.close();
  });

  const start = async (...options: Parameters<typeof testMeter>): Promise<void> => {
    meter = testMeter(...options);
    for (const modem of modems.splice(0)) modem.stop();
    modems.push(await startModem(broker, { meters: [meter], config: { COMM_parity: 'even' } }, FAST));
  };
  const load = (node: Record<string, unknown>, password = '7'): Promise<void> =>
    helper.load(
      paletteNodes(),
      flowOf(
        broker,
        { type: 'mtx-iec-read', protocol: '60870-5-102', link: '1', point: '1', ...node },
        { parity: 'even' },
      ),
      { [IDS.node]: { password } } as never,
    ) as Promise<void>;
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

  for (const [i, [request, properties, assertReport]] of REQUESTS.entries()) {
    const name = `${request} ${Object.keys(properties).join(' ')}`.trim();
    it(`${name}: as the node is set up`, async () => {
      await load({ request, ...properties });
      const report = await reportOf({});
      assert.deepEqual([report.imei, report.protocol, report.meter], [IMEI, 'iec60870-5-102', '1']);
      assertReport(report);
    });
    it(`${name}: as the message wishes, over a node that is set up for something else`, async () => {
      // Everything is wrong on the node: addresses, password, request, interval, register.
      await load(
        {
          link: '2',
          point: '9',
          request: request === 'time' ? 'identity' : 'time',
          from: '2020-01-01',
          to: '2020-01-02',
          register: '22',
        },
        '99',
      );
      const { from = '', to = '', ...further } = properties;
      // The interval may stand on the message itself, or among the meter's properties.
      const onMessage = i % 2 === 0;
      assertReport(
        await reportOf({
          meter: {
            link: 1,
            point: '1',
            password: 7,
            request,
            register: '',
            ...further,
            ...(!onMessage && { from, to }),
          },
          ...(onMessage && { from, to }),
        }),
      );
      assert.deepEqual([meter.counts.refusals, meter.counts.isOpen], [0, false]);
    });
  }

  it('the badge tells beforehand how long a read takes, and on the way what is left', async () => {
    await start({ reactionMs: 400 }); // a badge is shown four times a second at most
    await load({ request: 'increments', ...DAY, to: '2026-11-21T08:00' });
    const texts: string[] = [];
    (helper.getNode(IDS.node) as Node).on(
      'call:status' as never,
      ((call: { args: [{ text?: string }] }) => texts.push(call.args[0].text ?? '')) as never,
    );
    await reportOf({});
    const keys = texts.map((text) => text.replace('mtx-iec-read.status.', ''));
    assert.ok(keys.indexOf('predicted') >= 0 && keys.indexOf('left') > keys.indexOf('predicted'), keys.join(' '));
    assert.ok(!keys.includes('reading1') && !keys.includes('reading'), keys.join(' '));
  });

  it('a refusal, a wrong measuring point and a register that the meter has not are caught with their code', async () => {
    await load({ request: 'load-curve', ...DAY });
    assert.deepEqual(
      [await caught({ meter: { register: 13 } }), await caught({ meter: { point: 2 } })].map(({ code, retryable }) => [
        code,
        retryable,
      ]),
      [
        ['REQUEST_REFUSED', false],
        ['CONFIG_INVALID', false],
      ],
    );
    assert.equal(meter.counts.isOpen, false);
  });

  it('no data in the interval is a report without rows', async () => {
    await load({ request: 'totals' });
    assert.deepEqual((await reportOf({ from: '2024-01-01', to: '2024-01-02' })).rows, []);
    assert.ok(meterMemory().since > Date.parse('2024-01-02'));
  });
});
