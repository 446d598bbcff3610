// Writes the dashboard and database examples: npx tsx scripts/dashboards/build.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { alarmsFlow } from './alarms';
import { bulkFlow } from './bulk';
import { databaseFlow } from './database';
import { fleetFlow } from './fleet';

const EXAMPLES = join(__dirname, '..', '..', 'examples');

/** By path below examples/. */
export function builtFlows(): Readonly<Record<string, string>> {
  return {
    'dashboard/20 - Fleet status.json': fleetFlow(),
    'dashboard/21 - Bulk commands.json': bulkFlow(),
    'dashboard/22 - Alarms.json': alarmsFlow(),
    'database/23 - Readings to a database.json': databaseFlow(),
  };
}

if (require.main === module) {
  for (const [path, text] of Object.entries(builtFlows())) {
    mkdirSync(dirname(join(EXAMPLES, path)), { recursive: true });
    writeFileSync(join(EXAMPLES, path), text);
  }
}
