// Which reasons the tests reach: each error that is made reads the code of its reason, and what was read is written down
// when a file's tests end. `npm test` demands all of them (scripts/reached.ts): a reason that no test reaches is a
// sentence that nobody has seen.
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { REASONS } from '../../src/core/wire/reasons';

const FOLDER = join(__dirname, '../../.reached');
const reached = new Set<string>();
const written = new Set<string>();

/** Nodes' tests run what was built, which has a table of its own. */
const built = join(__dirname, '../../dist/src/core/wire/reasons.js');
const tables: object[] = [REASONS];
if (existsSync(built)) tables.push((createRequire(__filename)(built) as { REASONS: object }).REASONS);

for (const table of tables)
  for (const [reason, row] of Object.entries(table) as [string, { code: string | null }][]) {
    const { code } = row;
    const note = (): string | null => (reached.add(reason), code);
    Object.defineProperty(row, 'code', { get: note, enumerable: true, configurable: true });
  }

export const mochaHooks = {
  afterAll(): void {
    const fresh = [...reached].filter((reason) => !written.has(reason));
    for (const reason of fresh) written.add(reason);
    if (fresh.length === 0) return;
    mkdirSync(FOLDER, { recursive: true });
    appendFileSync(join(FOLDER, String(process.pid)), fresh.map((reason) => `${reason}\n`).join(''));
  },
};
