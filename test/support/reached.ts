// Which reasons the tests reach: each error that is made reads the code of its reason, and what was read is written
// down with the file whose test ran. `npm test` demands all of them (scripts/reached.ts): a reason that no test reaches
// is a sentence that nobody has seen. Properties are asked with one seed, so that they reach the same at each run.
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { REASONS } from '../../src/core/wire/reasons';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, '.reached');
const fresh = new Set<string>();
const written = new Set<string>();
const load = createRequire(__filename);

/** Nodes' tests run what was built, which has a table of its own. */
const built = join(ROOT, 'dist/src/core/wire/reasons.js');
const tables: object[] = [REASONS];
if (existsSync(built)) tables.push((load(built) as { REASONS: object }).REASONS);

for (const table of tables)
  for (const [reason, row] of Object.entries(table) as [string, { code: string | null }][]) {
    const { code } = row;
    const note = (): string | null => (fresh.add(reason), code);
    Object.defineProperty(row, 'code', { get: note, enumerable: true, configurable: true });
  }

export const mochaHooks = {
  beforeAll(this: Mocha.Context): void {
    const { suites } = this.test?.parent ?? {};
    if (!suites?.some(({ file }) => file?.includes('/test/property/'))) return;
    const { configureGlobal } = load('fast-check') as { configureGlobal(options: object): void };
    configureGlobal({ seed: Number(process.env['MTX_SEED'] ?? 1) });
  },
  afterEach(this: Mocha.Context): void {
    const file = relative(ROOT, this.currentTest?.file ?? '');
    const lines = [...fresh].map((reason) => `${file} ${reason}\n`).filter((line) => !written.has(line));
    fresh.clear();
    for (const line of lines) written.add(line);
    if (lines.length === 0) return;
    mkdirSync(FOLDER, { recursive: true });
    appendFileSync(join(FOLDER, String(process.pid)), lines.join(''));
  },
};
