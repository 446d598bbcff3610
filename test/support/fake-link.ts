// A link without a broker: what is published is kept, what a test says is heard at once.
import { matchesFilter } from '../../src/core/transport/mqtt/topics';
import type { Link, LinkState, Message, OnMessage, OnState, Qos } from '../../src/core/transport/mqtt/mqtt-link';
import { ReadError } from '../../src/core/wire/errors';

export class FakeLink implements Link {
  state: LinkState = 'online';
  failure: ReadError | undefined;
  readonly published: { readonly topic: string; readonly text: string; readonly qos: Qos }[] = [];
  readonly filters: string[] = [];
  /** Called for each publish, in its place in time. */
  onPublish: (topic: string, text: string) => void = () => undefined;
  /** Filters that this broker does not allow. */
  refused: readonly string[] = [];
  private readonly ears = new Set<{ readonly filter: string; readonly on: OnMessage }>();
  private readonly listeners = new Set<OnState>();

  get listening(): number {
    return this.ears.size;
  }

  refusalOf(): undefined {
    return undefined;
  }

  async publish(topic: string, payload: Uint8Array, qos: Qos): Promise<void> {
    if (this.state !== 'online') throw this.failure ?? new ReadError('BROKER_OFFLINE', 'gone');
    const text = Buffer.from(payload).toString('latin1');
    this.published.push({ topic, text, qos });
    this.onPublish(topic, text);
  }

  async subscribe(topic: string, on: OnMessage, filter = topic): Promise<() => void> {
    this.filters.push(filter);
    if (this.refused.includes(filter)) throw new ReadError('SUBSCRIBE_REFUSED', `${filter} is not allowed`);
    return this.ear(topic, on);
  }

  async observe(filter: string, on: OnMessage): Promise<() => void> {
    return this.ear(filter, on);
  }

  onState(on: OnState): () => void {
    this.listeners.add(on);
    on(this.state, this.failure);
    return () => void this.listeners.delete(on);
  }

  /** A message of a modem. */
  say(topic: string, text: string, more: Partial<Message> = {}): void {
    const message: Message = {
      topic,
      payload: Buffer.from(text, 'latin1'),
      isRetained: false,
      isDuplicate: false,
      ...more,
    };
    for (const { filter, on } of [...this.ears]) if (matchesFilter(filter, topic)) on(message);
  }

  change(state: LinkState, failure?: ReadError): void {
    this.state = state;
    this.failure = failure;
    for (const on of [...this.listeners]) on(state, failure);
  }

  private ear(filter: string, on: OnMessage): () => void {
    const ear = { filter, on };
    this.ears.add(ear);
    return () => void this.ears.delete(ear);
  }
}
