// Texts: the same keys in every language, one sentence and one badge for every error, and docs that name them all.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsOf, helpOf } from '../../scripts/help.cjs';
import { ERRORS } from '../../src/core/wire/errors';

const ROOT = join(__dirname, '..', '..');
const NODES = Object.entries(
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { 'node-red': { nodes: Record<string, string> } })[
    'node-red'
  ].nodes,
).map(([type, file]) => ({ type, folder: join(ROOT, file.replace('dist/', ''), '..') }));
const LANGUAGES = ['en-US', 'es-ES'];
type Catalog = { readonly [key: string]: string | Catalog };

const catalogOf = (file: string): Catalog => JSON.parse(readFileSync(file, 'utf8')) as Catalog;
const keysOf = (catalog: Catalog, path = ''): string[] =>
  Object.entries(catalog).flatMap(([key, value]) =>
    typeof value === 'string' ? [path + key] : keysOf(value, `${path}${key}.`),
  );
const textsOf = (catalog: Catalog, path = ''): [string, string][] =>
  Object.entries(catalog).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : textsOf(value, `${path}${key}.`),
  );
const placesOf = (text: string): string[] => (text.match(/__\w+?__/g) ?? []).sort();

describe('catalogs', () => {
  const common = LANGUAGES.map((language) => catalogOf(join(ROOT, 'nodes/shared/locales', language, 'common.json')));

  it('have a badge for every error', () => {
    for (const catalog of common) {
      for (const code of Object.keys(ERRORS)) assert.ok((catalog['status'] as Catalog)[code], code);
    }
  });

  it('have badges of at most 20 characters', () => {
    for (const catalog of common)
      for (const [key, text] of textsOf(catalog['status'] as Catalog))
        assert.ok(text.replace(/__\w+?__/g, '99').length <= 20, `${key}: ${text}`);
  });

  it('are complete in every language, with the same places to fill', () => {
    const pairs = [
      common,
      ...NODES.map(({ type, folder }) =>
        LANGUAGES.map((language) => catalogOf(join(folder, 'locales', language, `${type}.json`))),
      ),
    ];
    for (const [english, spanish] of pairs) {
      assert.ok(english && spanish);
      assert.deepEqual(keysOf(spanish).sort(), keysOf(english).sort());
      const translated = new Map(textsOf(spanish));
      for (const [key, text] of textsOf(english))
        assert.deepEqual(placesOf(translated.get(key) ?? ''), placesOf(text), key);
    }
  });

  it('help names every property of every dialog, by its label or its name, in both languages', () => {
    for (const { type, folder } of NODES) {
      const dialog = oneLine(readFileSync(join(folder, `${type}.html`), 'utf8'));
      for (const [n, language] of LANGUAGES.entries()) {
        const labels = new Map([
          ...textsOf(common[n] ?? {}),
          ...textsOf(catalogOf(join(folder, 'locales', language, `${type}.json`))[type] as Catalog),
        ]);
        const help = oneLine(helpOf(type, folder, language));
        const terms = [...help.matchAll(/<dt[^>]*>(.*?)<\/dt>/g)].flatMap(([, term = '']) =>
          term
            .replace(/<span.*<\/span>/, '')
            .toLowerCase()
            .trim()
            .split(', '),
        );
        const names = [...help.matchAll(/<code>(.*?)<\/code>/g)].flatMap(([, list = '']) => list.split(', '));
        const unnamed = propertiesOf(folder).filter((key) => {
          const label = labels.get(labelKeyOf(dialog, type, key) ?? '') ?? key;
          return !terms.includes(label.toLowerCase()) && !names.includes(key);
        });
        assert.deepEqual(unnamed, [], `${type} ${language}`);
      }
    }
  });

  it('help names every error that a node can give, with a sentence for each error of the table', () => {
    for (const language of LANGUAGES)
      assert.deepEqual(
        Object.keys(catalogOf(join(ROOT, 'nodes/shared/locales', language, 'errors.json'))),
        Object.keys(ERRORS),
      );
    for (const { type, folder } of NODES) {
      const codes = errorsOf(type, folder);
      assert.ok(codes.includes('CONFIG_INVALID'), `${type}: the scan of its sources finds nothing`);
      for (const language of LANGUAGES) {
        const help = oneLine(helpOf(type, folder, language));
        assert.match(help, new RegExp(`data-help-name="${type}"`));
        for (const code of codes)
          assert.match(
            help,
            new RegExp(`<dt>(?:[A-Z_]+, )*${code}(?:, [A-Z_]+)*</dt><dd>\\S`),
            `${type} ${language}: ${code}`,
          );
      }
    }
  });

  it('docs/errors.md has one row for every error, with the right facts', () => {
    const rows = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')
      .split('\n')
      .map((line) => /^\| ([A-Z_]+) \| (\w+) \| (yes|no) \|/.exec(line))
      .filter((row) => row !== null);
    assert.deepEqual(
      rows.map((row) => row[1]),
      Object.keys(ERRORS),
    );
    for (const [, code = '', fault, retry] of rows) {
      const facts = ERRORS[code as keyof typeof ERRORS];
      assert.deepEqual([fault, retry === 'yes'], [facts.fault, facts.retryable], code);
    }
  });

  it('every key that a dialog or script uses exists', () => {
    for (const { type, folder } of NODES) {
      const keys = new Set([
        ...keysOf(common[0] ?? {}),
        ...keysOf(catalogOf(join(folder, 'locales', 'en-US', `${type}.json`))[type] as Catalog),
      ]);
      const files = [
        `${type}.html`,
        'editor.ts',
        ...(existsSync(join(folder, 'editor'))
          ? readdirSync(join(folder, 'editor')).map((name) => `editor/${name}`)
          : []),
      ];
      for (const file of files) {
        const used = [
          ...readFileSync(join(folder, file), 'utf8').matchAll(
            new RegExp(`${type}\\.((?:[a-z][A-Za-z]*\\.)+[A-Za-z_]+)`, 'g'),
          ),
        ].map((match) => match[1] ?? '');
        for (const key of used) assert.ok(keys.has(key), `${type}/${file}: ${key}`);
      }
    }
  });
});

