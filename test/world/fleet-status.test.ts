// The fleet's eyes on simulated modems, in virtual time: modems that vanish and come back, that reboot for ever, that
// share one status topic, beside somebody who publishes anything at all under their names.
import assert from 'node:assert/strict';
import type { FleetEvent } from '../../src/core/fleet/presence/events';
import { FleetRegistry, type FleetSettings } from '../../src/core/fleet/presence/fleet-registry';
import type { FleetStore } from '../../src/core/fleet/presence/fleet-store';
import { FleetWatch, type WatchOptions } from '../../src/core/fleet/presence/watch';
import type { ReadError } from '../../src/core/wire/errors';
import { imeiRow, MemoryBroker, modemSpec, VirtualClock, type ModemCore, type ModemOptions } from '../../src/simulator';
import { MemoryLink } from '../support/memory-link';
import { fleetSettings } from '../support/presence-world';

const MINUTE = 60_000;
const IMEIS = imeiRow('353234028103206', 20);
const [FIRST = ''] = IMEIS;

class World {
  readonly clock = new VirtualClock(Date.UTC(2026, 5, 1));
  readonly broker = new MemoryBroker({ clock: this.clock, seed: 1, latencyMsMin: 50, latencyMsMax: 800 });
  readonly link = new MemoryLink(this.broker);
  readonly events: FleetEvent[] = [];
  readonly troubles: ReadError[] = [];
  readonly modems: ModemCore[];
  watch: FleetWatch;

  constructor(
    count: number,
    modem: Partial<ModemOptions> = {},
    private readonly settings: Partial<FleetSettings> = {},
    private readonly options: Partial<WatchOptions> = {},
  ) {
    this.modems = IMEIS.slice(0, count).map((imei, seed) =>
      this.broker.modem(modemSpec({ imei, seed, ...modem }, this.clock)),
    );
    this.watch = this.watching();
  }

  get fleet(): FleetRegistry {
    return this.watch.fleet;
  }

  watching(): FleetWatch {
    const settings = fleetSettings(this.settings);
    const fleet = new FleetRegistry(settings, { clock: this.clock, onEvent: (event) => this.events.push(event) });
    return new FleetWatch(fleet, {
      link: this.link,
      clock: this.clock,
      topics: { status: settings.statusTopic, tx: '[IMEI]/tx', atr: '[IMEI]/ATR' },
      imei: settings.imei,
      saveMs: MINUTE,
      onTrouble: (error) => this.troubles.push(error),
      ...this.options,
    });
  }

  async start(): Promise<void> {
    await this.watch.start();
    for (const modem of this.modems) modem.start();
    await this.clock.advance(MINUTE);
  }

  async end(): Promise<void> {
    await this.clock.runUntil(this.watch.close());
    for (const modem of this.modems) modem.stop();
  }

  told(imei?: string): string[] {
    const events = imei === undefined ? this.events : this.events.filter((event) => event.imei === imei);
    return events
      .filter(({ event }) => event !== 'status' && event !== 'changed')
      .map((event) =>
        event.event === 'alarm' ? `${event.alarm} ${event.isRaised ? 'raised' : 'cleared'}` : event.event,
      );
  }
}

function memoryStore(): FleetStore & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    read: (key) => Promise.resolve(kept.get(key)),
    write: (key, value) => Promise.resolve(void (value === undefined ? kept.delete(key) : kept.set(key, value))),
  };
}

