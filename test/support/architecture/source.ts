// What a rule is given: a parsed file of the house, its imports by path, and the house around it.
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/** A module that a file names, in whatever way: from the root and without ending, or the name of a package. */
export interface Import {
  readonly name: string;
  readonly node: ts.Node;
}

export interface Source {
  /** From the root, such as `src/core/wire/inbox.ts`. */
  readonly path: string;
  readonly file: ts.SourceFile;
  readonly imports: readonly Import[];
}

export interface House {
  /** By module: the path without ending. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly checker: ts.TypeChecker;
  /** The folders of the meter protocols. */
  readonly protocols: readonly string[];
  /** Names of the nodes' properties that no English word looks like. */
  readonly properties: ReadonlySet<string>;
}

export interface Finding {
  readonly node: ts.Node;
  readonly what: string;
}

/** One never rule over one file. */
export type Rule = (source: Source, house: House) => readonly Finding[];

export const moduleOf = (path: string): string => path.replace(/\.(ts|mjs|cjs|cts)$/, '');

export function toSource(path: string, file: ts.SourceFile, isModule: (name: string) => boolean): Source {
  const imports = everyNode(file).flatMap((node) => {
    const name = specifierOf(node);
    return name === undefined ? [] : [{ name: name.startsWith('.') ? resolved(path, name, isModule) : name, node }];
  });
  return { path, file, imports };
}

/** A node and all below it, in the order of the text. */
export function everyNode(root: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

/** What a rule finds where a file's nodes are looked at one by one. */
export function findings(source: Source, look: (node: ts.Node) => string | undefined): readonly Finding[] {
  return everyNode(source.file).flatMap((node) => {
    const what = look(node);
    return what === undefined ? [] : [{ node, what }];
  });
}

export function isIn(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

export const isScript = (source: Source): boolean => isIn(source.path, ['scripts', 'bench']);
/** What runs in the browser has no core to ask for the time. */
export const isEditor = (source: Source): boolean => /^nodes\/[^/]+\/editor(\.ts$|\/)/.test(source.path);

/** The name in an import, export from, import(), require() or the type import('...'). */
function specifierOf(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
    return textOf(node.moduleSpecifier);
  if (ts.isExternalModuleReference(node)) return textOf(node.expression);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  if (!ts.isCallExpression(node)) return undefined;
  const isImport =
    node.expression.kind === ts.SyntaxKind.ImportKeyword ||
    /^require(\.resolve)?$/.test(node.expression.getText()) ||
    /^process\.getBuiltinModule$/.test(node.expression.getText());
  return isImport && node.arguments[0] ? textOf(node.arguments[0]) : undefined;
}

const textOf = (node: ts.Node): string | undefined => (ts.isStringLiteralLike(node) ? node.text : undefined);

function resolved(from: string, name: string, isModule: (name: string) => boolean): string {
  const path = normalize(join(dirname(from), name)).replace(/\/$/, '');
  return [path, moduleOf(path), moduleOf(path.replace(/\.js$/, '.ts')), `${path}/index`].find(isModule) ?? path;
}
