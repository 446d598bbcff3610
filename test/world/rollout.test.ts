// Rollouts over simulated modems in virtual time: a wrong APN on a canary, a thousand modems of which some are silent,
// and a platform that is restarted in the middle.
import assert from 'node:assert/strict';
import { failure } from '../../src/core/wire/errors';
import { REBOOT_COMMANDS } from '../../src/core/fleet/config/actions';
import type { WorkOrder } from '../../src/core/fleet/rollout/work-order';
import { desiredOf, type Template } from '../../src/core/fleet/config/desired';
import { fleetWork } from '../../src/core/fleet/rollout/fleet-work';
import { RolloutRun } from '../../src/core/fleet/rollout/rollout-run';
import type { RolloutPlan, RolloutProgress, RolloutTarget } from '../../src/core/fleet/rollout/rollout-state';
import { imeiRow, ModbusMeter, ruleDevice, seededRandom, valueOf, type Meter } from '../../src/simulator';
import { readModbus } from '../../src/core/modbus/read';
import { parseRegisters } from '../../src/core/modbus/registers/registers';
import { FleetWorld, PROFILE } from '../support/fleet-world';
import { MemoryStore } from '../support/memory-store';

const MINUTE = 60_000;
const PLAN: RolloutPlan = {
  id: 'r1',
  canary: 1,
  wave: 0,
  concurrency: 20,
  abortShare: 0.1,
  gate: 'none',
  gateMs: 10 * MINUTE,
  targetMs: 30 * MINUTE,
  deadlineMs: 6 * 60 * MINUTE,
  attempts: 2,
  retryMs: 5 * MINUTE,
};

function meter(): Meter {
  return new ModbusMeter({
    devices: [ruleDevice(1)],
    line: PROFILE.line,
    framing: 'rtu',
    random: seededRandom(1),
    answerMsMin: 20,
    answerMsMax: 40,
  });
}

/** One life of the platform. */
class Platform {
  readonly results: RolloutTarget[] = [];
  readonly troubles: string[] = [];
  readonly sms: { readonly imei: string; readonly texts: readonly string[] }[] = [];
  summary: RolloutProgress | undefined;
  readonly run: RolloutRun;
  private finish: () => void = () => undefined;
  readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(world: FleetWorld, template: Template, store: MemoryStore, more: { hasSms?: boolean } = {}) {
    const { clock, signs } = world;
    const registry = world.newRegistry();
    const orderOf = (imei: string): WorkOrder => ({
      mode: 'apply',
      desired: desiredOf(template, imei),
      commands: [],
      isReboot: false,
      rebootCommands: REBOOT_COMMANDS,
      hasReboot: true,
      isConfirmed: true,
      lifeMs: 3 * MINUTE,
      atMs: 15_000,
    });
    const rollbackBySms = async (imei: string, texts: readonly string[]): Promise<boolean> => {
      this.sms.push({ imei, texts });
      for (const text of texts) await world.modems.get(imei)?.receiveSms('+34666123456', text);
      return true;
    };
    const work = fleetWork({
      clock,
      signs,
      orderOf,
      acquire: (imei) => registry.acquire(imei, PROFILE),
      release: (imei) => registry.release(imei),
      audit: () => undefined,
      ...(more.hasSms && { rollbackBySms }),
    });
    const host = {
      ...work,
      onResult: (target: RolloutTarget) => void this.results.push(target),
      onProgress: () => undefined,
      onTrouble: ({ detail }: { detail: string }) => void this.troubles.push(detail),
      onFinished: (progress: RolloutProgress) => ((this.summary = progress), this.finish()),
    };
    this.run = new RolloutRun(host, store, clock);
    void world.link.observe('+/dns', ({ topic }) => {
      const imei = topic.slice(0, 15);
      if (this.run.find(imei)?.state === 'away') void this.run.tell({ on: 'back', at: clock.date().getTime(), imei });
    });
  }
}

/** Reads unit 1 behind a modem every two minutes, as a user's flow does. */
function readForEver(world: FleetWorld, imei: string): void {
  const registers = parseRegisters([{ name: 'a', fc: 3, address: 0, type: 'uint16' }], 'registers');
  const options = {
    unit: 1,
    framing: 'rtu',
    timeoutMs: 1_000,
    maxRegisters: 125,
    isEvenLength: false,
    isOneSpace: false,
    expectEcho: false,
    registers,
  } as const;
  const loop = async (): Promise<void> => {
    for (;;) {
      await world.clock.sleep(2 * MINUTE);
      const lane = world.registry.acquire(imei, PROFILE).ports[0];
      await lane
        .run({
          label: 'read',
          attempts: 1,
          queueMs: MINUTE,
          meter: 'modbus 1',
          start: (memory) => readModbus(options, memory),
        })
        .catch(() => undefined);
      world.registry.release(imei);
    }
  };
  void loop();
}

