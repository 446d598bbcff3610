// The help of a node as the sidebar shows it: what its author wrote, and a line for every other error that it can give.
// What it can give is what the sources of its rooms name, so that no list has to be kept.
const { readdirSync, readFileSync, statSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { rowsOf } = require('./protocols.cjs');

const PROTOCOLS = rowsOf();
const MARK = '  <!-- other errors -->\n';
const reasons = (...rooms) => rooms.map((room) => `src/core/wire/reasons/${room}.ts`);
const LANE = [
  ...reasons('wire', 'settings', 'meter', 'lane', 'mqtt', 'modem', 'at'),
  'src/core/transport',
  'src/core/at',
];
/**
 * The core's rooms behind each node, a reader's by the table of protocols; its own folder and nodes/shared come on top.
 */
const ROOMS = {
  ...Object.fromEntries([...new Set(PROTOCOLS.map(({ node }) => node))].map((node) => [node, roomsOfReader(node)])),
  'mtx-broker': [
    'src/core/transport/mqtt/connection.ts',
    'src/core/transport/mqtt/connect-errors.ts',
    'src/core/transport/mqtt/broker.ts',
    ...reasons('mqtt'),
  ],
  'mtx-modem': LANE,
  'mtx-at': [...LANE, ...reasons('fleet'), 'src/core/fleet/sms/sms-fallback.ts'],
  'mtx-sms': [...LANE, ...reasons('fleet'), 'src/core/fleet/sms/sms-dispatch.ts', 'src/core/fleet/sms/sms-exchange.ts'],
  'mtx-status': reasons('settings'),
  'mtx-config': [...LANE, ...reasons('fleet'), 'src/core/fleet'],
};

function roomsOfReader(node) {
  return [...LANE, ...PROTOCOLS.filter((row) => row.node === node).flatMap(sourcesOfProtocol)];
}

function sourcesOfProtocol({ parts, rooms, alsoReads }) {
  return [...rooms.map((room) => `${room.reasons}.ts`), parts.core, ...alsoReads];
}

/** The codes of the error table that a node's sources name. */
function errorsOf(type, folder) {
  const codes = Object.keys(sentencesOf('en-US'));
  const text = [folder, 'nodes/shared', ...(ROOMS[type] ?? [])]
    .flatMap((room) => sourcesOf(room))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  return codes.filter((code) => text.includes(`'${code}'`));
}

function helpOf(type, folder, language) {
  const written = readFileSync(`${folder}/locales/${language}/${type}.html`, 'utf8');
  if (!written.includes(MARK))
    throw new Error(`${folder}/locales/${language}/${type}.html has no place for the other errors`);
  const named = new Set([...written.matchAll(/<dt>([A-Z_, ]+)<\/dt>/g)].flatMap((match) => match[1].split(', ')));
  const sentences = sentencesOf(language);
  const others = errorsOf(type, folder).filter((code) => !named.has(code));
  return written.replace(MARK, others.map((code) => `  <dt>${code}</dt><dd>${sentences[code]}</dd>\n`).join(''));
}

function sentencesOf(language) {
  return JSON.parse(readFileSync(`nodes/shared/locales/${language}/errors.json`, 'utf8'));
}

function sourcesOf(room) {
  if (statSync(room).isFile()) return [room];
  return readdirSync(room, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath ?? dirname(room), entry.name));
}

module.exports = { errorsOf, helpOf };
