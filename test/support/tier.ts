// Tests that need a foreign program: skipped, saying why, where it is missing; failed there when MTX_REQUIRE_TIERS is
// set.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Call it in `before`. Returns the program's path. */
export function needs(context: Mocha.Context, program: string): string {
  return pathOf(program) ?? missing(context, program);
}

/** The Python that has this module; a machine may have several. */
export function needsPython(context: Mocha.Context, module: string): string {
  const pythons = [pathOf('python3'), '/usr/bin/python3'].filter((path) => path !== undefined && isExecutable(path));
  return (
    pythons.find((path) => spawnSync(path ?? '', ['-c', `import ${module}`]).status === 0) ??
    missing(context, `the Python module ${module}`)
  );
}

/** The arguments for the C compiler to use this library. */
export function needsLibrary(context: Mocha.Context, library: string): readonly string[] {
  const asked = spawnSync(needs(context, 'pkg-config'), ['--cflags', '--libs', library], { encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim().split(/\s+/) : missing(context, `the C library ${library}`);
}

function missing(context: Mocha.Context, what: string): never {
  if (process.env['MTX_REQUIRE_TIERS']) throw new Error(`${what} is not installed, and MTX_REQUIRE_TIERS demands it`);
  console.log(`      skipped: ${what} is not installed`);
  return context.skip();
}

function pathOf(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
