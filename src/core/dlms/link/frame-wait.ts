// How long to listen for one frame. Until something broken or half is heard, the meter has its time from our last
// octet, and fill, echo or a foreign frame cannot prolong it. Then a gap decides, within a deadline that noise cannot
// move either: so damage is noticed early, and a chattering line ends.
import type { Dialogue, LineMemory } from '../../wire/dialogue';

/** Where frames come from, chunk by chunk. */
export interface FrameSource<F> {
  push(chunk: Uint8Array): void;
  next(): F | undefined;
  isBroken(): boolean;
}

/** How long to wait for the next frame; all times in ms. */
export interface FrameWait {
  /** The meter's time, and from when it counts. */
  readonly ms: number;
  readonly since: 'sent' | 'heard';
  /** Silence that ends a frame which began. */
  readonly gapMs: number;
  /** How long the longest frame takes on the wire. */
  readonly longestMs: number;
  /** Silence is to be expected: nobody may be there. */
  readonly isSearch?: boolean;
}

/** The next frame, or undefined when none came in time. */
export function* awaitFrame<F>(ear: FrameSource<F>, wait: FrameWait, memory: LineMemory): Dialogue<F | undefined> {
  const end = memory.now() + wait.ms + wait.gapMs + 2 * wait.longestMs + LATENCY_MS;
  for (;;) {
    const frame = ear.next();
    if (frame !== undefined) return frame;
    const left = end - memory.now();
    if (left <= 0) return undefined;
    const isBroken = ear.isBroken();
    const chunk: Uint8Array | undefined = yield isBroken || wait.since === 'heard'
      ? { do: 'receive', ms: Math.min(isBroken ? wait.gapMs : wait.ms, left), since: 'heard' }
      : { do: 'receive', ms: wait.ms, since: 'sent', ...(wait.isSearch && { isSearch: true }) };
    if (chunk === undefined) return undefined;
    ear.push(chunk);
  }
}

/** More than the worst latency that the driver adds, which a dialogue does not know. */
const LATENCY_MS = 30_000;
