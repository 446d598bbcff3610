// Every example, imported into a real Node-RED against a broker and simulated modems, does what its comment says.
// A new example needs a row in EXPECTED (expectations.ts): without one this test fails.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDemoModems } from '../../scripts/demo-fleet';
import { dashboardPackage } from '../../scripts/demo-flows';
import { startNodeRed, type NodeRed } from '../../scripts/node-red';
import { startBroker, type TestBroker } from '../support/broker';
import { openDebugSidebar, type DebugSidebar } from '../support/debug-sidebar';
import { EXPECTED, type FlowNode } from './expectations';

const EXAMPLES = join(__dirname, '..', '..', 'examples');
const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .sort();
const nodesOf = (file: string): readonly FlowNode[] =>
  JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8')) as FlowNode[];

describe('examples', () => {
  let broker: TestBroker;
  let brokerUrl = '';
  let modems: ReturnType<typeof startDemoModems>;
  let nodeRed: NodeRed;
  let debug: DebugSidebar;
  before(async () => {
    broker = await startBroker();
    brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
    modems = startDemoModems(brokerUrl, [5, 20]);
    nodeRed = await startNodeRed({ flows: [], packages: dashboardPackage() });
    debug = await openDebugSidebar(nodeRed.url);
  });
  after(async () => {
    debug.close();
    await nodeRed.stop();
    for (const modem of modems) modem.stop();
    await broker.close();
  });

  const atThisNodeRed = (node: FlowNode): FlowNode =>
    typeof node['url'] === 'string'
      ? { ...node, url: node['url'].replace('http://localhost:1880', nodeRed.url) }
      : node;

  it('all have an expectation, and no expectation is without its example', () => {
    assert.deepEqual(Object.keys(EXPECTED).sort(), files);
  });

  for (const file of files) {
    describe(file, () => {
      it('can be imported: a tab, a comment, unique ids, no loose wires', () => {
        const nodes = nodesOf(file);
        const ids = nodes.map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length, 'an id twice');
        // other ids can equal a property's value, which Node-RED takes for a reference
        assert.deepEqual(
          ids.filter((id) => !/^[0-9a-f]{16}$/.test(id)),
          [],
        );
        assert.ok(nodes.some(({ type }) => type === 'tab') && nodes.some(({ type }) => type === 'comment'));
        const loose = nodes
          .flatMap((node) => ((node['wires'] ?? []) as string[][]).flat())
          .filter((id) => !ids.includes(id));
        assert.deepEqual(loose, []);
        const unknown = nodes
          .flatMap(({ modem, broker: of }) => [modem, of])
          .filter((id) => typeof id === 'string' && id !== '' && !ids.includes(id));
        assert.deepEqual(unknown, []);
      });

      it('does what it says', async () => {
        const expected = EXPECTED[file];
        assert.ok(expected, `no row for "${file}" in test/e2e/expectations.ts`);
        const nodes = nodesOf(file).map((node): FlowNode => ({
          ...node,
          ...(node.type === 'mtx-broker' && { url: brokerUrl }),
          ...(node.type === 'mtx-modem' && { latency: LATENCY_MS }),
          ...expected.quicker?.[String(node['name'] ?? '')],
          ...expected.quicker?.[node.type],
        }));
        debug.clear();
        await nodeRed.deploy([...nodes.map(atThisNodeRed), ...(expected.beside ?? [])]);
        const idOf = (name: string): string =>
          [...nodes, ...(expected.beside ?? [])].find((node) => [node['name'], node.id].includes(name))?.id ??
          assert.fail(`no node is named "${name}"`);
        await expected.check({
          debug,
          modems,
          brokerUrl,
          nodeRedUrl: nodeRed.url,
          inject: async (name) =>
            void (await nodeRed
              .request('POST', `/inject/${idOf(name)}`)
              .catch((e: Error) => /Unexpected token/.test(e.message) || assert.fail(e))),
          badge: (name) => debug.badges.get(idOf(name)),
        });
        assert.doesNotMatch(nodeRed.log(), /missing types|\[error\] \[(tab|function|change|switch)/);
      });
    });
  }
});

/** A line that is new is silent for its worst round trip at first; the links here take 0.04 s at most. */
const LATENCY_MS = '300';
