// A protocol that does not exist comes in by one folder, one node folder and one row of the table: laid over a copy of
// this house it is read through Node-RED, a broker and a simulated modem, and all rules of the house hold over it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, '../..');
const TOY = join(ROOT, 'test/fixtures/toy-protocol');
const COPIED = [
  'src',
  'nodes',
  'scripts',
  'bench',
  'test',
  'docs',
  'package.json',
  '.mocharc.json',
  '.prettierrc.json',
];
const CONFIGURATIONS = ['tsconfig.json', 'tsconfig.editor.json', 'eslint.config.mjs'];
/** What the table's files are written to, and nothing else. */
const REGISTERED = [
  'package.json',
  'src/core/readers/protocols.ts',
  'src/core/wire/reasons/protocols.ts',
  'src/simulator/meters/meter-kinds.ts',
  'src/words/en/protocols.ts',
  'src/words/es/protocols.ts',
];

describe('a made-up protocol', function () {
  this.timeout(900_000);
  let house: string;
  before(() => {
    house = mkdtempSync(join(tmpdir(), 'house-'));
    for (const name of [...COPIED, ...CONFIGURATIONS])
      if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(house, name), { recursive: true });
    // .tools: Node-RED 5, where that is what the tests run on
    for (const name of ['node_modules', '.tools'])
      if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(house, name));
    for (const part of ['src', 'nodes', 'test']) cpSync(join(TOY, part), join(house, part), { recursive: true });
    const table = join(house, 'scripts/protocols.json');
    const rows = JSON.parse(readFileSync(table, 'utf8')) as unknown[];
    writeFileSync(table, JSON.stringify([...rows, JSON.parse(readFileSync(join(TOY, 'row.json'), 'utf8'))], null, 2));
  });
  after(() => rmSync(house, { recursive: true, force: true }));

  it('stands in one folder of the sources and one of the nodes', () => {
    const parts = filesIn(TOY).filter((path) => !path.startsWith('test/') && path !== 'row.json');
    const folders = new Set(parts.map((path) => /^(src\/protocols|nodes)\/[^/]+/.exec(path)?.[0]));
    assert.deepEqual([...folders].sort(), ['nodes/toy-read', 'src/protocols/toy']);
  });

  it('is registered by what is written from the table, and nothing else changes', () => {
    assert.match(run('scripts/build.mjs').output, /npm run protocols writes them/);
    const before = new Map(filesIn(house).map((path) => [path, textOf(path)]));
    assert.equal(run('scripts/write-protocols.mjs').code, 0);
    const changed = filesIn(house).filter((path) => textOf(path) !== before.get(path));
    assert.deepEqual(changed, REGISTERED);
  });

  it('has types that fit, in what asks and in what registers', () => {
    const only = { extends: './tsconfig.json', include: ['src', 'nodes', 'test/nodes/mtx-toy-read.test.ts'] };
    writeFileSync(join(house, 'tsconfig.toy.json'), JSON.stringify({ ...only, exclude: ['nodes/*/editor*'] }));
    good(run('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.toy.json'));
    good(run('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.editor.json'));
  });

  it('is built with dialog, help and words, and is read through Node-RED', () => {
    good(run('scripts/build.mjs'));
    const catalog = readFileSync(join(house, 'dist/nodes/toy-read/locales/es-ES/mtx-toy-read.json'), 'utf8');
    assert.match(catalog, /el depósito del contador __address__ está vacío/);
    good(mocha('test/nodes/mtx-toy-read.test.ts'));
  });

  it('keeps all rules of the house, and its tables are whole', () => {
    good(mocha('test/architecture.test.ts', 'test/unit/protocols.test.ts', 'test/unit/words.test.ts'));
    good(mocha('test/unit/catalogs.test.ts'));
  });

  it('is held to the rules like any other', () => {
    const codec = join(house, 'src/protocols/toy/codec.ts');
    const right = readFileSync(codec, 'utf8');
    writeFileSync(
      codec,
      `${right}export { Lane } from '../../core/transport/lane/lane';\nexport const own = Buffer;\n`,
    );
    const { code, output } = mocha('test/architecture.test.ts');
    writeFileSync(codec, right);
    assert.notEqual(code, 0);
    assert.match(output, /src\/protocols\/toy must not know src\/core\/transport\/lane\/lane/);
    assert.match(output, /toy\/codec\.ts:\d+: Buffer has another owner/);
  });

  const run = (...words: string[]): { readonly code: number | null; readonly output: string } => {
    const env = { ...process.env, NODE_PATH: '' };
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: house, encoding: 'utf8', env });
    return { code: status, output: `${stdout}${stderr}` };
  };
  const mocha = (...files: string[]): ReturnType<typeof run> => run('node_modules/mocha/bin/mocha.js', ...files);
  const textOf = (path: string): string => readFileSync(join(house, path), 'latin1');
});

function good({ code, output }: { readonly code: number | null; readonly output: string }): void {
  assert.equal(code, 0, output.slice(-4_000));
}

function filesIn(root: string): string[] {
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/^(node_modules|dist|\.reached)\//.test(path))
    .sort();
}