/**
 * A rollout whose process dies after so many writes, or so many seconds, and the next one's end; false when it ended
 * before.
 */
async function dies(kind: 'writes' | 'seconds', when: number): Promise<boolean> {
  const template = { MTX_ping: '20', GPRS_login: 'other' };
  const world = new FleetWorld();
  const imeis = imeiRow('353234028103206', 3);
  for (const imei of imeis) world.add({ imei }).start();
  await world.clock.advance(MINUTE);
  const store = new MemoryStore();
  if (kind === 'writes') store.diesAfter = when;
  const first = new Platform(world, template, store);
  void first.run.start(
    { ...PLAN, concurrency: 2 },
    imeis.map((imei) => ({ imei })),
  );
  const end = kind === 'seconds' ? world.clock.now() + 1_000 * when : Infinity;
  await world.clock.advance(0);
  while (!store.isDead && first.run.progress?.isFinished !== true && world.clock.now() < end)
    await world.clock.advance(1_000);
  if (first.summary !== undefined) return false;
  const survivor = store.survivor();
  first.run.close();
  await world.clock.runUntil(world.registry.close());
  const stored = await survivor.load();
  assert.ok(stored, `nothing to go on from after ${when} ${kind}`);
  const second = new Platform(world, template, survivor);
  await second.run.resume(stored);
  await world.clock.runUntil(second.finished);
  const how = `after ${when} ${kind}: ${JSON.stringify(second.summary?.states)}`;
  assert.deepEqual(second.summary?.states, { changed: 3 }, how);
  for (const imei of imeis) {
    assert.ok(
      world.commandsTo(imei).filter((command) => /REBOOT|CFUN/.test(command)).length <= 1,
      `${imei} was rebooted twice ${how}`,
    );
    assert.equal(valueOf(world.modems.get(imei)?.config ?? new Map(), 'MTX_ping'), '20', how);
  }
  return true;
}

