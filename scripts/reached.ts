// After the tests: every reason of the table must have been reached by one of them (test/support/reached.ts), and every
// phrase must be used by the code, but for those that are known to wait for one (test/support/unreached.ts). What
// counts are tiers that do the same at each run: unit tests, cases and transcripts, properties and worlds by their
// seed, and Node-RED in the process. What a foreign program or a browser happens to provoke is no test of a sentence.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REASONS, type Reason } from '../src/core/wire/reasons';
import { UNREACHED } from '../test/support/unreached';

const ROOT = join(__dirname, '..');
const COUNTED = /^test\/(unit|cases|transcripts|property|world|nodes)\//;
const reached: ReadonlySet<string> = new Set(
  readdirSync(join(ROOT, '.reached'))
    .flatMap((file) => readFileSync(join(ROOT, '.reached', file), 'utf8').split('\n'))
    .filter((line) => COUNTED.test(line))
    .map((line) => line.split(' ')[1] ?? ''),
);
const sources: readonly string[] = ['src', 'nodes'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter(({ name, parentPath }) => name.endsWith('.ts') && !/reasons|words/.test(parentPath))
    .map(({ name, parentPath }) => readFileSync(join(parentPath, name), 'utf8')),
);
const missing: readonly Reason[] = Object.entries(REASONS)
  .filter(([reason, { code }]) =>
    code === null ? !sources.some((text) => text.includes(`'${reason}'`)) : !reached.has(reason),
  )
  .map(([reason]) => reason as Reason);
const fresh: readonly Reason[] = missing.filter((reason) => !UNREACHED.has(reason));
if (fresh.length > 0) {
  console.error(`${fresh.length} reasons are reached by no test:\n  ${fresh.join('\n  ')}`);
  process.exitCode = 1;
}
const done: readonly Reason[] = [...UNREACHED].filter((reason) => !missing.includes(reason));
if (done.length > 0) console.log(`reached by now, so out of test/support/unreached.ts:\n  ${done.join('\n  ')}`);
if (missing.length > 0) console.log(`${missing.length} reasons that are known to be reached by no test`);
