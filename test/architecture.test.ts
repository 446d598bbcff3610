// The never rules of the house (docs/architecture.md) on TypeScript's own syntax tree, over src, nodes, scripts and
// bench; and each rule against small wrong files that it must catch.
import assert from 'node:assert/strict';
import { dirname, join, normalize } from 'node:path';
import { KNOWN_OFFENDERS } from './support/architecture/known-offenders';
import { houseWith } from './support/architecture/project';
import { RULES, type RuleName } from './support/architecture/rules/index';
import { moduleOf, type House, type Source } from './support/architecture/source';
import { BYTES } from './support/architecture/wrong/bytes';
import { DIRECTIONS } from './support/architecture/wrong/directions';
import { MODULES } from './support/architecture/wrong/modules';
import { SENTENCES } from './support/architecture/wrong/sentences';
import { TIME_AND_RED } from './support/architecture/wrong/time-and-red';

const TABLES = [...DIRECTIONS, ...BYTES, ...TIME_AND_RED, ...SENTENCES, ...MODULES];
const NAMES = Object.keys(RULES) as readonly RuleName[];

/** A made-up file and what stands beside it, each under a name of its own, so that all fit into one program. */
interface MadeUp {
  readonly rule: RuleName;
  readonly isWrong: boolean;
  readonly path: string;
  readonly files: ReadonlyMap<string, string>;
}

describe('architecture', () => {
  const madeUp = TABLES.flatMap(({ rule, wrong, right }) => [
    ...wrong.map((row) => ({ rule, isWrong: true, row })),
    ...right.map((row) => ({ rule, isWrong: false, row })),
  ]).map(({ rule, isWrong, row }, n): MadeUp => ({ rule, isWrong, ...named(row, `made-up-${n}`) }));
  const house = houseWith(new Map(madeUp.flatMap(({ files }) => [...files])));
  const own = [...house.sources.values()].filter(({ path }) => !path.includes('made-up-'));
  const ownHouse: House = { ...house, sources: new Map(own.map((source) => [moduleOf(source.path), source])) };

  it('sees the sources it is about', () => {
    for (const [folder, least] of [
      ['src/core', 200],
      ['src/simulator', 50],
      ['nodes', 50],
      ['scripts', 10],
      ['bench', 5],
    ] as const)
      assert.ok(own.filter(({ path }) => path.startsWith(`${folder}/`)).length > least, `too little of ${folder}`);
    assert.ok(
      own.some((source) => source.imports.some(({ name }) => name === 'mqtt')),
      'imports are not seen',
    );
    assert.ok(house.properties.size > 10, 'the properties of the nodes are not seen');
  });

  for (const name of NAMES) {
    it(`keeps the rule on ${name}`, () => {
      const found = own.flatMap((source) =>
        RULES[name](source, ownHouse).map(({ node, what }) => at(source, node, what)),
      );
      const known = KNOWN_OFFENDERS.filter(({ rule }) => rule === name).map(({ path }) => path);
      const foundIn = new Set(found.map(({ path }) => path));
      assert.deepEqual(
        found.filter(({ path }) => !known.includes(path)).map(({ text }) => text),
        [],
        `the rule on ${name} is broken`,
      );
      assert.deepEqual(
        known.filter((path) => !foundIn.has(path)),
        [],
        `mended: take the row out of test/support/architecture/known-offenders.ts`,
      );
    });
  }

  for (const name of NAMES) {
    it(`catches what breaks the rule on ${name}, and only that`, () => {
      const rows = madeUp.filter(({ rule }) => rule === name);
      assert.ok(rows.filter(({ isWrong }) => isWrong).length >= 2, 'a rule without wrong files is no rule');
      assert.ok(
        rows.some(({ isWrong }) => !isWrong),
        'a rule without a right file may refuse all',
      );
      const misjudged = rows.filter(({ isWrong, path, files }) => {
        const source = house.sources.get(moduleOf(path));
        assert.ok(source);
        const around = new Map(ownHouse.sources);
        for (const file of files.keys()) around.set(moduleOf(file), house.sources.get(moduleOf(file)) ?? source);
        return RULES[name](source, { ...house, sources: around }).length > 0 !== isWrong;
      });
      assert.deepEqual(
        misjudged.map(
          ({ isWrong, path, files }) => `${isWrong ? 'let through' : 'refused'}: ${path}\n${files.get(path)}`,
        ),
        [],
      );
    });
  }
});

/** `x.ts` becomes a name that no other made-up file has; what it says of its neighbours follows. */
function named(row: (typeof TABLES)[number]['wrong'][number], name: string): Pick<MadeUp, 'path' | 'files'> {
  const [path, text, beside = {}] = row;
  const renamed = (file: string): string =>
    file.replace(/([xyz]\d?)(\.(ts|mjs))?$/, `${name}-$1$2`).replace('/editor.ts', `/editor/${name}.ts`);
  const neighbours = [path, ...Object.keys(beside).map((file) => normalize(join(dirname(path), file)))];
  const told = (of: string): string =>
    of.replace(/'(\.\.?\/[\w./-]*)'/g, (whole, to: string) =>
      /(^|\/)[xyz]\d?$/.test(to) ? `'${renamed(to)}'` : whole,
    );
  const texts = [text, ...Object.values(beside)];
  return {
    path: renamed(path),
    files: new Map(neighbours.map((file, i) => [renamed(file), told(texts[i] ?? '')])),
  };
}

function at(
  { path, file }: Source,
  node: Parameters<typeof RULES.any>[0]['file'] | { getStart(): number },
  what: string,
) {
  const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  return { path, text: `${path}:${line}: ${what}` };
}
