// Who has a place in the fleet: for good those that were configured, answered us, or said twice who they are and could
// be; all others as long as there is room.
import assert from 'node:assert/strict';
import { asReadError } from '../../../src/core/wire/errors';
import { FleetRegistry } from '../../../src/core/fleet/presence/fleet-registry';
import { FleetWatch } from '../../../src/core/fleet/presence/watch';
import { hasCheckDigit } from '../../../src/core/fleet/presence/identity';
import { imeiRow, luhnDigit, VirtualClock } from '../../../src/simulator';
import { FleetWorld, fleetSettings, IMEI, OTHER } from '../../support/presence-world';

const REAL = imeiRow(IMEI, 50);
const invented = (i: number): string => String(353_000_000_000_000 + i * 7);
const say = (world: FleetWorld, imei: string): void => world.status({ CSQ: 18 }, `${imei}/dns`);

describe('places of a fleet', () => {
  it('check the digit of an IMEI as 3GPP TS 23.003, annex B, does', () => {
    for (const imei of REAL) assert.ok(hasCheckDigit(imei), imei);
    for (let digit = 0; digit < 10; digit++)
      assert.equal(hasCheckDigit(`35323402810320${digit}`), digit === luhnDigit('35323402810320'));
  });

  it('are kept by modems that reported twice, whatever is invented afterwards', () => {
    const world = new FleetWorld({ maxModems: 60 });
    for (let round = 0; round < 2; round++) for (const imei of REAL) say(world, imei);
    for (let i = 0; i < 10_000; i++) say(world, invented(i));
    for (const imei of REAL) assert.ok(world.fleet.modem(imei), imei);
    assert.equal(world.fleet.size, 60);
    assert.equal(world.fleet.counts.total, 60);
  });

  it('are free for a new modem after a flood of inventions, the oldest of which gives way', () => {
    const world = new FleetWorld({ maxModems: 100 });
    for (let i = 0; i < 5_000; i++) say(world, invented(i));
    say(world, IMEI);
    say(world, IMEI);
    for (let i = 5_000; i < 10_000; i++) say(world, invented(i));
    assert.equal(world.fleet.modem(IMEI)?.reports, 2);
  });

  it('are not for good where a wrong IMEI is said twice', () => {
    const world = new FleetWorld({ maxModems: 2 });
    for (let i = 0; i < 2; i++) say(world, '353234028103207');
    say(world, IMEI);
    say(world, OTHER);
    assert.equal(world.fleet.modem('353234028103207'), undefined);
  });

  it('are for good at once where a person named the modem, or its meters are asked', () => {
    const world = new FleetWorld({ maxModems: 3 });
    world.fleet.setPlace('353234028103207', { name: 'roof' });
    world.lines.set(OTHER, { heardAgoMs: 5, answeredAgoMs: 5, failed: undefined });
    say(world, OTHER);
    for (let i = 0; i < 100; i++) say(world, invented(i));
    assert.ok(world.fleet.modem('353234028103207'));
    assert.ok(world.fleet.modem(OTHER));
  });

  it('are still theirs after a restart', () => {
    const before = new FleetWorld({ maxModems: 10 });
    for (let round = 0; round < 2; round++) say(before, IMEI);
    for (let i = 0; i < 9; i++) say(before, invented(i));
    const after = new FleetWorld({ maxModems: 10 });
    after.fleet.restore(before.fleet.takeChunk(0));
    for (let i = 100; i < 200; i++) say(after, invented(i));
    assert.ok(after.fleet.modem(IMEI));
    assert.equal(after.fleet.modem(invented(0)), undefined);
  });

  it('tell once that none is left, and again after there was room', () => {
    const told: number[] = [];
    const clock = new VirtualClock(0);
    const settings = fleetSettings({ maxModems: 20 });
    const fleet = new FleetRegistry(settings, { clock, onEvent: () => undefined, onFull: (max) => told.push(max) });
    const named = REAL.slice(0, 20);
    for (const imei of named) fleet.setPlace(imei, { name: 'x' });
    assert.deepEqual(told, []);
    const hear = (imei: string): void =>
      fleet.hearStatus({
        topic: `${imei}/dns`,
        payload: Buffer.from('{"CSQ":1}'),
        isRetained: false,
        isDuplicate: false,
      });
    for (let i = 0; i < 50; i++) hear(invented(i));
    assert.deepEqual(told, [20]);
    assert.equal(fleet.refusals.all.full?.count, 50);
    assert.throws(
      () => fleet.setPlace(invented(60), { name: 'y' }),
      (thrown) => asReadError(thrown).reason === 'fleet.tooManyModems',
    );
    for (const imei of named.slice(0, 5)) fleet.forget(imei);
    for (let i = 0; i < 10; i++) hear(invented(i));
    assert.deepEqual(told, [20, 20]);
  });

  it('are for those on the list only, where there is one; it outlives a restart', async () => {
    const kept = new Map<string, unknown>();
    const clock = new VirtualClock(0);
    const watchOf = (): FleetWatch =>
      new FleetWatch(new FleetRegistry(fleetSettings(), { clock, onEvent: () => undefined }), {
        link: {
          onState: () => () => undefined,
          observe: async () => () => undefined,
          subscribe: async () => () => undefined,
        } as never,
        clock,
        topics: { status: '[IMEI]/dns', tx: '[IMEI]/tx', atr: '[IMEI]/ATR' },
        imei: '',
        store: { read: async (key) => kept.get(key), write: async (key, value) => void kept.set(key, value) },
        saveMs: 60_000,
        onTrouble: (error) => assert.fail(error.detail),
      });
    const hear = ({ fleet }: FleetWatch, imei: string): void =>
      fleet.hearStatus({
        topic: `${imei}/dns`,
        payload: Buffer.from('{"CSQ":1}'),
        isRetained: false,
        isDuplicate: false,
      });
    const first = watchOf();
    await first.start();
    await first.allowOnly(new Set([IMEI]));
    for (const imei of [IMEI, OTHER]) hear(first, imei);
    assert.equal(first.fleet.size, 1);
    assert.equal(first.fleet.refusals.all.notListed?.count, 1);
    const second = watchOf();
    await second.start();
    hear(second, OTHER);
    assert.equal(second.fleet.modem(OTHER), undefined);
    await second.allowOnly(undefined);
    hear(second, OTHER);
    assert.ok(second.fleet.modem(OTHER));
    await Promise.all([first.close(), second.close()]);
  });

  it('tell that the list could not be kept', async () => {
    const told: string[] = [];
    const clock = new VirtualClock(0);
    const watch = new FleetWatch(new FleetRegistry(fleetSettings(), { clock, onEvent: () => undefined }), {
      link: {} as never,
      clock,
      topics: { status: '[IMEI]/dns', tx: '[IMEI]/tx', atr: '[IMEI]/ATR' },
      imei: '',
      store: { read: async () => undefined, write: () => Promise.reject(new Error('disk full')) },
      saveMs: 60_000,
      onTrouble: (error) => told.push(`${error.reason} ${String(error.facts['why'])}`),
    });
    await watch.allowOnly(new Set([IMEI]));
    assert.deepEqual(told, ['fleet.allowedUnwritten disk full']);
  });

  it('tell once that what is known of the modems could not be kept', async () => {
    const told: string[] = [];
    const clock = new VirtualClock(0);
    const watch = new FleetWatch(new FleetRegistry(fleetSettings(), { clock, onEvent: () => undefined }), {
      link: {
        onState: () => () => undefined,
        observe: async () => () => undefined,
        subscribe: async () => () => undefined,
      } as never,
      clock,
      topics: { status: '[IMEI]/dns', tx: '[IMEI]/tx', atr: '[IMEI]/ATR' },
      imei: '',
      store: { read: async () => undefined, write: () => Promise.reject(new Error('disk full')) },
      saveMs: 60_000,
      onTrouble: (error) => told.push(`${error.reason} ${String(error.facts['why'])}`),
    });
    await watch.start();
    const status = { topic: `${IMEI}/dns`, payload: Buffer.from('{"CSQ":1}'), isRetained: false, isDuplicate: false };
    watch.fleet.hearStatus(status);
    await clock.advance(300_000);
    await clock.runUntil(watch.close());
    assert.deepEqual(told, ['fleet.presenceUnwritten disk full']);
  });
});