/** The names in the editor's `defaults`, but those that every node has. */
function propertiesOf(folder: string): string[] {
  const editor = readFileSync(join(folder, 'editor.ts'), 'utf8');
  const parts = [...editor.matchAll(/^ {2}defaults: \{\n([\s\S]*?)^ {2}\}/gm)].map((match) => match[1] ?? '');
  assert.ok(parts.length > 0, `${folder}: no defaults found`);
  return parts
    .flatMap((part) => [...part.matchAll(/^ {4}(\w+):/gm)].map((match) => match[1] ?? ''))
    .filter((key) => !['name', 'version'].includes(key));
}

/** The catalog key of a field's label: a label element, or an aria-label on the field itself. */
function labelKeyOf(dialog: string, type: string, key: string): string | undefined {
  const label = new RegExp(
    `<label for="node-(?:config-)?input-${key}"(?:(?!</label).)*?data-i18n="${type}\\.([\\w.]+)"`,
  ).exec(dialog)?.[1];
  return (
    label ?? new RegExp(`id="node-(?:config-)?input-${key}"[^>]*\\[aria-label\\]${type}\\.([\\w.]+)`).exec(dialog)?.[1]
  );
}

/** Help as a browser sees it: layout is no content. */
function oneLine(html: string): string {
  return html
    .replace(/\s+(>)?/g, (_blank, end?: string) => end ?? ' ')
    .replace(/(<code>) /g, '$1')
    .replace(/ (?=<[/]?d[ltd]\b)|(?<=<[/]?d[ltd][^>]*>) /g, '');
}
