// A small world for IEC 60870-5-102 dialogues: virtual time, one simulated meter, a link with latency and faults.
import type { Dialogue, LineMemory, LineSettings } from '../../src/core/wire/dialogue';
import { wireMs } from '../../src/core/wire/dialogue';
import { ReadError } from '../../src/core/wire/errors';
import type { Meter } from '../../src/simulator/serial/meter';

/** What the link does with one message; `n` counts from 1 in each direction. */
export type Fault =
  | 'drop'
  | 'double'
  | { readonly lateMs: number }
  | { readonly noise: Uint8Array }
  | { readonly flip: number }
  | { readonly split: number };

export interface World {
  readonly meter: Meter;
  readonly roundTripMs?: number;
  readonly line?: LineSettings;
  /** Faults on the way to the meter and back. */
  readonly there?: (n: number) => Fault | undefined;
  readonly back?: (n: number) => Fault | undefined;
  /** Cancels at the n-th receive step. */
  readonly cancelAt?: number;
  readonly memory?: WorldMemory;
}

export interface Talk<R> {
  readonly result?: R;
  readonly error?: ReadError;
  readonly ms: number;
  readonly sent: readonly Uint8Array[];
  readonly bytesBack: number;
  /** How long after the dialogue's end something still arrived. */
  readonly lateMs: number;
}

/** Line memory that outlives a dialogue, on the world's clock. */
export class WorldMemory implements LineMemory {
  time = 0;
  private readonly entries = new Map<string, unknown>();
  constructor(
    readonly roundTripMs = 600,
    readonly line: LineSettings = EVEN,
  ) {}
  readonly knownSince = -Infinity;
  random = (): number => 0;
  now(): number {
    return this.time;
  }
  recall<T>(key: string, create: () => T): T {
    if (!this.entries.has(key)) this.entries.set(key, create());
    return this.entries.get(key) as T;
  }
}

export function talk<R>(dialogueOf: (memory: LineMemory) => Dialogue<R>, world: World): Talk<R> {
  const memory = world.memory ?? new WorldMemory(world.roundTripMs ?? 600, world.line ?? EVEN);
  const oneWay = (world.roundTripMs ?? 600) / 2;
  const latency = (world.roundTripMs ?? 600) * 2;
  const start = memory.time;
  const arriving: { at: number; bytes: Uint8Array }[] = [];
  const sent: Uint8Array[] = [];
  // Both ways keep their order, as one connection and one serial line do: what is late delays what follows.
  let [lastThere, lastBack] = [0, 0];
  let [back, bytesBack, receives, sentAt, heardAt] = [0, 0, 0, memory.time, memory.time];
  const isHeard = sameSettings(world.meter.line, memory.line);

  const send = (bytes: Uint8Array): void => {
    sent.push(bytes);
    sentAt = memory.time;
    const there = apply(world.there?.(sent.length), bytes);
    for (const { bytes: chunk, lateMs } of there) {
      if (!isHeard) continue; // another parity or speed: the meter's UART drops every character
      const at = Math.max(lastThere, memory.time + lateMs + oneWay) + wireMs(chunk.length, memory.line);
      lastThere = at;
      for (const reply of world.meter.hear(chunk, at)) {
        for (const piece of apply(world.back?.(++back), reply.bytes)) {
          lastBack = Math.max(
            lastBack,
            at + reply.afterMs + wireMs(piece.bytes.length, memory.line) + oneWay + piece.lateMs,
          );
          arriving.push({ at: lastBack, bytes: piece.bytes });
        }
      }
    }
  };
  const receive = (ms: number, since: 'sent' | 'heard'): Uint8Array | undefined => {
    const until = Math.max(memory.time, (since === 'sent' ? sentAt : heardAt) + ms + latency);
    const next = arriving[0];
    if (!next || next.at > until) {
      memory.time = until;
      return undefined;
    }
    arriving.shift();
    memory.time = Math.max(memory.time, next.at);
    heardAt = memory.time;
    bytesBack += next.bytes.length;
    return next.bytes;
  };
  const finished = (outcome: { result?: R; error?: ReadError }): Talk<R> => ({
    ...outcome,
    ms: memory.time - start,
    sent,
    bytesBack,
    lateMs: Math.max(0, ...arriving.map(({ at }) => at - memory.time)),
  });

  const dialogue = dialogueOf(memory);
  let hasLeft = false;
  try {
    let turn = dialogue.next();
    for (let steps = 0; !turn.done; steps++) {
      if (steps > 200_000) throw new Error('the dialogue does not end');
      const step = turn.value;
      let heard: Uint8Array | undefined;
      if (step.do === 'send') send(step.bytes);
      else if (step.do === 'pause') memory.time += step.ms;
      else if (step.do === 'leave') hasLeft = true;
      else if (step.do === 'receive') {
        receives += 1;
        if (receives === world.cancelAt && !hasLeft) {
          turn = dialogue.throw(new ReadError('CANCELLED', 'cancelled'));
          continue;
        }
        heard = receive(step.ms, step.since ?? 'sent');
      }
      turn = dialogue.next(heard);
    }
    return finished({ result: turn.value });
  } catch (thrown) {
    if (!(thrown instanceof ReadError)) throw thrown;
    return finished({ error: thrown });
  }
}

function apply(
  fault: Fault | undefined,
  bytes: Uint8Array,
): readonly { readonly bytes: Uint8Array; readonly lateMs: number }[] {
  const whole = { bytes, lateMs: 0 };
  if (fault === undefined) return [whole];
  if (fault === 'drop') return [];
  if (fault === 'double') return [whole, { bytes, lateMs: 30 }];
  if ('lateMs' in fault) return [{ bytes, lateMs: fault.lateMs }];
  if ('noise' in fault) return [{ bytes: Uint8Array.of(...fault.noise, ...bytes), lateMs: 0 }];
  if ('split' in fault)
    return [
      { bytes: bytes.slice(0, fault.split), lateMs: 0 },
      { bytes: bytes.slice(fault.split), lateMs: 5 },
    ];
  const flipped = Uint8Array.from(bytes);
  const index = (fault.flip >> 3) % flipped.length;
  flipped[index] = (flipped[index] ?? 0) ^ (1 << (fault.flip & 7));
  return [{ bytes: flipped, lateMs: 0 }];
}

function sameSettings(a: LineSettings, b: LineSettings): boolean {
  return a.baud === b.baud && a.dataBits === b.dataBits && a.parity === b.parity;
}

export const EVEN: LineSettings = { baud: 9600, dataBits: 8, parity: 'even', stopBits: 1 };
export const NO_PARITY: LineSettings = { ...EVEN, parity: 'none' };
