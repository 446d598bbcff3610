// What a deploy cut short is told after it: Node-RED drops a node's `done` while it stops, so neither a Catch node nor
// the message's sender hears of it.
import type { Node, NodeAPI } from 'node-red';
import { systemClock } from '../../src/core/index';

/** `counts` outlives the nodes: requests cut short, by the id of their broker node. */
export function cutShort(
  RED: NodeAPI,
  node: Node,
  counts: Map<string, number>,
  stopped: AbortSignal,
): (requests: number) => void {
  const tell = async (): Promise<void> => {
    await systemClock.sleep(SOON_MS, stopped); // once other nodes are there to hear it
    const count = counts.get(node.id);
    if (stopped.aborted || count === undefined) return;
    counts.delete(node.id);
    const text = RED._('mtx-broker.status.cutShort', { count } as never);
    node.status({ fill: 'yellow', shape: 'ring', text });
    node.warn(text);
  };
  void tell();
  return (requests) => {
    counts.set(node.id, (counts.get(node.id) ?? 0) + requests);
    void tell();
  };
}

const SOON_MS = 1_000;
