// How many modems one broker connection talks to at a time. Whoever asks while all places are taken waits here as a
// small entry: neither the modem nor its lines are made yet. Laws: a place is a modem's, and all that waits for it goes
// with it, so that its own lane decides on order and equal jobs; higher priority first, then the modem that has waited
// longest; who holds a place gets no more through it while others wait, unless it is more urgent.
import { failure, type ReadError } from '../../wire/errors';
import type { Clock } from '../lane/clock';

export interface Wish {
  readonly priority: number;
  /** How long it may wait here, in ms. */
  readonly queueMs: number;
  /** How many may wait for this modem. */
  readonly queueLimit: number;
  readonly signal?: AbortSignal;
}

interface Waiting {
  readonly imei: string;
  readonly wish: Wish;
  readonly until: number;
  enter(): void;
  fail(error: ReadError): void;
}
/** A modem that is talked to: for how many, and the highest priority that came with it. */
interface Place {
  users: number;
  priority: number;
}
/** A modem that waits, with all who wait for it. */
interface Turn {
  readonly imei: string;
  priority: number;
  readonly waiting: Set<Waiting>;
}
/** Those of one priority, in the order of their coming; who left or rose stands there until its turn comes. */
interface Row {
  turns: Turn[];
  head: number;
}

export class Admission {
  private readonly places = new Map<string, Place>();
  private readonly turns = new Map<string, Turn>();
  /** The modems that wait, by priority. */
  private readonly rows = new Map<number, Row>();
  /** Everybody who waits, longest first. */
  private readonly entries = new Set<Waiting>();
  private isWatched = false;

  constructor(
    private readonly clock: Clock,
    /** Modems that are talked to at a time. */
    private readonly limit: number,
  ) {}

  /** Modems that are talked to now, and requests that wait for a place. */
  get counts(): { readonly talking: number; readonly waiting: number } {
    return { talking: this.places.size, waiting: this.entries.size };
  }

  /**
   * Resolves when the modem may be asked; then `leave` is owed. Rejects QUEUE_FULL at once, QUEUE_TIMEOUT after
   * `queueMs`, CANCELLED by the signal.
   */
  async enter(imei: string, wish: Wish): Promise<void> {
    const place = this.places.get(imei);
    const isOpen = this.entries.size === 0 || (place !== undefined && wish.priority > place.priority);
    if (place && isOpen) return this.join(place, 1, wish.priority);
    if (isOpen && this.places.size < this.limit) {
      this.places.set(imei, { users: 1, priority: wish.priority });
      return;
    }
    const ahead = this.turns.get(imei)?.waiting.size ?? 0;
    if (ahead >= wish.queueLimit) throw failure('lane.queueFull', { jobs: ahead }, 'queue');
    await this.wait(imei, wish);
  }

  /** One who entered has done. */
  leave(imei: string): void {
    const place = this.places.get(imei);
    if (!place) return;
    place.users -= 1;
    if (place.users === 0) this.places.delete(imei);
    while (this.places.size < this.limit) {
      const next = this.next();
      if (next === undefined) return;
      this.admit(next);
    }
  }

  private wait(imei: string, wish: Wish): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const { signal } = wish;
      if (signal?.aborted) return reject(failure('lane.cancelledEarly', {}, 'queue'));
      const cancel = (): void => entry.fail(failure('lane.cancelled', {}, 'queue'));
      const settle = (): void => signal?.removeEventListener('abort', cancel);
      const entry: Waiting = {
        imei,
        wish,
        until: this.clock.now() + wish.queueMs,
        enter: () => (settle(), resolve()),
        fail: (error) => (settle(), this.forget(entry), reject(error)),
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.entries.add(entry);
      const known = this.turns.get(imei);
      const turn = known ?? { imei, priority: wish.priority, waiting: new Set() };
      turn.waiting.add(entry);
      this.turns.set(imei, turn);
      if (!known || wish.priority > known.priority) this.queueUp(turn, wish.priority);
      void this.watch();
    });
  }

  private queueUp(turn: Turn, priority: number): void {
    turn.priority = priority;
    const row = this.rows.get(priority) ?? { turns: [], head: 0 };
    row.turns.push(turn);
    this.rows.set(priority, row);
  }

  /** Takes the modem whose turn it is out of its row. */
  private next(): Turn | undefined {
    for (const priority of [...this.rows.keys()].sort((a, b) => b - a)) {
      const row = this.rows.get(priority);
      while (row && row.head < row.turns.length) {
        const turn = row.turns[row.head++];
        if (row.head >= COMPACT_AT && row.head * 2 > row.turns.length) {
          row.turns = row.turns.slice(row.head);
          row.head = 0;
        }
        if (turn && turn.priority === priority && this.turns.get(turn.imei) === turn) return turn;
      }
      this.rows.delete(priority);
    }
    return undefined;
  }

  private admit(turn: Turn): void {
    this.turns.delete(turn.imei);
    const place = this.places.get(turn.imei) ?? { users: 0, priority: turn.priority };
    this.places.set(turn.imei, place);
    this.join(place, turn.waiting.size, turn.priority);
    for (const entry of turn.waiting) {
      this.entries.delete(entry);
      entry.enter();
    }
  }

  private join(place: Place, users: number, priority: number): void {
    place.users += users;
    place.priority = Math.max(place.priority, priority);
  }

  private forget(entry: Waiting): void {
    this.entries.delete(entry);
    const turn = this.turns.get(entry.imei);
    turn?.waiting.delete(entry);
    if (turn?.waiting.size !== 0) return;
    this.turns.delete(entry.imei);
  }

  /** One timer for all: those who waited too long are looked for once a second. */
  private async watch(): Promise<void> {
    if (this.isWatched) return;
    this.isWatched = true;
    while (this.entries.size > 0) {
      await this.clock.sleep(WATCH_MS);
      for (const entry of this.entries) {
        if (entry.until > this.clock.now()) continue;
        entry.fail(failure('lane.waited', { seconds: Math.round(entry.wish.queueMs / 1000) }, 'queue'));
      }
    }
    this.isWatched = false;
  }
}

const WATCH_MS = 1_000;
const COMPACT_AT = 1_000;
