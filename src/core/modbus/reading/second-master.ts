// Another master on the line: what it asks, and which of its answers could pass for ours. An answer to a read says
// unit, function and byte count (V1.1b3, 6.1 to 6.4), so it is in doubt exactly while another's request of the same
// shape may still be answered. Where only answers are heard, never what was asked, the second answer to one request
// tells.
import { isSameBytes } from '../../wire/bytes';
import { BoundedMap } from '../../wire/bounded-map';
import type { LineMemory } from '../../wire/dialogue';
import { phrase, type Phrase } from '../../wire/errors';
import { overheardStream, type OverheardFrame, type OverheardStream } from '../frames/overheard';
import { OPEN_MS, type Asked, type Ledger } from './ledger';
import { byteCountOf } from './lengths';

/** A request of another master that may still be answered. */
export interface ForeignAsk {
  readonly unit: number;
  readonly function: number;
  readonly byteCount: number;
  readonly at: number;
  /** When a refusal came that may have been for this. */
  refusedAt?: number;
}

export class SecondMaster {
  private lastSerial = 0;
  private readonly stream: OverheardStream;
  private heardAt = -Infinity;
  private asks: ForeignAsk[] = [];
  /** When an answer of this shape last came that was no answer to us. */
  private readonly shapes = new BoundedMap<number, number>(MAX_SHAPES);
  private blindUntil = -Infinity;
  private firstAt = Infinity;
  /** Answers to nobody known. */
  private strange = 0;
  private early = 0;
  /** Answers come sooner than the configured speed allows: so that speed is not the port's. */
  isWireFaster = false;

  constructor(
    private readonly ledger: Ledger,
    private readonly framing: 'rtu' | 'ascii',
  ) {
    this.stream = overheardStream(framing);
  }

  /** Judges what was overheard since the last time. */
  catchUp(memory: LineMemory): void {
    this.firstAt = Math.min(this.firstAt, memory.now());
    for (const { serial, at, from, bytes } of memory.ear?.overheard(this.lastSerial) ?? []) {
      this.lastSerial = serial;
      if (from === 'meter') this.hear(bytes, at, memory);
      else overheardStream(this.framing).push(bytes, (frame) => this.judge(frame, at, true, memory));
    }
  }

  /** A chunk of the serial side, each once and in order; whether a dialogue gets it or not. */
  hear(bytes: Uint8Array, at: number, memory: LineMemory): void {
    if (memory.ear === undefined) return;
    if (at - this.heardAt > GAP_MS) this.stream.cut();
    this.heardAt = at;
    this.stream.push(bytes, (frame) => this.judge(frame, at, false, memory));
  }

  /** Whether an answer to this could be one to another's request, as far as requests are heard. */
  isInDoubt(asked: Asked, now: number): boolean {
    return this.open(now).some((ask) => isAlike(ask, asked));
  }

  /**
   * Others' requests in this unit and function that a refusal may have been for which came after `since`: it does not
   * say whom it refuses.
   */
  refusable(unit: number, fn: number, since: number): readonly ForeignAsk[] {
    return this.asks.filter(
      (ask) =>
        ask.unit === unit && ask.function === fn && ask.at > since - OPEN_MS && (ask.refusedAt ?? Infinity) >= since,
    );
  }

  /** Answers were heard to requests that were not: any answer may be another's. */
  isBlind(now: number): boolean {
    return now < this.blindUntil;
  }

  /**
   * A second answer is waited for, which tells that the first was not ours: also on a new line where others are not
   * heard.
   */
  isSecondAwaited(now: number, { ear }: LineMemory): boolean {
    return this.isBlind(now) || (ear?.isDeaf === true && now < this.firstAt + OPEN_MS);
  }

  /** Others ask in this shape: it is taken last. */
  isForeignShape(unit: number, fn: number, byteCount: number, now: number): boolean {
    return now - (this.shapes.get(keyOf(unit, fn, byteCount)) ?? -Infinity) < REMEMBERED_MS;
  }

  /** Two different answers to one request: one of them was not for us. */
  noteSecondAnswer(memory: LineMemory): void {
    this.blindUntil = memory.now() + REMEMBERED_MS;
    memory.ear?.notice(undefined);
  }

