// Rule 2: codecs do not talk, and dialogues count no bytes.
import ts from 'typescript';
import { everyNode, findings, isIn, type House, type Rule, type Source } from '../source';

/** A codec has no time, so it never talks, and what a file gives away as a codec does not stand beside a dialogue. */
export const codec: Rule = (source, house) => {
  if (!isProtocol(source, house) || !isTalking(source)) return [];
  const codecs = source.file.statements.filter(
    (statement) =>
      ts.isFunctionDeclaration(statement) &&
      /^(encode|decode|scan)[A-Z]/.test(statement.name?.text ?? '') &&
      (isGenerator(statement) || statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)),
  );
  return codecs.map((node) => ({ node, what: 'a codec in a file that talks' }));
};

/** A dialogue speaks of frames and fields: where they stand in the octets is the codec's. */
export const offsets: Rule = (source, house) =>
  isProtocol(source, house) && isTalking(source)
    ? findings(source, (node) => {
        if (ts.isElementAccessExpression(node) && isOffset(node, house.checker)) return 'an octet by its offset';
        if (ts.isArrayBindingPattern(node) && isOctets(node.parent.initializer ?? node.parent, house.checker))
          return 'octets taken by offset';
        if (ts.isBinaryExpression(node) && SHIFTS.has(node.operatorToken.kind))
          return 'octets put together by shifting';
        if (ts.isIdentifier(node) && node.text === 'DataView') return 'a DataView';
        return ts.isPropertyAccessExpression(node) &&
          PIECES.test(node.name.text) &&
          isOctets(node.expression, house.checker)
          ? `.${node.name.text} on octets`
          : undefined;
      })
    : [];

/** A file that speaks a part of a dialogue. */
export function isTalking({ file }: Source): boolean {
  return everyNode(file).some(
    (node) => ((ts.isFunctionLike(node) && isGenerator(node)) || ts.isYieldExpression(node)) === true,
  );
}

export const isGenerator = (node: ts.Node): boolean =>
  (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node)) &&
  node.asteriskToken !== undefined;

function isProtocol({ path }: Source, { protocols }: House): boolean {
  return isIn(path, [...protocols, 'src/core/at', 'src/core/readers']);
}

/** By the type; where that is not known, a number in the brackets. */
function isOffset(node: ts.ElementAccessExpression, checker: ts.TypeChecker): boolean {
  if (isOctets(node.expression, checker)) return true;
  const type = checker.getTypeAtLocation(node.expression);
  return (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0 && ts.isNumericLiteral(node.argumentExpression);
}

function isOctets(node: ts.Node, checker: ts.TypeChecker): boolean {
  const type = checker.getNonNullableType(checker.getTypeAtLocation(node));
  const types = type.isUnion() ? type.types : [type];
  return types.some((one) => OCTETS.has(one.symbol?.name ?? ''));
}

const OCTETS = new Set(['Uint8Array', 'Buffer', 'DataView', 'Uint8ClampedArray', 'Int8Array', 'ArrayBuffer']);
const PIECES =
  /^(slice|subarray|at|(get|read|set|write)(Big)?U?[iI]nt\d*(BE|LE)?|(read|write|get|set)(Float|Double)\w*)$/;
const SHIFTS = new Set([
  ts.SyntaxKind.LessThanLessThanToken,
  ts.SyntaxKind.LessThanLessThanEqualsToken,
  ts.SyntaxKind.GreaterThanGreaterThanToken,
  ts.SyntaxKind.GreaterThanGreaterThanEqualsToken,
  ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken,
  ts.SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken,
]);
