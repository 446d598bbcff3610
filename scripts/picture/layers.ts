// Boxes in rows, each above all that it points to; where an arrow passes a row, a gap is kept for it.
import type { Graph } from './rooms-graph';

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Box extends Size {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}
export interface Picture extends Size {
  readonly boxes: readonly Box[];
  /** The points that an arrow passes, from its box to the other. */
  readonly arrows: readonly (readonly (readonly [x: number, y: number])[])[];
}
export interface Gaps {
  readonly across: number;
  readonly down: number;
}

interface Place {
  readonly name: string;
  readonly isBox: boolean;
  readonly size: Size;
}

export function layOut(graph: Graph, sizeOf: (name: string) => Size, gaps: Gaps): Picture {
  const levels = levelsOf(graph);
  const top = Math.max(0, ...levels.values());
  const rowOf = (name: string): number => top - (levels.get(name) ?? 0);
  const rows: Place[][] = Array.from({ length: top + 1 }, () => []);
  for (const name of graph.names) rows[rowOf(name)]?.push({ name, isBox: true, size: sizeOf(name) });
  // A way is the chain of places that an arrow goes through, one a row.
  const ways = graph.arrows.map(([from, to]) => {
    const between = Array.from({ length: rowOf(to) - rowOf(from) - 1 }, (_, i) => `${from} ${to} ${i}`);
    between.forEach((name, i) =>
      rows[rowOf(from) + 1 + i]?.push({ name, isBox: false, size: { width: 6, height: 0 } }),
    );
    return [from, ...between, to];
  });
  const ordered = untangled(rows, ways);
  return placed(ordered, ways, gaps);
}

/** How many arrows lie below a box on the longest way down. */
function levelsOf({ names, arrows }: Graph): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  const levelOf = (name: string): number => {
    const known = levels.get(name);
    if (known !== undefined) return known;
    const below = arrows.filter(([from]) => from === name).map(([, to]) => levelOf(to) + 1);
    const level = Math.max(0, ...below);
    levels.set(name, level);
    return level;
  };
  names.forEach(levelOf);
  return levels;
}

/** Each place near the middle of those it is tied to: a few sweeps down and up cross few arrows. */
function untangled(rows: readonly (readonly Place[])[], ways: readonly (readonly string[])[]): readonly Place[][] {
  const tied = new Map<string, string[]>();
  for (const way of ways)
    way.forEach((name, i) => {
      const near = [way[i - 1], way[i + 1]].filter((one) => one !== undefined);
      tied.set(name, [...(tied.get(name) ?? []), ...near]);
    });
  let best = rows.map((row) => [...row]);
  for (let sweep = 0; sweep < 24; sweep++) {
    const at = new Map(best.flatMap((row) => row.map(({ name }, i) => [name, (i + 0.5) / row.length] as const)));
    const middle = (place: Place): number => {
      const near = (tied.get(place.name) ?? []).map((name) => at.get(name) ?? 0.5);
      return near.length === 0 ? (at.get(place.name) ?? 0.5) : near.reduce((a, b) => a + b, 0) / near.length;
    };
    const next = best.map((row, i) => (i % 2 === sweep % 2 ? [...row].sort((a, b) => middle(a) - middle(b)) : row));
    best = next;
  }
  return best;
}

function placed(rows: readonly (readonly Place[])[], ways: readonly (readonly string[])[], gaps: Gaps): Picture {
  const widthOf = (row: readonly Place[]): number =>
    row.reduce((sum, { size }) => sum + size.width, 0) + gaps.across * Math.max(0, row.length - 1);
  const width = Math.max(0, ...rows.map(widthOf));
  const boxes = new Map<string, Box & { readonly isBox: boolean; readonly bottom: number }>();
  let y = 0;
  for (const row of rows) {
    const height = Math.max(...row.map(({ size }) => size.height));
    // what is over in a row goes between its places
    const rest = (width - widthOf(row)) / (row.length + 1);
    let x = rest;
    for (const { name, isBox, size } of row) {
      boxes.set(name, { ...size, name, isBox, x, y, bottom: y + height });
      x += size.width + gaps.across + rest;
    }
    y += height + gaps.down;
  }
  const arrows = ways.map((way) =>
    way.flatMap((name, i): readonly (readonly [number, number])[] => {
      const box = boxes.get(name);
      if (!box) return [];
      const middle = box.x + box.width / 2;
      // straight down through the row, so that no way runs behind a neighbour
      if (i > 0 && box.isBox) return [[middle, box.y]];
      return [
        [middle, box.y + box.height],
        [middle, box.bottom],
      ];
    }),
  );
  return { width, height: Math.max(0, y - gaps.down), boxes: [...boxes.values()].filter(({ isBox }) => isBox), arrows };
}
