// The other way round than source-tcp: the meters of one bus serve foreign clients over TCP, bytes as they are, as a
// serial device server carries them. All clients share the pair of wires: each hears every answer.
import { createServer, type Server, type Socket } from 'node:net';
import type { SerialSide } from '../serial/bus';

export interface MeterServer {
  /** The port that is listened on; another than asked for where that was 0. */
  readonly port: number;
  stop(): void;
}

/** Rejects with what the system says of the port, such as EADDRINUSE. */
export function listenTcp(side: SerialSide, host: string, port: number): Promise<MeterServer> {
  const clients = new Set<Socket>();
  let turn: Promise<void> = Promise.resolve();
  side.onBytes((bytes) => {
    for (const client of clients) if (client.writableLength < MAX_UNREAD) client.write(bytes);
  });
  const server = createServer({ noDelay: true }, (client) => {
    clients.add(client);
    client.on('data', (bytes) => {
      // Who sends faster than the wire carries waits; nothing piles up here.
      client.pause();
      turn = turn.then(() => side.write(bytes)).finally(() => client.resume());
    });
    client.on('error', () => client.destroy());
    client.on('close', () => clients.delete(client));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve({ port: portOf(server, port), stop }));
  });

  function stop(): void {
    server.close();
    for (const client of clients) client.destroy();
    side.close();
  }
}

function portOf(server: Server, asked: number): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : asked;
}

/** A client that does not read loses answers, as on a wire; it costs no more memory than this. */
const MAX_UNREAD = 65_536;
