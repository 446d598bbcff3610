// After tsup: what Node-RED wants beside each node's .js - its .html (dialog and editor script), its catalogs and help
// (the shared texts merged in) and its icon - and the data files of the core.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { helpOf } from './help.cjs';

const root = join(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), '..');
process.chdir(root);
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const types = Object.entries(manifest['node-red'].nodes);

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/tsup/dist/cli-default.js'], { stdio: 'inherit' });
for (const [type, file] of types) buildNode(type, dirname(file).replace(/^dist\//, ''));
for (const file of dataFiles('src')) copy(file);
writeFileSync('dist/index.d.ts', "export * from './types/src/core/index';\n");
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'scripts/tsconfig.types.json'], {
  stdio: 'inherit',
});
rmSync('dist/editor', { recursive: true, force: true });

function buildNode(type, folder) {
  const script = readFileSync(`dist/editor/${folder.split('/').pop()}.js`, 'utf8');
  const dialog = readFileSync(`${folder}/${type}.html`, 'utf8');
  writeFileSync(`dist/${folder}/${type}.html`, `<script type="text/javascript">\n${script}</script>\n\n${dialog}`);
  for (const language of readdirSync(`${folder}/locales`)) {
    const own = JSON.parse(readFileSync(`${folder}/locales/${language}/${type}.json`, 'utf8'));
    const common = JSON.parse(readFileSync(`nodes/shared/locales/${language}/common.json`, 'utf8'));
    const to = `dist/${folder}/locales/${language}`;
    mkdirSync(to, { recursive: true });
    writeFileSync(`${to}/${type}.json`, JSON.stringify({ [type]: merge(common, own[type]) }, null, 2));
    writeFileSync(`${to}/${type}.html`, helpOf(type, folder, language));
  }
  if (existsSync(`${folder}/icons`)) cpSync(`${folder}/icons`, `dist/${folder}/icons`, { recursive: true });
}

function merge(common, own) {
  const merged = { ...common };
  for (const [key, value] of Object.entries(own))
    merged[key] = typeof value === 'object' && typeof common[key] === 'object' ? merge(common[key], value) : value;
  return merged;
}

function* dataFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* dataFiles(path);
    else if (entry.name.endsWith('.json')) yield path;
  }
}

function copy(file) {
  mkdirSync(dirname(join('dist', file)), { recursive: true });
  cpSync(file, join('dist', file));
}
