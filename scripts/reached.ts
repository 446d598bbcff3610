// After the tests: every reason of the table must have been reached by one of them (test/support/reached.ts), and every
// phrase must be used by the code. Prints what is missing and ends with 1.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REASONS } from '../src/core/wire/reasons';

const ROOT = join(__dirname, '..');
const reached: ReadonlySet<string> = new Set(
  readdirSync(join(ROOT, '.reached')).flatMap((file) => linesOf(join(ROOT, '.reached', file))),
);
const sources: readonly string[] = ['src', 'nodes'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter(({ name, parentPath }) => name.endsWith('.ts') && !/reasons|words/.test(parentPath))
    .map(({ name, parentPath }) => readFileSync(join(parentPath, name), 'utf8')),
);
const missing: readonly string[] = Object.entries(REASONS)
  .filter(([reason, { code }]) =>
    code === null ? !sources.some((text) => text.includes(`'${reason}'`)) : !reached.has(reason),
  )
  .map(([reason]) => reason);
if (missing.length > 0) {
  console.error(`${missing.length} reasons are reached by no test:\n  ${missing.join('\n  ')}`);
  process.exitCode = 1;
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n');
}
