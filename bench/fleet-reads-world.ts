// The other side of bench/fleet-reads, in a process of its own: every modem's meter answers Modbus RTU function 3 and 8
// at once, over an MQTT broker (aedes) that runs here too. Prints its port.
import mqtt from 'mqtt';
import { startBroker } from '../test/support/broker';
import { answerTo } from './fleet-reads-codec';

async function main(): Promise<void> {
  const { port } = await startBroker();
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  client.stream.setMaxListeners(0);
  client.on('message', (topic, request) => {
    const answer = answerTo(request);
    if (answer) client.publish(`${topic.slice(0, -2)}tx`, Buffer.from(answer));
  });
  await client.subscribeAsync('+/rx');
  console.log(port);
}

void main();
