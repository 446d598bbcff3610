// All examples in one flow file: their config nodes are the same ones, the broker is the demo's, and the modems report
// often.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const EXAMPLES = join(__dirname, '..', 'examples');
const DASHBOARD = '@flowfuse/node-red-dashboard';

type FlowNode = Readonly<Record<string, unknown>>;

/** `folders` names the examples' folders to load; '' is the one of the plain examples. */
export function demoFlows(
  brokerUrl: string,
  folders: readonly string[] = ['', 'dashboard', 'database'],
): readonly object[] {
  const nodes = new Map<string, FlowNode>();
  for (const file of folders.flatMap(exampleFiles)) {
    for (const node of JSON.parse(readFileSync(file, 'utf8')) as FlowNode[])
      nodes.set(node['type'] === 'global-config' ? 'global-config' : String(node['id']), adapted(node, brokerUrl));
  }
  return [...nodes.values()];
}

/** To be linked into Node-RED's user directory. */
export function dashboardPackage(): Readonly<Record<string, string>> {
  return { [DASHBOARD]: dirname(require.resolve(`${DASHBOARD}/package.json`)) };
}

function adapted(node: FlowNode, brokerUrl: string): FlowNode {
  if (node['type'] === 'mtx-broker') return { ...node, url: brokerUrl };
  return node['type'] === 'mtx-modem' ? { ...node, statusPeriod: '60' } : node;
}

function exampleFiles(folder: string): readonly string[] {
  const path = join(EXAMPLES, folder);
  return readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(path, name));
}
