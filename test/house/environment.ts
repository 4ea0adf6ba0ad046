import { importsOf } from './imports.js';
import type { SourceFile } from './sourceFile.js';
import { childrenOf, walk, type SyntaxNode } from './syntaxTree.js';
import type { Violation } from './violation.js';

/** `process.env` is read in `settings.ts` alone, where every fault is reported at once. */
export function environmentReads(source: SourceFile): Violation[] {
  if (/(^|\/)settings\.ts$/.test(source.path)) return [];
  const violations: Violation[] = [];
  const message = 'the environment is read in settings.ts alone';
  walk(source.statements, (node) => {
    if (!readsEnvironment(node)) return;
    violations.push({ path: source.path, line: source.lineAt(node.span.start), message });
  });
  for (const { specifier, line } of importsOf(source)) {
    if (/^(node:)?process$/.test(specifier)) violations.push({ path: source.path, line, message });
  }
  return violations;
}

/** `process.env`, `process['env']`, `const { env } = process`. */
function readsEnvironment(node: SyntaxNode): boolean {
  const [left, right] = childrenOf(node);
  if (node.type === 'MemberExpression') {
    const property = right?.type === 'Computed' ? childrenOf(right)[0] : right;
    return left?.['value'] === 'process' && property?.['value'] === 'env';
  }
  const takenApart = node.type === 'VariableDeclarator' && left?.type === 'ObjectPattern';
  return takenApart && right?.type === 'Identifier' && right['value'] === 'process';
}
