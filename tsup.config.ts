// Runtime files are transpiled one by one, not bundled: with one bundle per node each would carry its own copy of the
// core, and a class of one would not be the class of another. Editor scripts are bundled, for a browser loads them.
import { readdirSync, existsSync } from 'node:fs';
import { defineConfig } from 'tsup';

const editors = readdirSync('nodes').filter((folder) => existsSync(`nodes/${folder}/editor.ts`));

export default defineConfig([
  {
    entry: [
      'src/core/**/*.ts',
      'src/simulator/**/*.ts',
      'src/words/**/*.ts',
      'nodes/**/*.ts',
      '!nodes/*/editor.ts',
      '!nodes/*/editor/**',
    ],
    bundle: false,
    format: ['cjs'],
    outDir: 'dist',
    target: 'node20',
    platform: 'node',
    splitting: false,
    sourcemap: false,
    dts: false,
    silent: true,
  },
  {
    entry: Object.fromEntries(editors.map((folder) => [folder, `nodes/${folder}/editor.ts`])),
    format: ['iife'],
    outDir: 'dist/editor',
    target: 'es2020',
    platform: 'browser',
    dts: false,
    silent: true,
    outExtension: () => ({ js: '.js' }),
  },
]);
