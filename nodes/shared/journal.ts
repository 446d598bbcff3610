// The journal of one node: a file under the user directory that bears its id. Where Node-RED has no such directory (it
// is embedded in another program), it lasts as long as that program runs.
import { join } from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import { Journal, systemClock, type JournalFile } from '../../src/core/index';
import { DiskFile } from './journal-file';

export function journalOf(RED: NodeAPI, node: Node): Journal {
  const name = node.id.replace(/[^A-Za-z0-9_-]/g, '_');
  const { userDir } = RED.settings;
  const file =
    typeof userDir === 'string' && userDir !== ''
      ? new DiskFile(join(userDir, 'mtx-journal', `${name}.journal`))
      : new ContextFile(node, `mtx_journal_${name}`);
  return new Journal(file, () => systemClock.sleep(0));
}

/** In the memory of the flow, which a deploy of the node leaves alone. */
class ContextFile implements JournalFile {
  constructor(
    private readonly node: Node,
    private readonly key: string,
  ) {}

  get isThere(): boolean {
    return this.node.context().flow.get(this.key) !== undefined;
  }

  async open(): Promise<Uint8Array | undefined> {
    const text: unknown = this.node.context().flow.get(this.key);
    return typeof text === 'string' ? Buffer.from(text, 'base64') : undefined;
  }

  async append(bytes: Uint8Array): Promise<void> {
    const known = (await this.open()) ?? new Uint8Array(0);
    await this.replace([known, bytes]);
  }

  async replace(parts: Iterable<Uint8Array>): Promise<void> {
    this.node.context().flow.set(this.key, Buffer.concat([...parts]).toString('base64'));
  }

  async close(isRemoved: boolean): Promise<void> {
    if (isRemoved) this.node.context().flow.set(this.key, undefined);
  }
}
