// What a user's palette manager does: packs the package, installs the tarball into a bare user directory, starts
// Node-RED there, and looks whether every node type is loaded and every example can be deployed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNodeRed } from './node-red';

const root = join(__dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly name: string;
  readonly 'node-red': { readonly nodes: Readonly<Record<string, string>> };
};

async function main(): Promise<void> {
  const userDir = mkdtempSync(join(tmpdir(), 'mtx-package-'));
  try {
    const packed = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', userDir], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as { filename: string }[] | Record<string, { filename: string }>;
    const file = Object.values(packed)[0]?.filename.replace(/^@/, '').replace('/', '-') ?? '';
    writeFileSync(join(userDir, 'package.json'), JSON.stringify({ name: 'bare', private: true, version: '0.0.1' }));
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `./${file}`], {
      cwd: userDir,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const nodeRed = await startNodeRed({ userDir });
    try {
      const loaded = (await nodeRed.request('GET', `/nodes/${manifest.name}`)) as {
        nodes: { types: string[]; enabled: boolean; err?: string }[];
      };
      const types = loaded.nodes.filter((node) => node.enabled && node.err === undefined).flatMap((node) => node.types);
      const missing = Object.keys(manifest['node-red'].nodes).filter((type) => !types.includes(type));
      if (missing.length > 0) throw new Error(`not loaded: ${missing.join(', ')}\n${nodeRed.log()}`);
      const examples = readdirSync(join(userDir, 'node_modules', manifest.name, 'examples')).filter((name) =>
        name.endsWith('.json'),
      );
      if (examples.length === 0) throw new Error('the package contains no examples');
      for (const example of examples)
        await nodeRed.deploy(
          JSON.parse(
            readFileSync(join(userDir, 'node_modules', manifest.name, 'examples', example), 'utf8'),
          ) as object[],
        );
      console.log(`Node-RED ${nodeRed.version}: ${types.join(', ')} loaded, ${examples.length} examples deployed`);
    } finally {
      await nodeRed.stop();
    }
    const help = execFileSync(join(userDir, 'node_modules', '.bin', 'mtx-sim'), ['--help'], { encoding: 'utf8' });
    if (!help.includes('--broker')) throw new Error('mtx-sim --help says nothing');
  } finally {
    rmSync(userDir, { recursive: true, force: true });
  }
}

main().catch((failure: unknown) => {
  console.error(failure);
  process.exitCode = 1;
});
