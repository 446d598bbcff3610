// Passwords and keys, of the credentials and of msg.meter, come out nowhere: everything that a reader says - messages,
// errors with their stacks, badges, the log at its finest, the context store on disk - is searched for them, after
// reads that went well and after each kind of failure. What a user put into msg.meter itself passes through with the
// message.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Node, NodeMessageInFlow } from 'node-red';
import { systemClock } from '../../src/core/transport/lane/clock';
import type { Meter } from '../../src/simulator/serial/meter';
import type { ServerQuirks } from '../../src/simulator/meters/dlms/server-types';
import { dlmsMeter } from '../../src/simulator/meters/dlms/meter';
import { Iec62056Meter } from '../../src/simulator/meters/iec62056/meter';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { METER_TITLE } from '../support/dlms-bench';
import { testMeter } from '../support/iec870-meter';
import {
  fasterClock,
  flowOf,
  helper,
  IDS,
  paletteNodes,
  startBroker,
  startModem,
  until,
  type TestBroker,
} from '../support/palette';

const CATCH = 'e000000000000002';
const FAST = fasterClock(systemClock, 5);
/** No part of them is likely to come up by itself. */
const SECRETS = {
  password: 'Hx7kQpLLS9vT',
  wrongPassword: 'Zz3wRongPw8q',
  encryptionKey: 'E1C3A597B84D6F20718293A4B5C6D7E8',
  authenticationKey: 'A2D4F6081B3C5E7F9192B3D4F5061728',
  dedicatedKey: 'DE0912AB34CD56EF7801F2E3D4C5B6A7',
  wrongKey: '0F1E2D3C4B5A69788796A5B4C3D2E1F0',
  shortKey: '5AA5C33C5AA5C33C5AA5',
  iecPassword: '83920174',
  wrongIecPassword: '56473829',
  number: '3141592653',
  wrongNumber: '2718281828',
  crooked: 'Qq(brackets)9',
} as const;
/** Meters whose answers cannot be trusted. */
const LIARS = ['plain', 'weaker', 'wrong-tag', 'repeated', 'compressed'] as const;
const HEX = /^[0-9A-F]+$/;

/** The log as any handler of settings.js would get it, whatever its level. */
interface Logging {
  _log: { addHandler(handler: EventEmitter): void; removeHandler(handler: EventEmitter): void };
}
interface Contexts {
  _redNodes: { loadContextsPlugin(): Promise<void>; closeContextsPlugin(): Promise<void> };
}

