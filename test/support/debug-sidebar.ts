// What the debug sidebar of an editor would show: the messages of Node-RED's own /comms channel.
import type { EventEmitter } from 'node:events';
import { nodeRedFolder } from '../../scripts/node-red';
import { PATIENCE_MS } from './patience';

export interface DebugMessage {
  /** Of the debug node. */
  readonly name: string;
  readonly value: unknown;
}

export interface DebugSidebar {
  readonly messages: readonly DebugMessage[];
  /** The badge of each node by its id, as it was last. */
  readonly badges: ReadonlyMap<string, string>;
  /** The first `count` values that the debug node of this name shows from here on, or have come since `clear`. */
  values(name: string, count?: number, ms?: number): Promise<readonly unknown[]>;
  clear(): void;
  close(): void;
}

type Socket = EventEmitter & { send(text: string): void; close(): void };
interface Packet {
  readonly topic: string;
  readonly data: {
    readonly name?: string;
    readonly id?: string;
    readonly msg?: unknown;
    readonly format?: string;
    readonly text?: string;
  };
}

export async function openDebugSidebar(url: string): Promise<DebugSidebar> {
  // Node 20 has no WebSocket of its own; Node-RED brings one
  const WebSocket = require(require.resolve('ws', { paths: [nodeRedFolder()] })) as new (address: string) => Socket;
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`);
  await new Promise<void>((resolve, reject) => void socket.once('open', resolve).once('error', reject));
  let messages: DebugMessage[] = [];
  const badges = new Map<string, string>();
  const woken = new Set<() => void>();
  socket.on('message', (bytes: Buffer) => {
    const packets = [JSON.parse(bytes.toString())].flat() as Packet[];
    for (const { topic, data } of packets) {
      if (topic.startsWith('status/')) badges.set(topic.slice(7), data.text ?? '');
      if (topic === 'debug') messages.push({ name: data.name ?? data.id ?? '', value: valueOf(data) });
    }
    for (const wake of woken) wake();
  });
  socket.send(JSON.stringify({ subscribe: 'debug' }));
  socket.send(JSON.stringify({ subscribe: 'status/#' }));
  const of = (name: string): unknown[] => messages.filter((message) => message.name === name).map(({ value }) => value);
  return {
    get messages() {
      return messages;
    },
    badges,
    values: (name, count = 1, ms = PATIENCE_MS) =>
      new Promise((resolve, reject) => {
        const end = setTimeout(
          () =>
            settle(
              new Error(
                `${of(name).length} of ${count} messages of "${name}" within ${ms} ms; all: ${JSON.stringify(messages).slice(0, 2_000)}`,
              ),
            ),
          ms,
        );
        const settle = (failure?: Error): void => {
          clearTimeout(end);
          woken.delete(look);
          if (failure) reject(failure);
          else resolve(of(name).slice(0, count));
        };
        const look = (): void => void (of(name).length >= count && settle());
        woken.add(look);
        look();
      }),
    clear: () => void (messages = []),
    close: () => socket.close(),
  };
}

/** Objects travel as JSON inside, numbers and booleans as text. */
function valueOf({ msg, format = '' }: Packet['data']): unknown {
  if (typeof msg !== 'string' || format.startsWith('string')) return msg;
  if (format === 'undefined' || format === 'null') return undefined;
  return JSON.parse(msg) as unknown;
}
