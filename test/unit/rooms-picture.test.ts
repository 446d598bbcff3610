// The picture of the rooms in docs/architecture.md is drawn from the imports; it must show those of today.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { houseWith, ROOT } from '../support/architecture/project';
import { PATH, roomsPicture } from '../../scripts/rooms-picture';
import { layOut } from '../../scripts/picture/layers';
import { reduced } from '../../scripts/picture/rooms-graph';

describe('the picture of the rooms', () => {
  it('is current', () => {
    const committed = readFileSync(join(ROOT, PATH), 'utf8');
    assert.ok(roomsPicture(houseWith(new Map()).sources.values()) === committed, `draw ${PATH} again: npm run rooms`);
  });

  it('stands in the architecture', () => {
    assert.match(readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8'), /\]\(images\/rooms\.svg\)/);
  });

  it('leaves out the arrows that a longer way implies', () => {
    const arrows = [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
      ['a', 'd'],
    ] as const;
    assert.deepEqual(reduced({ names: ['a', 'b', 'c', 'd'], arrows }).arrows, [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'd'],
    ]);
  });

  it('puts each room above all that it knows, and none upon another', () => {
    const graph = {
      names: ['a', 'b', 'c', 'd'],
      arrows: [
        ['a', 'b'],
        ['b', 'c'],
        ['a', 'd'],
        ['a', 'c'],
      ],
    } as const;
    const { boxes } = layOut(graph, () => ({ width: 10, height: 10 }), { across: 5, down: 5 });
    const at = new Map(boxes.map((box) => [box.name, box]));
    for (const [from, to] of graph.arrows)
      assert.ok((at.get(from)?.y ?? 0) + 10 < (at.get(to)?.y ?? 0), `${from} ${to}`);
    for (const one of boxes)
      for (const other of boxes)
        assert.ok(one === other || one.y !== other.y || Math.abs(one.x - other.x) >= 10, `${one.name} ${other.name}`);
  });
});
