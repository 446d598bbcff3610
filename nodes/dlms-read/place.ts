// What only Node-RED has of the surroundings of a DLMS read: the context, where counters are kept and users put
// functions.
import type { Node, NodeAPI } from 'node-red';
import { InvocationCounters, objectCache, type CounterStorage, type DlmsPlace } from '../../src/core/index';

interface GlobalContext {
  get(key: string, store: string | undefined, done: (error: unknown, value?: unknown) => void): void;
  set(key: string, value: unknown, store: string | undefined, done: (error?: unknown) => void): void;
}

/** Counters and object lists are shared by all nodes of a runtime. */
export function placesOf(RED: NodeAPI): (node: Node, imei: string) => DlmsPlace {
  const [objects, counters] = [objectCache(), new InvocationCounters()];
  return (node, imei) => ({
    objects,
    counterOf: (owner) => counters.of(contextStorage(RED, node), imei, owner),
    functionNamed: (name) => functionNamed(node, name),
  });
}

/** A function that the user put into the global context (functionGlobalContext in settings.js); it works on Buffers. */
function functionNamed(node: Node, name: string): unknown {
  const found: unknown = node.context().global.get(name);
  if (typeof found !== 'function') return undefined;
  return (challenge: Uint8Array): unknown => (found as (challenge: Buffer) => unknown)(Buffer.from(challenge));
}

function contextStorage(RED: NodeAPI, node: Node): CounterStorage {
  const context = node.context().global as GlobalContext;
  const store = fileStoreOf(RED);
  return {
    get: (key, done) => context.get(key, store, done),
    set: (key, value, done) => context.set(key, value, store, done),
  };
}

/** The first store that is kept in files, if the user has one; else the default. */
function fileStoreOf(RED: NodeAPI): string | undefined {
  const { contextStorage: stores = {} } = RED.settings as unknown as {
    contextStorage?: Record<string, { module?: unknown } | string>;
  };
  return Object.entries(stores).find(
    ([, store]) => typeof store === 'object' && store.module === 'localfilesystem',
  )?.[0];
}
