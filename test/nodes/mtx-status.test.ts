import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { systemClock } from '../../src/core/transport/lane/clock';
import {
  deploy,
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

const SECOND = '353234028103214';

interface Event {
  readonly imei: string;
  readonly event: string;
  readonly signal: { readonly csq: number; readonly dbm: number; readonly bars: number };
  readonly [field: string]: unknown;
}

describe('mtx-status in Node-RED', () => {
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

  const load = async (node: Record<string, unknown> = {}, modem: Record<string, unknown> = {}): Promise<void> => {
    broker.subscribed.length = 0;
    await helper.load(paletteNodes(), flowOf(broker, { type: 'mtx-status', ...node }, { imei: '', ...modem }));
    await until(
      () =>
        broker.subscribed.some((topic) => topic.endsWith('ATR') && !topic.startsWith('353')) ||
        modem['imei'] !== undefined ||
        node['broken'] === true,
    );
  };
  const ask = async (payload: unknown, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> => {
    const answer = new Promise<Record<string, unknown>>((resolve) =>
      onMessage((msg) => msg['query'] !== undefined && resolve(msg)),
    );
    helper.getNode(IDS.node).receive({ payload, ...more } as never);
    return answer;
  };
  const say = (topic: string, payload: string): void =>
    broker.aedes.publish(
      { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 0, retain: false, dup: false },
      () => undefined,
    );
  const eventsOf = (): Event[] => {
    const events: Event[] = [];
    onMessage((msg) => msg['query'] === undefined && events.push(msg['payload'] as Event));
    return events;
  };

  it('sends what modems report, as the contract says, and who is new', async () => {
    await load();
    const events = eventsOf();
    modems.push(await startModem(broker), await startModem(broker, { imei: SECOND }));
    await until(() => events.filter(({ event }) => event === 'online').length === 2);
    const status = events.find(({ event, imei }) => event === 'status' && imei === IMEI) ?? assert.fail();
    assert.equal(status.signal.dbm, -77);
    assert.deepEqual(
      [status['ip'], status['model'], status['firmware'], status['name']],
      [modems[0]?.body.ip, '199801445', '10.20', 'METER-103206'],
    );
    assert.equal((status['raw'] as Record<string, unknown>)['CSQ'], '18');
    assert.ok(!Number.isNaN(Date.parse(String(status['at']))));
  });

  it('sends only the events that are wanted', async () => {
    await load({ events: ['changed'] });
    const events = eventsOf();
    modems.push(await startModem(broker));
    await until(() => broker.published.some((line) => line.startsWith(`${IMEI}/dns`)));
    modems[0]?.changeIp('10.9.9.9');
    await until(() => events.length > 0);
    assert.deepEqual(
      events.map(({ event, changes }) => [
        event,
        (changes as { fact: string; to: string }[]).map(({ fact, to }) => [fact, to]),
      ]),
      [['changed', [['ip', '10.9.9.9']]]],
    );
  });

  it('goes stale, offline and alarms, with the period of the modem node', async () => {
    // far apart: on a busy machine seconds can pass between two looks
    await load({ offlinePeriods: '8' }, { statusPeriod: '1' });
    const events = eventsOf();
    say(`${IMEI}/dns`, '{"CSQ":5}');
    await until(() => events.some(({ event }) => event === 'alarm'));
    assert.deepEqual(
      events.map(({ event, alarm }) => alarm ?? event),
      ['status', 'online', 'stale', 'offline', 'offline'],
    );
    assert.deepEqual(events.at(-1)?.['isRaised'], true);
  });

  it('answers a snapshot, counts, a filter, one modem with its history, and keeps the message', async () => {
    await load({ names: `# the plant\n${IMEI}, main board, 40.4168, -3.7038\n353234028103222;cellar` });
    say(`${IMEI}/dns`, '{"CSQ":18,"VER":"10.20"}');
    say(`${SECOND}/dns`, '{"CSQ":3,"VER":"10.21"}');
    say(`${SECOND}/dns`, 'not json');
    await until(() => broker.aedes.connectedClients > 0);
    await systemClock.sleep(200);
    const snapshot = await ask('snapshot', { mine: 1, topic: 'kept' });
    const list = snapshot['payload'] as {
      imei: string;
      name: string | null;
      state: string;
      lat: number | null;
      signal: { bars: number | null };
    }[];
    assert.deepEqual(
      list.map(({ imei, name, state, lat }) => [imei, name, state, lat]),
      [
        [IMEI, 'main board', 'online', 40.4168],
        [SECOND, null, 'online', null],
        ['353234028103222', 'cellar', 'unknown', null],
      ],
    );
    assert.deepEqual(
      [snapshot['mine'], snapshot['topic'], snapshot['total'], snapshot['query']],
      [1, 'kept', 3, 'snapshot'],
    );
    const counts = (await ask('counts'))['payload'] as {
      total: number;
      weak: number;
      isListening: boolean;
      refused: Record<string, { count: number }>;
      states: Record<string, number>;
    };
    assert.deepEqual(
      [counts.total, counts.weak, counts.isListening, counts.refused['notJson']?.count, counts.states['online']],
      [3, 1, true, 1, 2],
    );
    assert.deepEqual(
      ((await ask({ filter: 'weak' }))['payload'] as { imei: string }[]).map(({ imei }) => imei),
      [SECOND],
    );
    const page = await ask({ filter: { text: '10.', limit: 1 } });
    assert.deepEqual([(page['payload'] as unknown[]).length, page['total']], [1, 2]);
    const modem = (await ask({ imei: IMEI }))['payload'] as {
      history: { days: { dbm: number }[] };
      raw: unknown;
      layers: { serial: { state: string } };
    };
    assert.deepEqual(
      [modem.history.days.map(({ dbm }) => dbm), modem.raw, modem.layers.serial.state],
      [[-77], { CSQ: 18, VER: '10.20' }, 'unknown'],
    );
    assert.equal((await ask({ imei: '353234028103230' }))['payload'], null);
    assert.deepEqual(
      (await ask({ names: { [SECOND]: { name: 'roof', lat: '1.5', lon: 2 }, [IMEI]: null } }))['payload'],
      { named: 2 },
    );
    assert.equal(((await ask({ imei: SECOND }))['payload'] as { name: string }).name, 'roof');
    assert.deepEqual((await ask({ forget: [SECOND, 'x'] }))['payload'], { forgotten: 1 });
    assert.equal((await ask('snapshot'))['total'], 2);
  });

  it('gives a question that means nothing to the Catch node', async () => {
    await load();
    for (const payload of [
      'what',
      undefined,
      5,
      [],
      { filter: { colour: 1 } },
      { imei: '12' },
      { names: { x: { name: 'a' } } },
      { names: [{ imei: IMEI, name: '' }] },
      { names: [null] },
      { names: 'roof' },
      { modems: 5 },
      { modems: ['12'] },
    ]) {
      const caught = nextMessage('e000000000000002');
      helper.getNode(IDS.node).receive({ payload, topic: 'q' } as never);
      const { error, topic } = (await caught) as unknown as {
        error: { message: string; cause: { code: string } };
        topic: string;
      };
      assert.equal(error.cause.code, 'CONFIG_INVALID', JSON.stringify(payload));
      assert.equal(topic, 'q');
    }
  });

  it('says what is wrong with its own settings, to whoever asks', async () => {
    for (const [property, value] of [
      ['weakDbm', '5'],
      ['mapping', '{"x":1}'],
      ['names', '12, x'],
      ['names', `${IMEI}, x, 91, 0`],
      ['willTopic', '+/x'],
      ['events', ['nothing']],
      ['modem', 'nobody'],
    ] as const) {
      await load({ [property]: value, broken: true });
      const caught = nextMessage('e000000000000002');
      helper.getNode(IDS.node).receive({ payload: 'snapshot' } as never);
      assert.equal(
        ((await caught) as unknown as { error: { cause: { code: string } } }).error.cause.code,
        'CONFIG_INVALID',
        property,
      );
      await helper.unload();
    }
  });

  it('follows one modem on its own topics, and on a shared one', async () => {
    await load({}, { imei: IMEI, statusTopic: 'DNS' });
    await until(() => broker.subscribed.includes('DNS'));
    const events = eventsOf();
    say('DNS', `{"IMEI":"${SECOND}","CSQ":1}`);
    say('DNS', `{"IMEI":"${IMEI}","CSQ":20}`);
    await until(() => events.length === 2);
    assert.deepEqual(
      events.map(({ imei, event }) => [imei, event]),
      [
        [IMEI, 'status'],
        [IMEI, 'online'],
      ],
    );
    const ofModems = broker.subscribed.filter((topic) => !topic.startsWith('mtx/platform/'));
    assert.ok(!ofModems.some((topic) => topic.includes('+')), ofModems.join());
  });

  it('shows in the layers what readers behind the same modem found', async () => {
    const flow = [
      ...flowOf(broker, { type: 'mtx-status' }, { imei: '' }),
      {
        id: 'c000000000000009',
        z: IDS.tab,
        type: 'mtx-modbus-read',
        modem: IDS.modem,
        unit: '1',
        registers: [{ name: 'x', fc: 3, address: 100, type: 'uint16' }],
        timeout: '500',
        wires: [[]],
      },
    ];
    await helper.load(paletteNodes(), flow as never);
    modems.push(await startModem(broker));
    const layers = async (): Promise<Record<string, { state: string; error?: string }>> =>
      ((await ask({ imei: IMEI }))['payload'] as { layers: Record<string, { state: string; error?: string }> } | null)
        ?.layers ?? {};
    const reader = helper.getNode('c000000000000009') as Node;
    reader.receive({ imei: IMEI } as never);
    const end = systemClock.now() + 60_000;
    while ((await layers())['meter']?.state !== 'answers' && systemClock.now() < end) await systemClock.sleep(50);
    const known = await layers();
    assert.deepEqual(
      Object.entries(known).map(([layer, { state }]) => [layer, state]),
      [
        ['session', 'up'],
        ['status', 'fresh'],
        ['serial', 'answers'],
        ['meter', 'answers'],
      ],
    );
    assert.deepEqual(((await ask('counts'))['payload'] as { meters: Record<string, number> }).meters, {
      answers: 1,
      fails: 0,
      unknown: 0,
    });
  });

  it("keeps what it knows over a deploy, in the flow's context where no store is named", async () => {
    const flow = flowOf(broker, { type: 'mtx-status' }, { imei: '' });
    await helper.load(paletteNodes(), flow);
    await until(() => broker.subscribed.includes('+/dns'));
    const events = eventsOf();
    say(`${IMEI}/dns`, '{"CSQ":18,"IP":"10.0.0.1","VER":"10.20"}');
    await until(() => events.length > 0);
    await deploy(flow.map((node) => (node.id === IDS.node ? { ...node, weakDbm: '-90' } : node)));
    await until(() => helper.getNode(IDS.node) !== null);
    await systemClock.sleep(100);
    const [modem] = (await ask('snapshot'))['payload'] as { state: string; firmware: string }[];
    assert.deepEqual([modem?.state, modem?.firmware], ['restored', '10.20']);
    const flowContext = (helper.getNode(IDS.node).context() as unknown as { flow: { keys(): string[] } }).flow;
    assert.deepEqual(flowContext.keys().sort(), [`mtxFleet0_${IDS.node}`, `mtxFleet_${IDS.node}`]);
  });

  it('is deployed again and again without a second voice', async () => {
    await load();
    for (let i = 0; i < 2; i++) {
      await helper.unload();
      await load();
    }
    const events = eventsOf();
    say(`${IMEI}/dns`, '{"CSQ":18}');
    await systemClock.sleep(300);
    assert.deepEqual(
      events.map(({ event }) => event),
      ['status', 'online'],
    );
  });
});
