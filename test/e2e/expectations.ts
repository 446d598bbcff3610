// What each example does, by its file name under examples/. The modems are those of the demo (scripts/demo-fleet.ts).
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { DEMO_METERS } from '../../scripts/demo-fleet';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import type { DebugSidebar } from '../support/debug-sidebar';

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

export interface Running {
  readonly debug: DebugSidebar;
  readonly modems: readonly ModemCore[];
  readonly brokerUrl: string;
  readonly nodeRedUrl: string;
  /** Presses the button of the inject node of this name or id. */
  inject(name: string): Promise<void>;
  /** The status text of the node of this name. */
  badge(name: string): string | undefined;
}

export interface Expectation {
  /** Properties changed by node name or type, so that nobody waits for what takes minutes: say nothing else here. */
  readonly quicker?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Nodes deployed with it: the other side that it talks to. */
  readonly beside?: readonly FlowNode[];
  check(example: Running): Promise<void>;
}

interface Report {
  readonly imei: string;
  readonly meter: string;
  readonly readings: readonly { readonly name: string; readonly value: unknown; readonly unit?: string }[];
}
interface Reply {
  readonly imei: string;
  readonly command: string;
  readonly ok: boolean;
  readonly lines: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

const FIRST = '353234028103206';
const ROOF = '353234028103222';
/** Its status period is 300 s. */
const PUMP = '353234028103248';
const TO_PAGE = 'to the page';
const DLMS = meterOf('dlms');
const IEC = meterOf('iec62056');
const SECURED = meterOf('dlms-secured');
const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const isMains = (volts: unknown): boolean => typeof volts === 'number' && volts > 200 && volts < 260;

export const EXPECTED: Readonly<Record<string, Expectation>> = {
  '01 - Read a Modbus meter.json': {
    check: async ({ debug, inject, badge }) => {
      const [report] = (await debug.values('report')) as [Report];
      assert.deepEqual([report.imei, report.meter], [FIRST, '1']);
      assert.deepEqual(
        report.readings.map(({ name, unit }) => [name, unit]),
        [
          ['voltage_l1', 'V'],
          ['voltage_l2', 'V'],
          ['voltage_l3', 'V'],
          ['power_total', 'W'],
          ['import_kwh', 'kWh'],
        ],
      );
      assert.ok(
        report.readings.slice(0, 3).every(({ value }) => isMains(value)),
        JSON.stringify(report.readings),
      );
      assert.ok(report.readings.every(({ value }) => typeof value === 'number'));
      await inject('now');
      const [values] = (await debug.values('values')) as [Record<string, unknown>];
      assert.deepEqual(Object.keys(values), ['voltage_l1']);
      assert.ok(isMains(values['voltage_l1']));
      await badgeIs(() => badge('own registers'), `${String(values['voltage_l1'])} V`);
    },
  },
  '02 - Command a modem.json': {
    check: async ({ debug, inject }) => {
      const next = async (count: number): Promise<readonly Reply[]> =>
        (await debug.values('reply', count)) as readonly Reply[];
      const [signal] = await next(1);
      assert.deepEqual([signal?.imei, signal?.command, signal?.ok], [FIRST, 'AT+CSQ', true]);
      assert.equal(typeof signal?.values['dbm'], 'number');
      debug.clear();
      await inject('version and period');
      const both = await next(2);
      assert.deepEqual(
        both.map(({ command }) => command),
        ['AT^MTXTUNNEL=VERSION', 'AT^MTXTUNNEL=GETPARAM,DNS_period'],
      );
      assert.deepEqual(
        both.map(({ values }) => Object.keys(values)),
        [['version'], ['DNS_period']],
      );
      debug.clear();
      await inject('status every 60 s');
      assert.deepEqual(
        (await next(1)).map(({ ok, command }) => [ok, command]),
        [[true, 'AT^MTXTUNNEL=SETPARAM,DNS_period,60']],
      );
      debug.clear();
      await inject('three modems');
      const list = (await debug.values('reply', 4)) as readonly (Reply & { total?: number; ok: unknown })[];
      assert.deepEqual(
        list
          .slice(0, 3)
          .map(({ imei }) => imei)
          .sort(),
        DEMO_METERS.slice(0, 3).map(({ imei }) => imei),
      );
      assert.deepEqual([list[3]?.total, list[3]?.ok], [3, 3]);
    },
  },
  '03 - Meters from a CSV list.json': {
    check: async ({ debug }) => {
      const readings = (await debug.values('one reading per message', 10)) as readonly {
        imei: string;
        meterName: string;
        name: string;
        value: unknown;
        unit: string;
        time: string;
      }[];
      const seen = readings.map(({ imei, meterName, name }) => `${imei} ${meterName} ${name}`).sort();
      assert.deepEqual(
        seen,
        DEMO_METERS.slice(0, 5)
          .flatMap(({ imei, name }) => [`${imei} ${name} current_l1`, `${imei} ${name} voltage_l1`])
          .sort(),
      );
      for (const { name, value, unit } of readings)
        assert.ok(
          name === 'voltage_l1' ? isMains(value) && unit === 'V' : typeof value === 'number' && unit === 'A',
          `${name} ${String(value)} ${unit}`,
        );
    },
  },
  '04 - Catch and retry errors.json': {
    quicker: { 'in 10 s': { timeout: '1' }, 'mtx-modem': { latency: '200' } },
    check: async ({ debug, badge }) => {
      const [given] = (await debug.values('given up')) as [
        { tries: number; cause: { code: string; retryable: boolean } },
      ];
      assert.deepEqual([given.tries, given.cause.retryable], [3, true]);
      assert.match(given.cause.code, /^(NO_REPLY|METER_RESTING)$/);
      assert.deepEqual(
        debug.messages.map(({ name }) => name),
        ['given up'],
      );
      assert.match(badge('meter that may be away') ?? '', /status\.(NO_REPLY|METER_RESTING)$/);
    },
  },
  '05 - Read an IEC 62056-21 meter.json': {
    check: async ({ debug, inject, badge }) => {
      const [report] = (await debug.values('readout')) as [Report];
      assert.deepEqual([report.imei, valueIn(report, '0.0.0'), unitIn(report, '1.8.0')], [IEC, '12345678', 'kWh']);
      assert.ok(
        report.readings.length >= 10 && report.readings.every((reading) => 'value' in reading),
        JSON.stringify(report.readings),
      );
      // the tariffs' sum; a digit lost in one of the three would show
      assert.equal(valueIn(report, '1.8.0'), Number(valueIn(report, '1.8.1')) + Number(valueIn(report, '1.8.2')));
      await inject('now');
      const [values] = (await debug.values('registers')) as [Record<string, unknown>];
      assert.deepEqual(Object.keys(values), ['1.8.0', '32.7.0']);
      assert.equal(values['1.8.0'], valueIn(report, '1.8.0'));
      assert.ok(isMains(values['32.7.0']));
      await badgeIs(() => badge('1.8.0 and 32.7.0'), `${String(values['1.8.0'])} kWh`);
    },
  },
  '06 - Load profile of yesterday.json': {
    check: async ({ debug, nodeRedUrl }) => {
      const ends = quarterHoursOfYesterday();
      const [text] = (await debug.values('what was read')) as [string];
      assert.equal(text, `${ends.length} rows from ${ends[0]} to ${ends.at(-1)}`);
      const page = await (await served(`${nodeRedUrl}/load-profile`)).text();
      const rows = [...page.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row = '']) =>
        [...row.matchAll(/<t[hd]>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell),
      );
      assert.deepEqual(
        rows[0]?.map((cell) => cell?.replace(/^.* /, '')),
        ['ends', 'kW', 'kW', 'kvar', 'kvar', 'status'],
      );
      assert.deepEqual(
        rows.slice(1).map(([end]) => end),
        ends,
      );
      for (const [end, ...cells] of rows.slice(1))
        assert.ok(
          cells.length === 5 && cells.slice(0, 4).every((cell) => /^\d+(\.\d+)?$/.test(cell ?? '')),
          `${end}: ${cells.join(' ')}`,
        );
    },
  },
  '07 - Hourly curve of a Spanish meter.json': {
    check: async ({ debug, badge }) => {
      const [csv] = (await debug.values('CSV')) as [string];
      // the sidebar cuts long texts: the last line may be half a one
      const [head, ...rows] = csv.split('\n').slice(0, -1);
      assert.equal(head, 'at,active_import,active_export,reactive_q1,reactive_q2,reactive_q3,reactive_q4');
      assert.ok(rows.length > 15, csv);
      const day = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Madrid' });
      const yesterday = new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);
      assert.match(rows[0] ?? '', new RegExp(`^${yesterday}T01:00:00\\+0[12]:00,`));
      rows.forEach((row, i) => {
        const [at = '', ...energies] = row.split(',');
        assert.equal(
          Date.parse(at),
          Date.parse(rows[0]?.split(',')[0] ?? '') + i * HOUR_MS,
          'an hour after the row before',
        );
        // what the simulated meter counts in an hour, by its register's address
        assert.deepEqual(
          energies.map(Number),
          [1, 2, 3, 4, 5, 6].map((address) => address * (1 + new Date(at).getUTCHours())),
        );
      });
      const hours = (madridMidnight(day) - madridMidnight(yesterday)) / HOUR_MS;
      await badgeIs(() => badge('hourly curve'), `${hours} rows`);
    },
  },
  '08 - Read DLMS registers.json': {
    check: async ({ debug, inject }) => {
      const [report] = (await debug.values('registers')) as [Report];
      assert.equal(report.imei, DLMS);
      assert.deepEqual(
        report.readings.map(({ name, value, unit }) => [name, value, unit]),
        [
          ['Active energy import', 1043677, 'Wh'],
          ['Active energy export', 5840, 'Wh'],
          ['voltage_l1', 230.4, 'V'],
          ['voltage_l2', 231.1, 'V'],
          ['voltage_l3', 229.8, 'V'],
        ],
      );
      await inject('now');
      const [objects] = (await debug.values('objects')) as [
        { readings: readonly { id: string; value: { class: number } }[] },
      ];
      const classes = new Map(objects.readings.map(({ id, value }) => [id, value.class]));
      // a register, a load profile, the clock, the association itself
      assert.deepEqual(
        ['1-0:1.8.0*255', '1-0:99.1.0*255', '0-0:1.0.0*255', '0-0:40.0.0*255'].map((id) => classes.get(id)),
        [3, 7, 8, 15],
      );
    },
  },
  '09 - Load profile of yesterday as CSV.json': {
    check: async ({ nodeRedUrl }) => {
      const answer = await served(`${nodeRedUrl}/load-profile.csv`);
      const csv = await answer.text();
      assert.equal(answer.status, 200, csv);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/);
      const ends = quarterHoursOfYesterday();
      assert.equal(
        answer.headers.get('content-disposition'),
        `attachment; filename="load-profile-${ends[0]?.slice(0, 10)}.csv"`,
      );
      const [head, ...rows] = csv.trim().split('\n');
      assert.equal(head, 'at,Status,Active energy import,Active energy export,Voltage L1');
      const cells = rows.map((row) => row.split(','));
      assert.deepEqual(
        cells.map(([at = '']) => Date.parse(at)),
        ends.map((end) => Date.parse(end)),
      );
      for (const [i, [at = '', status, energy, , volts]] of cells.entries()) {
        assert.match(at, /\+01:00$/);
        assert.ok(/^\d+$/.test(status ?? '') && isMains(Number(volts)), rows[i]);
        if (i > 0)
          assert.equal(
            Number(energy) - Number(cells[i - 1]?.[2]),
            13,
            `the simulated meter counts 13 Wh in a quarter hour; ${rows[i]}`,
          );
      }
    },
  },
  '10 - Read a secured DLMS meter.json': {
    check: async ({ debug, badge }) => {
      const [report] = (await debug.values('report')) as [Report];
      assert.deepEqual(
        [report.imei, ...report.readings.map(({ name, value, unit }) => `${name} ${String(value)} ${unit}`)],
        [SECURED, 'Active energy import 1043677 Wh', 'Active energy export 5840 Wh', 'Voltage L1 230.4 V'],
      );
      await badgeIs(() => badge('GMAC, encrypted'), '1043677 Wh');
    },
  },
  '17 - SMS when MQTT is out of reach.json': {
    // in the place of the provider: it accepts everything and shows it
    beside: [
      {
        id: '6d74781700000091',
        z: '6d74781700000001',
        type: 'http in',
        url: '/your-sms-provider',
        method: 'post',
        wires: [['6d74781700000092', '6d74781700000093']],
      },
      { id: '6d74781700000092', z: '6d74781700000001', type: 'http response', statusCode: '202', wires: [] },
      {
        id: '6d74781700000093',
        z: '6d74781700000001',
        type: 'debug',
        name: 'provider',
        active: true,
        tosidebar: true,
        complete: 'payload',
        targetType: 'msg',
        wires: [],
      },
    ],
    check: async ({ debug, modems: [modem, gateway], inject, nodeRedUrl }) => {
      assert.ok(modem && gateway);
      modem.body.csq = 20;
      await served(`${nodeRedUrl}/your-sms-provider`, { method: 'POST' });
      await debug.values('provider'); // it is there
      debug.clear();
      await inject('coverage');
      assert.deepEqual(await debug.values('provider'), [
        { to: '+34666000001', from: '+34666123456', body: 'MTXTUNNEL AT+CSQ' },
      ]);
      await modem.receiveSms('+34666123456', 'MTXTUNNEL AT+CSQ');
      for (let tries = 0; tries < 600 && modem.outbox.length === 0; tries++) await setTimeout(100);
      const told = { from: '+34666000001', body: modem.outbox.at(-1)?.text, at: new Date().toISOString(), id: '1' };
      const answer = await fetch(`${nodeRedUrl}/mtx/sms-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(told),
      });
      assert.equal(answer.status, 204);
      const [reply] = (await debug.values('answers')) as [Reply];
      assert.deepEqual([reply.imei, reply.command, reply.ok, reply.values['csq']], [FIRST, 'AT+CSQ', true, 20]);
      await inject('6d74781700000011'); // right APN (confirmed), by gateway
      for (let tries = 0; tries < 600 && gateway.outbox.length === 0; tries++) await setTimeout(100);
      assert.deepEqual(gateway.outbox, [
        { number: '+34666000001', text: 'MTXTUNNEL AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es' },
      ]);
      await inject('coverage, one way or the other');
      const [over] = (await debug.values('reply')) as [Reply];
      assert.deepEqual([over.imei, over.ok, over.values['csq']], [FIRST, true, 20]);
      assert.deepEqual(
        debug.messages.filter(({ name }) => name === 'what went wrong'),
        [],
      );
    },
  },
  '18 - Configuration drift.json': {
    check: async ({ debug, modems, inject }) => {
      const three = modems.slice(0, 3);
      const before = new Map(three.map(({ imei, config }) => [imei, config.get('dns_period')?.value]));
      const drifts = (await debug.values('drift of a modem', 3)) as readonly {
        imei: string;
        state: string;
        drift: readonly { name: string; desired: string; reported: string; state: string }[];
      }[];
      assert.deepEqual(
        drifts.map(({ imei }) => imei).sort(),
        three.map(({ imei }) => imei),
      );
      for (const { imei, state, drift } of drifts) {
        assert.equal(state, 'differs');
        assert.deepEqual(
          drift.map(({ name, desired, reported, state: of }) => [name, desired, reported, of]),
          [
            ['DNS_period', '30', before.get(imei), 'differs'],
            ['DNS_extended', 'on', 'on', 'same'],
          ],
        );
      }
      const [checked] = await debug.values('summary');
      assert.deepEqual(summed(checked), { action: 'check', total: 3, ok: 3, states: { differs: 3 } });
      assert.deepEqual(
        three.map(({ imei, config }) => [imei, config.get('dns_period')?.value]),
        [...before],
        'a check changes nothing',
      );
      debug.clear();
      await inject('apply');
      const [applied] = await debug.values('summary');
      assert.deepEqual(summed(applied), { action: 'apply', total: 3, ok: 3, states: { changed: 3 } });
      assert.deepEqual(
        three.map(({ config }) => config.get('dns_period')?.value),
        ['30', '30', '30'],
      );
      const audit = debug.messages
        .filter(({ name }) => name === 'audit')
        .map(
          ({ value }) =>
            value as {
              imei: string;
              who: { user: string };
              parameter?: string;
              from?: string;
              to?: string;
              result: string;
            },
        );
      assert.ok(audit.every(({ who }) => who.user === 'demo'));
      const set = audit.flatMap(({ imei, parameter, from, to }) =>
        parameter === 'DNS_period' ? [[imei, from, to]] : [],
      );
      assert.deepEqual(
        [...set].sort(),
        [...before].map(([imei, period]) => [imei, period, '30']),
      );
      const begins = audit.findIndex(({ imei }) => imei !== '' && imei !== set[0]?.[0]);
      assert.ok(
        begins > audit.findIndex(({ imei, result }) => imei === set[0]?.[0] && result === 'changed'),
        'the canary is done before the others begin',
      );
      assert.deepEqual(
        debug.messages.filter(({ name }) => name === 'error'),
        [],
      );
    },
  },
  '19 - Fleet status without a dashboard.json': {
    check: async ({ debug, modems, inject, badge }) => {
      for (let tries = 0; tries < 600 && badge('') === undefined; tries++) await setTimeout(100);
      const [weak, well] = modems;
      assert.ok(weak && well);
      well.changeIp(well.body.ip);
      await reports(weak, [2, 2, 2]);
      const states = (await debug.values('online, stale, offline', 2)) as readonly { imei: string; event: string }[];
      assert.deepEqual(states.map(({ imei, event }) => `${imei} ${event}`).sort(), [
        `${weak.imei} online`,
        `${well.imei} online`,
      ]);
      assert.match(
        String((await debug.values('alarms'))[0]),
        new RegExp(`\\(${weak.imei}\\): lowCoverage raised at 20`),
      );
      const asked = async (button: string): Promise<unknown> => {
        debug.clear();
        await inject(button);
        return (await debug.values('answers'))[0];
      };
      const listed = (await asked('weak ones')) as readonly { imei: string; signal: { csq: number; dbm: number } }[];
      assert.deepEqual(
        listed.map(({ imei, signal }) => [imei, signal.csq, signal.dbm]),
        [[weak.imei, 2, -109]],
      );
      assert.deepEqual(await asked('names and places'), { named: 2 });
      const one = (await asked('one with its history')) as {
        imei: string;
        name: string;
        lat: number;
        lon: number;
        alarms: readonly string[];
      };
      assert.deepEqual(
        [one.imei, one.name, one.lat, one.lon, one.alarms],
        [FIRST, 'main board', 40.4168, -3.7038, ['lowCoverage']],
      );
      const counts = (await asked('counts every minute')) as {
        total: number;
        states: { online: number };
        weak: number;
        alarms: { lowCoverage: number };
      };
      assert.deepEqual(
        [counts.total >= 2, counts.states.online, counts.weak, counts.alarms.lowCoverage],
        [true, counts.total, 1, 1],
      );
      const all = (await asked('snapshot')) as readonly { imei: string; state: string }[];
      assert.ok(all.length >= counts.total && all.every(({ state }) => state === 'online'), JSON.stringify(all));
      debug.clear();
      await reports(weak, [25, 25, 25]);
      assert.match(
        String((await debug.values('alarms'))[0]),
        new RegExp(`\\(${weak.imei}\\): lowCoverage cleared at 20`),
      );
    },
  },
  // The pages themselves, their buttons and the modem's page are tried in a browser (dashboard.test.ts); here, that
  // they are served and what they are given.
  'dashboard/20 - Fleet status.json': {
    quicker: { 'meters, every minute': { onceDelay: '1' } },
    beside: seen('6d74782000000001', ['6d74782000000006']),
    check: async ({ debug, modems: [modem], nodeRedUrl }) => {
      await setTimeout(1_000); // it listens
      modem?.changeIp(modem.body.ip);
      for (const page of ['fleet', 'modem'])
        assert.match(await (await served(`${nodeRedUrl}/dashboard/${page}`)).text(), /<div id="app">/);
      for (let tries = 1; ; tries++) {
        const messages = (await debug.values(TO_PAGE, tries)) as readonly {
          lang: string;
          payload: readonly { imei: string; name: string; state: string; reading?: { text: string; name: string } }[];
        }[];
        const { lang, payload } = messages[tries - 1] ?? assert.fail();
        const first = payload.find(({ imei }) => imei === FIRST);
        if (!(first?.reading && first.state === 'online') && tries < 5) continue; // not read yet
        assert.deepEqual(
          [lang, first?.name, first?.state, first?.reading?.name],
          ['auto', 'main board', 'online', 'voltage_l1'],
        );
        assert.match(first?.reading?.text ?? '', /^2\d\d(\.\d+)? V$/);
        return;
      }
    },
  },
  'dashboard/21 - Bulk commands.json': {
    quicker: { audit: { active: true } },
    beside: [
      ...seen('6d74782100000001', ['6d74782100000005']),
      // as the page asks for a check of two modems
      {
        id: '6d74782100000094',
        z: '6d74782100000001',
        type: 'inject',
        name: 'check two',
        props: [
          { p: 'ask', v: 'config', vt: 'str' },
          { p: 'action', v: 'check', vt: 'str' },
          { p: 'imeis', v: JSON.stringify([PUMP, DLMS]), vt: 'json' },
        ],
        once: false,
        wires: [['6d74782100000009']],
      },
    ],
    check: async ({ debug, inject, nodeRedUrl }) => {
      assert.match(await (await served(`${nodeRedUrl}/dashboard/bulk`)).text(), /<div id="app">/);
      const [message] = (await debug.values(TO_PAGE)) as [
        { lang: string; ask: string; payload: readonly { imei: string }[] },
      ];
      assert.deepEqual([message.lang, message.ask, Array.isArray(message.payload)], ['auto', 'fleet', true]);
      await inject('check two');
      const audit = (await debug.values('audit', 4)) as readonly { imei: string; result: string; detail?: string }[];
      assert.deepEqual(
        audit.map(({ imei, result, detail = '' }) => `${imei} ${result} ${detail}`.trim()).sort(),
        [`${PUMP} differs`, `${DLMS} same`, 'finished 2 of 2 well', 'started 2 modems'].sort(),
      );
    },
  },
  'dashboard/22 - Alarms.json': {
    check: async ({ debug, modems: [modem], nodeRedUrl, badge }) => {
      assert.ok(modem);
      assert.match(await (await served(`${nodeRedUrl}/dashboard/alarms`)).text(), /<div id="app">/);
      await setTimeout(1_000); // it listens
      for (const [csq, text] of [
        [2, 'main board: alarm, low coverage'],
        [25, 'main board: over, low coverage'],
      ] as const) {
        debug.clear();
        await reports(modem, [csq, csq, csq]);
        for (const name of ['mail: your e-mail node here', 'Telegram: your bot node here']) {
          assert.match(String((await debug.values(name))[0]), new RegExp(text));
          await badgeIs(() => badge(name), text);
        }
      }
    },
  },
  'database/23 - Readings to a database.json': {
    check: async ({ debug }) => {
      const rows = (await debug.values('row', 5)) as readonly Record<string, unknown>[];
      assert.deepEqual(rows.map(({ imei, name, unit }) => `${String(imei)} ${String(name)} ${String(unit)}`).sort(), [
        `${FIRST} import_kwh kWh`,
        `${FIRST} power_total W`,
        `${FIRST} voltage_l1 V`,
        `${ROOF} power_total W`,
        `${ROOF} voltage_l1 V`,
      ]);
      const columns = ['time', 'imei', 'meter', 'name', 'id', 'value', 'text', 'unit', 'at'];
      for (const row of rows) {
        assert.deepEqual(Object.keys(row), columns);
        assert.ok(
          row['name'] === 'voltage_l1' ? isMains(row['value']) : typeof row['value'] === 'number',
          JSON.stringify(row),
        );
      }
      const statements = (await debug.values('your sqlite node here', 5)) as readonly {
        topic: string;
        payload: readonly unknown[];
      }[];
      assert.deepEqual(
        new Set(statements.map(({ topic }) => topic)),
        new Set([`INSERT INTO readings (${columns.join(', ')}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`]),
      );
      assert.deepEqual(
        statements.map(({ payload }) => payload),
        rows.map((row) => Object.values(row)),
      );
      const lines = await debug.values('line', 5);
      assert.deepEqual(
        lines,
        rows.map(
          ({ time, imei, meter, name, unit, value }) =>
            `reading,imei=${String(imei)},meter=${String(meter)},name=${String(name)},unit=${String(unit)} value=${String(value)} ${Date.parse(String(time))}`,
        ),
      );
      assert.deepEqual(
        debug.messages.filter(({ name }) => /failed|answer of the database/.test(name)),
        [],
        'the ways to a database are disabled',
      );
    },
  },
};

function valueIn({ readings }: Report, name: string): unknown {
  return readings.find((reading) => reading.name === name)?.value;
}

function unitIn({ readings }: Report, name: string): string | undefined {
  return readings.find((reading) => reading.name === name)?.unit;
}

/** The ends of yesterday's quarter hours by this computer's clock, without a zone; 92 or 100 where it is changed. */
function quarterHoursOfYesterday(): readonly string[] {
  const end = new Date();
  end.setHours(0, 0, 0, 0);
  const at = new Date(end);
  at.setDate(at.getDate() - 1);
  const ends: string[] = [];
  for (let ms = at.getTime() + QUARTER_MS; ms <= end.getTime(); ms += QUARTER_MS)
    ends.push(new Date(ms).toLocaleString('sv-SE').replace(' ', 'T'));
  return ends;
}

/** Madrid is an hour before UTC at midnight, or two in summer. */
function madridMidnight(day: string): number {
  const summer = Date.parse(`${day}T00:00:00+02:00`);
  return new Date(summer).toLocaleTimeString('sv-SE', { timeZone: 'Europe/Madrid' }) === '00:00:00'
    ? summer
    : summer + HOUR_MS;
}

function meterOf(protocol: string): string {
  return DEMO_METERS.find((meter) => meter.protocol === protocol)?.imei ?? '';
}

/** A badge may follow the message by a moment. */
async function badgeIs(badge: () => string | undefined, text: string): Promise<void> {
  for (let tries = 0; tries < 600 && badge() !== text; tries++) await setTimeout(100);
  assert.equal(badge(), text);
}

/** A deploy may be answered before the addresses of its flows are there. */
async function served(url: string, request: RequestInit = {}): Promise<Response> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(url, request);
    if (answer.status !== 404) return answer;
    await setTimeout(100);
  }
  return assert.fail(`nothing is served at ${url}`);
}

/** Status messages with these values of CSQ. */
async function reports(modem: ModemCore, values: readonly number[]): Promise<void> {
  for (const csq of values) {
    modem.body.csq = csq;
    modem.changeIp(modem.body.ip);
    await setTimeout(300);
  }
}

function summed(summary: unknown): object {
  const { action, total, ok, states } = summary as Record<string, unknown>;
  return { action, total, ok, states };
}

/** Shows what these function nodes have given to their page. */
function seen(tab: string, scope: readonly string[]): readonly FlowNode[] {
  const [id, debug] = [`${tab.slice(0, -2)}91`, `${tab.slice(0, -2)}92`];
  return [
    { id, z: tab, type: 'complete', name: '', scope, uncaught: false, wires: [[debug]] },
    {
      id: debug,
      z: tab,
      type: 'debug',
      name: TO_PAGE,
      active: true,
      tosidebar: true,
      complete: 'true',
      targetType: 'full',
      wires: [],
    },
  ];
}
