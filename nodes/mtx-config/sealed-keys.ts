// Where rollouts are kept: the journal of the node, each value sealed.
import type { Journal, KeyStore } from '../../src/core/index';
import type { Seal } from './seal';

export class SealedKeys implements KeyStore {
  constructor(
    private readonly journal: Journal,
    private readonly seal: Seal,
  ) {}

  put(entries: Readonly<Record<string, unknown>>): Promise<void> {
    const sealed = Object.entries(entries).map(
      ([key, value]) => [key, value === undefined ? undefined : this.seal.close(value)] as const,
    );
    return this.journal.put(Object.fromEntries(sealed));
  }

  get isSealed(): boolean {
    return this.seal.isKeyed;
  }

  /** A journal that cannot be read is not "nothing there": that throws. */
  async read(key: string): Promise<unknown> {
    await this.journal.open();
    return this.seal.open(this.journal.read(key));
  }
}
