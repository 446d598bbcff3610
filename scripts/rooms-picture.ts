// Draws the rooms of the house and the arrows between them from the imports: docs/images/rooms.svg.   npm run rooms
// An arrow that a longer way implies is left out. The colours stand on a light page as on a dark one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { houseWith, ROOT } from '../test/support/architecture/project';
import type { Source } from '../test/support/architecture/source';
import { layOut, type Box, type Picture, type Size } from './picture/layers';
import { reduced, roomsOf, type Room } from './picture/rooms-graph';

export const PATH = 'docs/images/rooms.svg';

export function roomsPicture(sources: Iterable<Source>): string {
  const { rooms, graph } = roomsOf(sources);
  const drawn = new Map(rooms.map((room) => [room.name, drawnRoom(room)]));
  const picture = layOut(reduced(graph), (name) => drawn.get(name)?.size ?? { width: 0, height: 0 }, OUTSIDE);
  const width = Math.ceil(picture.width + 2 * MARGIN);
  const height = Math.ceil(picture.height + 2 * MARGIN);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ` font-family="system-ui, sans-serif" role="img" aria-label="The rooms of the house and who knows whom">\n`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">',
    `<path d="M0 0L8 4L0 8z" fill="${LINE}"/></marker></defs>\n`,
    `<g transform="translate(${MARGIN} ${MARGIN})">\n`,
    linesOf(picture),
    ...picture.boxes.map((box) => frameOf(box, ROOM) + (drawn.get(box.name)?.draw(box) ?? '')),
    '</g>\n</svg>\n',
  ].join('');
}

/** A room by its name, its sub-rooms below it. */
function drawnRoom({ name, inside }: Room): { readonly size: Size; readonly draw: (box: Box) => string } {
  const picture = layOut(reduced(inside), (sub) => ({ width: textWidth(sub, 12) + 14, height: 24 }), INSIDE);
  const hasParts = picture.boxes.length > 0;
  const size: Size = {
    width: Math.max(picture.width + 2 * PADDING, textWidth(name, 14) + 2 * PADDING),
    height: HEAD + (hasParts ? picture.height + PADDING : 0),
  };
  return {
    size,
    draw: ({ x, y, width }) =>
      [
        textAt(x + width / 2, y + 22, 14, name),
        `<g transform="translate(${round(x + (width - picture.width) / 2)} ${round(y + HEAD)})">\n`,
        linesOf(picture),
        ...picture.boxes.map((sub) => frameOf(sub, SUB_ROOM) + textAt(sub.x + sub.width / 2, sub.y + 16, 12, sub.name)),
        '</g>\n',
      ].join(''),
  };
}

function linesOf({ arrows }: Picture): string {
  const lines = arrows.map((points) => {
    const path = points.map(([x, y], i) => {
      const before = points[i - 1];
      if (!before) return `M${round(x)} ${round(y)}`;
      if (x === before[0]) return `L${round(x)} ${round(y)}`;
      const half = (y - before[1]) / 2;
      return `C${round(before[0])} ${round(before[1] + half)} ${round(x)} ${round(y - half)} ${round(x)} ${round(y)}`;
    });
    return `<path d="${path.join('')}" fill="none" stroke="${LINE}" stroke-width="1.5" marker-end="url(#tip)"/>\n`;
  });
  return lines.join('');
}

function frameOf({ x, y, width, height }: Box, fill: string): string {
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return `<rect ${place} rx="5" fill="${fill}" stroke="${LINE}"/>\n`;
}

function textAt(x: number, y: number, size: number, text: string): string {
  const place = `x="${round(x)}" y="${round(y)}" font-size="${size}"`;
  return `<text ${place} text-anchor="middle" fill="${INK}">${text}</text>\n`;
}

/** Wide enough for any sans serif. */
const textWidth = (text: string, size: number): number => Math.ceil(text.length * size * 0.6);
const round = (value: number): number => Math.round(value * 10) / 10;

const MARGIN = 12;
const PADDING = 12;
const HEAD = 34;
const OUTSIDE = { across: 18, down: 44 } as const;
const INSIDE = { across: 8, down: 20 } as const;
const ROOM = '#e8eef4';
const SUB_ROOM = '#ffffff';
const INK = '#1c2733';
const LINE = '#7d8a97';

if (require.main === module) writeFileSync(join(ROOT, PATH), roomsPicture(houseWith(new Map()).sources.values()));
