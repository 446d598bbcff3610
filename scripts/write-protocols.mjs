// `npm run protocols`: writes the files that register the protocols, from the table (protocols.json).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stale } from './protocols.cjs';

for (const [path, text] of stale()) {
  writeFileSync(join(import.meta.dirname, '..', path), text);
  console.log(`written: ${path}`);
}
