// The never rules of the house (docs/architecture.md), held by a scan of the sources.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize, relative } from 'node:path';

const ROOT = join(__dirname, '..');
const PROTOCOLS = ['iec62056', 'iec870', 'dlms', 'modbus'];
const DIALOGUES = /\/(read|hdlc-link|wrapper-link|association|command)(-[a-z-]+)?\.ts$/;

interface Source {
  readonly path: string;
  /** Without comments and without the insides of strings. */
  readonly code: string;
  /** What it imports: paths from the root, or package names. */
  readonly imports: readonly string[];
}

function sourcesOf(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      const bare = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
      const specifiers = [
        ...bare.matchAll(/(?:\bfrom\s+|\b(?:import|require)\s*\(\s*|^import\s+)(['"])([\w.@][^'"\n]*)\1/gm),
      ].map((match) => match[2] ?? '');
      const imports = specifiers.map((name) => (name.startsWith('.') ? normalize(join(dirname(path), name)) : name));
      return { path, code: bare.replace(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "''"), imports };
    });
}

const core = sourcesOf('src/core');
const simulator = sourcesOf('src/simulator');
const nodes = sourcesOf('nodes');
const all = [...core, ...simulator, ...nodes];

function none(sources: readonly Source[], wrong: (source: Source) => string | undefined): void {
  const found = sources.map((source) => ({ source, what: wrong(source) })).filter(({ what }) => what !== undefined);
  assert.deepEqual(
    found.map(({ source, what }) => `${source.path}: ${what}`),
    [],
  );
}
const importing = (source: Source, test: (name: string) => boolean): string | undefined => source.imports.find(test);
/** A file that speaks a part of a dialogue. */
const isTalking = (code: string): boolean => /function\*|\*\s*\w+(?:<[^(]*>)?\(|\byield\b/.test(code);
const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);

describe('architecture', () => {
  it('sees the sources it is about', () => {
    assert.ok(
      core.length > 20 && nodes.length > 10 && simulator.length > 5,
      'the scan found too little to prove anything',
    );
    assert.ok(
      core.some((source) => source.imports.includes('mqtt')),
      'the scan does not see imports',
    );
  });

  it('1: a protocol knows no transport, no fleet, no other protocol and nothing of Node', () => {
    for (const protocol of [...PROTOCOLS, 'at']) {
      const own = `src/core/${protocol}/`;
      none(
        core.filter(({ path }) => path.startsWith(own)),
        (source) =>
          importing(source, (name) => {
            if (isBuiltin(name))
              return !(name === 'node:crypto' && source.path === 'src/core/dlms/security/primitives.ts');
            return !(name.startsWith(own) || name.startsWith('src/core/wire/') || name.startsWith('src/core/meter/'));
          }),
      );
    }
    none(
      core.filter(({ path }) => path.startsWith('src/core/wire/')),
      (source) => importing(source, (name) => !name.startsWith('src/core/wire/')),
    );
  });

  it('2: codecs do not talk, dialogues count no bytes', () => {
    none(
      core.filter(({ path }) => PROTOCOLS.some((p) => path.startsWith(`src/core/${p}/`))),
      (source) => {
        const isDialogue = isTalking(source.code);
        if (isDialogue && /DataView|subarray\(|\b(?:bytes|buf|buffer|pdu|apdu|frame|chunk)\[/i.test(source.code))
          return 'a dialogue with byte offsets';
        return !isDialogue && DIALOGUES.test(`/${source.path}`) && /\/read\.ts$/.test(source.path)
          ? 'a read that is no dialogue'
          : undefined;
      },
    );
  });

  it('3: transport and fleet know no meter protocol, and nothing points back', () => {
    none(
      core.filter(({ path }) => path.startsWith('src/core/transport/')),
      (source) =>
        importing(
          source,
          (name) => PROTOCOLS.some((p) => name.startsWith(`src/core/${p}/`)) || name.startsWith('src/core/fleet/'),
        ),
    );
    none(
      core.filter(({ path }) => path.startsWith('src/core/fleet/')),
      (source) => importing(source, (name) => PROTOCOLS.some((p) => name.startsWith(`src/core/${p}/`))),
    );
    none(core, (source) => importing(source, (name) => name === 'src/core/index' || name.startsWith('nodes/')));
  });

  it('4: one file knows mqtt, one knows time, and only nodes know Node-RED', () => {
    const mqttFiles = ['src/core/transport/mqtt/broker.ts', 'src/simulator/world/modem.ts'];
    none(all, (source) => (mqttFiles.includes(source.path) ? undefined : importing(source, (name) => name === 'mqtt')));
    none([...core, ...simulator, ...nodes.filter(({ path }) => !path.includes('/editor'))], (source) =>
      ['src/core/transport/lane/clock.ts', 'src/simulator/ground/virtual-clock.ts'].includes(source.path)
        ? undefined
        : /\b(setTimeout|setInterval|setImmediate|Date\.now|performance\.now|hrtime|process\.uptime|new Date(?:\(\)|(?!\w|\()))/.exec(
            source.code,
          )?.[0],
    );
    none([...core, ...simulator], (source) => /\bRED\b/.exec(source.code)?.[0]);
  });

  it('5: a node knows the core by its index, and no other node', () => {
    none(nodes, (source) => {
      const own = `${source.path.split('/').slice(0, 2).join('/')}/`;
      return importing(source, (name) => {
        if (name.startsWith('src/')) return !['src/core/index', 'src/words/index'].includes(name);
        return (
          (name.startsWith('nodes/') && !name.startsWith(own) && !name.startsWith('nodes/shared/')) || name === 'mqtt'
        );
      });
    });
  });

  it('6: the simulator is no client, and nothing depends on it', () => {
    const talking = new Set(
      core
        .filter(({ path, code }) => !path.startsWith('src/core/wire/') && isTalking(code))
        .map(({ path }) => path.replace(/\.ts$/, '')),
    );
    none(simulator, (source) =>
      importing(
        source,
        (name) =>
          talking.has(name) ||
          /^src\/core\/(transport\/(lane\/(lane|session)|modem\/(modem|registry)|mqtt\/broker)|index)$/.test(name) ||
          /^src\/core\/modbus\/reading\/(plan|ledger)/.test(name),
      ),
    );
    none([...core, ...nodes], (source) => importing(source, (name) => name.startsWith('src/simulator')));
  });

  it('7: no import cycle, no export *, no state in a module, no any', () => {
    none(all, (source) => /export (?:type )?\*/.exec(source.code)?.[0]);
    none(all, (source) => /^(?:export )?(?:let|var) .*/m.exec(source.code)?.[0]);
    // a table is filled where it stands; what is empty there is filled later
    none(
      all,
      (source) =>
        /^(?:export )?const \w+(?:: [^=\n]+)? = (?:new (?:Map|Set|WeakMap|WeakSet)\b[^(\n]*\(\)|\[\]|\{\}(?! as const)).*/m.exec(
          source.code,
        )?.[0],
    );
    none(all, (source) => /: any\b|[<,] ?any\b|as any\b/.exec(source.code)?.[0]);
    none(all, (source) => cycleFrom(source.path.replace(/\.ts$/, '')));
  });
});

const byPath = new Map(all.map((source) => [source.path.replace(/\.ts$/, ''), source]));

/** A way from a file back to itself. */
function cycleFrom(start: string): string | undefined {
  const seen = new Set<string>();
  const walk = (path: string, way: readonly string[]): string | undefined => {
    for (const next of byPath.get(path)?.imports ?? []) {
      if (next === start) return [...way, next].join(' -> ');
      if (seen.has(next)) continue;
      seen.add(next);
      const found = walk(next, [...way, next]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}