  /**
   * An answer came sooner than its bytes can pass the wire. Another's, or the port is faster than it is said to be:
   * that is so where two come so in a row and nobody else is heard. True: it is in doubt.
   */
  noteEarly(isEarly: boolean, memory: LineMemory): boolean {
    if (!isEarly || this.isWireFaster) {
      this.early = 0;
      return false;
    }
    this.early += 1;
    this.isWireFaster = this.early > 1 && memory.ear?.isShared !== true && this.open(memory.now()).length === 0;
    return !this.isWireFaster;
  }

  private judge(frame: OverheardFrame, at: number, isPlatform: boolean, memory: LineMemory): void {
    if (frame.kind === 'request') return this.judgeRequest(frame, at, isPlatform, memory);
    if (frame.kind === 'answer') return this.judgeAnswer(frame, at, memory);
    if (frame.kind !== 'refusal') return;
    const refused = this.open(at).find((ask) => ask.unit === frame.unit && ask.function === frame.function);
    if (refused) refused.refusedAt = at;
  }

  private judgeRequest(
    frame: Extract<OverheardFrame, { kind: 'request' }>,
    at: number,
    isPlatform: boolean,
    memory: LineMemory,
  ): void {
    // what we sent comes back on a line with two wires
    if (!isPlatform && this.ledger.hasAsked(frame, at)) return;
    const byteCount = byteCountOf(frame.function, frame.quantity);
    const fresh = this.asks.filter((ask) => at - ask.at < OPEN_MS).slice(1 - MAX_ASKS);
    this.asks = [...fresh, { unit: frame.unit, function: frame.function, byteCount, at }];
    this.shapes.set(keyOf(frame.unit, frame.function, byteCount), at);
    memory.ear?.notice(askedText(frame));
  }

  private judgeAnswer(
    { unit, function: fn, values }: Extract<OverheardFrame, { kind: 'answer' }>,
    at: number,
    memory: LineMemory,
  ): void {
    const byteCount = values.length;
    const shape = { unit, function: fn, byteCount };
    // ours, another's: nobody can tell, so both stay open
    const own = this.ledger.latest(shape, at);
    if (own && this.ledger.isAwaited(own, at) && own.values === undefined) return;
    if (this.answered((ask) => isSameShape(ask, shape))) return;
    if (own?.values !== undefined && !own.isRepeated && !isSameBytes(own.values, values))
      return this.noteSecondAnswer(memory);
    if (own) return;
    this.shapes.set(keyOf(unit, fn, byteCount), at);
    const knownFrom = memory.knownSince + OPEN_MS;
    const isEarlierLife = at <= knownFrom; // it may have asked for this
    this.blindUntil = Math.max(this.blindUntil, isEarlierLife ? knownFrom : at + REMEMBERED_MS);
    this.strange += 1;
    if (!isEarlierLife || this.strange > MOST_OF_EARLIER_LIFE) memory.ear?.notice(undefined);
  }

  /** Takes the oldest such request off the list: it is answered now. */
  private answered(isIt: (ask: ForeignAsk) => boolean): boolean {
    const at = this.asks.findIndex((ask) => ask.refusedAt === undefined && isIt(ask));
    if (at >= 0) this.asks = this.asks.filter((_, i) => i !== at);
    return at >= 0;
  }

  private open(now: number): readonly ForeignAsk[] {
    if (this.asks.length === 0) return this.asks;
    return this.asks.filter((ask) => now - ask.at < OPEN_MS && ask.refusedAt === undefined);
  }
}

/** The other's request as it is told. */
function askedText(frame: Extract<OverheardFrame, { kind: 'request' }>): Phrase {
  const { unit, function: fn, address, quantity } = frame;
  return phrase('modbus.askedByOther', { unit, function: fn, address, last: address + quantity - 1 });
}

type Shape = Pick<ForeignAsk, 'unit' | 'function' | 'byteCount'>;

function isAlike(ask: ForeignAsk, { unit, request, byteCount }: Asked): boolean {
  return isSameShape(ask, { unit, function: request.function, byteCount });
}

function isSameShape(a: Shape, b: Shape): boolean {
  return a.unit === b.unit && a.function === b.function && a.byteCount === b.byteCount;
}

function keyOf(unit: number, fn: number, byteCount: number): number {
  return unit * 1_000_000 + fn * 1000 + byteCount;
}

/** Parts of one frame come closer together than this, even through a slow tunnel. */
const GAP_MS = 1_500;
/** The longest usual interval of polling. */
const REMEMBERED_MS = 1_000_000;
/** One request was open when an earlier life ended, and what it had asked before may come twice. */
const MOST_OF_EARLIER_LIFE = 4;
const MAX_ASKS = 256;
const MAX_SHAPES = 256;
