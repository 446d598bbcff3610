// Mode E through a modem, in virtual time: the text sign-on at the port's own speed, or with the port switched to the
// meter's by the real AT lane. Whatever fails, and wherever it is cancelled, the port is as it was and the next read
// works.
import assert from 'node:assert/strict';
import { dlmsJob, objectCache } from '../../src/core/readers/dlms';
import { parseDlms } from '../../src/core/readers/dlms-query';
import { Fields } from '../../src/core/index';
import { Registry } from '../../src/core/transport/modem/registry';
import type { ModemProfile } from '../../src/core/transport/modem/modem-profile';
import { asReadError, type ReadError } from '../../src/core/wire/errors';
import { MemoryBroker, modemSpec, VirtualClock, type MessageFault } from '../../src/simulator/index';
import { profileCells, PROFILE_START_MS } from '../../src/simulator/meters/dlms/demo-objects';
import { dlmsMeter } from '../../src/simulator/meters/dlms/meter';
import { AK, EK, METER_TITLE } from '../support/dlms-bench';
import { MemoryLink } from '../support/memory-link';
import { ModeEMeter, type ModeEStage } from '../support/mode-e-meter';
import { said } from '../support/said';

const IMEI = '353234028103206';
type Speed = 'switch' | 'stay' | 'fixed';
interface Scene {
  readonly fromModem?: MessageFault;
  readonly wanted?: object;
}
const PORT: Readonly<Record<Speed, number>> = { switch: 300, stay: 9600, fixed: 9600 };

function rig(speed: Speed, { fromModem, wanted = {} }: Scene) {
  const clock = new VirtualClock();
  const air = new MemoryBroker({
    clock,
    seed: 1,
    latencyMsMin: 100,
    latencyMsMax: 200,
    ...(fromModem && { fromModem: [fromModem] }),
  });
  const inner = dlmsMeter({
    transport: 'hdlc',
    clients: [{ client: 16, mechanism: 0, policy: 0 }],
    demo: { deviceName: 'GRX1', client: 16, clockMs: 0, deviation: 0 },
    hdlc: { limits: { maxInfoTransmit: 128, maxInfoReceive: 128, windowTransmit: 1, windowReceive: 1 } },
    security: {
      suite: 0,
      title: METER_TITLE,
      encryptionKey: EK,
      authenticationKey: AK,
      lowestCounter: 0,
      nextCounter: () => 1,
    },
  });
  const baud = PORT[speed];
  const meter = new ModeEMeter(inner, { baud, dataBits: 7, parity: 'even', stopBits: 1 }, '5', () => clock.now());
  const modem = air.modem(
    modemSpec(
      {
        imei: IMEI,
        seed: 1,
        config: { COMM_baudrate: String(baud) },
        meters: [meter],
        choices: { bootMsMin: 0, bootMsMax: 10, atMsMin: 5, atMsMax: 20 },
      },
      clock,
    ),
  );
  modem.start();
  const said: string[] = [];
  const link = new MemoryLink(air, (topic, text) =>
    said.push(topic.endsWith('/AT') ? text.trim() : Buffer.from(text, 'latin1').toString('hex')),
  );
  const registry = new Registry({ link, clock, random: () => 0.5 });
  const profile: ModemProfile = {
    topics: {
      rx: '[IMEI]/rx',
      tx: '[IMEI]/tx',
      at: '[IMEI]/AT',
      atr: '[IMEI]/ATR',
      status: '[IMEI]/dns',
      broadcast: '',
    },
    qos: 0,
    latencyMs: 1000,
    queueLimit: 10,
    attempts: 1,
    line: { baud, dataBits: 8, parity: 'none', stopBits: 1 },
    port: 0,
    isCrAppended: false,
    isFleet: false,
  };
  const lane = registry.acquire(IMEI, profile).ports[0];
  const query = parseDlms(
    new Fields({
      interface: 'mode-e',
      baud: speed,
      parity: 'soft-even',
      addressBytes: '1',
      items: ['1-0:1.8.0', '1-0:32.7.0'],
      timeout: '1000',
      ...wanted,
    }),
    {},
  );
  const place = {
    objects: objectCache(),
  };
  const read = async (signal?: AbortSignal): Promise<readonly unknown[] | ReadError> => {
    try {
      const { value } = await lane.run({
        label: 'x',
        attempts: 1,
        queueMs: 600_000,
        ...(signal && { signal }),
        ...dlmsJob(query, place),
      });
      assert.deepEqual(value.identity?.['manufacturer'], 'GRX');
      return value.rows?.map((row) => row.values[1]) ?? value.readings.map((reading) => reading.value);
    } catch (thrown) {
      return asReadError(thrown);
    }
  };
  return { clock, meter, modem, registry, lane, read, said, baud };
}

const VALUES = [1_043_677, 230.4];
const isDisc = (hex: string): boolean => /^7ea0..(..)(..)53/.test(hex);

async function inWorld(
  speed: Speed,
  scene: Scene,
  act: (world: ReturnType<typeof rig>) => Promise<void>,
): Promise<void> {
  const world = rig(speed, scene);
  await world.clock.advance(5000);
  await world.clock.runUntil(act(world), 3_600_000);
  world.modem.stop();
  await world.clock.runUntil(world.registry.close());
}

