// Rules 1, 3, 5 and 6: who may import whom.
import { builtinModules } from 'node:module';
import ts from 'typescript';
import { BUILTIN_OWNERS, CORE, GLOBAL_OWNERS, PACKAGE_OWNERS, ROOMS, SIMULATOR, SUB_ROOMS } from '../rooms';
import { findings, isIn, moduleOf, type House, type Rule, type Source } from '../source';
import { isGlobal } from '../globals';
import { isTalking } from './bytes';

/** The rooms know what the table of rooms says, and nothing else. */
export const arrows: Rule = ({ path, imports }) => {
  const room = Object.keys(ROOMS)
    .filter((name) => isIn(path, [name]))
    .sort((a, b) => b.length - a.length)[0];
  return imports
    .filter(({ name }) => name.includes('/') && isIn(name, ['src', 'nodes', 'scripts', 'bench', 'test']))
    .filter(({ name }) => room === undefined || !isIn(name, [...ownOf(room, path), ...(ROOMS[room] ?? [])]))
    .map(({ name, node }) => ({ node, what: `${room ?? 'a folder without a room'} must not know ${name}` }));
};

/** A node's own room is its folder and what all nodes share. */
function ownOf(room: string, path: string): readonly string[] {
  if (room !== 'nodes') return [moduleOf(room)];
  return [path.split('/').slice(0, 2).join('/'), 'nodes/shared'];
}

/** Inside a room arrows run one way: as the table says where it does, and never in a circle of folders. */
export const subRooms: Rule = (source, house) =>
  source.imports.flatMap(({ name, node }) => {
    const step = crossing(source.path, name);
    if (!step) return [];
    const order = SUB_ROOMS[step.parent];
    if (order) {
      const level = (child: string): number => {
        const found = order.findIndex((row) => row.includes(child));
        return found < 0 ? order.length : found;
      };
      // two files that stand above all sub-rooms are no sub-rooms
      const isFree = level(step.from) === order.length && level(step.to) === order.length;
      if (!isFree && level(step.to) >= level(step.from))
        return [{ node, what: `in ${step.parent}, ${step.from} must not know ${step.to}` }];
      return [];
    }
    const way = wayBack(house, step.parent, step.to, step.from);
    return way ? [{ node, what: `a circle of sub-rooms in ${step.parent}: ${[step.from, ...way].join(' -> ')}` }] : [];
  });

/** Where an import leaves one child of a folder for another: the folder that both are in, and the two. */
function crossing(path: string, name: string): { parent: string; from: string; to: string } | undefined {
  const a = moduleOf(path).split('/');
  const b = name.split('/');
  let shared = 0;
  while (shared < Math.min(a.length, b.length) && a[shared] === b[shared]) shared++;
  const [from, to] = [a[shared], b[shared]];
  return shared < 2 || from === undefined || to === undefined
    ? undefined
    : { parent: a.slice(0, shared).join('/'), from, to };
}

function wayBack(house: House, parent: string, from: string, to: string): readonly string[] | undefined {
  const arrowsOf = (child: string): string[] =>
    [...house.sources.values()]
      .filter((source) => isIn(moduleOf(source.path), [`${parent}/${child}`]))
      .flatMap((source) => source.imports.map(({ name }) => crossing(source.path, name)))
      .flatMap((step) => (step?.parent === parent && step.from === child ? [step.to] : []));
  const seen = new Set([from]);
  const walk = (child: string, way: readonly string[]): readonly string[] | undefined => {
    if (child === to) return way;
    for (const next of new Set(arrowsOf(child))) {
      if (seen.has(next) && next !== to) continue;
      seen.add(next);
      const found = walk(next, [...way, next]);
      if (found) return found;
    }
    return undefined;
  };
  return walk(from, [from]);
}

/** Packages have owners, and the core has none of Node's modules but those the table names. */
export const packages: Rule = ({ path, imports }) =>
  imports
    .filter(({ name }) => {
      const owned = Object.keys(PACKAGE_OWNERS).find((owner) => isIn(name, [owner]));
      if (owned !== undefined) return !isIn(path, PACKAGE_OWNERS[owned] ?? []);
      if (!isIn(path, [...CORE, 'src/words', 'src/index.ts'])) return false;
      if (!isBuiltin(name)) return !isIn(name, ['src']);
      return !isIn(path, BUILTIN_OWNERS[`node:${name.replace(/^node:/, '')}`] ?? []);
    })
    .map(({ name, node }) => ({ node, what: `${name} is not for this room` }));

const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);

/** Node's globals have one owner in the core; a deadline is the session's. */
export const globals: Rule = (source, { checker }) =>
  isIn(source.path, [...CORE, 'src/words', 'src/index.ts'])
    ? findings(source, (node) => {
        if (!ts.isIdentifier(node)) return undefined;
        const owners = Object.hasOwn(GLOBAL_OWNERS, node.text) ? GLOBAL_OWNERS[node.text] : undefined;
        if (owners && !isIn(source.path, owners) && isGlobal(node, checker)) return `${node.text} has another owner`;
        if (node.text !== 'AbortSignal' || ts.isTypeReferenceNode(node.parent)) return undefined;
        const { parent } = node;
        const isTimeless = ts.isPropertyAccessExpression(parent) && /^(abort|any)$/.test(parent.name.text);
        const isTest = ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
        return isTimeless || isTest || !isGlobal(node, checker) ? undefined : 'a deadline outside the session';
      })
    : [];

/** The simulator is the meter's side: it shares codecs, never a dialogue. */
export const simulator: Rule = ({ path, imports }, { sources }) =>
  isIn(path, SIMULATOR)
    ? imports
        .filter(({ name }) => isIn(name, CORE) && !isIn(name, ['src/core/wire', ...SIMULATOR]))
        .filter(({ name }) => talks(sources.get(name)) || /\/(ledger|plan|lane|session|push-stream)$/.test(name))
        .map(({ name, node }) => ({ node, what: `${name} is the client's side` }))
    : [];

const talks = (source: Source | undefined): boolean => source !== undefined && isTalking(source);