describe('secrets of meters', () => {
  let broker: TestBroker;
  let dir: string;
  let modem: ModemCore | undefined;
  let said: unknown[];
  const log = new EventEmitter();
  log.on('log', (event: unknown) => said.push(event));

  beforeEach(async () => {
    broker = await startBroker();
    dir = mkdtempSync(join(tmpdir(), 'mtx-secrets-'));
    said = [];
    helper.settings({
      userDir: dir,
      contextStorage: { default: { module: 'localfilesystem', config: { dir, cache: false } } },
    } as never);
    (helper as unknown as Logging)._log.addHandler(log);
  });
  afterEach(async () => {
    await helper.unload();
    await (helper as unknown as Contexts)._redNodes.closeContextsPlugin();
    (helper as unknown as Logging)._log.removeHandler(log);
    helper.settings({}); // the runtime's own again
    modem?.stop();
    await broker.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const load = async (
    meters: readonly Meter[],
    node: Record<string, unknown>,
    credentials: Record<string, string>,
    port: Record<string, unknown> = {},
    config: Record<string, string> = {},
  ): Promise<void> => {
    modem = await startModem(broker, { meters, config }, FAST);
    await helper.load(paletteNodes(), flowOf(broker, node, { attempts: '1', ...port }), {
      [IDS.node]: credentials,
    } as never);
    await (helper as unknown as Contexts)._redNodes.loadContextsPlugin();
    const reader = helper.getNode(IDS.node) as Node;
    for (const call of ['status', 'log', 'warn', 'error', 'debug', 'trace'])
      reader.on(
        `call:${call}` as never,
        ((made: { args: unknown[] }) => said.push(made.args.map(withoutOwn))) as never,
      );
    for (const id of [IDS.out, CATCH])
      (helper.getNode(id) as Node).on('input', (msg: NodeMessageInFlow) => {
        said.push(withoutOwn(msg));
        outcomes.push(
          id === CATCH ? (msg as unknown as { error: { cause: { code: string } } }).error.cause.code : 'read',
        );
      });
    outcomes = [];
  };
  let outcomes: string[] = [];
  const outcome = async (msg: Record<string, unknown>, isCancelled = false): Promise<string> => {
    const count = outcomes.length;
    const published = broker.published.length;
    helper.getNode(IDS.node).receive(msg as never);
    if (isCancelled) {
      await until(() => broker.published.length > published + 2 || outcomes.length > count);
      helper.getNode(IDS.node).receive({ cancel: true } as never);
    }
    await until(() => outcomes.length > count);
    return outcomes[count] ?? '';
  };
  /** As text, hex, base64 and lists of octets, in whatever was said and stored. */
  const nothingShows = (): void => {
    const files = filesOf(dir).map((path) => `${path} ${readFileSync(path, 'latin1')}`);
    const all = [
      inspect(said, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, showHidden: true }),
      JSON.stringify(said, openly(new WeakSet())),
      ...said.flatMap(stacksOf),
      ...files,
    ]
      .join('\n')
      .toLowerCase();
    assert.ok(all.length > 1000);
    for (const [name, secret] of Object.entries(SECRETS)) {
      for (const form of formsOf(secret))
        assert.ok(
          !all.includes(form.toLowerCase()),
          `${name} shows as ${form} in ...${all.slice(Math.max(0, all.indexOf(form.toLowerCase()) - 200), all.indexOf(form.toLowerCase()) + 60)}`,
        );
    }
  };

  const secured = (server = 1, quirks: ServerQuirks = {}): Meter => {
    let counter = 0;
    return dlmsMeter({
      transport: 'hdlc',
      quirks,
      hdlc: { addresses: [{ size: 1, upper: server }] },
      clients: [
        { client: 16, mechanism: 0, policy: 0 },
        { client: 1, mechanism: 1, password: Buffer.from(SECRETS.password), policy: 0 },
        { client: 2, mechanism: 5, policy: 0x30 },
      ],
      security: {
        suite: 0,
        title: METER_TITLE,
        encryptionKey: Buffer.from(SECRETS.encryptionKey, 'hex'),
        authenticationKey: Buffer.from(SECRETS.authenticationKey, 'hex'),
        lowestCounter: 900,
        nextCounter: () => ++counter,
      },
      demo: { deviceName: 'MTX1', client: 16, clockMs: Date.UTC(2026, 10, 22), deviation: -60 },
    });
  };
  const DLMS = { type: 'mtx-dlms-read', items: ['1-0:1.8.0*255'], addressBytes: '1', timeout: '300' };

  it('mtx-dlms-read with a password: read, refused, no text for hex, cancelled', async () => {
    await load([secured()], { ...DLMS, client: '1', auth: 'low' }, { password: SECRETS.password });
    assert.equal(await outcome({}), 'read');
    assert.equal(await outcome({ meter: { password: SECRETS.password, output: 'each' } }), 'read');
    assert.equal(await outcome({ meter: { password: SECRETS.wrongPassword } }), 'ACCESS_DENIED');
    assert.equal(await outcome({ meter: { password: `0x${SECRETS.wrongPassword}` } }), 'CONFIG_INVALID');
    assert.equal(await outcome({ meter: { password: { text: SECRETS.wrongPassword } } }), 'CONFIG_INVALID');
    assert.equal(await outcome({ meter: { request: 'objects' } }, true), 'CANCELLED');
    assert.equal(await outcome({ meter: { interface: 'wrapper', password: SECRETS.password } }), 'NO_REPLY');
    nothingShows();
  });

  it('mtx-dlms-read with GMAC, ciphering and a dedicated key: read, wrong keys, crooked keys, kept open', async () => {
    const { encryptionKey, authenticationKey, dedicatedKey, wrongKey, shortKey } = SECRETS;
    const node = { ...DLMS, client: '2', auth: 'gmac', security: 'auth+encrypt', clientTitle: '4D4D4D0000BC614E' };
    await load([secured(), ...LIARS.map((answers, i) => secured(5 + i, { answers }))], node, {
      encryptionKey,
      authenticationKey,
      dedicatedKey,
    });
    assert.equal(await outcome({}), 'read');
    assert.equal(await outcome({ meter: { keepAlive: 1 } }), 'read');
    assert.equal(await outcome({ meter: { encryptionKey, authenticationKey, dedicatedKey: '' } }), 'read');
    for (const wrong of [{ encryptionKey: wrongKey }, { authenticationKey: wrongKey }])
      assert.match(await outcome({ meter: wrong }), /SECURITY_FAILED|ACCESS_DENIED/);
    for (const server of LIARS.keys())
      assert.equal(await outcome({ meter: { server: 5 + server } }), 'SECURITY_FAILED');
    for (const crooked of [
      { encryptionKey: shortKey },
      { authenticationKey: `${wrongKey}xy` },
      { dedicatedKey: [wrongKey] },
      { suite: '2' },
    ])
      assert.equal(await outcome({ meter: crooked }), 'CONFIG_INVALID');
    assert.match(
      await outcome({ meter: { ciphering: 'wrapped', masterKey: wrongKey, dedicatedKey: '' } }),
      /SECURITY_FAILED|REQUEST_REFUSED/,
    );
    assert.equal(await outcome({ meter: { request: 'objects' } }, true), 'CANCELLED');
    assert.equal(await outcome({ meter: { interface: 'wrapper' } }), 'NO_REPLY');
    await until(() => filesOf(dir).some((path) => readFileSync(path, 'latin1').includes('mtxDlmsCounter')));
    nothingShows();
  });

  it('mtx-iec-read, IEC 62056-21: read, refused, crooked, cancelled', async () => {
    const meter = new Iec62056Meter({
      model: {
        line: { baud: 9600, dataBits: 7, parity: 'even', stopBits: 1 },
        switches: false,
        passwords: { P1: SECRETS.iecPassword },
        needsPassword: true,
      },
      faults: {},
      now: () => FAST.now(),
    });
    await load(
      [meter],
      { type: 'mtx-iec-read', protocol: '62056-21', request: 'registers', items: ['1.8.0'] },
      { password: SECRETS.iecPassword },
    );
    assert.equal(await outcome({}), 'read');
    assert.equal(await outcome({ meter: { password: SECRETS.wrongIecPassword } }), 'ACCESS_DENIED');
    assert.equal(await outcome({ meter: { password: SECRETS.crooked } }), 'CONFIG_INVALID');
    assert.match(
      await outcome({ meter: { password: SECRETS.iecPassword, items: ['1.8.0', '1.8.1', '1.8.2'] } }, true),
      /CANCELLED|read/,
    );
    nothingShows();
  });

  it('mtx-iec-read, IEC 60870-5-102: read, refused, crooked, cancelled', async () => {
    await load(
      [testMeter({ password: Number(SECRETS.number) })],
      { type: 'mtx-iec-read', protocol: '60870-5-102', link: '1', point: '1', request: 'time' },
      { password: SECRETS.number },
      { parity: 'even' },
      { COMM_parity: 'even' },
    );
    assert.equal(await outcome({}), 'read');
    assert.match(await outcome({ meter: { password: SECRETS.wrongNumber } }), /ACCESS_DENIED|REQUEST_REFUSED/);
    assert.equal(await outcome({ meter: { password: SECRETS.password } }), 'CONFIG_INVALID');
    assert.match(await outcome({ meter: { password: SECRETS.number, request: 'events' } }, true), /CANCELLED|read/);
    nothingShows();
  });

  it('the search itself finds a secret in each of its forms, wherever it stands', () => {
    for (const hidden of [
      new Error(`x ${SECRETS.password}`),
      { deep: [{ key: Buffer.from(SECRETS.encryptionKey, 'hex') }] },
      { octets: new Uint8Array(Buffer.from(SECRETS.password)) },
      { text: Buffer.from(SECRETS.dedicatedKey, 'hex').toString('base64') },
      { cause: { detail: SECRETS.number } },
    ]) {
      said = ['x'.repeat(1000), hidden];
      assert.throws(nothingShows, /shows as/, inspect(hidden));
    }
  });
});

/** A message without what the user put into msg.meter. */
function withoutOwn(one: unknown): unknown {
  if (typeof one !== 'object' || one === null || !('_msgid' in one)) return one;
  const { meter: _own, ...rest } = one as Record<string, unknown>;
  return rest;
}

function formsOf(secret: string): string[] {
  const bytes = HEX.test(secret) && /[A-F]/.test(secret) ? Buffer.from(secret, 'hex') : Buffer.from(secret, 'latin1');
  const hex = bytes.toString('hex');
  return [
    secret,
    hex,
    (hex.match(/../g) ?? []).join(' '),
    bytes.toString('base64').replace(/=+$/, ''),
    [...bytes].join(','),
    [...bytes].join(', '),
  ];
}

function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesOf(path) : [path]));
}

/** Messages name each other in circles; octets as a list. */
function openly(seen: WeakSet<object>) {
  return (_name: string, value: unknown): unknown => {
    if (value instanceof Uint8Array) return [...value];
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return 'seen';
    seen.add(value);
    return value instanceof Error
      ? { ...value, message: value.message, stack: value.stack, cause: value.cause }
      : value;
  };
}

function stacksOf(one: unknown): string[] {
  return one instanceof Error ? [one.stack ?? ''] : [];
}
