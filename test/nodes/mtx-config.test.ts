import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node, NodeMessageInFlow } from 'node-red';
import { systemClock } from '../../src/core/transport/lane/clock';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { valueOf } from '../../src/simulator/index';
import {
  deploy,
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
const AUDIT = 'd000000000000002';
const OTHER = '353234028103214';
const THIRD = '353234028103222';

interface Result {
  imei: string;
  state: string;
  ok: boolean;
  drift?: { name: string; state: string; desired: string; reported: string | null }[];
  changes?: { name: string; from: string | null; to: string }[];
  values?: Record<string, string>;
  error?: { code: string; message: string };
}
interface Summary {
  total: number;
  ok: number;
  failed: number;
  silent: number;
  states: Record<string, number>;
  byImei: Record<string, { state: string; detail?: string }>;
  mode: string;
}

describe('mtx-config in Node-RED', () => {
  let broker: TestBroker;
  let folder: string;
  const modems: ModemCore[] = [];
  const audit: Record<string, unknown>[] = [];
  beforeEach(async () => {
    broker = await startBroker();
    folder = mkdtempSync(join(tmpdir(), 'mtx-config-'));
    audit.length = 0;
  });
  afterEach(async () => {
    await helper.unload();
    for (const modem of modems.splice(0)) modem.stop();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (...options: Parameters<typeof startModem>[1][]): Promise<void> => {
    for (const option of options.length > 0 ? options : [{}]) modems.push(await startModem(broker, option));
  };
  const flow = (node: Record<string, unknown>, modem: Record<string, unknown>): helper.TestFlowsItem[] => [
    ...flowOf(
      broker,
      {
        type: 'mtx-config',
        lifeTime: '15',
        timeout: '500',
        desired: [{ name: 'dns_period', value: '60' }],
        wires: [[IDS.out], [AUDIT]],
        ...node,
      },
      modem,
    ),
    { id: AUDIT, z: IDS.tab, type: 'helper', wires: [] } as helper.TestFlowsItem,
  ];
  const load = async (
    node: Record<string, unknown> = {},
    modem: Record<string, unknown> = {},
    credentials: Record<string, Record<string, string>> = {},
  ): Promise<void> => {
    await helper.load(paletteNodes(), flow(node, modem), credentials);
    (helper.getNode(AUDIT) as Node).on('input', (msg: NodeMessageInFlow) =>
      audit.push(msg.payload as Record<string, unknown>),
    );
  };
  const send = (msg: Record<string, unknown>): void => helper.getNode(IDS.node).receive(msg as never);
  const result = async (msg: Record<string, unknown> = {}): Promise<Result> => {
    const out = nextMessage(IDS.out);
    send(msg);
    return (await out).payload as Result;
  };
  const caught = async (msg: Record<string, unknown>): Promise<{ code: string; detail: string }> => {
    const error = nextMessage(CATCH);
    send(msg);
    const { cause, message } = ((await error) as unknown as { error: { message: string; cause: { code: string } } })
      .error;
    return { code: cause.code, detail: message };
  };
  const summary = (): Promise<Summary> =>
    new Promise((resolve) => onMessage((msg) => msg['isSummary'] === true && resolve(msg['payload'] as Summary)));
  const commands = (imei = IMEI): string[] =>
    broker.published
      .filter((line) => line.startsWith(`${imei}/AT `))
      .map((line) => Buffer.from(line.split(' ')[1] ?? '', 'hex').toString());

  it('shows the drift and changes nothing, then applies, then finds nothing to do', async () => {
    await start();
    await load();
    const check = await result({ mine: 1 });
    assert.deepEqual(
      [check.state, check.ok, check.drift?.[0]],
      [
        'differs',
        true,
        { name: 'DNS_period', state: 'differs', desired: '60', reported: '300', isSecret: false, isLifeline: false },
      ],
    );
    assert.ok(commands().every((command) => !command.includes('SETPARAM')));
    const applied = await result({ action: 'apply', user: 'ana' });
    assert.deepEqual([applied.state, applied.changes], ['changed', [{ name: 'DNS_period', from: '300', to: '60' }]]);
    assert.equal(valueOf(modems[0]?.config ?? new Map(), 'DNS_period'), '60');
    assert.equal(modems[0]?.boots, 2);
    assert.equal((await result({})).state, 'same');
    const set = audit.find((record) => record['command'] === 'SETPARAM');
    assert.deepEqual(
      [set?.['parameter'], set?.['from'], set?.['to'], set?.['result'], (set?.['who'] as { user: string }).user],
      ['DNS_period', '300', '60', 'OK', 'ana'],
    );
  });

  it('never shows a secret: not in messages, audit, file or status', async () => {
    await start();
    const path = join(folder, 'sub', 'audit.jsonl');
    await load(
      {
        desired: [
          { name: 'GPRS_password', value: '' },
          { name: 'MQTT_login', value: '' },
        ],
        auditPath: path,
      },
      {},
      { [IDS.node]: { GPRS_password: 'n3w-s3cret', MQTT_login: 'n3w-login' } },
    );
    const seen: unknown[] = [];
    onMessage((msg) => seen.push(msg));
    const refused = await caught({ action: 'apply' });
    assert.equal(refused.code, 'CONFIG_INVALID');
    assert.match(refused.detail, /msg\.confirm/);
    const applied = await result({ action: 'apply', confirm: true });
    assert.equal(applied.state, 'changed');
    assert.equal(valueOf(modems[0]?.config ?? new Map(), 'GPRS_password'), 'n3w-s3cret');
    const read = await result({ action: 'read', desired: {} });
    assert.equal(read.values?.['GPRS_password'], '***');
    await helper.unload();
    const everything = JSON.stringify([seen, audit, refused]) + readFileSync(path, 'utf8');
    assert.doesNotMatch(everything, /n3w-|MOVISTAR/);
    assert.ok(
      readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .every((line) => typeof JSON.parse(line) === 'object'),
    );
  });

  it('rotates the audit file by size and keeps so many', async () => {
    await start();
    await load({ reboot: false, auditPath: join(folder, 'a.jsonl'), auditSize: '1', auditFiles: '3' });
    for (let i = 0; i < 6; i++) await result({ action: 'check' });
    await until(() => readdirSync(folder).length === 3);
    assert.deepEqual(readdirSync(folder).sort(), ['a.jsonl', 'a.jsonl.1', 'a.jsonl.2']);
    for (const name of readdirSync(folder)) assert.ok(readFileSync(join(folder, name)).length <= 1_024);
  });

  it('refuses what cannot be meant, before anything is sent', async () => {
    await start();
    await load();
    const rows: [Record<string, unknown>, RegExp][] = [
      [{ desired: { DNS_period: '1,2' } }, /comma/],
      [{ desired: { DNS_period: '60\r\nAT^MTXTUNNEL=END' } }, /line break/],
      [{ desired: { DNS_period: 'often' } }, /whole number/],
      [{ desired: { MTX_pingIP: '{{site}}' } }, /\{\{site\}\}/],
      [{ desired: { 'no name': '1' } }, /not the name of a parameter/],
      [{ desired: [] }, /object/],
      [{ action: 'explode' }, /action/],
      [{ target: 'list' }, /msg\.imeis/],
      [{ rollout: 'pause' }, /no rollout/],
      [{ config: { overrides: '{"lock": 5}' }, action: 'lock' }, /overrides/],
    ];
    for (const [msg, wording] of rows) {
      const { code, detail } = await caught({ action: 'apply', ...msg });
      assert.equal(code, 'CONFIG_INVALID', JSON.stringify(msg));
      assert.match(detail, wording);
    }
    assert.deepEqual(commands(), []);
  });

  it('gives silence and refusal to the Catch node', async () => {
    await start({ isLocked: true, choices: { lockRefusesSetparam: true } });
    await load();
    assert.equal((await caught({ action: 'apply' })).code, 'AT_ERROR');
    modems[0]?.stop();
    const silent = await caught({ action: 'reboot', config: { lifeTime: 10 } });
    assert.equal(silent.code, 'NO_REPLY');
  });

  it('carries out the ready actions, and an own form of one', async () => {
    await start();
    await load({ reboot: false });
    assert.equal((await result({ action: 'lock' })).state, 'done');
    assert.equal(modems[0]?.body.isLocked, true);
    assert.equal(
      (await result({ action: 'unlock', config: { overrides: { unlock: ['AT', 'AT^MTXTUNNEL=UNLOCK'] } } })).state,
      'done',
    );
    assert.equal(modems[0]?.body.isLocked, false);
    assert.equal((await result({ action: 'dailyReset' })).state, 'changed');
    assert.equal((await result({ action: 'watchdogs', config: { ping: 20, pingIP: '1.1.1.1' } })).state, 'changed');
    assert.equal((await result({ action: 'smsNumbers', phones: ['+34 600 000 001'] })).state, 'changed');
    const config = modems[0]?.config ?? new Map();
    assert.deepEqual(
      ['MTX_autoreset', 'MTX_ping', 'MTX_pingIP', 'SMS_validPhone1'].map((name) => valueOf(config, name)),
      ['on', '20', '1.1.1.1', '+34600000001'],
    );
    assert.equal(modems[0]?.boots, 1);
    assert.equal((await result({ action: 'reboot' })).state, 'done');
    assert.equal(modems[0]?.boots, 2);
  });

  it('rolls out over a list with variables: the canary waits for its meters, the bad and the silent are named', async () => {
    const meters = [ruleMeter(1)];
    await start({ meters }, { imei: OTHER, meters });
    await load(
      {
        action: 'apply',
        target: 'list',
        reboot: false,
        desired: [{ name: 'MTX_pingIP', value: '{{ip}}' }],
        attempts: '1',
        deadline: '0',
      },
      { imei: '' },
    );
    const messages: Record<string, unknown>[] = [];
    onMessage((msg) => messages.push(msg));
    const ended = summary();
    send({
      imeis: [
        { imei: IMEI, ip: '1.1.1.1' },
        { imei: OTHER, ip: '2.2.2.2' },
        { imei: THIRD, ip: '3.3.3.3' },
        'nonsense',
      ],
    });
    await until(() => messages.some((msg) => msg['isGate'] === true));
    assert.deepEqual(commands(OTHER), [], 'nobody else is touched before the canary is well');
    send({ gate: { imei: IMEI, ok: true } });
    const { total, ok, failed, silent, byImei } = await ended;
    assert.deepEqual({ total, ok, failed, silent }, { total: 4, ok: 2, failed: 1, silent: 1 });
    assert.deepEqual(
      [byImei[IMEI]?.state, byImei[OTHER]?.state, byImei[THIRD]?.state, byImei['nonsense']?.state],
      ['changed', 'changed', 'silent', 'skipped'],
    );
    assert.deepEqual(
      modems.map((modem) => valueOf(modem.config, 'MTX_pingIP')),
      ['1.1.1.1', '2.2.2.2'],
    );
    assert.match(
      (messages.find((msg) => (msg['payload'] as Result).imei === THIRD)?.['payload'] as Result).error?.code ?? '',
      /NO_REPLY/,
    );
  });

  it('puts a canary back whose meters do not answer, and stops', async () => {
    await start({}, { imei: OTHER });
    await load({ action: 'apply', target: 'list', reboot: false }, { imei: '' });
    const messages: Record<string, unknown>[] = [];
    onMessage((msg) => messages.push(msg));
    const ended = summary();
    send({ imeis: [IMEI, OTHER] });
    await until(() => messages.some((msg) => msg['isGate'] === true));
    assert.equal(valueOf(modems[0]?.config ?? new Map(), 'DNS_period'), '60');
    send({ gate: { imei: IMEI, ok: false } });
    const { states, mode } = await ended;
    assert.deepEqual([states, mode], [{ rolledBack: 1, notReached: 1 }, 'aborted']);
    assert.deepEqual(
      modems.map((modem) => valueOf(modem.config, 'DNS_period')),
      ['300', '300'],
    );
  });

  it('takes good reads of the meters as the gate by itself', async () => {
    await start({ meters: [ruleMeter(1)] });
    const reader = {
      id: 'c000000000000009',
      z: IDS.tab,
      type: 'mtx-modbus-read',
      modem: IDS.modem,
      unit: '1',
      registers: [{ name: 'a', fc: 3, address: 0, type: 'uint16' }],
      wires: [[]],
    };
    await helper.load(paletteNodes(), [
      ...flow({ action: 'apply', target: 'list', reboot: false }, {}),
      reader as helper.TestFlowsItem,
    ]);
    const messages: Record<string, unknown>[] = [];
    onMessage((msg) => messages.push(msg));
    const ended = summary();
    send({ imeis: [IMEI] });
    await until(() => messages.some((msg) => msg['isGate'] === true));
    helper.getNode('c000000000000009').receive({} as never);
    assert.deepEqual((await ended).states, { changed: 1 });
  });

  it('goes on after a deploy in the middle, without a second reboot', async () => {
    await start({ choices: { bootMsMin: 1_200, bootMsMax: 1_300 } });
    const nodes = flow({ action: 'apply', target: 'list', gate: 'none', canary: '0' }, { imei: '' });
    await helper.load(paletteNodes(), nodes);
    await until(() => broker.subscribed.includes('+/dns'));
    await systemClock.sleep(1_500); // it boots slowly
    send({ imeis: [IMEI] });
    await until(() => commands().includes('AT^MTXTUNNEL=REBOOT'));
    await deploy(nodes.map((node) => (node['id'] === IDS.node ? { ...node, name: 'changed' } : node)));
    const { states, byImei } = await summary();
    assert.deepEqual(states, { changed: 1 });
    assert.match(byImei[IMEI]?.detail ?? '', /not sent again/);
    assert.equal(commands().filter((command) => /REBOOT|CFUN/.test(command)).length, 1);
    assert.equal(modems[0]?.boots, 2);
  });

  it('sends one message to all that share a topic, and accounts for each', async () => {
    const config = { MQTT_attopic2: 'all/AT' };
    await start({ config }, { imei: OTHER, config });
    await load({ action: 'apply', target: 'all', reboot: false }, { imei: '', broadcastTopic: 'all/AT' });
    const ended = summary();
    send({ imeis: [IMEI, OTHER] });
    const { total, ok, states } = await ended;
    assert.deepEqual({ total, ok, states }, { total: 2, ok: 2, states: { changed: 2 } });
    assert.deepEqual(
      modems.map((modem) => valueOf(modem.config, 'DNS_period')),
      ['60', '60'],
    );
    assert.equal(broker.published.filter((line) => line.startsWith('all/AT ')).length, 2);
    assert.match(
      (await caught({ imeis: [IMEI], desired: { GPRS_apn: 'x' }, confirm: true })).detail,
      /cut off all modems/,
    );
  });
});
