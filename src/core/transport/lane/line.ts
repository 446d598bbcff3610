// The one seam between protocols and the world: a half-duplex byte path. Lane (over MQTT), plain TCP and the test
// world implement it.
import type { LineSettings } from '../../wire/dialogue';
import type { StopSignal } from './clock';

export interface Line {
  /** What the link may add to a device's time, in ms, at this moment (measured and adapted by the line). */
  readonly latencyMs: number;
  /** Resolves when the bytes are on their way (the broker has them); the answer's time counts from then. */
  send(bytes: Uint8Array): Promise<void>;
  /** Forgets what was heard and not taken. */
  dropHeard(): void;
  /** The next chunk, or undefined after `ms` of silence or on abort. Silence in a search says nothing of the link. */
  receive(ms: number, signal?: StopSignal, isSearch?: boolean): Promise<Uint8Array | undefined>;
  setLine(line: LineSettings): Promise<void>;
}

/** One event of a session, for the trace of a node. Bytes are masked by whoever shows them. */
export type TraceEvent =
  | { readonly at: number; readonly kind: 'sent' | 'heard'; readonly bytes: Uint8Array }
  | { readonly at: number; readonly kind: 'silence'; readonly ms: number }
  /** How many exchanges the talk itself expects from here on. */
  | { readonly at: number; readonly kind: 'expected'; readonly exchanges: number };
export type Trace = (event: TraceEvent) => void;
