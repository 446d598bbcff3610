// The palette inside Node-RED's own runtime (node-red-node-test-helper), with a broker and simulated modems on
// loopback.
import { once, type EventEmitter } from 'node:events';
import helper from 'node-red-node-test-helper';
import type { Node, NodeMessageInFlow } from 'node-red';
import manifest from '../../package.json';
import { nodeRedFolder } from '../../scripts/node-red';
import { systemClock, type Clock } from '../../src/core/transport/lane/clock';
import {
  fasterClock,
  modemSpec,
  profileDevice,
  ruleDevice,
  seededRandom,
  simulatedModem,
  ModbusMeter,
  type Meter,
  type MeterFault,
  type ModemOptions,
} from '../../src/simulator/index';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { startBroker, type TestBroker } from './broker';
import { PATIENCE_MS } from './patience';

helper.init(require.resolve(nodeRedFolder()));
export { helper };

export const IMEI = '353234028103206';
export const IDS = {
  tab: 'f000000000000001',
  broker: 'b000000000000001',
  modem: 'a000000000000001',
  fleet: 'a000000000000002',
  node: 'c000000000000001',
  out: 'd000000000000001',
  catch: 'e000000000000001',
} as const;

/** Every node file of the palette, and the core nodes that flows of ours use. */
export function paletteNodes(): Parameters<typeof helper.load>[0] {
  const core = (path: string): unknown =>
    require(require.resolve(`@node-red/nodes/core/${path}`, { paths: [nodeRedFolder()] }));
  return [
    ...Object.values(manifest['node-red'].nodes).map(sourceOf),
    core('common/25-catch.js'),
  ] as unknown as Parameters<typeof helper.load>[0];
}

/** A node of the palette from its source. */
function sourceOf(built: string): unknown {
  return require(built.replace(/^dist\//, '../../').replace(/\.js$/, '')) as unknown;
}

/** A flow of broker, modem, one node under test, what it sends, and what its Catch node gets. */
export function flowOf(
  broker: TestBroker,
  node: Record<string, unknown>,
  modem: Record<string, unknown> = {},
): helper.TestFlowsItem[] {
  return [
    { id: IDS.tab, type: 'tab' },
    { id: IDS.broker, type: 'mtx-broker', url: `mqtt://127.0.0.1:${broker.port}`, version: 1 },
    { id: IDS.modem, type: 'mtx-modem', broker: IDS.broker, imei: IMEI, latency: '400', ...modem },
    { id: IDS.node, z: IDS.tab, modem: IDS.modem, wires: [[IDS.out]], ...node },
    { id: IDS.out, z: IDS.tab, type: 'helper', wires: [] },
    { id: IDS.catch, z: IDS.tab, type: 'catch', scope: null, wires: [['e000000000000002']] },
    { id: 'e000000000000002', z: IDS.tab, type: 'helper', wires: [] },
  ] as helper.TestFlowsItem[];
}

/**
 * A modem that is up at once and answers AT in no time, with one Modbus meter of the rule device on unit 1 unless told
 * otherwise.
 */
export async function startModem(
  broker: TestBroker,
  options: Partial<ModemOptions> = {},
  clock: Clock = systemClock,
): Promise<ModemCore> {
  const spec = modemSpec(
    {
      imei: IMEI,
      meters: [ruleMeter(1)],
      ...options,
      config: { MQTT_server: `tcp://127.0.0.1:${broker.port}`, ...options.config },
      choices: {
        bootMsMin: 0,
        bootMsMax: 1,
        backoffMsMin: 100,
        backoffMsMax: 200,
        atMsMin: 1,
        atMsMax: 5,
        ...options.choices,
      },
    },
    clock,
  );
  const modem = simulatedModem(spec, { protocolVersion: 4, isServerChecked: true }, clock, seededRandom(1));
  modem.start();
  for (let tries = 0; tries < 6_000 && !broker.subscribed.some((topic) => topic.startsWith(spec.imei)); tries++)
    await systemClock.sleep(10);
  return modem;
}

/** HR[a] = (0x1000 x unit + a) & 0xffff. */
export function ruleMeter(unit: number, device: Parameters<typeof ruleDevice>[1] = {}): Meter {
  const line = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
  return new ModbusMeter({
    line,
    framing: 'rtu',
    devices: [ruleDevice(unit, device)],
    random: seededRandom(unit),
    answerMsMin: 5,
    answerMsMax: 20,
  });
}

/** The next message that a helper node receives. */
export function nextMessage(id: string, ms = PATIENCE_MS): Promise<NodeMessageInFlow & Record<string, unknown>> {
  const node = helper.getNode(id) as Node;
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    node.once('input', (msg: NodeMessageInFlow) => {
      stop.abort();
      resolve(msg as NodeMessageInFlow & Record<string, unknown>);
    });
    void systemClock
      .sleep(ms, stop.signal)
      .then(() => stop.signal.aborted || reject(new Error(`no message within ${ms} ms`)));
  });
}

/**
 * Deploys the changed nodes only. The helper's own setFlows gives the start of the flows 300 ms, too few for a busy
 * machine.
 */
export async function deploy(flows: helper.TestFlowsItem[]): Promise<void> {
  const { _redNodes, _events } = helper as unknown as {
    _redNodes: { setFlows(flows: unknown, credentials: object, type: string): Promise<unknown> };
    _events: EventEmitter;
  };
  await Promise.all([
    once(_events, 'flows:started', { signal: AbortSignal.timeout(PATIENCE_MS) }),
    _redNodes.setFlows(flows, {}, 'nodes'),
  ]);
}

/** Everything that the node under test sends. */
export function onMessage(on: (msg: Record<string, unknown>) => void): void {
  (helper.getNode(IDS.out) as Node).on('input', (msg: NodeMessageInFlow) =>
    on(msg as unknown as Record<string, unknown>),
  );
}

export async function until(isTrue: () => boolean, ms = PATIENCE_MS): Promise<void> {
  for (let waited = 0; !isTrue(); waited += 20) {
    if (waited > ms) throw new Error(`not within ${ms} ms: ${isTrue.toString()}`);
    await systemClock.sleep(20);
  }
}

export { fasterClock, profileDevice, startBroker, type MeterFault, type TestBroker };
