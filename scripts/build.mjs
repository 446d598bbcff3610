// Makes dist/: the runtime files, transpiled one by one and not bundled (with one bundle per node each would carry its
// own copy of the core, and a class of one would not be the class of another), their types, the core's data files, and
// what Node-RED wants beside each node's .js: its .html (dialog, and the editor script, bundled for the browser), its
// catalogs and help with the shared texts merged in, and its icon.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { buildSync } from 'esbuild';
import { createRequire } from 'node:module';
import { helpOf } from './help.cjs';
import { rowsOf, stale } from './protocols.cjs';

const root = join(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), '..');
process.chdir(root);
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const types = Object.entries(manifest['node-red'].nodes);

const outdated = [...stale().keys()];
if (outdated.length > 0) {
  console.error(`not as the table of protocols says: ${outdated.join(', ')}; npm run protocols writes them`);
  process.exit(1);
}

/** Whose sentences each node needs: everybody the ground's, then the rooms behind it. */
const GROUND = ['wire', 'settings', 'meter', 'lane', 'mqtt', 'modem', 'at'];
const OTHERS = { 'mtx-at': ['fleet'], 'mtx-sms': ['fleet'], 'mtx-status': ['fleet'], 'mtx-config': ['fleet'] };

rmSync('dist', { recursive: true, force: true });
buildSync({
  entryPoints: runtimeFiles(),
  outdir: 'dist',
  outbase: '.',
  format: 'cjs',
  platform: 'node',
  target: 'node20',
});
for (const [type, file] of types) buildNode(type, dirname(file).replace(/^dist\//, ''));
for (const file of files('src', '.json')) copy(file);
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'scripts/tsconfig.types.json'], {
  stdio: 'inherit',
});
// the names of the platform that the types mention, for programs without Node's types
cpSync('src/ambient.d.ts', 'dist/types/src/ambient.d.ts');
const declarations = readFileSync('dist/types/src/index.d.ts', 'utf8');
writeFileSync('dist/types/src/index.d.ts', `/// <reference path="./ambient.d.ts" />\n${declarations}`);

function runtimeFiles() {
  const isEditors = (path) => /^nodes\/[^/]+\/editor(\.ts$|\/)/.test(path);
  return [...files('src', '.ts'), ...files('nodes', '.ts')].filter(
    (path) => !isEditors(path) && !path.endsWith('.d.ts'),
  );
}

function buildNode(type, folder) {
  const script = editorScript(`${folder}/editor.ts`);
  const dialog = readFileSync(`${folder}/${type}.html`, 'utf8');
  writeFileSync(`dist/${folder}/${type}.html`, `<script type="text/javascript">\n${script}</script>\n\n${dialog}`);
  for (const language of readdirSync(`${folder}/locales`)) {
    const own = JSON.parse(readFileSync(`${folder}/locales/${language}/${type}.json`, 'utf8'));
    const common = JSON.parse(readFileSync(`nodes/shared/locales/${language}/common.json`, 'utf8'));
    const to = `dist/${folder}/locales/${language}`;
    mkdirSync(to, { recursive: true });
    const texts = merge(merge(common, wordsOf(type, language)), own[type]);
    writeFileSync(`${to}/${type}.json`, JSON.stringify({ [type]: texts }, null, 2));
    writeFileSync(`${to}/${type}.html`, helpOf(type, folder, language));
  }
  if (existsSync(`${folder}/icons`)) cpSync(`${folder}/icons`, `dist/${folder}/icons`, { recursive: true });
}

/** The sentences of the errors that a node can give, as Node-RED's catalogs write them. */
function wordsOf(type, language) {
  const catalog = createRequire(import.meta.url)(join(root, 'dist/src/words/index.js')).catalogOf(language.slice(0, 2));
  const rooms = [...GROUND, ...roomsOf(type)].map((room) => catalog.rooms[room]);
  const reasons = {};
  for (const [reason, words] of Object.entries(Object.assign({}, ...rooms))) {
    const [room, name] = reason.split('.');
    (reasons[room] ??= {})[name] = typeof words === 'string' ? { says: words } : words;
  }
  return fillable({ code: catalog.codes, reason: reasons });
}

/** A reader's rooms; a job of the fleet asks meters of every protocol. */
function roomsOf(type) {
  const rows = rowsOf().filter(({ node }) => node === type || type === 'mtx-config');
  const readers = type.endsWith('-read') ? ['listening'] : (OTHERS[type] ?? []);
  return [...readers, ...rows.flatMap(({ rooms }) => rooms.map(({ room }) => room))];
}

/** `{name}` is written `__name__` there. */
function fillable(words) {
  return JSON.parse(JSON.stringify(words).replace(/\{(\w+)\}/g, '__$1__'));
}

function editorScript(file) {
  const built = buildSync({ entryPoints: [file], bundle: true, write: false, format: 'iife', target: 'es2020' });
  return built.outputFiles[0].text;
}

function merge(common, own) {
  const merged = { ...common };
  for (const [key, value] of Object.entries(own))
    merged[key] = typeof value === 'object' && typeof common[key] === 'object' ? merge(common[key], value) : value;
  return merged;
}

function* files(folder, ending) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path, ending);
    else if (entry.name.endsWith(ending)) yield path;
  }
}

function copy(file) {
  mkdirSync(dirname(join('dist', file)), { recursive: true });
  cpSync(file, join('dist', file));
}
