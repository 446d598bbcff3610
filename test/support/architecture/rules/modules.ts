// Rule 7: what a module may be.
import ts from 'typescript';
import { findings, isEditor, moduleOf, type Finding, type Rule } from '../source';

export const cycle: Rule = (source, { sources }) => {
  const start = moduleOf(source.path);
  const seen = new Set<string>();
  const walk = (name: string, way: readonly string[]): readonly string[] | undefined => {
    for (const { name: next } of sources.get(name)?.imports ?? []) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = walk(next, [...way, next]);
      if (found) return found;
    }
    return undefined;
  };
  const way = walk(start, [start]);
  return way ? [{ node: source.file, what: way.join(' -> ') }] : [];
};

export const exportStar: Rule = (source) =>
  findings(source, (node) =>
    ts.isExportDeclaration(node) && !(node.exportClause && ts.isNamedExports(node.exportClause))
      ? 'export *: spell the names out'
      : undefined,
  );

export const anyType: Rule = (source) =>
  findings(source, (node) => (node.kind === ts.SyntaxKind.AnyKeyword ? 'any' : undefined));

export const inheritance: Rule = (source) =>
  findings(source, (node) =>
    ts.isClassLike(node) &&
    node.name?.text !== 'ReadError' &&
    node.heritageClauses?.some(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
      ? `the class ${node.name?.text ?? ''} inherits`
      : undefined,
  );

/** A module holds constants. What can be changed belongs to something that is made and thrown away. */
export const moduleState: Rule = (source, { checker }) => {
  if (isEditor(source) || /\.(mjs|cjs)$/.test(source.path)) return [];
  return [
    ...source.file.statements.flatMap((statement): readonly Finding[] => {
      if (!ts.isVariableStatement(statement) || isAmbient(statement)) return [];
      const isConst = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
      return statement.declarationList.declarations.flatMap((node) => {
        const what = isConst ? changeable(node, checker) : 'a variable of a module';
        return what === undefined ? [] : [{ node, what }];
      });
    }),
    ...findings(source, (node) => {
      if (!ts.isPropertyDeclaration(node) || !has(node, ts.SyntaxKind.StaticKeyword)) return undefined;
      return has(node, ts.SyntaxKind.ReadonlyKeyword) ? changeable(node, checker) : 'a static field that can be set';
    }),
  ];
};

const has = (node: ts.HasModifiers, kind: ts.SyntaxKind): boolean =>
  node.modifiers?.some((modifier) => modifier.kind === kind) === true;
const isAmbient = (node: ts.VariableStatement): boolean => has(node, ts.SyntaxKind.DeclareKeyword);

/** What of a constant can be changed, by its type. */
function changeable(
  node: ts.VariableDeclaration | ts.PropertyDeclaration,
  checker: ts.TypeChecker,
): string | undefined {
  if (!node.initializer) return undefined;
  for (const name of namesIn(node.name)) {
    const type = checker.getTypeAtLocation(name);
    for (const part of type.isUnion() ? type.types : [type]) {
      const what = changeablePart(part, node, checker);
      if (what !== undefined) return `${name.getText()}: ${what}`;
    }
  }
  return undefined;
}

/** The names that a declaration gives, also by taking something apart. */
function namesIn(name: ts.PropertyName | ts.BindingName): readonly ts.Node[] {
  if (!ts.isArrayBindingPattern(name) && !ts.isObjectBindingPattern(name)) return [name];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));
}

function changeablePart(type: ts.Type, node: ts.Node, checker: ts.TypeChecker): string | undefined {
  const name = type.symbol?.name ?? '';
  if ((type.flags & ts.TypeFlags.Object) === 0 && !type.isIntersection())
    return (type.flags & ts.TypeFlags.Any) !== 0 ? 'anything' : undefined;
  if (STATELESS.has(name) || checker.getSignaturesOfType(type, ts.SignatureKind.Call).length > 0) return undefined;
  if (/^(Map|Set|WeakMap|WeakSet|Array|WeakRef)$/.test(name)) return `a ${name} that can be changed`;
  if (checker.isTupleType(type)) return (type as ts.TupleTypeReference).target.readonly ? undefined : 'a tuple';
  if (TYPED_ARRAYS.test(name)) return isWritten(node) ? 'octets that are written to' : undefined;
  if (type.symbol && (type.symbol.flags & ts.SymbolFlags.Class) !== 0) return `an object of ${name}`;
  const index = checker.getIndexInfosOfType(type).find((info) => !info.isReadonly);
  if (index) return 'a record that can be changed';
  const open = checker.getPropertiesOfType(type).find((property) => !isReadonly(property));
  return open && `its ${open.name} can be set`;
}

/** Also what a mapped type made readonly, which no declaration shows. */
function isReadonly(property: ts.Symbol): boolean {
  if ((property.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.GetAccessor)) !== 0) return true;
  const flags = (property as { links?: { checkFlags?: number } }).links?.checkFlags ?? 0;
  if ((flags & CHECK_READONLY) !== 0) return true;
  return (property.declarations ?? []).some(
    (declaration) => (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly) !== 0,
  );
}

/** TypeScript has no readonly octets: a table of them is one as long as nothing writes to it. */
function isWritten(node: ts.Node): boolean {
  const name = (node as ts.VariableDeclaration).name.getText();
  const text = node.getSourceFile().text.replaceAll(node.getText(), '');
  return new RegExp(
    `\\b${name}(\\[[^\\]]*\\]\\s*([-+*/&|^]|<<|>>>?)?=[^=]|\\.(set|fill|sort|reverse|copyWithin)\\()`,
  ).test(text);
}

const TYPED_ARRAYS = /^((Big)?U?[iI]nt|Float)\d+(Clamped)?Array$|^Buffer$/;
/** Objects of the language that hold nothing which a use of them could change for another. */
const STATELESS = new Set([
  'RegExp',
  'ReadonlyMap',
  'ReadonlySet',
  'ReadonlyArray',
  'TextDecoder',
  'TextEncoder',
  'Date',
  'DateTimeFormat',
  'Promise',
  'Symbol',
]);
/** ts.CheckFlags.Readonly, which TypeScript keeps to itself; the table of wrong files holds it to what it means. */
const CHECK_READONLY = 8;
