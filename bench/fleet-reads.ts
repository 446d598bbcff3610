// What one read costs end to end, from a meter's properties to its readings over a real broker, and what a whole fleet
// asked at once does to the process. The floor is plain mqtt.js with a small codec against the same meters.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import mqtt from 'mqtt';
import { Admission, Broker, Fields, modemProfile, Registry } from '../src/core/index';
import { modbusJob, parseModbus } from '../src/core/readers/modbus';
import { systemClock, systemRandom } from '../src/core/transport/lane/clock';
import { imeiRow } from '../src/simulator';
import { registersOf, request } from './fleet-reads-codec';

async function main(isQuick: boolean): Promise<void> {
  const world = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'fleet-reads-world.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = `mqtt://127.0.0.1:${await portOf(world)}`;
    const size = isQuick ? 5_000 : 50_000;
    const floor = await plain(url, 10_000);
    const fleet = new Fleet(url);
    await reached(() => fleet.broker.state === 'online');
    const first = await fleet.paced(0, 10_000, 200, 10_000);
    const warm = await fleet.paced(0, 10_000, 200, 10_000);
    await fleet.close();
    const crowd = new Fleet(url);
    await reached(() => crowd.broker.state === 'online');
    const heapBefore = heap();
    const burst = await crowd.atOnce(size);
    const heapKb = (heap() - heapBefore) / 1e3 / size;
    await crowd.close();
    console.log('| figure | measured | to reach |\n|---|---|---|');
    const row = (...cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);
    row('CPU of a warm Modbus read of one request', `${warm.cpuUs.toFixed(0)} µs (floor ${floor.toFixed(0)})`, '200');
    row('first reads after the start, 200 at a time', `${first.perSecond.toFixed(0)} a second`, '1,000');
    row(`${size} reads asked at once: errors`, String(burst.errors), '0');
    row(`${size} reads asked at once: longest gap`, `${burst.gapMs.toFixed(0)} ms`, '100 ms');
    row(`${size} reads asked at once: largest RSS`, `${(burst.rss / 1e6).toFixed(0)} MB`, '600 MB');
    row(`${size} reads asked at once: a second`, burst.perSecond.toFixed(0), '');
    row('heap a modem that was read once and is idle', `${heapKb.toFixed(1)} kB`, '3 kB');
  } finally {
    world.kill();
  }
}

interface Paced {
  readonly cpuUs: number;
  readonly perSecond: number;
}

/** The way of a reader node, without Node-RED around it. */
class Fleet {
  readonly broker: Broker;
  private readonly registry: Registry;
  private readonly admission = new Admission(systemClock, 500);
  private readonly profile = modemProfile(new Fields({}), true);
  private readonly imeis = imeiRow('353234028103206', 50_000);
  private readonly fields = new Fields({
    unit: 1,
    registers: Array.from({ length: 10 }, (_, i) => ({ name: `r${i}`, fc: 3, address: i, type: 'uint16' })),
  });

  constructor(url: string) {
    this.broker = new Broker({ url });
    this.registry = new Registry({ link: this.broker, clock: systemClock, random: systemRandom });
  }

  async read(i: number): Promise<void> {
    const imei = this.imeis[i] ?? '';
    await this.admission.enter(imei, { priority: 0, queueMs: 600_000, queueLimit: 100 });
    try {
      const modem = this.registry.acquire(imei, this.profile);
      const job = modbusJob(parseModbus(this.fields));
      const { value } = await modem.ports[0].run({
        label: 'bench',
        attempts: 3,
        queueMs: 600_000,
        meter: 'modbus 1',
        ...job,
      });
      if (value.readings[7]?.value !== 7) throw new Error('a wrong value');
    } finally {
      this.registry.release(imei);
      this.admission.leave(imei);
    }
  }

  /** So many at a time, each of its own modem. */
  async paced(from: number, reads: number, atOnce: number, modems: number): Promise<Paced> {
    const started = systemClock.now();
    const cpu = cpuMs();
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let i = next++; i < reads; i = next++) await this.read(from + (i % modems)).catch(() => undefined);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const seconds = (systemClock.now() - started) / 1000;
    return { cpuUs: ((cpuMs() - cpu) * 1000) / reads, perSecond: reads / seconds };
  }

  /** As messages come in Node-RED: each in a turn of its own, all before the first answer. */
  async atOnce(reads: number): Promise<{ errors: number; gapMs: number; rss: number; perSecond: number }> {
    let errors = 0;
    let gapMs = 0;
    let rss = 0;
    let isOver = false;
    const watch = (async () => {
      for (let before = systemClock.now(); !isOver;) {
        await systemClock.sleep(5);
        gapMs = Math.max(gapMs, systemClock.now() - before - 5);
        rss = Math.max(rss, process.memoryUsage.rss());
        before = systemClock.now();
      }
    })();
    const started = systemClock.now();
    const all: Promise<void>[] = [];
    for (let i = 0; i < reads; i++) {
      all.push(
        this.read(i).catch((thrown: unknown) => {
          if (errors++ === 0) console.log(String(thrown));
        }),
      );
      if (i % 50 === 0) await systemClock.sleep(0);
    }
    await Promise.all(all);
    const perSecond = (reads * 1000) / (systemClock.now() - started);
    isOver = true;
    await watch;
    return { errors, gapMs, rss, perSecond };
  }

  async close(): Promise<void> {
    await this.registry.close();
    await this.broker.close();
  }
}

/** Microseconds of processor time a read: 200 at a time, each of its own modem. */
async function plain(url: string, reads: number): Promise<number> {
  const client = await mqtt.connectAsync(url);
  const waiting = new Map<string, (answer: Uint8Array) => void>();
  client.on('message', (topic, payload) => waiting.get(topic)?.(payload));
  await client.subscribeAsync('+/tx');
  const once = (i: number): Promise<Uint16Array> =>
    new Promise((resolve) => {
      waiting.set(`${i}/tx`, (answer) => (waiting.delete(`${i}/tx`), resolve(registersOf(answer))));
      client.publish(`${i}/rx`, Buffer.from(request()));
    });
  const round = async (): Promise<void> => {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let i = next++; i < reads; i = next++) if ((await once(i))[7] !== 7) throw new Error('a wrong value');
    };
    await Promise.all(Array.from({ length: 200 }, worker));
  };
  await round();
  const cpu = cpuMs();
  await round();
  const used = cpuMs() - cpu;
  await client.endAsync();
  return (used * 1000) / reads;
}

function portOf(world: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    world.stdout?.once('data', (text: Buffer) => resolve(Number(text.toString())));
    world.once('exit', () => reject(new Error('the meters are gone')));
  });
}

async function reached(isTrue: () => boolean): Promise<void> {
  const end = systemClock.now() + 60_000;
  while (!isTrue()) {
    if (systemClock.now() > end) throw new Error('the bench stands still');
    await systemClock.sleep(5);
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function heap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

if (require.main === module)
  void main(process.argv.includes('--quick')).then(
    () => process.exit(0),
    (thrown: unknown) => {
      console.error(thrown);
      process.exit(1);
    },
  );
