// Time that moves only when told to. Sleepers wake one by one, in order of their due time and then of their asking, and
// every promise that one of them settles has run to its end before the next one wakes: the same world, the same story.
// What it cannot see is real input and output (sockets, files): worlds in virtual time have none.
import type { Clock, StopSignal } from '../../core/transport/lane/clock';

export class VirtualClock implements Clock {
  private time = 0;
  private asked = 0;
  private readonly sleepers: Sleeper[] = [];

  /** `startDate`: the UTC wall time at now() = 0. */
  constructor(private readonly startDate = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  date(): Date {
    return new Date(this.startDate + this.time);
  }

  sleep(ms: number, signal?: StopSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper: Sleeper = { due: this.time + Math.max(0, ms), order: this.asked++, wake: resolve, isGone: false };
      pushHeap(this.sleepers, sleeper);
      if (!signal) return;
      const onAbort = (): void => {
        sleeper.isGone = true;
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      sleeper.wake = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
    });
  }

  /** Sleepers that still wait. */
  get pending(): number {
    return this.sleepers.filter((sleeper) => !sleeper.isGone).length;
  }

  /** Lets `ms` pass: wakes everybody due until then, and ends exactly there. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settled();
    for (let due = this.nextDue(); due !== undefined && due <= end; due = this.nextDue()) await this.wakeNext();
    this.time = end;
    await settled();
  }

  /**
   * Lets time pass until `work` settles, and returns or throws what it does. Throws when nobody sleeps any more or
   * `limitMs` have passed: a hang.
   */
  async runUntil<T>(work: Promise<T>, limitMs = DAY_MS): Promise<T> {
    let isSettled = false;
    const end = this.time + limitMs;
    const mark = (): void => void (isSettled = true);
    work.then(mark, mark);
    await settled();
    while (!isSettled) {
      const due = this.nextDue();
      if (due === undefined)
        throw new Error(`stuck at ${this.time} ms: nobody sleeps, and what is awaited has not happened`);
      if (due > end) throw new Error(`not done after ${limitMs} ms of virtual time`);
      await this.wakeNext();
    }
    return work;
  }

  private nextDue(): number | undefined {
    while (this.sleepers[0]?.isGone) popHeap(this.sleepers);
    return this.sleepers[0]?.due;
  }

  private async wakeNext(): Promise<void> {
    const sleeper = popHeap(this.sleepers);
    if (!sleeper) return;
    this.time = Math.max(this.time, sleeper.due);
    sleeper.wake();
    await settled();
  }
}

interface Sleeper {
  readonly due: number;
  readonly order: number;
  wake: () => void;
  isGone: boolean;
}

/** setImmediate comes after all promise work that is ready, however long its chain. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function isBefore(a: Sleeper | undefined, b: Sleeper | undefined): boolean {
  if (!a || !b) return a !== undefined;
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

function pushHeap(heap: Sleeper[], sleeper: Sleeper): void {
  let at = heap.push(sleeper) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(heap[at], heap[parent])) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function popHeap(heap: Sleeper[]): Sleeper | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last && heap.length > 0) {
    heap[0] = last;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const child = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!isBefore(heap[child], heap[at])) break;
      swap(heap, at, child);
      at = child;
    }
  }
  return top;
}

function swap(heap: Sleeper[], a: number, b: number): void {
  const [x, y] = [heap[a], heap[b]];
  if (x && y) [heap[a], heap[b]] = [y, x];
}

const DAY_MS = 86_400_000;
