// Rule 4, wording: no sentence for a person stands in the core, and every error has a reason.
import ts from 'typescript';
import { CORE, NAMES_OF_STANDARDS, SIMULATOR, WIRE_TEXTS } from '../rooms';
import { findings, isIn, type Rule } from '../source';

/** What reads as a sentence: words of letters with two blanks between them, or more. */
export const sentences: Rule = (source) =>
  isIn(source.path, CORE) && !isIn(source.path, [...SIMULATOR, ...NAMES_OF_STANDARDS]) && !isWords(source.path)
    ? findings(source, (node) => {
        const text = textOf(node);
        if (text === undefined || WIRE_TEXTS.includes(text) || isForNobody(node)) return undefined;
        return (text.match(BETWEEN_WORDS) ?? []).length >= 2 ? `a sentence: ${text.slice(0, 60)}` : undefined;
      })
    : [];

/** An error is made from its reason: a code with a sentence beside it would have words in one language only. */
export const reasons: Rule = (source) =>
  isIn(source.path, [...CORE, 'nodes']) && source.path !== 'src/core/wire/errors.ts'
    ? findings(source, (node) =>
        ts.isNewExpression(node) && /(^|\.)ReadError$/.test(node.expression.getText())
          ? 'an error without a reason: failure(reason, facts) makes one'
          : undefined,
      )
    : [];

/** Text of a literal; of a template, with a digit for each place; each part of a sum by itself. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isStringLiteral(node)) return ts.isImportDeclaration(node.parent) ? undefined : node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `0${literal.text}`).join('');
}

/** A key of what a line remembers, or the place of a defect of our own: for whoever mends it. */
function isForNobody(node: ts.Node): boolean {
  const call = ts.findAncestor(node, ts.isCallExpression);
  const [first] = call?.arguments ?? [];
  if (!call || !first) return false;
  if (first === node) return ts.isPropertyAccessExpression(call.expression) && call.expression.name.text === 'recall';
  return ts.isStringLiteral(first) && first.text === 'wire.defect';
}

/** The words of a protocol that has one folder for all its parts. */
const isWords = (path: string): boolean => /^src\/protocols\/[^/]+\/words\//.test(path);

const BETWEEN_WORDS = /(?<=\p{L}[.,;:!?)"'»]*) (?=[("'«]*\p{L})/gu;
