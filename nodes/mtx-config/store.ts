// Where rollouts survive a restart: the flow's context, under the node's id, in the store that the user chose (one that
// keeps to disk, if it is to survive more than a deploy). Not the node's own context: without a configured store that is
// deleted with every deploy of the node. One key per target, so that a change of one costs no more than one.
import type { Node } from 'node-red';
import type { KeyStore } from '../../src/core/index';
import type { Seal } from './seal';

/** The node's place in the context of its flow, as promises. */
export class ContextKeys implements KeyStore {
  constructor(
    private readonly node: Node,
    private readonly storeName: string,
    private readonly seal: Seal,
  ) {}

  put(entries: Readonly<Record<string, unknown>>): Promise<void> {
    const keys = Object.keys(entries).map((key) => this.path(key));
    const values = Object.values(entries).map((value) => (value === undefined ? undefined : this.seal.close(value)));
    return new Promise((resolve, reject) => {
      const done = (error?: Error): void => (error ? reject(error) : resolve());
      this.node.context().flow.set(keys, values, this.store, done);
    });
  }

  get isSealed(): boolean {
    return this.seal.isKeyed;
  }

  async read(key: string): Promise<unknown> {
    return this.seal.open(await this.raw(key));
  }

  private raw(key: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // a failure is not "nothing there": what is stored would be written over
      const done = (error: Error | null, value?: unknown): void => (error ? reject(error) : resolve(value));
      (
        this.node.context().flow as unknown as {
          get(key: string, store: string | undefined, done: (error: Error | null, value?: unknown) => void): void;
        }
      ).get(this.path(key), this.store, done);
    });
  }

  /** Nested, so that all of a node's keys are one line in the editor's list. */
  private path(key: string): string {
    return `mtx_config.n${this.node.id.replace(/[^A-Za-z0-9]/g, '_')}.${key}`;
  }

  private get store(): string | undefined {
    return this.storeName === '' ? undefined : this.storeName;
  }
}
