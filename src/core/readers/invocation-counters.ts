// Invocation counters in lasting storage, per meter and key, shared by all who read it. Law: no value twice under one
// key, over crashes too. A mark is stored well ahead of what is given out, because a file-backed store writes some
// seconds later; after a restart counting goes on from the mark. A store that answers later is waited for.
import type { CounterStore } from '../dlms/security/counter';
import { digest } from '../dlms/security/primitives';
import { Bell } from '../wire/bell';
import { toHex } from '../wire/bytes';
import type { Dialogue } from '../wire/dialogue';
import { failure, phrase, type ReadError } from '../wire/errors';
import type { CounterOwner } from './dlms-talk';

/** Where marks are kept; it may answer at once or later. */
export interface CounterStorage {
  get(key: string, done: (error: unknown, value?: unknown) => void): void;
  set(key: string, value: unknown, done: (error?: unknown) => void): void;
}

/** The counters of one process: what is given out is counted here, so there is one object per counter. */
export class InvocationCounters {
  private readonly counters = new Map<string, StoredCounter>();

  /**
   * The counter belongs to encryption key and client title, whatever else a reader is set to. Which client used it is
   * kept beside: each may have another counter object in the meter.
   */
  of(storage: CounterStorage, imei: string, { meter, client, key, title }: CounterOwner): CounterStore {
    const [text, nothing] = [new TextEncoder(), new Uint8Array(0)];
    const parts = [text.encode('mtx-dlms'), key ?? nothing, text.encode('|'), title ?? nothing];
    const owner = toHex(digest('sha256', ...parts)).slice(0, 16);
    const name = `mtxDlmsCounter_${imei}_${meter.replace(/\W/g, '_')}_${owner}`;
    const counter = this.counters.get(name) ?? new StoredCounter(storage, name);
    this.counters.set(name, counter);
    return counter.of(client);
  }
}

class StoredCounter {
  private value = 1n;
  /** What the store confirmed, and what it was told last; no value from `mark` on is given out. */
  private mark = 0n;
  private wantedMark = 0n;
  private readonly clients = new Set<number>();
  private state: 'new' | 'loading' | 'loaded' = 'new';
  private failure = '';
  /** Rings whenever the storage has answered. */
  private readonly answered = new Bell();

  constructor(
    private readonly storage: CounterStorage,
    private readonly name: string,
  ) {}

  of(client: number): CounterStore {
    const isKnown = (): boolean => this.clients.has(client);
    return {
      get isKnown() {
        return isKnown();
      },
      ready: () => this.ready(),
      next: () => {
        this.know(client);
        return this.next();
      },
      atLeast: (least) => {
        if (least > this.value) this.value = least;
        this.know(client);
        this.keepAhead();
      },
    };
  }

  private *ready(): Dialogue<void> {
    this.failure = '';
    if (this.state === 'new') this.load();
    while (this.isLoading && (yield* this.answer()));
    if (this.state === 'loaded') this.keepAhead();
    while (this.value >= this.mark && this.failure === '' && (yield* this.answer()));
    if (this.value >= this.mark) throw this.unkept();
  }

  /** Whether the storage answered in time. */
  private *answer(): Dialogue<boolean> {
    const before = this.answered.times;
    yield { do: 'pause', ms: MAX_WAIT_MS, until: this.answered };
    return this.answered.times > before;
  }

  private get isLoading(): boolean {
    return this.state === 'loading';
  }

  private next(): bigint {
    if (this.value >= this.mark) throw this.unkept();
    const given = this.value++;
    this.keepAhead();
    return given;
  }

  private know(client: number): void {
    if (this.state !== 'loaded') throw this.unkept();
    if (this.clients.has(client)) return;
    this.clients.add(client);
    this.keep(this.value + AHEAD);
  }

  private load(): void {
    this.state = 'loading';
    this.try(() =>
      this.storage.get(this.name, (error, stored) => {
        this.loaded(error, stored);
        this.answered.ring();
      }),
    );
  }

  private loaded(error: unknown, stored: unknown): void {
    const found = typeof stored === 'string' ? /^(\d+)((?: \d+)*)$/.exec(stored) : null;
    this.state = error ? 'new' : 'loaded';
    if (error) this.failure = reasonOf(error);
    if (!found) return;
    this.value = this.mark = this.wantedMark = BigInt(found[1] ?? '0');
    for (const client of (found[2] ?? '').split(' ').filter(Boolean)) this.clients.add(Number(client));
  }

  /**
   * More is stored long before what is stored is used up: what a crash takes from the store's last seconds was not
   * given out.
   */
  private keepAhead(): void {
    if (this.value + AHEAD / 2n >= this.wantedMark) this.keep(this.value + AHEAD);
  }

  private keep(mark: bigint): void {
    this.wantedMark = mark;
    this.try(() =>
      this.storage.set(this.name, [mark, ...this.clients].join(' '), (error) => {
        if (!error && mark > this.mark) this.mark = mark;
        if (error) {
          this.failure = reasonOf(error);
          this.wantedMark = this.mark;
        }
        this.answered.ring();
      }),
    );
  }

  private try(use: () => void): void {
    try {
      use();
    } catch (thrown) {
      this.failure = reasonOf(thrown);
      this.wantedMark = this.mark;
      if (this.state === 'loading') this.state = 'new';
    }
  }

  private unkept(): ReadError {
    const why = this.failure === '' ? phrase('dlmsSettings.storeSilent', {}) : this.failure;
    return failure('dlmsSettings.counterUnkept', { why }, 'configure');
  }
}

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Half of it is more than is used in the half minute that a file store may lag behind; of four thousand million. */
const AHEAD = 4_096n;
const MAX_WAIT_MS = 5000;
