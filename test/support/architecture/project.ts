// The house as TypeScript sees it: one program over all rooms, with small made-up files laid over it where a test wants
// to know whether a rule catches them.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { everyNode, isEditor, moduleOf, toSource, type House, type Source } from './source';
import { PROTOCOLS } from './rooms';

export const ROOT = join(__dirname, '../../..');
const FOLDERS = ['src', 'nodes', 'scripts', 'bench'];

/** The house, with the made-up files (path from the root: text) in it. */
export function houseWith(madeUp: ReadonlyMap<string, string>): House {
  const paths = [...filesOfHouse(), ...madeUp.keys()];
  const options: ts.CompilerOptions = {
    ...ts.convertCompilerOptionsFromJson(
      (JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as { compilerOptions: object }).compilerOptions,
      ROOT,
    ).options,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: ['node'],
    allowJs: true,
  };
  const host = ts.createCompilerHost(options, true);
  const over = (file: string): string | undefined => madeUp.get(relative(ROOT, file));
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => over(file) ?? readFile(file);
  host.fileExists = (file) => over(file) !== undefined || fileExists(file);
  host.getSourceFile = (file, language, ...rest) => {
    const text = over(file);
    return text === undefined
      ? getSourceFile(file, language, ...rest)
      : ts.createSourceFile(file, text, language, true);
  };
  const program = ts.createProgram(
    paths.map((path) => join(ROOT, path)),
    options,
    host,
  );
  const modules = new Set(paths.map(moduleOf));
  const sources = paths.map((path) => {
    const file = program.getSourceFile(join(ROOT, path));
    if (!file) throw new Error(`TypeScript does not see ${path}`);
    return toSource(path, file, (name) => modules.has(name));
  });
  return {
    sources: new Map(sources.map((source) => [moduleOf(source.path), source])),
    checker: program.getTypeChecker(),
    protocols: PROTOCOLS,
    properties: new Set(sources.filter(isEditor).flatMap(propertiesOf)),
  };
}

function filesOfHouse(): string[] {
  return FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.isFile() && /\.(ts|mjs|cjs)$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

/** The names of a node's properties, as its dialog registers them, that no word of English looks like. */
function propertiesOf({ file }: Source): string[] {
  return everyNode(file).flatMap((node) => {
    const isList =
      ts.isPropertyAssignment(node) &&
      /^(defaults|credentials)$/.test(node.name.getText()) &&
      ts.isObjectLiteralExpression(node.initializer);
    if (!isList) return [];
    return (node.initializer as ts.ObjectLiteralExpression).properties
      .map((property) => property.name?.getText() ?? '')
      .filter((name) => /[a-z][A-Z]/.test(name));
  });
}
