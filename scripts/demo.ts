// npm run demo: an embedded broker, ten simulated modems with their meters, and Node-RED with the examples loaded and
// reading, all on loopback. npm run demo -- --once: reads every meter once, prints a table and ends.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startDemoBroker } from './demo-broker';
import { DEMO_METERS, startDemoModems } from './demo-fleet';
import { readAllOnce } from './demo-once';
import { startNodeRed } from './node-red';

const EXAMPLES = join(__dirname, '..', 'examples');

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false }, port: { type: 'string', default: '1880' }, 'broker-port': { type: 'string', default: '1883' } } });
  const broker = await startDemoBroker(Number(values['broker-port']));
  const modems = startDemoModems(broker.url);
  const stop = async (): Promise<void> => {
    for (const modem of modems) modem.stop();
    await broker.close();
  };
  if (values.once) {
    const isComplete = await readAllOnce(broker.url, DEMO_METERS);
    await stop();
    process.exit(isComplete ? 0 : 1);
  }
  console.log(`broker     ${broker.url}   (ten simulated modems are connected)\nstarting Node-RED ...`);
  const nodeRed = await startNodeRed({ port: Number(values.port), flows: demoFlows(broker.url), onLine: (line) => /\[(warn|error)\]/.test(line) && console.log(line) });
  console.log(`editor     ${nodeRed.url}   (Node-RED ${nodeRed.version}; the examples are loaded and reading: open the debug sidebar)\n\nCtrl-C ends it all.`);
  const end = (): void => void nodeRed.stop().then(stop).then(() => process.exit(0));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

/** All examples in one flow file: their config nodes are the same ones, and the broker is the demo's. */
function demoFlows(brokerUrl: string): readonly object[] {
  const nodes = new Map<string, Record<string, unknown>>();
  for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith('.json')).sort()) {
    for (const node of JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8')) as Record<string, unknown>[]) {
      nodes.set(String(node['id']), node['type'] === 'mtx-broker' ? { ...node, url: brokerUrl } : node);
    }
  }
  return [...nodes.values()];
}

main().catch((failure: unknown) => {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exit(1);
});
