// Two who ask on one line, in virtual time: two platforms on one broker, or a platform and a second master on the bus.
// Every register tells its address, so that an answer to the other's request is seen to be one.
import type { LineMemory } from '../../src/core/wire/dialogue';
import { readModbus } from '../../src/core/modbus/read';
import type { Register } from '../../src/core/modbus/registers/registers';
import { Registry } from '../../src/core/transport/modem/registry';
import type { ModemProfile } from '../../src/core/transport/modem/modem-profile';
import { asReadError } from '../../src/core/wire/errors';
import { crc16Modbus } from '../../src/core/wire/checksum';
import { fromHex } from '../../src/core/wire/bytes';
import {
  Bus,
  delayMessages,
  dropMessages,
  duplicateMessages,
  splitMessages,
  MemoryBroker,
  ModbusMeter,
  modemSpec,
  ruleDevice,
  runBusMaster,
  seededRandom,
  VirtualClock,
  wholeBetween,
  type BusMasterOptions,
  type MessageFault,
} from '../../src/simulator/index';
import { MemoryLink } from './memory-link';

const LINE = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
export const IMEI = '353234028103206';
export const PROFILE: ModemProfile = {
  topics: { rx: '[IMEI]/rx', tx: '[IMEI]/tx', at: '[IMEI]/AT', atr: '[IMEI]/ATR', status: '[IMEI]/dns', broadcast: '' },
  qos: 0,
  latencyMs: 2_000,
  queueLimit: 1_000,
  attempts: 3,
  line: LINE,
  port: 0,
  isCrAppended: false,
  isFleet: false,
};

export interface Poller {
  /** Which registers one read asks for. */
  wish(random: () => number): readonly { readonly address: number; readonly length: number }[];
  readonly everyMs: number;
}

export interface TwoMastersOptions {
  readonly seed: number;
  readonly readsEach: number;
  readonly platforms: readonly Poller[];
  /** Another master on the bus, and its requests. */
  readonly busMaster?: Pick<BusMasterOptions, 'requests' | 'pauseMsMin' | 'pauseMsMax'>;
  readonly latencyMs?: readonly [number, number];
  readonly answerMs?: readonly [number, number];
  readonly fromModem?: readonly MessageFault[];
  readonly toModem?: readonly MessageFault[];
  /** The broker lets no platform hear what others ask. */
  readonly isRequestTopicRefused?: boolean;
}

export interface TwoMastersFigures {
  reads: number;
  right: number;
  readonly wrong: string[];
  readonly errors: Record<string, number>;
  /** For each platform: after how long the line was named as shared, in ms; undefined = never. */
  readonly namedAfterMs: (number | undefined)[];
}

/** The link of a platform that may not read what is sent to modems. */
class DeafLink extends MemoryLink {
  override subscribe(topic: string, on: Parameters<MemoryLink['subscribe']>[1]): ReturnType<MemoryLink['subscribe']> {
    if (topic.endsWith('/rx')) return Promise.reject(new Error('not allowed'));
    return super.subscribe(topic, on);
  }
}

export async function twoMasters(options: TwoMastersOptions): Promise<TwoMastersFigures> {
  const { seed, platforms, busMaster } = options;
  const clock = new VirtualClock();
  const [latencyMsMin, latencyMsMax] = options.latencyMs ?? [30, 200];
  const [answerMsMin, answerMsMax] = options.answerMs ?? [10, 120];
  const { fromModem = [], toModem = [] } = options;
  const air = new MemoryBroker({ clock, seed, latencyMsMin, latencyMsMax, fromModem, toModem });
  const meter = new ModbusMeter({
    devices: [ruleDevice(1), ruleDevice(2)],
    line: LINE,
    framing: 'rtu',
    random: seededRandom(seed),
    answerMsMin,
    answerMsMax,
  });
  const side = new Bus({ clock, random: seededRandom(seed + 1), line: LINE, kind: 'rs485', meters: [meter] });
  const config = { MTX_invertedCom: 'on', COMM2_baudrate: '9600' };
  const choices = { bootMsMin: 0, bootMsMax: 10 };
  const modem = air.modem(modemSpec({ imei: IMEI, seed, bus: 'rs485', config, side, choices }, clock));
  modem.start();
  await clock.advance(70_000);

  const figures: TwoMastersFigures = { reads: 0, right: 0, wrong: [], errors: {}, namedAfterMs: [] };
  const stop = new AbortController();
  const began = clock.now();
  if (busMaster) void runBusMaster(side, { clock, random: seededRandom(seed + 2), ...busMaster }, stop.signal);
  const work = platforms.map(async (poller, i) => {
    const random = seededRandom(seed * 31 + i);
    const link = options.isRequestTopicRefused ? new DeafLink(air) : new MemoryLink(air);
    const registry = new Registry({ link, clock, random });
    const lane = registry.acquire(IMEI, PROFILE).ports[0];
    await clock.sleep(random() * poller.everyMs);
    for (let n = 0; n < options.readsEach; n++) {
      const next = clock.now() + poller.everyMs * (0.8 + 0.4 * random());
      const registers = poller.wish(random).flatMap(words);
      const options = { unit: 1, framing: 'rtu', timeoutMs: 500, maxRegisters: 125, registers } as const;
      figures.reads += 1;
      await lane
        .run({
          label: 'x',
          meter: 'modbus 1',
          attempts: 3,
          queueMs: 600_000,
          quietMs: 200,
          start: (memory: LineMemory) => readModbus(options, memory),
        })
        .then(
          ({ value }) => {
            const odd = value.readings.filter((r, at) => r.value !== undefined && r.value !== truth(registers[at]));
            if (odd.length > 0) figures.wrong.push(`platform ${i}, read ${n}: ${JSON.stringify(odd)}`);
            else if (value.readings.every((r) => r.value !== undefined)) figures.right += 1;
            else count(figures.errors, value.readings.find((r) => r.error)?.error?.code ?? 'none');
          },
          (thrown: unknown) => count(figures.errors, asReadError(thrown).code),
        );
      if (lane.book.foreign.isShared) figures.namedAfterMs[i] ??= clock.now() - began;
      await clock.sleep(next - clock.now());
    }
    return registry;
  });
  const registries = await clock.runUntil(Promise.all(work), 1e10);
  stop.abort();
  await clock.runUntil(Promise.all(registries.map((registry) => registry.close())));
  return figures;
}

