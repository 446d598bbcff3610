// The platform's side of the simulator's broker in memory: a Link in virtual time.
import type { Link, LinkState, Message, OnMessage, OnState } from '../../src/core/transport/mqtt/mqtt-link';
import { matchesFilter } from '../../src/core/transport/mqtt/topics';
import { ReadError } from '../../src/core/wire/errors';
import type { MemoryBroker } from '../../src/simulator/index';

export class MemoryLink implements Link {
  state: LinkState = 'online';
  readonly failure = undefined;
  readonly published: string[] = [];
  /** Everything that was subscribed to or observed. */
  readonly filters: string[] = [];
  private readonly exact = new Map<string, Set<OnMessage>>();
  private readonly observers = new Map<OnMessage, string>();
  private readonly listeners = new Set<OnState>();

  constructor(
    private readonly broker: MemoryBroker,
    private readonly onPublish: (topic: string, text: string) => void = () => undefined,
  ) {
    const hear = (topic: string, payload: Uint8Array): void => {
      if (this.state !== 'online') return;
      const message: Message = { topic, payload, isRetained: false, isDuplicate: false };
      for (const on of this.exact.get(topic) ?? []) on(message);
      for (const [on, filter] of this.observers) if (matchesFilter(filter, topic)) on(message);
    };
    broker.listen(hear);
    broker.listenToPlatforms(hear);
  }

  refusalOf(): undefined {
    return undefined;
  }

  async publish(topic: string, payload: Uint8Array): Promise<void> {
    if (this.state !== 'online') throw new ReadError('BROKER_OFFLINE', 'down', 'publish');
    this.published.push(topic);
    this.onPublish(topic, Buffer.from(payload).toString('latin1'));
    this.broker.publish(topic, payload);
  }

  async subscribe(topic: string, on: OnMessage): Promise<() => void> {
    this.filters.push(topic);
    const all = this.exact.get(topic) ?? new Set();
    this.exact.set(topic, all.add(on));
    return () => void all.delete(on);
  }

  async observe(filter: string, on: OnMessage): Promise<() => void> {
    this.filters.push(filter);
    this.observers.set(on, filter);
    return () => void this.observers.delete(on);
  }

  onState(on: OnState): () => void {
    this.listeners.add(on);
    on(this.state, undefined);
    return () => void this.listeners.delete(on);
  }

  become(state: LinkState): void {
    this.state = state;
    for (const on of this.listeners) on(state, undefined);
  }
}
