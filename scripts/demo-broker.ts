// The embedded MQTT broker of the demo, on loopback.
import { createServer } from 'node:net';
import { freePort } from './node-red';

export interface DemoBroker {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export async function startDemoBroker(wanted: number): Promise<DemoBroker> {
  const { Aedes } = await import('aedes');
  const aedes = await Aedes.createBroker();
  const server = createServer((socket) => void aedes.handle(socket));
  const port = await listen(server, wanted).catch(async () => listen(server, await freePort()));
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        aedes.close(() => server.close(() => resolve()));
      }),
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve(port);
    });
  });
}