describe('rollout in a world of simulated modems', () => {
  it('stops after a canary that a wrong APN cut off, and restores it by SMS', async () => {
    const world = new FleetWorld();
    const imeis = imeiRow('353234028103206', 6);
    for (const imei of imeis) world.add({ imei, simApn: 'movistar.es' }).start();
    await world.clock.advance(MINUTE);
    const platform = new Platform(world, { GPRS_apn: 'wrong.apn' }, new MemoryStore(), { hasSms: true });
    await platform.run.start(
      PLAN,
      imeis.map((imei) => ({ imei })),
    );
    await world.clock.runUntil(platform.finished);
    assert.deepEqual(platform.sms, [
      {
        imei: imeis[0],
        texts: ['MTXTUNNEL AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es', 'MTXTUNNEL AT^MTXTUNNEL=REBOOT'],
      },
    ]);
    assert.deepEqual([platform.summary?.mode, platform.summary?.states], ['aborted', { rolledBack: 1, notReached: 5 }]);
    assert.equal(world.modems.get(imeis[0] ?? '')?.state, 'online');
    for (const imei of imeis)
      assert.equal(valueOf(world.modems.get(imei)?.config ?? new Map(), 'GPRS_apn'), 'movistar.es');
    for (const imei of imeis.slice(1)) assert.deepEqual(world.commandsTo(imei), [], 'no other modem was touched');
  });

  it('reports the texts where there is no way to send SMS', async () => {
    const world = new FleetWorld();
    const imeis = imeiRow('353234028103206', 3);
    for (const imei of imeis) world.add({ imei, simApn: 'movistar.es' }).start();
    await world.clock.advance(MINUTE);
    const platform = new Platform(world, { GPRS_apn: 'wrong.apn' }, new MemoryStore());
    await platform.run.start(
      PLAN,
      imeis.map((imei) => ({ imei })),
    );
    await world.clock.runUntil(platform.finished);
    assert.deepEqual(platform.results[0]?.state, 'lost');
    assert.equal(platform.results[0]?.outcome?.sms?.[0], 'MTXTUNNEL AT^MTXTUNNEL=SETPARAM,GPRS_apn,movistar.es');
  });

  it("keeps a canary's change only if the meters behind it still answer", async () => {
    for (const [template, expected] of [
      [{ COMM_baudrate: '19200' }, { rolledBack: 1, notReached: 2 }],
      [{ DNS_period: '120' }, { changed: 3 }],
    ] as const) {
      const world = new FleetWorld();
      const imeis = imeiRow('353234028103206', 3);
      for (const imei of imeis) world.add({ imei, meters: [meter()] }).start();
      await world.clock.advance(MINUTE);
      const platform = new Platform(world, template, new MemoryStore());
      for (const imei of imeis) readForEver(world, imei);
      await world.clock.advance(5 * MINUTE);
      await platform.run.start(
        { ...PLAN, gate: 'canary' },
        imeis.map((imei) => ({ imei })),
      );
      await world.clock.runUntil(platform.finished);
      assert.deepEqual(platform.summary?.states, expected);
      assert.equal(valueOf(world.modems.get(imeis[0] ?? '')?.config ?? new Map(), 'COMM_baudrate'), '9600');
    }
  });

  it('sends nothing that is not stored: a store that fails or hangs makes it wait, and it ends when the store is back', async () => {
    for (const [how, expected] of [
      ['fails', /disk full/],
      ['hangs', /no answer in 30 s/],
    ] as const) {
      const world = new FleetWorld();
      const imeis = imeiRow('353234028103206', 3);
      for (const imei of imeis) world.add({ imei }).start();
      await world.clock.advance(MINUTE);
      const store = new MemoryStore();
      const platform = new Platform(world, { MTX_ping: '20' }, store);
      await platform.run.start(
        { ...PLAN, concurrency: 1 },
        imeis.map((imei) => ({ imei })),
      );
      store.trouble = how;
      await world.clock.advance(10 * MINUTE);
      assert.equal(platform.troubles.length, 1, 'told once');
      assert.match(platform.troubles[0] ?? '', expected);
      assert.deepEqual(
        imeis.flatMap((imei) => world.commandsTo(imei)).filter((command) => /SETPARAM|REBOOT/.test(command)),
        [],
        'nothing was sent whose note is not stored',
      );
      assert.equal(platform.run.progress?.isFinished, false);
      store.trouble = 'none';
      await world.clock.runUntil(platform.finished);
      assert.deepEqual(platform.summary?.states, { changed: 3 });
    }
  });

  it('goes on after a death of the process at any write and in any second, sends no reboot twice and loses no modem', async () => {
    for (const kind of ['writes', 'seconds'] as const) {
      let deaths = 0;
      for (let when = kind === 'writes' ? 4 : 0; await dies(kind, when); when += kind === 'writes' ? 1 : 2) deaths += 1;
      assert.ok(deaths > 10, `${deaths} deaths tried by ${kind}`);
    }
  });

  it('reaches 1,000 modems of which 5 % are silent, over a restart in the middle, changing each once', async () => {
    const world = new FleetWorld();
    const imeis = imeiRow('353234028103206', 1_000);
    const silent = imeis.filter((_, i) => i % 20 === 7);
    for (const imei of imeis) world.add({ imei, seed: 3, config: { DNS_period: '3600' } });
    for (const imei of imeis) if (!silent.includes(imei)) world.modems.get(imei)?.start();
    await world.clock.advance(MINUTE);
    const store = new MemoryStore();
    const template = { MTX_ping: '20' };
    const first = new Platform(world, template, store);
    await first.run.start({ ...PLAN, concurrency: 50, canary: 2, deadlineMs: 90 * MINUTE }, [
      ...imeis.map((imei) => ({ imei })),
      { imei: 'not-an-imei', fault: failure('settings.imei', { shown: 'not-an-imei' }) },
    ]);
    while ((first.run.progress?.ok ?? 0) < 300) await world.clock.advance(10_000);
    const survivor = store.survivor();
    first.run.close();
    await world.clock.runUntil(world.registry.close());
    await world.clock.advance(20_000);
    const second = new Platform(world, template, survivor);
    const stored = await survivor.load();
    assert.ok(stored);
    await second.run.resume(stored);
    // ten of the silent ones come back an hour later
    void world.clock.sleep(60 * MINUTE).then(() => {
      for (const imei of silent.slice(0, 10)) world.modems.get(imei)?.start();
    });
    await world.clock.runUntil(second.finished);
    assert.deepEqual(second.summary?.states, { changed: 960, silent: 40, skipped: 1 });
    assert.deepEqual(
      [second.summary?.ok, second.summary?.failed, second.summary?.silent, second.summary?.open],
      [960, 1, 40, 0],
    );
    for (const imei of imeis) {
      const sent = world.commandsTo(imei);
      const reboots = sent.filter((command) => /REBOOT|CFUN/.test(command)).length;
      const isChanged = second.run.find(imei)?.state === 'changed';
      assert.ok(reboots <= 1, `${imei} was rebooted ${reboots} times`);
      assert.equal(valueOf(world.modems.get(imei)?.config ?? new Map(), 'MTX_ping'), isChanged ? '20' : '35', imei);
    }
    const told = [...first.results, ...second.results].map(({ imei }) => imei);
    assert.equal(new Set(told).size, 1_001);
    assert.equal(told.length, 1_001, 'each is told once');
  });
});
