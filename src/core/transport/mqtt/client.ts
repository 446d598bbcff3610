// mqtt.js as it is used here: one client for each connection. The only file that knows it.
import { connect, type IClientOptions } from 'mqtt';
import { clientOptions, type BrokerTarget } from './connect-options';
import type { Qos } from './mqtt-link';

/** The part of an mqtt.js client that is used. */
export interface Client {
  readonly stream: unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
  publish(
    topic: string,
    payload: Uint8Array,
    options: { readonly qos: Qos; readonly retain: boolean },
    done: (error?: Error) => void,
  ): unknown;
  subscribe(
    filters: string[],
    options: { readonly qos: Qos },
    done: (error: Error | null, asked?: unknown, suback?: { readonly granted?: unknown }) => void,
  ): unknown;
  unsubscribe(filters: string[], done: (error?: Error) => void): unknown;
  end(isForced: boolean): unknown;
}

/** Dials at once. Throws what tls.connect throws of its options. */
export function dial(target: BrokerTarget): Client {
  return connect(clientOptions(target) as IClientOptions) as unknown as Client;
}