/** The port is as it was, by the modem's own word, and a read without faults is right. */
async function isAsBefore({ clock, meter, modem, read, baud }: ReturnType<typeof rig>, why: string): Promise<void> {
  meter.deafTo = undefined;
  await clock.sleep(130_000); // the meter's time-out; goodbyes that are still under way
  assert.equal(modem.portLine.baud, baud, `${why}: the port was left at another speed`);
  assert.deepEqual(await read(), VALUES, `${why}: the next read`);
  await clock.sleep(30_000);
  assert.equal(modem.portLine.baud, baud, why);
}

/** Loses the answers of these SETBAUDRATEs, counted from 1, until mended; the modem did as it was told. */
function losingReplies(numbers: readonly number[]): { readonly fault: MessageFault; mend(): void } {
  let [count, isMended] = [0, false];
  const fault: MessageFault = (pass) => (topic, payload) => {
    if (topic.endsWith('/ATR') && numbers.includes(++count) && !isMended) return;
    pass(topic, payload);
  };
  return { fault, mend: () => void (isMended = true) };
}

describe('world: mode E through a modem', () => {
  for (const speed of ['switch', 'stay', 'fixed'] as const) {
    it(`${speed}: reads, says DISC, and the port has its own speed again`, () =>
      inWorld(speed, {}, async (world) => {
        assert.deepEqual(await world.read(), VALUES);
        assert.deepEqual(world.meter.stages, ['request', 'option', 'SNRM', 'AARQ', 'GET', 'DISC']);
        assert.ok(world.said.some(isDisc));
        const speeds = world.said.filter((text) => text.startsWith('AT^'));
        assert.deepEqual(
          speeds,
          speed === 'switch' ? ['AT^MTXTUNNEL=SETBAUDRATE,0,9600', 'AT^MTXTUNNEL=SETBAUDRATE,0,300'] : [],
        );
        await isAsBefore(world, speed);
      }));

    for (const stage of ['request', 'option', 'SNRM', 'AARQ', 'GET', 'DISC'] as const satisfies readonly ModeEStage[]) {
      it(`${speed}: the meter is deaf to ${stage}: an error that names it, the port as it was, the next read right`, () =>
        inWorld(speed, {}, async (world) => {
          world.meter.deafTo = stage;
          const outcome = await world.read();
          if (stage === 'DISC')
            assert.deepEqual(outcome, VALUES); // what was read stays read
          else {
            assert.ok(!Array.isArray(outcome));
            assert.match((outcome as ReadError).code, /NO_REPLY|BAD_FRAME|REQUEST_REFUSED/);
            assert.equal(
              (outcome as ReadError).stage,
              { request: 'connect', option: 'connect', SNRM: 'connect', AARQ: 'authenticate', GET: 'read' }[stage],
            );
          }
          await isAsBefore(world, `${speed} ${stage}`);
        }));
    }
  }

  it('switch: the power of the meter fails in the middle of a profile: signed on anew at the opening speed, and every row right', async () => {
    const from = Date.UTC(2026, 9, 2);
    const rows = Array.from({ length: 25 }, (_, i) =>
      Number(profileCells((from - PROFILE_START_MS) / 900_000 + i)[1]?.value),
    );
    const wanted = {
      request: 'profile',
      profile: '1-0:99.1.0',
      from: '2026-10-02T00:00:00',
      to: '2026-10-02T06:00:00',
    };
    for (const frames of [6, 8, 10]) {
      await inWorld('switch', { wanted }, async (world) => {
        world.meter.framesToPowerCut = frames;
        assert.deepEqual(await world.read(), rows, `after ${frames} frames`);
        assert.equal(world.meter.stages.filter((stage) => stage === 'request').length, 2);
        assert.deepEqual(
          world.said.filter((text) => text.startsWith('AT^')).map((text) => text.split(',').at(-1)),
          ['9600', '300', '9600', '300'],
        );
      });
    }
  });

  // 1 and 2 answer the change to the meter's speed and its repetition, the next ones those of the way back
  for (const lost of [[1], [2], [1, 2], [1, 3], [2, 3], [1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5]]) {
    it(`the modem's answers ${lost.join(', ')} to SETBAUDRATE are lost: right or an error that says so, and the port as it was`, () => {
      const lossy = losingReplies(lost);
      return inWorld('switch', { fromModem: lossy.fault }, async (world) => {
        const outcome = await world.read();
        assert.equal(
          Array.isArray(outcome),
          !(lost.includes(1) && lost.includes(2)) && world.meter.stages.includes('GET'),
        );
        if (Array.isArray(outcome)) assert.deepEqual(outcome, VALUES);
        else if (lost.includes(1) && lost.includes(2))
          assert.match(said(outcome), /the modem did not answer the command that sets its port to 9600 Bd; see that/);
        await world.clock.sleep(60_000);
        lossy.mend();
        await isAsBefore(world, `lost ${lost.join(', ')}`);
      });
    });
  }

  for (const speed of ['switch', 'stay'] as const) {
    it(`${speed}: cancelled at any moment: DISC where there was an SNRM, the port as it was, the next read right`, async () => {
      for (let ms = 200; ms < 9000; ms += 450) {
        await inWorld(speed, {}, async (world) => {
          const stop = new AbortController();
          const reading = world.read(stop.signal);
          await world.clock.sleep(ms);
          stop.abort();
          const outcome = await reading;
          assert.ok(
            Array.isArray(outcome) || (outcome as ReadError).code === 'CANCELLED',
            `${ms} ms: ${String(outcome)}`,
          );
          await world.clock.sleep(60_000);
          if (world.meter.stages.includes('SNRM')) assert.ok(world.said.some(isDisc), `${ms} ms: no DISC`);
          await isAsBefore(world, `${speed} ${ms} ms`);
        });
      }
    });
  }
});
