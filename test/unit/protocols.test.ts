// The table of protocols (scripts/protocols.json) against the house: what a row names is there, and what is there is named.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import manifest from '../../package.json';
import TABLE from '../../scripts/protocols.json';
import { METER_KINDS } from '../../src/simulator/meters/meter-kinds';

const ROOT = join(__dirname, '../..');
const NODES: Readonly<Record<string, string>> = manifest['node-red'].nodes;

describe('the table of protocols', () => {
  for (const { protocol, node, reasons, meters } of TABLE) {
    describe(protocol, () => {
      it('has its room in the core and its meter in the simulator', () => {
        assert.ok(existsSync(join(ROOT, 'src/core', protocol)));
        assert.ok(existsSync(join(ROOT, 'src/simulator/meters', protocol)));
      });

      it('has a node that Node-RED loads, with help in both languages', () => {
        const folder = dirname(NODES[node] ?? '').replace(/^dist\//, '');
        for (const file of [`${node}.ts`, `locales/en-US/${node}.html`, `locales/es-ES/${node}.html`])
          assert.ok(existsSync(join(ROOT, folder, file)), `${folder}/${file}`);
      });

      it('has words for its errors in both languages', () => {
        for (const room of reasons)
          for (const folder of ['core/wire/reasons', 'words/en', 'words/es'])
            assert.ok(existsSync(join(ROOT, 'src', folder, `${room}.ts`)), `${folder}/${room}.ts`);
      });

      it('has kinds of meters that the simulator offers', () => {
        for (const kind of meters) assert.ok(Object.hasOwn(METER_KINDS, kind), kind);
      });
    });
  }

  it('names every reader node, every kind of meter and every room of reasons of a protocol', () => {
    const readers = Object.keys(NODES).filter((type) => type.endsWith('-read'));
    assert.deepEqual([...new Set(TABLE.map(({ node }) => node))].sort(), readers.sort());
    assert.deepEqual(TABLE.flatMap(({ meters }) => meters).sort(), Object.keys(METER_KINDS).sort());
    const simulated = readdirSync(join(ROOT, 'src/simulator/meters'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    assert.deepEqual(TABLE.map(({ protocol }) => protocol).sort(), simulated.sort());
    const protocols = TABLE.map(({ protocol }) => protocol);
    const named = TABLE.flatMap(({ reasons }) => reasons);
    const files = readdirSync(join(ROOT, 'src/core/wire/reasons')).map((file) => file.replace(/\.ts$/, ''));
    for (const file of files.filter((name) => protocols.some((one) => name === one || name.startsWith(`${one}-`))))
      assert.ok(named.includes(file), `${file} is in no row`);
  });
});
