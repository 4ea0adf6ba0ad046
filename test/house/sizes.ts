import type { SourceFile } from './sourceFile.js';
import { childrenOf, walk, type SyntaxNode } from './syntaxTree.js';
import type { Violation } from './violation.js';

const FILE_LINES_MAX = 200;
const TEST_LINES_MAX = 250;
const FUNCTION_LINES_MAX = 50;
const LINE_COLUMNS_MAX = 100;
const NESTING_MAX = 3;

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
]);

const CONTROL_FLOW = new Set([
  'IfStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'SwitchStatement',
  'TryStatement',
]);

/** A file at most 200 lines, a test at most 250. */
export function longFiles({ path, lines }: SourceFile): Violation[] {
  const most = path.startsWith('test/') ? TEST_LINES_MAX : FILE_LINES_MAX;
  if (lines.length <= most) return [];
  return [{ path, line: most + 1, message: `file has ${lines.length} lines, at most ${most}` }];
}

/** A line at most 100 columns. */
export function longLines({ path, lines }: SourceFile): Violation[] {
  return lines.flatMap((text, index) => {
    const columns = Array.from(text).length;
    if (columns <= LINE_COLUMNS_MAX) return [];
    const message = `line has ${columns} columns, at most ${LINE_COLUMNS_MAX}`;
    return [{ path, line: index + 1, message }];
  });
}

/** A function at most 50 lines, from its name to its last brace. */
export function longFunctions(source: SourceFile): Violation[] {
  const violations: Violation[] = [];
  walk(source.statements, (node, parents) => {
    if (!FUNCTIONS.has(node.type) || isSuite(parents)) return;
    const line = source.lineAt(node.span.start);
    const length = source.lineAt(node.span.end) - line + 1;
    if (length <= FUNCTION_LINES_MAX) return;
    const message = `function has ${length} lines, at most ${FUNCTION_LINES_MAX}`;
    violations.push({ path: source.path, line, message });
  });
  return violations;
}

/** The body of `describe` is a list of tests, no function that somebody has to follow. */
function isSuite(parents: readonly SyntaxNode[]): boolean {
  const call = parents.at(-1);
  if (call?.type !== 'CallExpression') return false;
  const [callee] = childrenOf(call);
  return calledName(callee) === 'describe';
}

/** `describe`, also for `describe.each(rows)(…)`. */
function calledName(node: SyntaxNode | undefined): string | undefined {
  if (!node) return undefined;
  if (node.type === 'Identifier') return String(node['value']);
  return calledName(childrenOf(node)[0]);
}

/** Control flow at most three deep within one function. */
export function deepNesting(source: SourceFile): Violation[] {
  const violations: Violation[] = [];
  walk(source.statements, (node, parents) => {
    if (!CONTROL_FLOW.has(node.type) || continuesElse(node, parents)) return;
    const depth = depthOf(parents) + 1;
    if (depth <= NESTING_MAX) return;
    const message = `control flow ${depth} deep, at most ${NESTING_MAX}`;
    violations.push({ path: source.path, line: source.lineAt(node.span.start), message });
  });
  return violations;
}

function depthOf(parents: readonly SyntaxNode[]): number {
  const start = parents.findLastIndex((node) => FUNCTIONS.has(node.type));
  const within = parents.slice(start + 1);
  return within.filter((node, index) => {
    return CONTROL_FLOW.has(node.type) && !continuesElse(node, within.slice(0, index));
  }).length;
}

/** `else if` goes on at the depth of its `if`. */
function continuesElse(node: SyntaxNode, parents: readonly SyntaxNode[]): boolean {
  const parent = parents.at(-1);
  return parent?.type === 'IfStatement' && parent['alternate'] === node;
}
