// Whether a name means the global of that name.
import ts from 'typescript';

/** True for the use of a global; false for a property, a declaration or something else of this name. */
export function isGlobal(node: ts.Identifier, checker: ts.TypeChecker): boolean {
  const { parent } = node;
  const isName =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isQualifiedName(parent) && parent.right === node) ||
    ((ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isBindingElement(parent) ||
      ts.isNamedTupleMember(parent) ||
      ts.isEnumMember(parent)) &&
      (parent.name === node || (ts.isBindingElement(parent) && parent.propertyName === node)));
  if (isName) return false;
  const symbol = ts.isShorthandPropertyAssignment(parent)
    ? checker.getShorthandAssignmentValueSymbol(parent)
    : checker.getSymbolAtLocation(node);
  // a name that nothing declares can only be a global
  return (symbol?.declarations ?? []).every(
    (declaration) => declaration.getSourceFile().isDeclarationFile && !ts.isImportSpecifier(declaration),
  );
}
