// The table of protocols (protocols.json) and all that is made from it: where the parts of each protocol stand, and the
// text of the files that register them. A protocol of its own folder (`folder`) has all parts in it, under fixed names;
// the first ones have theirs in the rooms that they are parts of.
const { existsSync, readFileSync } = require('node:fs');
const { join, posix } = require('node:path');

/** The rows of the table that stands beside this file, in a house of its own (`root`) or this one. */
function rowsOf(root = join(__dirname, '..')) {
  return JSON.parse(readFileSync(join(root, 'scripts/protocols.json'), 'utf8')).map(withParts);
}

/** A row with the place of each part: from the root and without ending. */
function withParts({ protocol, node, folder, reasons = [protocol], meters, alsoReads = [] }) {
  const parts = {
    core: folder ?? `src/core/${protocol}`,
    reader: folder ? `${folder}/reader` : `src/core/readers/${protocol}`,
    kinds: folder ? `${folder}/meter/kinds` : `src/simulator/meters/${protocol}/kinds`,
    nodes: `nodes/${node.replace(/^mtx-/, '')}`,
  };
  const rooms = reasons.map((room) => ({
    room: camel(room),
    reasons: folder ? `${folder}/reasons` : `src/core/wire/reasons/${room}`,
    table: `${room.toUpperCase().replaceAll('-', '_')}_REASONS`,
    words: (language) => (folder ? `${folder}/words/${language}` : `src/words/${language}/${room}`),
  }));
  return { protocol, node, folder, meters, alsoReads, parts, rooms };
}

/** The files that are written from the table, each with its text. */
function registrations(rows) {
  const rooms = rows.flatMap((row) => row.rooms);
  return new Map([
    [
      'src/core/wire/reasons/protocols.ts',
      registration('src/core/wire/reasons', {
        head: 'The reasons of the protocols.',
        imports: rooms.map(({ table, reasons }) => [table, reasons]),
        name: 'PROTOCOL_REASONS',
        lines: rooms.map(({ table }) => `...${table}`),
      }),
    ],
    ...['en', 'es'].map((language) => [
      `src/words/${language}/protocols.ts`,
      registration(`src/words/${language}`, {
        head: 'The words of the protocols, by room of reasons.',
        imports: rooms.map(({ room, words }) => [room, words(language)]),
        name: 'protocols',
        lines: rooms.map(({ room }) => room),
      }),
    ]),
    [
      'src/core/readers/protocols.ts',
      registration('src/core/readers', {
        head: 'The readers of the protocols: from properties to a job.',
        imports: rows.map(({ protocol, parts }) => [`${camel(protocol)}Reader`, parts.reader]),
        name: 'READERS',
        lines: rows.map(({ protocol }) => `${camel(protocol)}: ${camel(protocol)}Reader`),
      }),
    ],
    [
      'src/simulator/meters/meter-kinds.ts',
      registration('src/simulator/meters', {
        head: 'The kinds of meters that can stand behind a simulated modem, by name.',
        imports: [
          ['type MeterKind', 'src/simulator/meters/meter-kind'],
          ...rows.map(({ protocol, parts }) => [`${camel(protocol)}Kinds`, parts.kinds]),
        ],
        name: 'METER_KINDS',
        type: 'Readonly<Record<string, MeterKind>>',
        lines: rows.map(({ protocol }) => `...${camel(protocol)}Kinds`),
      }),
    ],
  ]);
}

function registration(from, { head, imports, name, type, lines }) {
  const sorted = imports
    .map(([what, path]) => `import { ${what} } from '${relative(from, path)}';`)
    .map((line) => line.replace(/^import \{ type (\w+) \}/, 'import type { $1 }'))
    .sort();
  return [
    `// ${head}`,
    '// Written by `npm run protocols` from scripts/protocols.json: never by hand.',
    ...sorted,
    '',
    `export const ${name}${type ? `: ${type}` : ''} = {`,
    ...lines.map((line) => `  ${line},`),
    type ? '};' : '} as const;',
    '',
  ].join('\n');
}

/** package.json's text with the reader nodes of the table; nodes that read no meter stay as they are. */
function manifestWith(rows, text) {
  const manifest = JSON.parse(text);
  const nodes = Object.entries(manifest['node-red'].nodes);
  const readers = new Map(rows.map(({ node, parts }) => [node, `dist/${parts.nodes}/${node}.js`]));
  const others = nodes.filter(([type]) => readers.has(type) || !type.endsWith('-read'));
  manifest['node-red'].nodes = { ...Object.fromEntries(others), ...Object.fromEntries(readers) };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** What of the files made from the table is not as it should be, by path: the text it is to have. */
function stale(root = join(__dirname, '..')) {
  const rows = rowsOf(root);
  const texts = registrations(rows);
  texts.set('package.json', manifestWith(rows, readFileSync(join(root, 'package.json'), 'utf8')));
  const isAsItIs = ([path, text]) => existsSync(join(root, path)) && readFileSync(join(root, path), 'utf8') === text;
  return new Map([...texts].filter((entry) => !isAsItIs(entry)));
}

function camel(name) {
  return name.replace(/-(\w)/g, (_dash, letter) => letter.toUpperCase());
}

function relative(from, to) {
  const path = posix.relative(from, to);
  return path.startsWith('.') ? path : `./${path}`;
}

module.exports = { rowsOf, stale };
