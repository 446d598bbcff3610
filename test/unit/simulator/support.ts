// A modem in virtual time, and what the platform hears of it.
import { toLatin1 } from '../../../src/core/wire/bytes';
import {
  MemoryBroker,
  modemSpec,
  ruleDevice,
  ModbusMeter,
  seededRandom,
  VirtualClock,
  type AirOptions,
  type ModemCore,
  type ModemOptions,
} from '../../../src/simulator';

export const IMEI = '353234028103206';
export const N8 = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;

export interface Heard {
  readonly at: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly text: string;
}

export interface Stage {
  readonly clock: VirtualClock;
  readonly broker: MemoryBroker;
  readonly modem: ModemCore;
  readonly heard: Heard[];
  /** Texts heard on a topic, given without the IMEI. */
  on(topic: string): string[];
  say(topic: string, payload: string | Uint8Array): void;
  /** Publishes an AT command and returns all that comes within three seconds. */
  at(command: string): Promise<string>;
}

export function ruleMeter(...units: number[]): ModbusMeter {
  return new ModbusMeter({
    devices: units.map((unit) => ruleDevice(unit)),
    line: N8,
    framing: 'rtu',
    random: seededRandom(1),
    answerMsMin: 30,
    answerMsMax: 30,
  });
}

export function stage(options: Partial<ModemOptions> = {}, air: Partial<AirOptions> = {}): Stage {
  const clock = new VirtualClock(Date.UTC(2026, 5, 1));
  const broker = new MemoryBroker({ clock, seed: 1, latencyMsMin: 50, latencyMsMax: 50, ...air });
  const modem = broker.modem(modemSpec({ imei: IMEI, meters: [ruleMeter(1, 7)], ...options }, clock));
  const heard: Heard[] = [];
  broker.listen((topic, payload) => heard.push({ at: clock.now(), topic, payload, text: toLatin1(payload) }));
  const on = (topic: string): string[] =>
    heard.filter((each) => each.topic === `${IMEI}/${topic}`).map((each) => each.text);
  const say = (topic: string, payload: string | Uint8Array): void =>
    broker.publish(`${IMEI}/${topic}`, typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload);
  const at = async (command: string): Promise<string> => {
    const before = on('ATR').length;
    say('AT', command);
    await clock.advance(3000);
    return on('ATR').slice(before).join('');
  };
  return { clock, broker, modem, heard, on, say, at };
}

/** Switched on, booted and on line. */
export async function online(options: Partial<ModemOptions> = {}, air: Partial<AirOptions> = {}): Promise<Stage> {
  const world = stage(options, air);
  world.modem.start();
  await world.clock.advance(45_000);
  return world;
}

/** What the rule meter at unit 1 answers to a read of two registers from 100 on. */
export const ANSWER = '0103041064106572c7';
