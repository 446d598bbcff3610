// Invocation counters in Node-RED's context, per meter and key, shared by all nodes. Law: no value twice under one key,
// over crashes too. A mark is stored well ahead of what is given out, because a file-backed store writes some seconds
// later; after a restart counting goes on from the mark.
import { createHash, randomUUID } from 'node:crypto';
import type { Node, NodeAPI } from 'node-red';
import type { CounterStore } from '../../src/core/index';

interface GlobalContext {
  get(key: string, store?: string): unknown;
  set(key: string, value: unknown, store?: string): void;
}

export function counterStore(RED: NodeAPI, node: Node, imei: string, meter: string, keys: readonly (Uint8Array | undefined)[]): CounterStore {
  const digest = createHash('sha256').update('mtx-dlms');
  for (const key of keys) digest.update(key ?? '').update('|');
  const name = `mtxDlmsCounter_${imei}_${meter.replace(/\W/g, '_')}_${digest.digest('hex').slice(0, 16)}`;
  return new ContextCounter(node.context().global as GlobalContext, name, fileStoreOf(RED));
}

class ContextCounter implements CounterStore {
  constructor(
    private readonly context: GlobalContext,
    private readonly name: string,
    private readonly store: string | undefined,
  ) {}

  get isKnown(): boolean {
    return this.state !== undefined;
  }

  next(): bigint {
    const state = this.state ?? { value: 1n, mark: 0n };
    this.keep(state.value + 1n, state.mark);
    return state.value;
  }

  atLeast(least: bigint): void {
    const state = this.state ?? { value: least, mark: 0n };
    this.keep(state.value > least ? state.value : least, state.mark);
  }

  /** In this process the next value; after a restart the mark, which no value given out has reached. */
  private get state(): { readonly value: bigint; readonly mark: bigint } | undefined {
    const live = this.context.get(`${this.name}_live`);
    const stored = this.context.get(this.name, this.store);
    const mark = typeof stored === 'string' && /^\d+$/.test(stored) ? BigInt(stored) : undefined;
    if (typeof live === 'string' && live.startsWith(`${THIS_LIFE} `)) return { value: BigInt(live.split(' ')[1] ?? '1'), mark: mark ?? 0n };
    return mark === undefined ? undefined : { value: mark, mark };
  }

  private keep(value: bigint, mark: bigint): void {
    if (value >= mark) this.context.set(this.name, String(value + AHEAD), this.store);
    this.context.set(`${this.name}_live`, `${THIS_LIFE} ${value}`);
  }
}

/** The first store that is kept in files, if the user has one; else the default. */
function fileStoreOf(RED: NodeAPI): string | undefined {
  const stores = (RED.settings as unknown as { contextStorage?: Record<string, { module?: unknown } | string> }).contextStorage ?? {};
  return Object.entries(stores).find(([, store]) => typeof store === 'object' && store.module === 'localfilesystem')?.[0];
}

/** Of this process: a live value that an earlier one left in a file is not ours. */
const THIS_LIFE = randomUUID();
/** More than are used in the half minute that a file store may lag behind; of four thousand million. */
const AHEAD = 4_096n;
