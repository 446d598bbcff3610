// Reads scorecard.json: node-red-dev ends with 0 even when a check fails, and a dialog it cannot parse passes unseen.
import { readFileSync } from 'node:fs';

const card = JSON.parse(readFileSync('scorecard.json', 'utf8'));
const types = Object.keys(JSON.parse(readFileSync('package.json', 'utf8'))['node-red'].nodes);
const checks = Object.entries(card).flatMap(([group, value]) => Object.entries(value ?? {}).map(([id, check]) => ({ group, id, check })));
const results = checks.filter(({ check }) => typeof check === 'object' && check !== null && 'test' in check);
const failed = results.filter(({ check }) => check.test !== true);
const seen = JSON.stringify(results.find(({ id }) => id === 'N02')?.check ?? {});
const shown = readFileSync('scorecard.json', 'utf8');
const missing = types.filter((type) => !shown.includes(type));
for (const { id, check } of results) console.log(`${check.test === true ? 'ok  ' : 'FAIL'} ${id}`);
if (results.length < 8) throw new Error(`only ${results.length} checks were made`);
if (failed.length > 0) throw new Error(`failed: ${failed.map(({ id, check }) => `${id} ${JSON.stringify(check)}`).join('; ')}`);
if (missing.length > 0) throw new Error(`not seen by the scorecard: ${missing.join(', ')} (N02: ${seen})`);
console.log(`scorecard: ${results.length} checks hold for ${types.join(', ')}`);
