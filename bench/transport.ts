// What an incoming message costs, by the number of modems followed: the dispatch alone, and through a real connection
// to an embedded broker. The cost must not grow with the fleet.
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../src/core/transport/lane/clock';
import { Broker } from '../src/core/transport/mqtt/broker';
import { Subscriptions } from '../src/core/transport/mqtt/subscriptions';

export interface TransportFigures {
  readonly modems: number;
  /** Microseconds a message. */
  readonly dispatchUs: number;
  /** The same with three wildcard listeners beside. */
  readonly observedUs: number;
  /** Microseconds of processor time a message in this process, with mqtt.js and the socket. */
  readonly brokerUs: number;
  readonly subscribeMs: number;
  readonly heapMb: number;
}

export async function run(sizes: readonly number[] = [1, 1000, 10_000, 100_000]): Promise<readonly TransportFigures[]> {
  const figures: TransportFigures[] = [];
  for (const modems of sizes) figures.push({ modems, ...dispatchCost(modems), ...(await brokerCost(modems)) });
  return figures;
}

function dispatchCost(modems: number): Pick<TransportFigures, 'dispatchUs' | 'observedUs'> {
  const subscriptions = new Subscriptions();
  let heard = 0;
  for (let i = 0; i < modems; i++) subscriptions.add(topicOf(i), () => heard++, '+/tx');
  // As they arrive: each topic is a new string, its hash not yet known.
  const messages = Array.from({ length: MESSAGES }, (_, i) => ({
    topic: Buffer.from(topicOf((i * 7919) % modems)).toString(),
    payload: PAYLOAD,
    isRetained: false,
    isDuplicate: false,
  }));
  const pass = (): number => {
    const started = systemClock.now();
    for (const message of messages) subscriptions.dispatch(message);
    return ((systemClock.now() - started) * 1000) / MESSAGES;
  };
  pass();
  const dispatchUs = pass();
  for (const filter of ['+/dns', '+/ATR', '#']) subscriptions.add(filter, () => undefined, filter);
  pass();
  const observedUs = pass();
  if (heard !== MESSAGES * 4) throw new Error(`${heard} messages heard`);
  return { dispatchUs, observedUs };
}

async function brokerCost(modems: number): Promise<Pick<TransportFigures, 'brokerUs' | 'subscribeMs' | 'heapMb'>> {
  // The embedded broker works in a thread of its own, so that only this side's busy time is counted.
  const worker = new Worker(WORKER, {
    eval: true,
    workerData: {
      topics: Math.min(modems, MESSAGES),
      messages: MESSAGES,
      support: require.resolve('../test/support/broker.ts'),
    },
  });
  const port = await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const broker = new Broker({ url: `mqtt://127.0.0.1:${port}` });
  try {
    await reached(() => broker.state === 'online');
    let heard = 0;
    const before = heapUsed();
    const started = systemClock.now();
    const stops = await Promise.all(
      Array.from({ length: modems }, (_, i) => broker.subscribe(topicOf(i), () => heard++, '+/tx')),
    );
    const subscribeMs = systemClock.now() - started;
    const heapMb = (heapUsed() - before) / 1e6;
    const round = async (): Promise<number> => {
      const goal = heard + MESSAGES;
      const idle = performance.eventLoopUtilization();
      worker.postMessage('go');
      await reached(() => heard >= goal);
      return (performance.eventLoopUtilization(idle).active * 1000) / MESSAGES;
    };
    await round();
    if (stops.length !== modems) throw new Error('lost a subscription');
    return { brokerUs: await round(), subscribeMs, heapMb };
  } finally {
    await broker.close();
    await worker.terminate();
  }
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

function topicOf(i: number): string {
  return `${353_234_028_000_000 + i}/tx`;
}

async function reached(isTrue: () => boolean): Promise<void> {
  const end = systemClock.now() + 60_000;
  while (!isTrue()) {
    if (systemClock.now() > end) throw new Error('the bench stands still');
    await systemClock.sleep(5);
  }
}

const MESSAGES = 20_000;
const PAYLOAD = Buffer.alloc(100, 0x7e);
const WORKER = `
require('tsx/cjs');
const { parentPort, workerData } = require('node:worker_threads');
const { startBroker } = require(workerData.support);
startBroker().then((broker) => {
  const payload = Buffer.alloc(100, 0x7e);
  parentPort.on('message', () => {
    for (let i = 0; i < workerData.messages; i++) {
      const topic = (353234028000000 + (i * 7919) % workerData.topics) + '/tx';
      broker.aedes.publish({ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false }, () => undefined);
    }
  });
  parentPort.postMessage(broker.port);
});
`;

if (require.main === module) {
  void run().then((figures) => {
    console.log(
      '| modems | dispatch µs | with 3 wildcard listeners µs | whole connection µs | subscribe ms | heap MB |',
    );
    console.log('|---|---|---|---|---|---|');
    for (const f of figures)
      console.log(
        `| ${f.modems} | ${f.dispatchUs.toFixed(2)} | ${f.observedUs.toFixed(2)} | ${f.brokerUs.toFixed(1)} | ${f.subscribeMs.toFixed(0)} | ${f.heapMb.toFixed(1)} |`,
      );
    process.exit(0);
  });
}
