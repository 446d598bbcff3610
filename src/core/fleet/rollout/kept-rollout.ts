// One rollout among the keys of a store: head, order, request, and each target under its own key, so that a change of
// one costs no more than one.
import { withoutSecretVariables, type ConfigRequest } from './request';
import type { RolloutStore, StoredRollout } from './rollout-run';
import type { RolloutHead, RolloutTarget } from './rollout-state';

/** Where things are kept. A failure rejects: it is not "nothing there", or what is stored would be written over. */
export interface KeyStore {
  /** Together, or not at all; undefined takes a key away. Resolves when it is kept. */
  put(entries: Readonly<Record<string, unknown>>): Promise<void>;
  read(key: string): Promise<unknown>;
  /** Whether secrets may be kept here. */
  readonly isSealed: boolean;
}

export class KeptRollout implements RolloutStore {
  constructor(
    private readonly keys: KeyStore,
    private readonly id: string,
  ) {}

  async load(): Promise<StoredRollout | undefined> {
    const head = (await this.keys.read(this.key('head'))) as RolloutHead | undefined;
    const order = (await this.keys.read(this.key('order'))) as readonly string[] | undefined;
    if (!head || !order) return undefined;
    const targets: RolloutTarget[] = [];
    for (const imei of order) {
      const target = (await this.keys.read(this.key(`target_${imei}`))) as RolloutTarget | undefined;
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

  saveTargets(targets: readonly RolloutTarget[]): Promise<void> {
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
