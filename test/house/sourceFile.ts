import { parseSync } from '@swc/core';
import { isNode, type SyntaxNode } from './syntaxTree.js';

/** A parsed file of the project. */
export interface SourceFile {
  /** Path from the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Statements in order; their spans are bytes of `text`. */
  readonly statements: readonly SyntaxNode[];
  /** Line of a byte, from 1. */
  lineAt(byte: number): number;
  /** Source before a byte. */
  textBefore(byte: number): string;
}

/**
 * The parser counts bytes on over all files it has read, from the first token of each. A first
 * token that we put there ourselves tells where this file begins.
 */
const MARK = '0;\n';

function shifted(value: unknown, by: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shifted(item, by));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) copy[name] = shifted(field, by);
  const { span } = value as { span?: { start: number; end: number } };
  if (span) copy['span'] = { start: span.start - by, end: span.end - by };
  return copy;
}

/**
 * Parses TypeScript or a JavaScript module.
 * @throws Error with the path when the source can't be parsed.
 */
export function parseSource(path: string, text: string): SourceFile {
  const bytes = Buffer.from(text);
  const body = parsedStatements(path, text.replace(/^#!/, '//'));
  return {
    path,
    text,
    lines: text.replace(/\n$/, '').split('\n'),
    statements: body,
    lineAt: (byte) => bytes.subarray(0, byte).toString().split('\n').length,
    textBefore: (byte) => bytes.subarray(0, byte).toString(),
  };
}

function parsedStatements(path: string, text: string): SyntaxNode[] {
  try {
    const parsed = parseSync(MARK + text, { syntax: 'typescript', target: 'es2022' });
    const [mark, ...statements] = parsed.body as unknown as SyntaxNode[];
    if (!mark) throw new Error('the parser dropped the first statement');
    const by = mark.span.start + MARK.length;
    return statements.map((statement) => shifted(statement, by)).filter(isNode);
  } catch (error) {
    throw new Error(`${path} can't be parsed: ${String(error)}`, { cause: error });
  }
}
