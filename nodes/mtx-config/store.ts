// Where rollouts survive a restart: the flow's context, under the node's id, in the store that the user chose (one that
// keeps to disk, if it is to survive more than a deploy). Not the node's own context: without a configured store that is
// deleted with every deploy of the node. One key per target, so that a change of one costs no more than one.
import type { Node } from 'node-red';
import type { RolloutHead, RolloutStore, StoredRollout, Target } from '../../src/core/index';
import { withoutSecretVariables, type ConfigRequest } from './request';
import type { Seal } from './seal';

/** The node's place in the context of its flow, as promises. */
export class ContextKeys {
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

/** One rollout among the keys of the node. */
export class ContextStore implements RolloutStore {
  constructor(
    private readonly keys: ContextKeys,
    private readonly id: string,
  ) {}

  async load(): Promise<StoredRollout | undefined> {
    const head = (await this.keys.read(this.key('head'))) as RolloutHead | undefined;
    const order = (await this.keys.read(this.key('order'))) as readonly string[] | undefined;
    if (!head || !order) return undefined;
    const targets: Target[] = [];
    for (const imei of order) {
      const target = (await this.keys.read(this.key(`target_${imei}`))) as Target | undefined;
      if (target) targets.push(target);
    }
    return targets.length === order.length ? { head, order, targets } : undefined;
  }

  saveOrder(order: readonly string[]): Promise<void> {
    return this.keys.put({ [this.key('order')]: order });
  }

  saveHead(head: RolloutHead): Promise<void> {
    return this.keys.put({ [this.key('head')]: head });
  }

  saveTargets(targets: readonly Target[]): Promise<void> {
    return this.keys.put(Object.fromEntries(targets.map((target) => [this.key(`target_${target.imei}`), target])));
  }

  saveRequest(request: ConfigRequest): Promise<void> {
    return this.keys.put({ [this.key('request')]: this.keys.isSealed ? request : withoutSecretVariables(request) });
  }

  request(): Promise<unknown> {
    return this.keys.read(this.key('request'));
  }

  async clear(): Promise<void> {
    const order = ((await this.keys.read(this.key('order'))) ?? []) as readonly string[];
    const names = ['head', 'order', 'request', ...order.map((imei) => `target_${imei}`)];
    await this.keys.put(Object.fromEntries(names.map((name) => [this.key(name), undefined])));
  }

  /** A context key may hold no dots or brackets: they would be a path. */
  private key(name: string): string {
    return `rollout_${this.id}_${name.replace(/[^A-Za-z0-9_]/g, '-')}`;
  }
}
