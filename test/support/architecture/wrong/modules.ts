// Wrong and right files for the rules on what a module may be.
import type { Rows } from './snippet';

export const MODULES: readonly Rows[] = [
  {
    rule: 'cycle',
    wrong: [
      ['src/core/at/x.ts', "export { y } from './y';", { './y.ts': "export { x } from './x';" }],
      [
        'src/core/at/x.ts',
        "import type { Y } from './y';\nexport type X = Y;",
        { './y.ts': "export { z as Y } from './z';", './z.ts': "export const z = () => import('./x');" },
      ],
    ],
    right: [['src/core/at/x.ts', "export { y } from './y';", { './y.ts': 'export const y = 1;' }]],
  },
  {
    rule: 'export *',
    wrong: [
      ['src/core/at/x.ts', "export * from './at';"],
      ['src/core/at/x.ts', "export type * from './at';"],
      ['nodes/shared/x.ts', "export * as palette from './palette';"],
    ],
    right: [['src/core/at/x.ts', "export { encodeAt } from './at';"]],
  },
  {
    rule: 'module state',
    wrong: [
      ['src/core/at/x.ts', 'export const cache = { last: 0 };'],
      ['src/core/at/x.ts', 'export const m = new Map([[1, 2]]);'],
      ['src/core/at/x.ts', 'let count = 0;\nexport const x = () => count++;'],
      ['src/core/at/x.ts', 'export var x = 1;'],
      ['src/core/at/x.ts', 'const seen: string[] = [];\nexport const x = seen;'],
      ['src/core/at/x.ts', 'export const list = [1, 2];'],
      ['src/core/at/x.ts', 'export const byName: Record<string, number> = { a: 1 };'],
      ['src/core/at/x.ts', 'const known = new WeakMap<object, number>();\nexport const x = known;'],
      ['src/core/at/x.ts', 'const all = new Set<string>();\nexport const x = all;'],
      ['src/core/at/x.ts', 'class Book {\n  n = 0;\n}\nexport const book = new Book();'],
      ['src/core/at/x.ts', 'export class X {\n  static last = 0;\n}'],
      ['src/core/at/x.ts', 'export class X {\n  static readonly all = new Map<string, number>();\n}'],
      ['src/core/at/x.ts', 'const make = () => ({ last: 0 });\nexport const kept = make();'],
      ['src/core/at/x.ts', 'export const { kept } = { kept: [1] };'],
      ['src/core/at/x.ts', 'const last = new Uint8Array(4);\nexport const x = (n: number) => {\n  last[0] = n;\n};'],
      ['src/core/at/x.ts', 'export const t = { a: 1 } satisfies { a: number };'],
      ['nodes/shared/x.ts', 'const running = { now: false };\nexport const x = running;'],
      ['scripts/x.ts', 'let busy = false;\nexport const x = () => (busy = true);'],
      ['bench/x.ts', 'export const found: number[] = [];'],
      ['src/simulator/world/x.ts', 'export const x: { last?: string } = {};'],
    ],
    right: [
      ['src/core/at/x.ts', 'export const t = { a: 1, b: [1, 2] } as const;'],
      ['src/core/at/x.ts', 'export const t: Readonly<Record<string, number>> = { a: 1 };'],
      ['src/core/at/x.ts', 'export const l: readonly number[] = [1];'],
      ['src/core/at/x.ts', 'export const m: ReadonlyMap<number, number> = new Map([[1, 2]]);'],
      ['src/core/at/x.ts', 'export const t = Object.freeze({ a: 1 });'],
      [
        'src/core/at/x.ts',
        'type Row = { readonly a: number; run(): void };\nexport const t: Row = { a: 1, run: () => undefined };',
      ],
      ['src/core/at/x.ts', 'export const t = { a: 1 } as const satisfies Record<string, number>;'],
      ['src/core/at/x.ts', 'const TABLE = Uint8Array.of(1, 2);\nexport const x = (n: number) => TABLE[n];'],
      ['src/core/at/x.ts', 'export const x = (n: number) => {\n  let count = n;\n  return count++;\n};'],
      ['src/core/at/x.ts', 'const WORD = /a/;\nconst [ONE, TWO] = [1, 2];\nexport const x = () => [WORD, ONE, TWO];'],
    ],
  },
  {
    rule: 'any',
    wrong: [
      ['src/core/at/x.ts', 'export const x = (a: any) => String(a);'],
      ['src/core/at/x.ts', 'export const x = (a: unknown) => a as any;'],
      ['nodes/shared/x.ts', 'export type X = Map<string, any>;'],
      ['bench/x.ts', 'export const x: any[] = [];'],
    ],
    right: [['src/core/at/x.ts', 'export const any = (a: unknown) => `any ${String(a)}`;']],
  },
  {
    rule: 'inheritance',
    wrong: [
      ['src/core/at/x.ts', 'class A {\n  n = 0;\n}\nexport class B extends A {}'],
      ['src/core/at/x.ts', 'export class AtError extends Error {}'],
      ['scripts/x.ts', "import { EventEmitter } from 'node:events';\nexport const x = class extends EventEmitter {};"],
    ],
    right: [
      ['src/core/at/x.ts', 'interface A {\n  n: number;\n}\nexport interface B extends A {\n  m: number;\n}'],
      ['src/core/at/x.ts', 'interface A {\n  n: number;\n}\nexport class B implements A {\n  n = 0;\n}'],
    ],
  },
];
