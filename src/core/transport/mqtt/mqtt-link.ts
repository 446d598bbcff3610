// What the platform needs of an MQTT connection, and nothing of MQTT: Broker implements it, tests fake it.
import { type ReadError } from '../../wire/errors';

export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** A stored message of unknown age: never an answer. */
  readonly isRetained: boolean;
  /** The broker says it may have delivered this before (DUP). */
  readonly isDuplicate: boolean;
}
export type OnMessage = (message: Message) => void;
export type LinkState = 'connecting' | 'online' | 'offline' | 'closed';
export type OnState = (state: LinkState, failure: ReadError | undefined) => void;
export type Qos = 0 | 1;

export interface Link {
  readonly state: LinkState;
  /** Why it is not online, if it is known. */
  readonly failure: ReadError | undefined;
  /** Why the broker does not serve this filter, if it refused it: known only once it was asked. */
  refusalOf(filter: string): ReadError | undefined;
  /**
   * Resolves when the bytes have left (QoS 0) or the broker has them (QoS 1). Rejects BROKER_OFFLINE at once while
   * offline and when the connection drops in between: nothing is stored, nothing is sent again later.
   * `isRetained`: the broker keeps it for whoever comes later; never for what is asked of a modem.
   */
  publish(topic: string, payload: Uint8Array, qos: Qos, isRetained?: boolean): Promise<void>;
  /**
   * Hears one exact topic. `filter` is the subscription that covers it (a wildcard shared by many topics, or the
   * topic itself); the broker is asked once per filter and again after each reconnect. Resolves to the way to stop,
   * once the broker has granted it or when offline (it is then asked for on connect); rejects SUBSCRIBE_REFUSED.
   */
  subscribe(topic: string, on: OnMessage, filter?: string): Promise<() => void>;
  /** Hears everything that matches a filter, known topics or not: for scans and shared status topics. */
  observe(filter: string, on: OnMessage): Promise<() => void>;
  /** Calls back at each change, and once now. */
  onState(on: OnState): () => void;
}
