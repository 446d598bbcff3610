// What the device manager costs: status messages a second on one core, memory a modem, and whether a message costs more
// in a large fleet than in a small one. Messages arrive as they do from a broker: bytes, each under its modem's topic.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FleetRegistry } from '../src/core/fleet/presence/fleet-registry';
import { imeiRow, VirtualClock } from '../src/simulator';

export interface FleetFigures {
  readonly modems: number;
  /** Microseconds of processor time a status message, all events told. */
  readonly statusUs: number;
  readonly perSecond: number;
  /** Bytes a modem: objects and pages, coverage history and last message included. */
  readonly bytesPerModem: number;
  /** Microseconds a modem for being found silent, and for coming back. */
  readonly silenceUs: number;
  readonly countsUs: number;
  /** The whole list, and one page of 50 of those that are weak. */
  readonly listMs: number;
  readonly pageMs: number;
  /** A full save: milliseconds, and bytes of text a modem. */
  readonly saveMs: number;
  readonly savedBytes: number;
}

export async function run(sizes: readonly number[] = [1_000, 10_000, 100_000]): Promise<readonly FleetFigures[]> {
  const figures: FleetFigures[] = [];
  measure(10_000); // the compiler's share
  for (const modems of sizes) figures.push(measure(modems));
  return Promise.resolve(figures);
}

function measure(modems: number): FleetFigures {
  const imeis = imeiRow('353234028103206', modems);
  const rounds = Math.max(3, Math.ceil(MESSAGES / modems));
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  let time = 0;
  let events = 0;
  const before = memory();
  const fleet = new FleetRegistry(settings(), {
    clock: { now: () => time, date: () => new Date(clock.date().getTime() + time), sleep: clock.sleep.bind(clock) },
    onEvent: () => void (events += 1),
  });
  fleet.setListening(true);
  const round = (turn: number, isTimed: boolean): number => {
    let spent = 0;
    // built outside of the measured time, in slices that stay small beside the fleet
    for (let from = 0; from < modems; from += SLICE) {
      const messages = imeis.slice(from, from + SLICE).map((imei, i) => statusMessage(imei, from + i, turn));
      const started = cpuMs();
      for (const message of messages) fleet.hearStatus(message);
      spent += cpuMs() - started;
    }
    time += 300_000;
    return isTimed ? spent : 0;
  };
  for (let turn = 0; turn < 100; turn += modems > 10_000 ? 25 : 5) round(turn, false);
  const bytesPerModem = (memory() - before) / modems;
  let spent = 0;
  for (let turn = 0; turn < rounds; turn++) spent += round(turn, true);
  const statusUs = (spent * 1000) / (rounds * modems);
  const countsUs = timed(() => fleet.counts, 100) * 1000;
  const listMs = timed(() => fleet.list(), 1);
  const pageMs = timed(() => fleet.list({ isWeak: true, sort: 'signal', offset: 0, limit: 50 }), 3);
  const states = (): { readonly online: number; readonly offline: number } => fleet.counts.states;
  if (states().online !== modems) throw new Error('not all are on line');
  const silence = cpuMs();
  time += 3_600_000;
  for (let turns = 0; states().offline < modems; turns++) {
    if (turns > modems) throw new Error('silence is not seen');
    fleet.tick();
  }
  const silenceUs = ((cpuMs() - silence) * 1000) / modems;
  let savedBytes = 0;
  const save = cpuMs();
  for (const chunk of [...fleet.changed]) savedBytes += fleet.takeChunk(chunk)?.length ?? 0;
  const saveMs = cpuMs() - save;
  if (events < rounds * modems) throw new Error('events were lost');
  return {
    modems,
    statusUs,
    perSecond: Math.round(1e6 / statusUs),
    bytesPerModem: Math.round(bytesPerModem),
    silenceUs,
    countsUs,
    listMs,
    pageMs,
    saveMs,
    savedBytes: Math.round(savedBytes / modems),
  };
}

/** The long form, as a modem of the scenario sends it. */
function statusMessage(
  imei: string,
  i: number,
  turn: number,
): { topic: string; payload: Uint8Array; isRetained: boolean; isDuplicate: boolean } {
  const ip = `10.${(i >> 12) & 255}.${(i >> 4) & 255}.${(turn >> 5) + 1}`;
  const text = `{"IMEI":"${imei}","P":"METER-${i}","IP":"${ip}","CSQ":"${10 + ((i + turn) % 20)}","MOD":"MTX-4G-JAVA-T","VER":"10.${i % 7}","TECH":"4G","OP":"21407","LAC":"0F2A","CELL":"01A2B${i % 997}","TS":"1767225600","IO0":"0","IO1":"1","ADC0":"3271"}`;
  return {
    topic: Buffer.from(`${imei}/dns`).toString(),
    payload: Buffer.from(text),
    isRetained: false,
    isDuplicate: false,
  };
}

function settings(): ConstructorParameters<typeof FleetRegistry>[0] {
  return {
    imei: '',
    statusTopic: '[IMEI]/dns',
    presence: { staleMs: 900_000, offlineMs: 1_800_000, ulpMs: 259_200_000, ulpModels: [] },
    alarms: { weakDbm: -95, weakReports: 3, reconnects: 4, reconnectWindowMs: 3_600_000, driftS: 300 },
    mapping: {},
    maxModems: 200_000,
  };
}

function timed(work: () => unknown, times: number): number {
  const started = cpuMs();
  for (let i = 0; i < times; i++) work();
  return (cpuMs() - started) / times;
}

/** Processor time of this process: another program's work is not ours. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Heap and the typed arrays beside it, after a full collection. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const MESSAGES = 100_000;
const SLICE = 1_000;

if (require.main === module) {
  void run().then((figures) => {
    console.log(
      '| modems | status µs | status a second | bytes a modem | silence µs a modem | counts µs | whole list ms | page of the weak ms | full save ms | saved bytes a modem |',
    );
    console.log('|---|---|---|---|---|---|---|---|---|---|');
    for (const f of figures)
      console.log(
        `| ${f.modems} | ${f.statusUs.toFixed(1)} | ${f.perSecond} | ${f.bytesPerModem} | ${f.silenceUs.toFixed(1)} | ${f.countsUs.toFixed(0)} | ${f.listMs.toFixed(1)} | ${f.pageMs.toFixed(1)} | ${f.saveMs.toFixed(0)} | ${f.savedBytes} |`,
      );
  });
}
