import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvocationCounters } from '../../../src/core/readers/invocation-counters';
import { explainError } from '../../../src/words/index';
import type { CounterStore } from '../../../src/core/index';
import type { Dialogue, Step } from '../../../src/core/wire/dialogue';
import { fromHex } from '../../../src/core/wire/bytes';
import { nodeRedFolder } from '../../../scripts/node-red';

type Done = (error?: unknown, value?: unknown) => void;
interface Store {
  get(key: string, done: Done): void;
  set(key: string, value: unknown, done: Done): void;
}
const KEY = fromHex('000102030405060708090a0b0c0d0e0f');
const TITLE = fromHex('4d4d4d0000bc614e');

/** One life of Node-RED: what it keeps in its memory ends with it. */
function life(
  store: Store,
): (o?: { client?: number; key?: Uint8Array; title?: Uint8Array; meter?: string; imei?: string }) => CounterStore {
  const counters = new InvocationCounters();
  return ({ client = 2, key = KEY, title = TITLE, meter = '1/17', imei = '860000000000001' } = {}) =>
    counters.of(store, imei, { meter, client, key, title });
}

/** A store with a copy in memory that reaches the disk only at `flush`. */
function lagging(disk = new Map<string, unknown>()): Store & { flush(): void; readonly disk: Map<string, unknown> } {
  const cache = new Map(disk);
  return {
    disk,
    flush: () => {
      for (const [key, value] of cache) disk.set(key, value);
    },
    get: (key, done) => done(null, cache.get(key)),
    set: (key, value, done) => {
      cache.set(key, value);
      done(null);
    },
  };
}

async function rungOr({ ms, until }: Extract<Step, { do: 'pause' }>): Promise<void> {
  const signal = AbortSignal.timeout(Math.min(ms, 200));
  await new Promise<void>((resolve) => {
    until?.onRing(resolve);
    signal.addEventListener('abort', () => resolve());
  });
}

/** Really waits where the dialogue pauses: a store on disk has its own time. */
async function ready(counter: CounterStore): Promise<void> {
  const dialogue: Dialogue<void> = counter.ready?.() ?? assert.fail('no ready');
  for (let turn = dialogue.next(); !turn.done; turn = dialogue.next(undefined))
    if (turn.value.do === 'pause') await rungOr(turn.value);
}
const take = (counter: CounterStore, count: number): bigint[] => Array.from({ length: count }, () => counter.next());

describe('invocation counters in the context', () => {
  it('give no value twice, whenever the process is killed within what the store has not written yet', async () => {
    for (const used of [1, 10, 1500, 2047, 2048, 4094, 4095, 4096, 4097, 9000]) {
      const store = lagging();
      const before = life(store)();
      await ready(before);
      const given = take(before, used);
      store.flush(); // the last that the disk sees
      given.push(...take(before, 2000));
      const after = life(lagging(store.disk))();
      await ready(after);
      const [next = 0n] = take(after, 1);
      assert.ok(next > (given.at(-1) ?? 0n), `${used} used before the flush: ${next} was given out before`);
    }
  });
  it('are one for all clients, nodes and authentication keys that share key and title, and others for another key, meter or modem', async () => {
    const here = life(lagging());
    const [first, second] = [here({ client: 1 }), here({ client: 2 })];
    await ready(first);
    assert.equal(first.isKnown, false);
    const values = [...take(first, 3), ...take(second, 3), ...take(here({ client: 1 }), 3)];
    assert.equal(new Set(values).size, 9);
    for (const another of [{ key: TITLE }, { meter: '1/18' }, { imei: '860000000000002' }]) {
      const other = here(another);
      await ready(other);
      assert.equal(other.isKnown, false, JSON.stringify(another));
      assert.equal(other.next(), 1n);
    }
  });
  it('know which client asked its meter already, over a restart too', async () => {
    const store = lagging();
    const first = life(store)({ client: 1 });
    await ready(first);
    first.atLeast(100n);
    await ready(first);
    take(first, 1);
    store.flush();
    const later = life(lagging(store.disk));
    await ready(later({ client: 1 }));
    assert.deepEqual([later({ client: 1 }).isKnown, later({ client: 2 }).isKnown], [true, false]);
  });
  it('wait for a store without a copy in memory, and go on behind its mark', async () => {
    const disk = new Map<string, unknown>();
    const slow: Store = {
      get: (key, done) => void setTimeout(() => done(null, disk.get(key)), 5),
      set: (key, value, done) =>
        void setTimeout(() => {
          disk.set(key, value);
          done(null);
        }, 5),
    };
    const first = life(slow)();
    await ready(first);
    const given = take(first, 3);
    first.atLeast(70_000n);
    assert.throws(
      () => first.next(),
      (thrown) => /cannot keep the invocation counter/.test(explainError(thrown)),
    ); // not stored yet
    await ready(first);
    given.push(...take(first, 3));
    assert.equal(given.at(-1), 70_002n);
    const second = life(slow)();
    await ready(second);
    assert.ok(second.isKnown && second.next() > 70_002n);
  });
  it('end in an error where the store fails, never in a value that was not kept', async () => {
    for (const store of [
      {
        get: (_key: string, done: Done) => done(new Error('disk gone')),
        set: (_key: string, _value: unknown, done: Done) => done(null),
      },
      {
        get: (_key: string, done: Done) => done(null, undefined),
        set: (_key: string, _value: unknown, done: Done) => done(new Error('disk full')),
      },
      {
        get: (): void => {
          throw new Error('no callback');
        },
        set: (): void => {
          throw new Error('no callback');
        },
      },
      { get: (): void => undefined, set: (): void => undefined },
    ]) {
      const counter = life(store)();
      await assert.rejects(ready(counter), { code: 'SECURITY_FAILED', stage: 'configure' });
      assert.throws(
        () => counter.next(),
        (thrown) => /contextStorage/.test(explainError(thrown)),
      );
    }
  });
  for (const cache of [true, false]) {
    it(`in the file store of Node-RED with cache: ${cache}`, async () => {
      const dir = mkdtempSync(join(tmpdir(), 'mtx-counter-'));
      const require = createRequire(join(nodeRedFolder(), 'package.json'));
      const files = require('@node-red/runtime/lib/nodes/context/localfilesystem.js') as (config: object) => {
        open(): Promise<void>;
        close(): Promise<void>;
        get(scope: string, key: string, done: Done): void;
        set(scope: string, key: string, value: unknown, done: Done): void;
      };
      const started = async (): Promise<Store & { close(): Promise<void> }> => {
        const store = files({ dir, cache, settings: { userDir: dir } });
        await store.open();
        return {
          get: (key, done) => store.get('global', key, done),
          set: (key, value, done) => store.set('global', key, value, done),
          close: () => store.close(),
        };
      };
      try {
        const before = await started();
        const counter = life(before)();
        await ready(counter);
        const last = take(counter, 5).at(-1) ?? 0n;
        await before.close();
        const after = await started();
        const again = life(after)();
        await ready(again);
        assert.ok(again.isKnown && again.next() > last);
        await after.close();
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    });
  }
});
