// An embedded MQTT broker (aedes, MQTT 3.1.1) behind real sockets, and servers that misbehave.
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Aedes, AedesOptions } from 'aedes' with { 'resolution-mode': 'import' };

export interface TestBroker {
  readonly port: number;
  readonly aedes: Aedes;
  /** Every message that clients published, as `topic hex`. */
  readonly published: string[];
  readonly subscribed: string[];
  readonly unsubscribed: string[];
  /** Cuts all connections and stops listening; `restart` comes back on the same port. */
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** Cuts all connections and goes on listening. */
  cut(): void;
  close(): Promise<void>;
}

export async function startBroker(options: AedesOptions = {}, tls?: TlsOptions, port = 0): Promise<TestBroker> {
  const aedes = await (await import('aedes')).Aedes.createBroker(options);
  const published: string[] = [];
  const subscribed: string[] = [];
  const unsubscribed: string[] = [];
  aedes.on('publish', (packet, client) => {
    if (client) published.push(`${packet.topic} ${Buffer.from(packet.payload).toString('hex')}`);
  });
  aedes.on('subscribe', (list) => subscribed.push(...list.map((s) => s.topic)));
  aedes.on('unsubscribe', (list) => unsubscribed.push(...list));
  const handle = (socket: Socket): void => void aedes.handle(socket);
  const listener = await listen(handle, port, tls);
  let { server } = listener;
  return {
    port: listener.port,
    aedes,
    published,
    subscribed,
    unsubscribed,
    cut: () => server.cut(),
    stop: () => server.stop(),
    restart: async () => {
      server = (await listen(handle, listener.port, tls)).server;
    },
    close: async () => {
      await server.stop();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}

/** A server that does with each connection what `on` says, and its port. */
export async function startServer(
  on: (socket: Socket) => void,
  tls?: TlsOptions,
): Promise<{ port: number; stop(): Promise<void> }> {
  const { server, port } = await listen(on, 0, tls);
  return { port, stop: () => server.stop() };
}

export function certificate(name: string): string {
  return readFileSync(join(__dirname, 'certs', name), 'utf8');
}

interface Listening {
  cut(): void;
  stop(): Promise<void>;
}

async function listen(
  on: (socket: Socket) => void,
  port: number,
  tls?: TlsOptions,
): Promise<{ server: Listening; port: number }> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server: Server = tls
    ? createTlsServer(tls, on)
        .on('connection', keep)
        .on('tlsClientError', () => undefined)
    : createServer((socket) => (keep(socket), on(socket)));
  if (tls) server.on('secureConnection', (socket: Socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      cut();
    });
  return { server: { cut, stop }, port: (server.address() as AddressInfo).port };
}