describe('world: fleet status', () => {
  it('sees twenty modems, loses five of them and has them back', async () => {
    const world = new World(20);
    await world.start();
    assert.equal(world.fleet.counts.states.online, 20);
    const view = world.fleet.modem(FIRST) ?? assert.fail();
    const [modem] = world.modems;
    assert.deepEqual(
      [view.signal.dbm, view.ip, view.firmware, view.model],
      [-77, modem?.body.ip, '10.20', '199801445'],
    );
    for (const each of world.modems.slice(0, 5)) each.setNetwork(false);
    await world.clock.advance(20 * MINUTE);
    assert.deepEqual([world.fleet.counts.states.online, world.fleet.counts.states.stale], [15, 5]);
    await world.clock.advance(16 * MINUTE);
    assert.deepEqual([world.fleet.counts.states.offline, world.fleet.counts.alarms.offline], [5, 5]);
    for (const each of world.modems.slice(0, 5)) each.setNetwork(true);
    await world.clock.advance(12 * MINUTE);
    assert.deepEqual([world.fleet.counts.states.online, world.fleet.counts.alarms.offline], [20, 0]);
    assert.deepEqual(world.told(FIRST), ['online', 'stale', 'offline', 'offline raised', 'online', 'offline cleared']);
    await world.end();
  });

  it('does not alarm anybody when the broker is away, and sees who stayed away', async () => {
    const world = new World(10);
    await world.start();
    world.link.become('offline');
    world.broker.setUp(false);
    await world.clock.advance(120 * MINUTE);
    world.broker.setUp(true);
    world.link.become('online');
    world.modems[0]?.setNetwork(false);
    await world.clock.advance(10 * MINUTE);
    assert.ok(!world.told().includes('offline'), 'an outage of ours');
    await world.clock.advance(40 * MINUTE);
    assert.deepEqual([world.fleet.counts.states.online, world.fleet.counts.states.offline], [9, 1]);
    await world.end();
  });

  it('tells a reboot loop from a change of address', async () => {
    const world = new World(2);
    await world.start();
    const [looping, calm] = world.modems;
    calm?.changeIp();
    for (let i = 0; i < 6; i++) {
      looping?.reboot('power supply');
      await world.clock.advance(3 * MINUTE);
    }
    assert.equal(world.told(looping?.imei).filter((each) => each === 'rebootLoop raised').length, 1);
    assert.equal(world.told(calm?.imei).includes('rebootLoop raised'), false);
    const changes = world.events.filter((event) => event.imei === calm?.imei && event.event === 'changed');
    assert.deepEqual(
      changes.map((event) => event.event === 'changed' && event.changes.map(({ fact }) => fact)),
      [['ip']],
    );
    await world.clock.advance(70 * MINUTE);
    assert.ok(world.told(looping?.imei).includes('rebootLoop cleared'));
    await world.end();
  });

  it('tells them apart on one shared topic, long form, numbers, unknown keys and cut messages', async () => {
    const world = new World(
      8,
      {
        config: { DNS_mqttTopic: 'DNS', DNS_extended: 'on', DNS_period: '60' },
        choices: { statusNumbers: 'number', statusExtraKeys: true, invalidStatusEvery: 3, clockErrorS: 4_000 },
      },
      { statusTopic: 'DNS' },
    );
    await world.start();
    await world.clock.advance(10 * MINUTE);
    assert.equal(world.fleet.counts.states.online, 8);
    assert.ok((world.fleet.refusals.all.notJson?.count ?? 0) >= 16);
    assert.equal(world.fleet.counts.alarms.clockDrift, 8);
    for (const modem of world.modems) {
      const { ip, operator, technology } = world.fleet.modem(modem.imei) ?? assert.fail();
      assert.deepEqual([ip, operator, technology], [modem.body.ip, '21407', '4G']);
    }
    await world.end();
  });

  it('believes last wills, on the status topic itself', async () => {
    const world = new World(1, {}, {}, { will: { topic: '[IMEI]/dns', text: '"STATE":"offline"' } });
    await world.start();
    world.broker.heard(`${FIRST}/dns`, Buffer.from(`{"IMEI":"${FIRST}","STATE":"offline"}`));
    assert.deepEqual(world.told(), ['online', 'offline']);
    assert.equal(world.fleet.modem(FIRST)?.layers.session.state, 'lost');
    await world.clock.advance(6 * MINUTE);
    assert.deepEqual(world.told(), ['online', 'offline', 'online']);
    await world.end();
  });

  it('lives through hostile messages, and believes none of them', async () => {
    const world = new World(3);
    await world.start();
    const honest = world.fleet.list().modems;
    const before = world.events.length;
    const hostile = [
      '{"IMEI":"353234028103214","CSQ":31}',
      '{',
      '',
      '[]',
      '[{},{}]',
      'null',
      '{"CSQ":1e400}',
      '{"CSQ":{"a":1},"IP":["x"],"VER":{}}',
      '{"__proto__":{"csq":1,"isWeak":true},"constructor":{"prototype":{"x":1}}}',
      `{"P":"${'x'.repeat(15_000)}"}`,
      `{"a":${'['.repeat(7_000)}1${']'.repeat(7_000)}}`,
      `{${Array.from({ length: 1_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`,
      'x'.repeat(1_000_000),
      `{"TS":"99999999999999999999","uptime":-5}`,
      '{"IMEI":353234028103206.5}',
      '{"id":"\\u0000\\ud800","NAME":"\\u2028"}',
    ];
    for (const text of hostile)
      for (const topic of [`${FIRST}/dns`, 'x/dns', '/dns', `${FIRST}/dns/more`, '$SYS/dns', `${'9'.repeat(40)}/dns`])
        world.broker.heard(topic, Buffer.from(text));
    world.broker.heard(`${FIRST}/dns`, Buffer.from([0xff, 0xfe, 0x00]));
    assert.equal(world.fleet.size, 3);
    for (const was of honest) {
      const is = world.fleet.modem(was.imei) ?? assert.fail();
      assert.deepEqual(
        [is.ip, is.firmware, is.model, is.operator, is.alarms],
        [was.ip, was.firmware, was.model, was.operator, was.alarms],
      );
    }
    assert.equal(({} as { isWeak?: boolean }).isWeak, undefined);
    for (const event of world.events.slice(before)) assert.doesNotThrow(() => structuredClone(event));
    const { refusals } = world.fleet;
    assert.ok(
      (refusals.all.oversize?.count ?? 0) > 0 &&
        (refusals.all.tooDeep?.count ?? 0) > 0 &&
        (refusals.all.identityDiffers?.count ?? 0) > 0,
    );
    assert.ok(JSON.stringify(refusals.all).length < 6_000);
    await world.clock.advance(6 * MINUTE);
    assert.equal(world.fleet.counts.states.online, 3);
    await world.end();
  });

  it('has its past back after a restart, from a store written a little at a time', async () => {
    const store = memoryStore();
    const world = new World(12, {}, {}, { store });
    await world.start();
    world.modems[0]?.setNetwork(false);
    await world.clock.advance(45 * MINUTE);
    assert.equal(world.told(FIRST).at(-1), 'offline raised');
    await world.clock.runUntil(world.watch.close());
    assert.equal(store.kept.get('mtxFleet'), '1');

    world.events.length = 0;
    world.watch = world.watching();
    await world.watch.start();
    assert.deepEqual([world.fleet.counts.states.restored, world.fleet.counts.alarms.offline], [12, 1]);
    assert.equal(world.fleet.modem(FIRST)?.history.days.length, 1);
    await world.clock.advance(7 * MINUTE);
    assert.deepEqual([world.fleet.counts.states.restored, world.fleet.counts.states.online], [1, 11]);
    assert.deepEqual(world.told(), [], 'who was on line and is, is no news');
    await world.clock.advance(30 * MINUTE);
    assert.deepEqual(world.told(), [], 'nor who was off line and is');
    await world.end();
  });

  it('works on without a store that fails, hangs or forgets', async () => {
    const failing: FleetStore = {
      read: () => Promise.reject(new Error('disk')),
      write: () => Promise.reject(new Error('disk full')),
    };
    const hanging: FleetStore = { read: () => new Promise(() => undefined), write: () => new Promise(() => undefined) };
    for (const store of [failing, hanging]) {
      const world = new World(2, {}, {}, { store });
      await world.clock.runUntil(world.watch.start());
      for (const modem of world.modems) modem.start();
      await world.clock.advance(10 * MINUTE);
      assert.equal(world.fleet.counts.states.online, 2);
      assert.deepEqual(
        world.troubles.map(({ code }) => code),
        ['CONFIG_INVALID'],
        'told once',
      );
      const closing = world.clock.now();
      await world.end();
      assert.ok(world.clock.now() - closing <= 12_000);
    }
  });

  it('reads its past later where the store is not ready at the start, and loses none of it', async () => {
    const store = memoryStore();
    const earlier = new World(3, {}, {}, { store });
    await earlier.start();
    await earlier.clock.advance(10 * MINUTE);
    await earlier.end();
    assert.ok(store.kept.size > 1);
    let isReady = false;
    const late: FleetStore = {
      read: (key) => (isReady ? store.read(key) : Promise.reject(new Error('not connected'))),
      write: store.write,
    };
    const world = new World(3, {}, {}, { store: late });
    await world.clock.runUntil(world.watch.start());
    await world.clock.advance(5 * MINUTE);
    assert.equal(world.fleet.size, 0, 'nobody spoke, and nothing could be read');
    isReady = true;
    await world.clock.advance(5 * MINUTE);
    assert.equal(world.fleet.size, 3);
    assert.equal(world.troubles.length, 1);
    await world.end();
    const next = new World(3, {}, {}, { store });
    await next.clock.runUntil(next.watch.start());
    assert.equal(next.fleet.size, 3);
    await next.end();
  });

  it('writes nothing over a past that it had not read to its end', async () => {
    const store = memoryStore();
    const slow: FleetStore = { ...store, read: async (key) => (await world.clock.sleep(1_000), store.read(key)) };
    const world: World = new World(2, {}, {}, { store: slow });
    store.kept.set('mtxFleet', '7').set('mtxFleet3', 'keep');
    void world.watch.start();
    await world.clock.advance(1_500);
    await world.clock.runUntil(world.watch.close());
    await world.clock.advance(20_000);
    assert.deepEqual(
      [...store.kept],
      [
        ['mtxFleet', '7'],
        ['mtxFleet3', 'keep'],
      ],
    );
    assert.deepEqual(world.link.filters, [], 'what was closed before it began hears nothing');
  });

  it('takes AT replies and meter data for signs of life of their own layer', async () => {
    const world = new World(1, { config: { DNS_enabled: 'off' } });
    await world.start();
    world.fleet.setPlace(FIRST, { name: 'pump' });
    assert.equal(world.fleet.modem(FIRST)?.state, 'unknown');
    world.broker.publish(`${FIRST}/AT`, Buffer.from('AT+CSQ'));
    await world.clock.advance(3_000);
    const { state, layers } = world.fleet.modem(FIRST) ?? assert.fail();
    assert.deepEqual(
      [state, layers.session.state, layers.status.state, layers.serial.state],
      ['stale', 'up', 'stale', 'unknown'],
    );
    assert.deepEqual(world.link.filters, ['+/dns', '+/tx', '+/ATR']);
    await world.end();
  });
});