function count(errors: Record<string, number>, code: string): void {
  errors[code] = (errors[code] ?? 0) + 1;
}

function words({ address, length }: { readonly address: number; readonly length: number }): readonly Register[] {
  return Array.from({ length }, (_, i) => ({
    name: `r${address + i}`,
    fc: 3,
    address: address + i,
    type: 'uint16',
    order: 'ABCD',
    scale: 1,
    unit: '',
    length: 1,
  }));
}

function truth(register: Register | undefined): number | undefined {
  return register && (0x1000 + register.address) & 0xffff;
}

/** Two registers, always the same ones. */
export const fixed = (address: number, length = 2): Poller['wish'] => {
  return () => [{ address, length }];
};

/** Somewhere, of some length: what a platform with many meters' lists asks. */
export const anywhere: Poller['wish'] = (random) => [
  { address: wholeBetween(random, 0, 200) * 16, length: wholeBetween(random, 1, 4) },
];

/** A request of a master on the bus: its octets without the CRC. */
export function busRequest(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  const crc = crc16Modbus(bytes);
  return Uint8Array.of(...bytes, crc & 0xff, crc >> 8);
}

/** A tunnel that loses, doubles, delays and cuts what comes from the modem. */
const BAD: readonly MessageFault[] = [
  dropMessages(0.03),
  delayMessages(50, 1_500),
  duplicateMessages(0.05, 2_000),
  splitMessages([3, 50, 100]),
];
const every = (everyMs: number, wish: Poller['wish']): Poller => ({ everyMs, wish });
const both = (everyMs: number): readonly Poller[] => [every(everyMs, fixed(0)), every(everyMs, fixed(52))];
const lists = [every(3_000, anywhere), every(3_000, anywhere)];
const display = (...requests: readonly string[]): NonNullable<TwoMastersOptions['busMaster']> => ({
  requests: requests.map(busRequest),
  pauseMsMin: 300,
  pauseMsMax: 1_500,
});

export interface TwoMastersScene {
  readonly name: string;
  readonly options: Omit<TwoMastersOptions, 'seed' | 'readsEach'>;
  /** The others ask so seldom that it takes longer to meet them. */
  readonly isSeldom?: boolean;
}

export const SCENES: readonly TwoMastersScene[] = [
  { name: 'two platforms, the same shape every 2 s', options: { platforms: both(2_000) } },
  { name: 'two platforms, the same shape every 20 s', options: { platforms: both(20_000) }, isSeldom: true },
  { name: 'two platforms, a modem that needs 600 ms', options: { platforms: both(5_000), answerMs: [600, 600] } },
  { name: 'two platforms with lists', options: { platforms: lists } },
  { name: 'three platforms with lists', options: { platforms: [...lists, every(2_000, anywhere)] } },
  { name: 'two platforms on a bad tunnel', options: { platforms: both(2_000), fromModem: BAD } },
  { name: 'two platforms with lists on a bad tunnel', options: { platforms: lists, fromModem: BAD } },
  {
    name: 'two platforms that may not hear what the other asks',
    options: { platforms: both(2_000), isRequestTopicRefused: true },
  },
  {
    name: 'two platforms with lists that may not hear what the other asks',
    options: { platforms: lists, isRequestTopicRefused: true },
  },
  {
    name: 'a display on the bus, the same shape as ours',
    options: { platforms: [every(2_000, fixed(0))], busMaster: display('010300340002') },
  },
  {
    name: 'a display on the bus that asks in five shapes',
    options: {
      platforms: [every(2_000, anywhere)],
      busMaster: display('010300340001', '010300340002', '010300340003', '010300340004', '010300340005'),
    },
  },
  {
    name: 'a display on the bus that is refused half the time',
    options: { platforms: [every(2_000, anywhere)], busMaster: display('0103fff000ff', '010300340002') },
  },
  {
    name: 'a display on the bus behind a bad tunnel',
    options: {
      platforms: [every(2_000, anywhere)],
      busMaster: display('010300340001', '010300340002', '010300340003', '010300340004'),
      fromModem: BAD,
    },
  },
];
