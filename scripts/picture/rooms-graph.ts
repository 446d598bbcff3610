// The rooms of the house and the arrows between them, as the imports have them.
import type { Source } from '../../test/support/architecture/source';

/** Boxes by name, and who points to whom. */
export interface Graph {
  readonly names: readonly string[];
  readonly arrows: readonly (readonly [from: string, to: string])[];
}

export interface Room {
  readonly name: string;
  /** Its folders and the arrows between these. */
  readonly inside: Graph;
}

export function roomsOf(sources: Iterable<Source>): { readonly rooms: readonly Room[]; readonly graph: Graph } {
  const all = [...sources];
  const graph = graphOf(all, roomOf);
  const rooms = graph.names.map((name) => ({ name, inside: graphOf(all, (path) => subRoomOf(name, path)) }));
  return { rooms, graph };
}

/** The arrows that no longer way implies. */
export function reduced({ names, arrows }: Graph): Graph {
  const next = (from: string): string[] => arrows.filter((arrow) => arrow[0] === from).map((arrow) => arrow[1]);
  const reaches = (from: string, to: string): boolean => next(from).some((one) => one === to || reaches(one, to));
  return {
    names,
    arrows: arrows.filter(([from, to]) => !next(from).some((other) => other !== to && reaches(other, to))),
  };
}

function graphOf(sources: readonly Source[], placeOf: (path: string) => string | undefined): Graph {
  const names = new Set<string>();
  const arrows = new Map<string, readonly [string, string]>();
  for (const { path, imports } of sources) {
    const from = placeOf(path);
    if (from === undefined) continue;
    names.add(from);
    for (const { name } of imports) {
      const to = placeOf(name.includes('.') ? name : `${name}.ts`);
      if (to !== undefined && to !== from) arrows.set(`${from} ${to}`, [from, to]);
    }
  }
  return {
    names: [...names].sort(),
    arrows: [...arrows.values()].sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1)),
  };
}

function roomOf(path: string): string | undefined {
  const part = /^src\/protocols\/[^/]+\/(reader|reasons|words|meter)\b/.exec(path)?.[1];
  if (part !== undefined) return PARTS.get(part);
  return /^(src\/core\/index(?=\.ts)|src\/core\/[^/.]+(?=\/)|src\/index(?=\.ts)|src\/protocols\/[^/.]+(?=\/)|src\/[^/.]+(?=\/)|nodes|scripts|bench)/.exec(
    path,
  )?.[0];
}

function subRoomOf(room: string, path: string): string | undefined {
  if (!path.startsWith(`${room}/`)) return undefined;
  const [folder, ...rest] = path.slice(room.length + 1).split('/');
  return rest.length > 0 ? folder : undefined;
}

/** What a protocol has of these rooms in the one folder of its own. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ['reader', 'src/core/readers'],
  ['reasons', 'src/core/wire'],
  ['words', 'src/words'],
  ['meter', 'src/simulator'],
]);
