// What is known of the modems, in Node-RED's context store. Where the user's settings name stores (contextStorage), it
// is the node's own context: it goes with the node, and outlives a restart if the store is on disk. Without, Node-RED
// empties a node's context at each deploy, so the flow's context holds it, which lasts as long as Node-RED runs.
import type { Node, NodeAPI } from 'node-red';
import type { FleetStore } from '../../src/core/index';

/** Node-RED's own form, which its types tell only in part. */
interface Context {
  get(key: string, store: string | undefined, done: (error: Error | null | undefined, value?: unknown) => void): void;
  set(key: string, value: unknown, store: string | undefined, done: (error?: Error | null) => void): void;
}

export function contextStore(RED: NodeAPI, node: Node, name: string): FleetStore {
  const settings = RED.settings as unknown as Readonly<Record<string, unknown>>;
  const own = node.context();
  const isOwn = Object.keys((settings['contextStorage'] as object | undefined) ?? {}).length > 0 || !own.flow;
  const context = (isOwn ? own : own.flow) as unknown as Context;
  const store = name === '' ? undefined : name;
  const keyOf = (key: string): string => (isOwn ? key : `${key}_${node.id.replace(/\W/g, '_')}`);
  return {
    read: (key) =>
      new Promise((resolve, reject) =>
        context.get(keyOf(key), store, (error, value) => (error ? reject(error) : resolve(value))),
      ),
    write: (key, value) =>
      new Promise((resolve, reject) =>
        context.set(keyOf(key), value, store, (error) => (error ? reject(error) : resolve())),
      ),
  };
}
