// The table of protocols (scripts/protocols.json) against the house: what a row names is there, what is there is named,
// and the files that are written from it are current.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import manifest from '../../package.json';
import { rowsOf, stale } from '../../scripts/protocols.cjs';
import { READERS } from '../../src/core/readers/protocols';
import { METER_KINDS } from '../../src/simulator/meters/meter-kinds';

const ROOT = join(__dirname, '../..');
const NODES: Readonly<Record<string, string>> = manifest['node-red'].nodes;
const TABLE = rowsOf();

describe('the table of protocols', () => {
  it('is what the files that register them were written from', () => {
    assert.deepEqual([...stale().keys()], [], 'npm run protocols writes them');
  });

  for (const { protocol, node, rooms, meters, parts } of TABLE) {
    describe(protocol, () => {
      it('has its room in the core and its meter in the simulator', () => {
        assert.ok(existsSync(join(ROOT, parts.core)));
        assert.ok(existsSync(join(ROOT, `${parts.kinds}.ts`)));
      });

      it('has a node that Node-RED loads, with help in both languages', () => {
        const folder = dirname(NODES[node] ?? '').replace(/^dist\//, '');
        for (const file of [`${node}.ts`, `locales/en-US/${node}.html`, `locales/es-ES/${node}.html`])
          assert.ok(existsSync(join(ROOT, folder, file)), `${folder}/${file}`);
      });

      it('has words for its errors in both languages', () => {
        for (const { reasons, words } of rooms)
          for (const file of [reasons, words('en'), words('es')])
            assert.ok(existsSync(join(ROOT, `${file}.ts`)), `${file}.ts`);
      });

      it('has kinds of meters that the simulator offers', () => {
        for (const kind of meters) assert.ok(Object.hasOwn(METER_KINDS, kind), kind);
      });
    });
  }

  it('names every reader, every reader node, every kind of meter and every room of reasons of a protocol', () => {
    const nodes = Object.keys(NODES).filter((type) => type.endsWith('-read'));
    assert.deepEqual([...new Set(TABLE.map(({ node }) => node))].sort(), nodes.sort());
    assert.deepEqual(
      TABLE.map(({ protocol }) => protocol),
      Object.keys(READERS),
    );
    assert.deepEqual(TABLE.flatMap(({ meters }) => meters).sort(), Object.keys(METER_KINDS).sort());
    assert.deepEqual(
      inRooms(({ protocol }) => protocol),
      foldersIn('src/simulator/meters'),
    );
    const protocols = TABLE.map(({ protocol }) => protocol);
    const named = TABLE.flatMap(({ rooms }) => rooms.map(({ reasons }) => reasons.split('/').at(-1)));
    const files = readdirSync(join(ROOT, 'src/core/wire/reasons')).map((file) => file.replace(/\.ts$/, ''));
    for (const file of files.filter((name) => protocols.some((one) => name === one || name.startsWith(`${one}-`))))
      assert.ok(named.includes(file), `${file} is in no row`);
  });

  it('has no folder of a protocol that is in no row', () => {
    const homes = TABLE.flatMap(({ folder }) => (folder === undefined ? [] : [folder.replace('src/protocols/', '')]));
    assert.deepEqual(homes.sort(), existsSync(join(ROOT, 'src/protocols')) ? foldersIn('src/protocols') : []);
  });
});

/** Of the protocols whose parts stand in the rooms. */
function inRooms(what: (row: (typeof TABLE)[number]) => string): string[] {
  return TABLE.filter(({ folder }) => folder === undefined)
    .map(what)
    .sort();
}

function foldersIn(path: string): string[] {
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
