// A rollout's store in memory: what comes back is what JSON keeps, as with a real one.
import type { RolloutStore, StoredRollout } from '../../src/core/fleet/rollout/rollout-run';
import type { RolloutHead, RolloutTarget } from '../../src/core/fleet/rollout/rollout-state';

export class MemoryStore implements RolloutStore {
  writes = 0;
  private order = '[]';
  private head = '';
  private readonly targets = new Map<string, string>();
  /** Taken away with the process: what is written later is lost. */
  isDead = false;
  /** What the disk does with each write. */
  trouble: 'none' | 'fails' | 'hangs' = 'none';

  async load(): Promise<StoredRollout | undefined> {
    if (this.head === '') return undefined;
    return {
      head: JSON.parse(this.head) as RolloutHead,
      order: JSON.parse(this.order) as string[],
      targets: [...this.targets.values()].map((text) => JSON.parse(text) as RolloutTarget),
    };
  }

  async saveOrder(order: readonly string[]): Promise<void> {
    await this.disk();
    if (!this.isDead) this.order = JSON.stringify(order);
  }

  async saveHead(head: RolloutHead): Promise<void> {
    await this.disk();
    if (!this.isDead) this.head = JSON.stringify(head);
    this.writes += 1;
  }

  async saveTargets(targets: readonly RolloutTarget[]): Promise<void> {
    await this.disk();
    for (const target of targets) if (!this.isDead) this.targets.set(target.imei, JSON.stringify(target));
    this.writes += targets.length;
  }

  /** The process dies after so many writes: what it would write then hangs, and nothing follows from it. */
  diesAfter = Infinity;

  private async disk(): Promise<void> {
    if (this.diesAfter-- <= 0) this.isDead = true;
    if (this.isDead) this.trouble = 'hangs';
    if (this.trouble === 'fails') throw new Error('disk full');
    if (this.trouble === 'hangs') await new Promise(() => undefined);
  }

  /** The same content in the hands of the next process. */
  survivor(): MemoryStore {
    this.isDead = true;
    const next = new MemoryStore();
    next.order = this.order;
    next.head = this.head;
    for (const [imei, text] of this.targets) next.targets.set(imei, text);
    return next;
  }
}
