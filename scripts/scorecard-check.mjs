// Reads scorecard.json: node-red-dev ends with 0 even when a check fails, and a dialog it cannot parse passes unseen.
import { readFileSync } from 'node:fs';

const text = readFileSync('scorecard.json', 'utf8');
const card = JSON.parse(text);
const nodes = Object.entries(JSON.parse(readFileSync('package.json', 'utf8'))['node-red'].nodes);
// the card lists what stands in flows; config nodes do not
const types = nodes
  .filter(([, file]) => !/category: ?"config"/.test(readFileSync(file.replace(/\.js$/, '.html'), 'utf8')))
  .map(([type]) => type);
const results = checksOf(card);
const failed = results.filter(([, check]) => check.test !== true);
const seen = JSON.stringify(results.find(([id]) => id === 'N02')?.[1] ?? {});
const missing = types.filter((type) => !text.includes(`"${type}"`));

for (const [id, check] of results) console.log(`${check.test === true ? 'ok  ' : 'FAIL'} ${id}`);
if (results.length < 10) throw new Error(`only ${results.length} checks were made`);
if (failed.length > 0)
  throw new Error(`failed: ${failed.map(([id, check]) => `${id} ${JSON.stringify(check)}`).join('; ')}`);
if (missing.length > 0) throw new Error(`not seen by the scorecard: ${missing.join(', ')} (N02: ${seen})`);
console.log(`scorecard: ${results.length} checks hold for ${types.join(', ')}`);

/** Every { test: ... } of the card under its id, however deep it stands. */
function checksOf(value, id = '') {
  if (typeof value !== 'object' || value === null) return [];
  if ('test' in value) return [[id, value]];
  return Object.entries(value).flatMap(([key, inner]) => checksOf(inner, key));
}
