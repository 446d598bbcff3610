// A ternary within a ternary is read at a glance if it fits one line, and not at all if it does not: give its parts
// names, or say it by `if` and `return`.

/** @type {import('eslint').Rule.RuleModule} */
export const oneLineTernaries = {
  meta: { type: 'suggestion', schema: [], messages: { long: 'a nested ternary that does not fit one line' } },
  create: (context) => ({
    ConditionalExpression(node) {
      if (node.parent.type === 'ConditionalExpression') return; // the outermost one speaks for all
      const parts = [node.test, node.consequent, node.alternate];
      const isNested = parts.some((part) => part.type === 'ConditionalExpression');
      if (isNested && node.loc.start.line !== node.loc.end.line) context.report({ node, messageId: 'long' });
    },
  }),
};
