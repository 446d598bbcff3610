// The whole house in virtual time: registry, modem, lane, session and reader on one side, simulated modems with Modbus
// meters on an RS485 bus on the other, and between them a link that delays, loses, doubles, cuts and flips. No value
// may be wrong, every promise settles, and what was wrong once does no harm to what comes after.
import assert from 'node:assert/strict';
import { readModbus } from '../../src/core/modbus/read';
import type { Register } from '../../src/core/modbus/registers/registers';
import { Registry } from '../../src/core/transport/modem/registry';
import type { ModemProfile } from '../../src/core/transport/modem/modem-profile';
import type { ReadError } from '../../src/core/wire/errors';
import {
  delayMessages,
  drop,
  dropMessages,
  duplicateMessages,
  flip,
  imeiRow,
  late,
  MemoryBroker,
  modemSpec,
  ModbusMeter,
  noise,
  ruleDevice,
  seededRandom,
  splitMessages,
  VirtualClock,
  wholeBetween,
  withFaults,
  type MessageFault,
  type MeterFault,
} from '../../src/simulator/index';
import { MemoryLink } from '../support/memory-link';

const LINE = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const PROFILE: ModemProfile = {
  topics: { rx: '[IMEI]/rx', tx: '[IMEI]/tx', at: '[IMEI]/AT', atr: '[IMEI]/ATR', status: '[IMEI]/dns', broadcast: '' },
  qos: 0,
  latencyMs: 2_000,
  queueLimit: 1_000,
  attempts: 3,
  line: LINE,
  port: 0,
  isCrAppended: false,
  isFleet: true,
};

interface Figures {
  right: number;
  wrong: string[];
  errors: Record<string, number>;
  seconds: number;
}

async function live(
  seed: number,
  rounds: number,
  meterFaults: readonly MeterFault[],
  fromModem: readonly MessageFault[],
  toModem: readonly MessageFault[] = [],
): Promise<Figures> {
  const clock = new VirtualClock();
  const air = new MemoryBroker({ clock, seed, latencyMsMin: 100, latencyMsMax: 300, fromModem, toModem });
  const imeis = imeiRow('353234028103206', 4);
  const modems = imeis.map((imei, i) => {
    const devices = [1, 2, 3].map((unit) => ruleDevice(unit + 3 * i));
    const meter = new ModbusMeter({
      devices,
      line: LINE,
      framing: 'rtu',
      random: seededRandom(seed + i),
      answerMsMin: 10,
      answerMsMax: 60,
    });
    const modem = air.modem(
      modemSpec(
        {
          imei,
          seed,
          bus: 'rs485',
          config: { MTX_invertedCom: 'on', COMM2_baudrate: '9600' },
          meters: [withFaults(meter, meterFaults, seed + i)],
          choices: { bootMsMin: 0, bootMsMax: 10 },
        },
        clock,
      ),
    );
    modem.start();
    return modem;
  });
  const registry = new Registry({ link: new MemoryLink(air), clock, random: seededRandom(seed) });
  await clock.advance(5_000);
  const random = seededRandom(seed * 7 + 1);
  const figures: Figures = { right: 0, wrong: [], errors: {}, seconds: 0 };
  const read = async (modem: number, unit: number): Promise<void> => {
    const address = wholeBetween(random, 0, 50) * 3;
    const length = wholeBetween(random, 1, 3);
    const registers: Register[] = Array.from({ length }, (_, i) => ({
      name: `r${i}`,
      fc: 3,
      address: address + i,
      type: 'uint16',
      order: 'ABCD',
      scale: 1,
      unit: '',
      length: 1,
    }));
    const options = { unit, framing: 'rtu', timeoutMs: 500, maxRegisters: 125, registers } as const;
    const lane = registry.acquire(imeis[modem] ?? '', PROFILE).ports[0];
    try {
      const { value } = await lane.run({
        label: 'x',
        attempts: 3,
        queueMs: 3_600_000,
        quietMs: 200,
        meter: String(unit),
        start: (memory) => readModbus(options, memory),
      });
      const expected = registers.map((register) => (0x1000 * unit + register.address) & 0xffff);
      const got = value.readings.map((reading) => reading.value);
      if (JSON.stringify(got) === JSON.stringify(expected)) figures.right += 1;
      else figures.wrong.push(`unit ${unit} @${address}: ${got} for ${expected}`);
    } catch (thrown) {
      const { code } = thrown as ReadError;
      figures.errors[code] = (figures.errors[code] ?? 0) + 1;
    }
    registry.release(imeis[modem] ?? '');
  };
  const began = clock.now();
  const polls = imeis.map(async (_, i) => {
    for (let round = 0; round < rounds; round++) {
      await Promise.all([1, 2, 3].map((unit) => read(i, unit + 3 * i)));
      await clock.sleep(wholeBetween(random, 0, 1) * 2_000);
    }
  });
  await clock.runUntil(Promise.all(polls), 30 * 86_400_000);
  figures.seconds = (clock.now() - began) / 1000;
  for (const modem of modems) modem.stop();
  await clock.runUntil(registry.close());
  return figures;
}

describe('world: the whole house', () => {
  const reads = 60 * 12;
  it('reads right on a clean line', async () => {
    const { right, wrong, errors } = await live(1, 60, [], []);
    assert.deepEqual({ right, wrong, errors }, { right: reads, wrong: [], errors: {} });
  });

  for (const [name, seed, meter, from, to] of [
    ['lost and late answers of the meters', 2, [drop(0.05), late(4_000, 0.05)], [], []],
    ['noise and flipped bits on the bus', 3, [flip(0.05), noise(0.1)], [], []],
    [
      'a link that doubles, cuts, loses and stalls',
      4,
      [],
      [duplicateMessages(0.05, 1_500), splitMessages([3, 5]), dropMessages(0.03), delayMessages(0, 6_000)],
      [dropMessages(0.02)],
    ],
  ] as const) {
    it(`gives no wrong value with ${name}`, async () => {
      const { right, wrong, errors } = await live(seed, 60, meter, from, to);
      const total = right + wrong.length + Object.values(errors).reduce((sum, n) => sum + n, 0);
      assert.deepEqual(wrong, [], `seed ${seed}`);
      assert.equal(total, reads, 'a promise got lost');
      assert.ok(right > reads * 0.6, JSON.stringify({ right, errors }));
      assert.equal(errors['INTERNAL'], undefined);
    });
  }
});
