// A list of a large fleet is taken in slices: counted, not timed.
import assert from 'node:assert/strict';
import { parseFilter, WHOLE_FLEET } from '../../../src/core/fleet/presence/filter';
import { inSlices } from '../../../src/core/fleet/presence/in-slices';
import { PAGE, sortedInSlices, type FleetPage } from '../../../src/core/fleet/presence/listing';
import { ModemRecord } from '../../../src/core/fleet/presence/record';
import { seededRandom } from '../../../src/simulator';
import { FleetWorld } from '../../support/presence-world';

/** Work done since the last pause, and the most of it. */
class Work {
  most = 0;
  private since = 0;
  add(count = 1): void {
    this.since += count;
    this.most = Math.max(this.most, this.since);
  }
  readonly pause = async (): Promise<void> => void (this.since = 0);
}

describe('lists of a large fleet', () => {
  it('sort in slices what a sort gives at once', () => {
    const random = seededRandom(3);
    const work = new Work();
    const items = Array.from({ length: 25_013 }, (_, i) => ({ key: Math.floor(random() * 5_000), i }));
    const order = (a: { key: number }, b: { key: number }): number => (work.add(), a.key - b.key);
    const sorting = sortedInSlices(items, order);
    let step = sorting.next();
    for (; step.done !== true; step = sorting.next()) void work.pause();
    // stable, as Array.prototype.sort is
    assert.deepEqual(
      step.value,
      [...items].sort((a, b) => a.key - b.key),
    );
    assert.ok(work.most < 40_000, `${work.most} comparisons between two pauses`);
    assert.deepEqual(sortedInSlices([], order).next(), { value: [], done: true });
  });

  it('come in pages, complete and in order, with never more than a slice of work between two pauses', async () => {
    const work = new Work();
    const world = new FleetWorld({ maxModems: 20_000 });
    for (let i = 0; i < 12_001; i++) world.status({ CSQ: i % 32 }, `${353_000_000_000_000 + i}/dns`);
    // every view and every look reads the label or the state of a record
    const label = Object.getOwnPropertyDescriptor(ModemRecord.prototype, 'label');
    assert.ok(label?.get);
    const { get } = label;
    Object.defineProperty(ModemRecord.prototype, 'label', {
      configurable: true,
      get(this: ModemRecord) {
        work.add();
        return get.call(this) as string;
      },
    });
    try {
      const pages: FleetPage[] = [];
      await world.fleet.listInPages(WHOLE_FLEET, work.pause, (page) => pages.push(page));
      assert.deepEqual(
        pages.map(({ index, count, total, modems }) => [index, count, total, modems.length]),
        [
          [0, 3, 12_001, PAGE],
          [1, 3, 12_001, PAGE],
          [2, 3, 12_001, 2_001],
        ],
      );
      assert.ok(work.most <= 2_000, `${work.most} records between two pauses`);
      const whole = world.fleet.list();
      assert.deepEqual(
        pages.flatMap(({ modems }) => modems.map(({ imei }) => imei)),
        whole.modems.map(({ imei }) => imei),
      );
    } finally {
      Object.defineProperty(ModemRecord.prototype, 'label', label);
    }
  });

  it('give one page of what a filter wants, also of nothing', async () => {
    const world = new FleetWorld();
    for (let i = 0; i < 30; i++) world.status({ CSQ: i }, `${353_000_000_000_000 + i}/dns`);
    const pages: FleetPage[] = [];
    const filter = parseFilter({ sort: 'signal', offset: 2, limit: 3 });
    await world.fleet.listInPages(
      filter,
      async () => undefined,
      (page) => pages.push(page),
    );
    assert.equal(pages.length, 1);
    assert.equal(pages[0]?.total, 30);
    assert.deepEqual(pages[0], { ...world.fleet.list(filter), index: 0, count: 1 });
    await world.fleet.listInPages(
      parseFilter('offline'),
      async () => undefined,
      (page) => pages.push(page),
    );
    assert.deepEqual(pages[1], { total: 0, modems: [], index: 0, count: 1 });
  });

  it('that people send are worked through in slices too', async () => {
    const work = new Work();
    let count = 0;
    await inSlices(
      Array.from({ length: 5_500 }, (_, i) => i),
      work.pause,
      (item) => {
        assert.equal(item, count++);
        work.add();
      },
    );
    assert.equal(count, 5_500);
    assert.ok(work.most <= 1_000);
  });
});
