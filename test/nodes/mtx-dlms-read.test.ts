import assert from 'node:assert/strict';
import { systemClock } from '../../src/core/transport/lane/clock';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { DEMO_AUTHENTICATION_KEY, DEMO_ENCRYPTION_KEY, demoDlmsMeter } from '../../src/simulator/meters/dlms/demo';
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
const OBIS = ['1-0:1.8.0*255', '1-0:3.8.0*255', '1-0:32.7.0*255', { name: 'phase 2', obis: '52.7.0' }];
const CLIENT_TITLE = '4D4D4D0000BC614E';

interface Report {
  protocol: string;
  meter: string;
  identity?: Record<string, unknown>;
  readings: { name: string; id: string; value?: unknown; unit?: string; error?: { code: string } }[];
  rows?: { at: string; values: unknown[] }[];
  columns?: { id: string; unit?: string }[];
  link: { exchanges: number };
}

describe('mtx-dlms-read in Node-RED', () => {
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

  const start = async (isSecured = false): Promise<void> => {
    modems.push(
      await startModem(broker, {
        meters: [demoDlmsMeter({ clock: systemClock, line: LINE, serial: '1', password: 'lls-pass', isSecured })],
      }),
    );
  };
  const load = async (node: Record<string, unknown> = {}, credentials: Record<string, string> = {}): Promise<void> => {
    await helper.load(
      paletteNodes(),
      flowOf(broker, { type: 'mtx-dlms-read', items: OBIS, ...node }, { latency: '600' }),
      { [IDS.node]: credentials } as never,
    );
  };
  const send = (msg: Record<string, unknown>): void => helper.getNode(IDS.node).receive(msg as never);
  const read = async (msg: Record<string, unknown> = {}): Promise<Report> => {
    const out = nextMessage(IDS.out);
    send(msg);
    return (await out).payload as Report;
  };
  const caught = async (
    msg: Record<string, unknown>,
  ): Promise<{ code: string; detail: string; retryable: boolean }> => {
    const error = nextMessage(CATCH);
    send(msg);
    return ((await error) as unknown as { error: { cause: { code: string; detail: string; retryable: boolean } } })
      .error.cause;
  };

  it('reads registers with unit and exact scaling', async () => {
    await start();
    await load();
    const report = await read();
    assert.deepEqual([report.protocol, report.meter], ['dlms', '1']);
    assert.deepEqual(
      report.readings.map(({ id, value, unit }) => [id, value, unit]),
      [
        ['1-0:1.8.0*255', 1_043_677, 'Wh'],
        ['1-0:3.8.0*255', '18446744073709551.615', 'varh'],
        ['1-0:32.7.0*255', 230.4, 'V'],
        ['1-0:52.7.0*255', 231.1, 'V'],
      ],
    );
    assert.equal(report.readings[3]?.name, 'phase 2');
  });

  it('reads the newest rows of a profile, and one message per value', async () => {
    await start();
    await load({ request: 'profile', profile: '1-0:99.1.0*255', entries: '3' });
    const { rows, columns } = await read();
    assert.equal(rows?.length, 3);
    assert.ok(
      columns?.some(({ id, unit }) => id === '1-0:1.8.0*255' && unit === 'Wh'),
      JSON.stringify(columns),
    );
    const steps = rows.map(({ at }) => Date.parse(at));
    assert.deepEqual(
      steps.slice(1).map((at, i) => at - (steps[i] ?? 0)),
      [900_000, 900_000],
    );
    const each: unknown[] = [];
    onMessage((msg) => each.push(msg['payload']));
    send({ meter: { output: 'each', entries: '1' } });
    await until(() => each.length >= (columns?.length ?? 99) - 1);
    assert.ok((each[0] as { at: string }).at);
  });

  it('opens a secured meter with GMAC, and keeps the invocation counter over redeploys', async () => {
    await start(true);
    const node = {
      client: '2',
      auth: 'gmac',
      security: 'auth+encrypt',
      clientTitle: CLIENT_TITLE,
      items: ['1-0:1.8.0*255'],
    };
    const keys = { encryptionKey: DEMO_ENCRYPTION_KEY, authenticationKey: DEMO_AUTHENTICATION_KEY };
    await load(node, keys);
    assert.equal((await read()).readings[0]?.value, 1_043_677);
    assert.equal((await read()).readings[0]?.value, 1_043_677);
    const wrong = await caught({ meter: { encryptionKey: '00'.repeat(16) } });
    assert.ok(['SECURITY_FAILED', 'ACCESS_DENIED', 'ASSOCIATION_REFUSED'].includes(wrong.code), wrong.code);
    assert.ok(!JSON.stringify(wrong).includes(DEMO_AUTHENTICATION_KEY), 'a key in an error');
  });

  it('says what is missing before the meter counts a wrong try', async () => {
    await load();
    for (const [meter, pattern] of [
      [{ auth: 'low' }, /^password is missing/],
      [{ auth: 'gmac', clientTitle: CLIENT_TITLE }, /authenticationKey is missing/],
      [{ security: 'encrypt' }, /encryptionKey is missing/],
      [{ security: 'encrypt', encryptionKey: '0011' }, /encryptionKey has 2 bytes.*16/],
      [{ security: 'encrypt', encryptionKey: DEMO_ENCRYPTION_KEY }, /clientTitle is missing/],
      [{ auth: 'high' }, /highLevelFunction is missing/],
      [{ items: ['nonsense'] }, /no OBIS code/],
      [{ request: 'profile', from: '2026-11-22', to: '2026-11-21' }, /from is after to/],
    ] as const) {
      const { code, detail } = await caught({ meter });
      assert.equal(code, 'CONFIG_INVALID');
      assert.match(detail, pattern);
    }
    assert.deepEqual(
      broker.published.filter((line) => line.startsWith(`${IMEI}/rx`)),
      [],
    );
  });

  it('reads with a password, and does not try a wrong one twice', async () => {
    await start();
    await load({ client: '1', auth: 'low' }, { password: 'lls-pass' });
    assert.equal((await read()).readings[0]?.value, 1_043_677);
    const before = broker.published.length;
    const { code, retryable } = await caught({ meter: { password: 'wrong' } });
    assert.ok(['ACCESS_DENIED', 'ASSOCIATION_REFUSED'].includes(code), code);
    assert.equal(retryable, false);
    const sent = broker.published
      .slice(before)
      .filter((line) => line.startsWith(`${IMEI}/rx`))
      .map((line) => line.split(' ')[1] ?? '');
    assert.equal(sent.filter((hex) => hex.includes(Buffer.from('wrong').toString('hex'))).length, 1);
  });

  it('lists the objects of the meter', async () => {
    await start();
    await load({ request: 'objects' });
    const { readings } = await read();
    assert.ok(readings.length > 15);
    assert.ok(readings.some(({ id }) => id === '1-0:99.1.0*255'));
  });

  it('says goodbye when cancelled in the middle', async () => {
    await start();
    await load({ request: 'objects' });
    const error = nextMessage(CATCH);
    send({});
    await until(() => broker.published.some((line) => line.startsWith(`${IMEI}/rx`) && line.includes('93')));
    send({ cancel: true });
    await error;
    await until(() => broker.published.some((line) => line.startsWith(`${IMEI}/rx 7e`) && line.includes('53')));
  });
});
