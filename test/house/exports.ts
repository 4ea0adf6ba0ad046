import type { SourceFile } from './sourceFile.js';
import { childrenOf, isNode, type SyntaxNode } from './syntaxTree.js';
import type { Violation } from './violation.js';

/** One exported declaration. */
export interface ExportedDeclaration {
  /** `const a = 1, b = 2` has two. */
  readonly names: readonly string[];
  readonly line: number;
  readonly documented: boolean;
}

const EXPORTS = /^Export(Declaration|DefaultDeclaration|DefaultExpression)$/;

/** Every declaration of a file that others can import. */
export function exportsOf(source: SourceFile): ExportedDeclaration[] {
  return source.statements
    .filter((node) => EXPORTS.test(node.type))
    .map((node) => ({
      names: declaredNames(node),
      line: source.lineAt(node.span.start),
      documented: isDocumented(source.textBefore(node.span.start)),
    }));
}

function declaredNames(node: SyntaxNode): string[] {
  const declaration = node['declaration'] ?? node['decl'];
  if (!isNode(declaration)) return ['default'];
  if (declaration.type === 'VariableDeclaration') {
    return childrenOf(declaration).map((declarator) => nameOf(declarator));
  }
  return [nameOf(declaration)];
}

function nameOf(declaration: SyntaxNode): string {
  const id = declaration['id'] ?? declaration['identifier'];
  return isNode(id) ? String(id['value']) : 'default';
}

/** A docstring stands directly above: no empty line, nothing else between. */
function isDocumented(before: string): boolean {
  const above = before.replace(/[ \t]*\n?[ \t]*$/, '');
  if (!above.endsWith('*/')) return false;
  return above.slice(above.lastIndexOf('/*')).startsWith('/**');
}

/** Every export says what it promises; further signatures of a function need no second text. */
export function undocumentedExports(source: SourceFile): Violation[] {
  const violations: Violation[] = [];
  let previous = '';
  for (const { names, line, documented } of exportsOf(source)) {
    const name = names.join(', ');
    if (!documented && name !== previous) {
      violations.push({ path: source.path, line, message: `export "${name}" has no docstring` });
    }
    previous = name;
  }
  return violations;
}
