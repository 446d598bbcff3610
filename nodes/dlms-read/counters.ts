// Invocation counters in Node-RED's context, per meter and key, shared by all nodes and clients. Law: no value twice under
// one key, over crashes too. A mark is stored well ahead of what is given out, because a file-backed store writes some
// seconds later; after a restart counting goes on from the mark. A store that answers later is waited for.
import { createHash } from 'node:crypto';
import type { Node, NodeAPI } from 'node-red';
import { ReadError, type CounterStore, type Dialogue } from '../../src/core/index';

interface GlobalContext {
  get(key: string, store: string | undefined, done: (error: unknown, value?: unknown) => void): void;
  set(key: string, value: unknown, store: string | undefined, done: (error?: unknown) => void): void;
}

/** The counters of one runtime: what is given out is counted here, so there is one object per counter. */
export class InvocationCounters {
  private readonly counters = new Map<string, ContextCounter>();

  constructor(private readonly RED: NodeAPI) {}

  /**
   * The nonce of a cipher is title and counter, so the counter belongs to encryption key and client title, whatever else
   * a node is set to. Which client used it is kept beside: each may have another counter object in the meter.
   */
  of(
    node: Node,
    imei: string,
    meter: string,
    client: number,
    key: Uint8Array | undefined,
    title: Uint8Array | undefined,
  ): CounterStore {
    const digest = createHash('sha256')
      .update('mtx-dlms')
      .update(key ?? '')
      .update('|')
      .update(title ?? '')
      .digest('hex')
      .slice(0, 16);
    const name = `mtxDlmsCounter_${imei}_${meter.replace(/\W/g, '_')}_${digest}`;
    const counter =
      this.counters.get(name) ??
      new ContextCounter(node.context().global as GlobalContext, name, fileStoreOf(this.RED));
    this.counters.set(name, counter);
    return counter.of(client);
  }
}

class ContextCounter {
  private value = 1n;
  /** What the store confirmed, and what it was told last; no value from `mark` on is given out. */
  private mark = 0n;
  private wantedMark = 0n;
  private readonly clients = new Set<number>();
  private state: 'new' | 'loading' | 'loaded' = 'new';
  private failure = '';

  constructor(
    private readonly context: GlobalContext,
    private readonly name: string,
    private readonly store: string | undefined,
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
    for (let waited = 0; this.isLoading && waited < MAX_WAIT_MS; waited += LOOK_MS) yield { do: 'pause', ms: LOOK_MS };
    if (this.state === 'loaded') this.keepAhead();
    for (let waited = 0; this.value >= this.mark && this.failure === '' && waited < MAX_WAIT_MS; waited += LOOK_MS)
      yield { do: 'pause', ms: LOOK_MS };
    if (this.value >= this.mark) throw this.unkept();
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
      this.context.get(this.name, this.store, (error, stored) => {
        const found = typeof stored === 'string' ? /^(\d+)((?: \d+)*)$/.exec(stored) : null;
        this.state = error ? 'new' : 'loaded';
        if (error) this.failure = reasonOf(error);
        if (!found) return;
        this.value = this.mark = this.wantedMark = BigInt(found[1] ?? '0');
        for (const client of (found[2] ?? '').split(' ').filter(Boolean)) this.clients.add(Number(client));
      }),
    );
  }

  /** More is stored long before what is stored is used up: what a crash takes from the store's last seconds was not given out. */
  private keepAhead(): void {
    if (this.value + AHEAD / 2n >= this.wantedMark) this.keep(this.value + AHEAD);
  }

  private keep(mark: bigint): void {
    this.wantedMark = mark;
    this.try(() =>
      this.context.set(this.name, [mark, ...this.clients].join(' '), this.store, (error) => {
        if (!error && mark > this.mark) this.mark = mark;
        if (!error) return;
        this.failure = reasonOf(error);
        this.wantedMark = this.mark;
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
    const why = this.failure === '' ? 'it does not answer' : this.failure;
    return new ReadError(
      'SECURITY_FAILED',
      `the context store cannot keep the invocation counter (${why}): see contextStorage in settings.js; without it a value could be used twice under one key`,
      'configure',
    );
  }
}

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** The first store that is kept in files, if the user has one; else the default. */
function fileStoreOf(RED: NodeAPI): string | undefined {
  const stores =
    (RED.settings as unknown as { contextStorage?: Record<string, { module?: unknown } | string> }).contextStorage ??
    {};
  return Object.entries(stores).find(
    ([, store]) => typeof store === 'object' && store.module === 'localfilesystem',
  )?.[0];
}

/** Half of it is more than is used in the half minute that a file store may lag behind; of four thousand million. */
const AHEAD = 4_096n;
const LOOK_MS = 20;
const MAX_WAIT_MS = 5000;
