// Cases from the field (test/cases): how many come out right, by protocol. A case is one test there; a file's name
// begins with its protocol.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const CASES = join(ROOT, 'test', 'cases');

interface Count {
  readonly right: number;
  readonly all: number;
  readonly wrong: readonly string[];
}

if (require.main === module) {
  const counts = [...filesByProtocol()].map(([protocol, files]) => [protocol, countOf(files)] as const);
  for (const [protocol, { right, all, wrong }] of counts) {
    console.log(`${protocol.padEnd(10)} field: ${right} right of ${all}`);
    for (const title of wrong) console.log(`${' '.repeat(11)}wrong: ${title}`);
  }
  const sum = (of: (count: Count) => number): number => counts.reduce((total, [, count]) => total + of(count), 0);
  console.log(`${'all'.padEnd(10)} field: ${sum(({ right }) => right)} right of ${sum(({ all }) => all)}`);
  process.exitCode = sum(({ wrong }) => wrong.length) === 0 && sum(({ all }) => all) > 0 ? 0 : 1;
}

function filesByProtocol(): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(CASES).filter((name) => name.endsWith('.test.ts'));
  const protocols = [...new Set(files.map(protocolOf))].sort();
  return new Map(protocols.map((one) => [one, files.filter((file) => protocolOf(file) === one)]));
}

function protocolOf(file: string): string {
  return file.split(/[-.]/)[0] ?? file;
}

/** Runs the tests of these files in a process of their own. */
function countOf(files: readonly string[]): Count {
  const folder = mkdtempSync(join(tmpdir(), 'field-'));
  try {
    const report = join(folder, 'report.json');
    const mocha = join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js');
    const options = ['--reporter', 'json', '--reporter-option', `output=${report}`];
    spawnSync(process.execPath, [mocha, ...options, ...files.map((file) => join(CASES, file))], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { passes, failures, stats } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    return { right: passes.length, all: stats.tests, wrong: failures.map(({ fullTitle }) => fullTitle) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Report {
  readonly stats: { readonly tests: number };
  readonly passes: readonly unknown[];
  readonly failures: readonly { readonly fullTitle: string }[];
}
