// Who hears which message. Exact topics are found by one Map look-up, so a message costs the same whether one modem
// is followed or a hundred thousand; only listeners of wildcards, of which there are few, are matched level by level.
import { Filters } from './filters';
import type { Message, OnMessage } from './mqtt-link';
import { coversLevels, isWildcard } from './topics';

export interface Counters {
  received: number;
  /** Messages that nobody heard. */
  unknown: number;
  /** Payload bytes received. */
  bytes: number;
  /** Listeners that threw: a defect of theirs, which must not stop the others. */
  failures: number;
}

interface Observer {
  readonly levels: readonly string[];
  readonly on: OnMessage;
}

export class Subscriptions {
  readonly filters = new Filters();
  readonly counters: Counters = { received: 0, unknown: 0, bytes: 0, failures: 0 };
  // Lists are replaced, never changed: a listener may come or go while a message is on its way to the others.
  private readonly topics = new Map<string, readonly OnMessage[]>();
  private observers: readonly Observer[] = [];

  /**
   * Hears `topic` (or, if it has wildcards, all that match), under the subscription `filter`. Returns the way to stop.
   */
  add(topic: string, on: OnMessage, filter: string): () => void {
    const stop = isWildcard(topic) ? this.observe(topic, on) : this.listen(topic, on);
    this.filters.add(filter);
    let isStopped = false;
    return () => {
      if (isStopped) return;
      isStopped = true;
      stop();
      this.filters.remove(filter);
    };
  }

  dispatch(message: Message): void {
    this.counters.received += 1;
    this.counters.bytes += message.payload.length;
    const listeners = this.topics.get(message.topic);
    if (listeners) for (const on of listeners) this.tell(on, message);
    const isObserved = this.observers.length > 0 && this.tellObservers(message);
    if (!listeners && !isObserved) this.counters.unknown += 1;
  }

  private tellObservers(message: Message): boolean {
    const levels = message.topic.split('/');
    let isHeard = false;
    for (const observer of this.observers) {
      if (!coversLevels(observer.levels, levels)) continue;
      isHeard = true;
      this.tell(observer.on, message);
    }
    return isHeard;
  }

  private tell(on: OnMessage, message: Message): void {
    try {
      on(message);
    } catch {
      this.counters.failures += 1;
    }
  }

  private listen(topic: string, on: OnMessage): () => void {
    this.topics.set(topic, [...(this.topics.get(topic) ?? []), on]);
    return () => {
      const left = without(this.topics.get(topic) ?? [], on);
      if (left.length > 0) this.topics.set(topic, left);
      else this.topics.delete(topic);
    };
  }

  private observe(filter: string, on: OnMessage): () => void {
    const observer: Observer = { levels: filter.split('/'), on };
    this.observers = [...this.observers, observer];
    return () => {
      this.observers = without(this.observers, observer);
    };
  }
}

/** One occurrence less: the same listener may stand in a list twice. */
function without<T>(list: readonly T[], item: T): readonly T[] {
  const at = list.indexOf(item);
  return at < 0 ? list : [...list.slice(0, at), ...list.slice(at + 1)];
}
