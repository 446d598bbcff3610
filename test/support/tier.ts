// Tests that need a foreign program: skipped, saying why, where it is missing; failed there when MTX_REQUIRE_TIERS is set.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Call it in `before`. Returns the program's path. */
export function needs(context: Mocha.Context, program: string): string {
  const path = pathOf(program);
  if (path !== undefined) return path;
  if (process.env['MTX_REQUIRE_TIERS']) throw new Error(`${program} is not installed, and MTX_REQUIRE_TIERS demands it`);
  console.log(`      skipped: ${program} is not installed`);
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
