// npm run demo: an embedded broker, twelve simulated modems with their meters and their mobile network, and Node-RED
// with the examples loaded and reading, all on loopback. npm run demo -- --once: reads every meter once, prints a table
// and ends.
import { parseArgs } from 'node:util';
import { startDemoBroker } from './demo-broker';
import { DEMO_METERS, startDemoFleet, type DemoFleet } from './demo-fleet';
import { dashboardPackage, demoFlows } from './demo-flows';
import { readAllOnce } from './demo-once';
import { startNodeRed } from './node-red';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      port: { type: 'string', default: '1880' },
      'broker-port': { type: 'string', default: '1883' },
    },
  });
  const broker = await startDemoBroker(Number(values['broker-port']));
  const url = `http://127.0.0.1:${values.port}`;
  const begin = (): DemoFleet =>
    startDemoFleet(broker.url, {
      isRestless: !values.once,
      hasWill: !values.once,
      toPlatform: (text) => void handOver(url, text),
    });
  if (values.once) {
    const fleet = begin();
    const isComplete = await readAllOnce(broker.url, DEMO_METERS);
    fleet.stop();
    await broker.close();
    process.exit(isComplete ? 0 : 1);
  }
  console.log('starting Node-RED ...');
  const nodeRed = await startNodeRed({
    port: Number(values.port),
    flows: demoFlows(broker.url),
    packages: dashboardPackage(),
    onLine: (line) => /\[(warn|error)\]/.test(line) && console.log(line),
  });
  // the platform listens already, so that nobody's first report is missed
  const fleet = begin();
  const stop = async (): Promise<void> => {
    fleet.stop();
    await broker.close();
  };
  console.log(
    `dashboard  ${nodeRed.url}/dashboard/fleet\neditor     ${nodeRed.url}   (Node-RED ${nodeRed.version}; the examples are loaded and reading)\nbroker     ${broker.url}   (${fleet.modems.length} simulated modems)\n\nCtrl-C ends it all.`,
  );
  const end = (): void =>
    void nodeRed
      .stop()
      .then(stop)
      .then(() => process.exit(0));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

/** As an SMS provider hands over what came in. */
async function handOver(url: string, text: object): Promise<void> {
  await fetch(`${url}/sms/inbound`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(text),
  }).catch((failure: unknown) => console.log('a text message was not delivered:', failure));
}

main().catch((failure: unknown) => {
  console.error(failure instanceof Error ? failure.message : failure);
  process.exit(1);
});
