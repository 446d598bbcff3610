// What each example does, by its file name under examples/. The modems are those of the demo (scripts/demo-fleet.ts).
import assert from 'node:assert/strict';
import { DEMO_METERS } from '../../scripts/demo-fleet';
import type { ModemCore } from '../../src/simulator/modem-core';
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
  /** Presses the button of the inject node of this name. */
  inject(name: string): Promise<void>;
  /** The status text of the node of this name. */
  badge(name: string): string | undefined;
}

export interface Expectation {
  /** Properties changed by node name or type, so that nobody waits for what takes minutes: say nothing else here. */
  readonly quicker?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
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
const isMains = (volts: unknown): boolean => typeof volts === 'number' && volts > 200 && volts < 260;

export const EXPECTED: Readonly<Record<string, Expectation>> = {
  '01 - Read a Modbus meter.json': {
    check: async ({ debug, inject, badge }) => {
      const [report] = (await debug.values('report')) as [Report];
      assert.deepEqual([report.imei, report.meter], [FIRST, '1']);
      assert.deepEqual(report.readings.map(({ name, unit }) => [name, unit]), [['voltage_l1', 'V'], ['voltage_l2', 'V'], ['voltage_l3', 'V'], ['power_total', 'W'], ['import_kwh', 'kWh']]);
      assert.ok(report.readings.slice(0, 3).every(({ value }) => isMains(value)), JSON.stringify(report.readings));
      assert.ok(report.readings.every(({ value }) => typeof value === 'number'));
      await inject('now');
      const [values] = (await debug.values('values')) as [Record<string, unknown>];
      assert.deepEqual(Object.keys(values), ['voltage_l1']);
      assert.ok(isMains(values['voltage_l1']));
      assert.match(badge('own registers') ?? '', /^2\d\d(\.\d+)? V$/);
    },
  },
  '02 - Command a modem.json': {
    check: async ({ debug, inject }) => {
      const next = async (count: number): Promise<readonly Reply[]> => (await debug.values('reply', count)) as readonly Reply[];
      const [signal] = await next(1);
      assert.deepEqual([signal?.imei, signal?.command, signal?.ok], [FIRST, 'AT+CSQ', true]);
      assert.equal(typeof signal?.values['dbm'], 'number');
      debug.clear();
      await inject('version and period');
      const both = await next(2);
      assert.deepEqual(both.map(({ command }) => command), ['AT^MTXTUNNEL=VERSION', 'AT^MTXTUNNEL=GETPARAM,DNS_period']);
      assert.deepEqual(both.map(({ values }) => Object.keys(values)), [['version'], ['DNS_period']]);
      debug.clear();
      await inject('status every 60 s');
      assert.deepEqual((await next(1)).map(({ ok, command }) => [ok, command]), [[true, 'AT^MTXTUNNEL=SETPARAM,DNS_period,60']]);
      debug.clear();
      await inject('three modems');
      const list = (await debug.values('reply', 4)) as readonly (Reply & { total?: number; ok: unknown })[];
      assert.deepEqual(list.slice(0, 3).map(({ imei }) => imei).sort(), DEMO_METERS.slice(0, 3).map(({ imei }) => imei));
      assert.deepEqual([list[3]?.total, list[3]?.ok], [3, 3]);
    },
  },
  '03 - Meters from a CSV list.json': {
    check: async ({ debug }) => {
      const readings = (await debug.values('one reading per message', 10)) as readonly { imei: string; meterName: string; name: string; value: unknown; unit: string; time: string }[];
      const seen = readings.map(({ imei, meterName, name }) => `${imei} ${meterName} ${name}`).sort();
      assert.deepEqual(seen, DEMO_METERS.slice(0, 5).flatMap(({ imei, name }) => [`${imei} ${name} current_l1`, `${imei} ${name} voltage_l1`]).sort());
      for (const { name, value, unit } of readings) assert.ok(name === 'voltage_l1' ? isMains(value) && unit === 'V' : typeof value === 'number' && unit === 'A', `${name} ${String(value)} ${unit}`);
    },
  },
  '04 - Catch and retry errors.json': {
    quicker: { 'in 10 s': { timeout: '1' }, 'mtx-modem': { latency: '200' } },
    check: async ({ debug, badge }) => {
      const [given] = (await debug.values('given up', 1, 30_000)) as [{ tries: number; cause: { code: string; retryable: boolean } }];
      assert.deepEqual([given.tries, given.cause.retryable], [3, true]);
      assert.match(given.cause.code, /^(NO_REPLY|METER_RESTING)$/);
      assert.deepEqual(debug.messages.map(({ name }) => name), ['given up']);
      assert.match(badge('meter that may be away') ?? '', /status\.(NO_REPLY|METER_RESTING)$/);
    },
  },
};
