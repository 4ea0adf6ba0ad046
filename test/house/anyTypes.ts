import type { SourceFile } from './sourceFile.js';
import { walk } from './syntaxTree.js';
import type { Violation } from './violation.js';

/** `any` switches the compiler off, here and wherever the value goes. */
export function anyTypes(source: SourceFile): Violation[] {
  const violations: Violation[] = [];
  walk(source.statements, (node) => {
    if (node.type !== 'TsKeywordType' || node['kind'] !== 'any') return;
    const line = source.lineAt(node.span.start);
    violations.push({ path: source.path, line, message: 'type `any`: use `unknown` and check' });
  });
  return violations;
}
