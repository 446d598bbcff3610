// Rules 4 and 5: who names time, who names Node-RED, and what a node is not.
import ts from 'typescript';
import { CORE, TIME_OWNERS } from '../rooms';
import { findings, isEditor, isIn, type Rule } from '../source';
import { isGlobal } from '../globals';
import { isGenerator } from './bytes';

/** Timers and wall time come from a Clock that one is handed. */
export const time: Rule = (source, { checker }) =>
  isIn(source.path, TIME_OWNERS) || isEditor(source)
    ? []
    : [
        ...source.imports
          .filter(({ name }) => /^(node:)?timers(\/promises)?$/.test(name))
          .map(({ node, name }) => ({ node, what: `${name}: time has an owner` })),
        ...findings(source, (node) => (ts.isIdentifier(node) && isTime(node, checker) ? namedIn(node) : undefined)),
      ];

function isTime(node: ts.Identifier, checker: ts.TypeChecker): boolean {
  const { parent } = node;
  const member = ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent.name.text : undefined;
  if (/^global(This)?$/.test(node.text)) return CLOCKS.test(member ?? '') && isGlobal(node, checker);
  // also where it is imported from Node
  if (node.text === 'performance' && member !== undefined) return member !== 'eventLoopUtilization';
  const isUsed =
    TIMERS.test(node.text) ||
    node.text === 'Temporal' ||
    (node.text === 'performance' && !ts.isImportSpecifier(parent)) ||
    (node.text === 'process' && /^(hrtime|uptime)$/.test(member ?? '')) ||
    (node.text === 'Date' && !isDateOnly(node, member));
  return isUsed && !ts.isTypeReferenceNode(parent) && !ts.isTypeQueryNode(parent) && isGlobal(node, checker);
}

/** A Date that is made from something is a value like any other. */
function isDateOnly(node: ts.Identifier, member: string | undefined): boolean {
  const { parent } = node;
  if (ts.isNewExpression(parent)) return (parent.arguments?.length ?? 0) > 0;
  if (ts.isBinaryExpression(parent)) return parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
  return /^(UTC|parse|prototype)$/.test(member ?? '');
}

const TIMERS = /^(set|clear)(Timeout|Interval|Immediate)$/;
const CLOCKS = /^((set|clear)(Timeout|Interval|Immediate)|Date|performance|process|Temporal)$/;

const namedIn = (node: ts.Node): string => `time has an owner: ${node.parent.getText().slice(0, 40)}`;

/** Only nodes say RED. */
export const red: Rule = (source) =>
  isIn(source.path, ['nodes'])
    ? []
    : findings(source, (node) => (ts.isIdentifier(node) && node.text === 'RED' ? 'RED outside the nodes' : undefined));

/** The core knows no message and no property of a node: what it says is in terms of what a person sees. */
export const nodeRedNames: Rule = (source, { properties }) =>
  isIn(source.path, CORE)
    ? findings(source, (node) => {
        if (ts.isIdentifier(node) && node.text === 'msg') return 'a name msg';
        const text = ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node) ? node.text : undefined;
        if (text === undefined || ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent))
          return undefined;
        if (NODE_RED.test(text)) return `Node-RED's names: ${text.slice(0, 60)}`;
        // alone it may be a key of the core's own; beside other words it is said to somebody
        const said = /\s/.test(text) ? text.split(/[^\w]+/).find((word) => properties.has(word)) : undefined;
        return said === undefined ? undefined : `the property ${said}: ${text.slice(0, 60)}`;
      })
    : [];

const NODE_RED =
  /\bmsg[.[]|\bnode-red\b|\bmtx-[a-z]+( node|-read)\b|\b(modem|broker|config|status|reader|sms|this|the) nodes?\b/i;

/** A node is a table: it talks to no meter, keeps no turns and no time (its timers: the rule on time). */
export const thinNodes: Rule = (source) =>
  isIn(source.path, ['nodes'])
    ? findings(source, (node) => {
        if (isGenerator(node)) return 'a function* in a node';
        if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
          const { name } = node.expression;
          if (name.text === 'shift' && node.arguments.length === 0 && !isEditor(source)) return 'a queue in a node';
        }
        const isDeclared =
          ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node) || ts.isClassDeclaration(node);
        return isDeclared && /queue$/i.test(node.name?.getText() ?? '') ? 'a queue in a node' : undefined;
      })
    : [];
