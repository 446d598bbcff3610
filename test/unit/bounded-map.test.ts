import assert from 'node:assert/strict';
import { BoundedMap } from '../../src/core/wire/bounded-map';

describe('a bounded map', () => {
  it('drops what was set longest ago, and what is set again is new', () => {
    const map = new BoundedMap<string, number>(2);
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
    ] as const)
      map.set(key, value);
    assert.deepEqual([...map.keys()], ['a', 'c']);
    assert.deepEqual([...map.values()], [3, 4]);
    assert.deepEqual([map.get('b'), map.has('b'), map.get('a'), map.size], [undefined, false, 3, 2]);
    map.delete('a');
    assert.deepEqual([...map.keys()], ['c']);
    map.clear();
    assert.equal(map.size, 0);
  });
});
