import { parseSync } from '@swc/core';
import type { SyntaxNode } from './syntaxTree.js';

/** A parsed file of the project. */
export interface SourceFile {
  /** Path from the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Statements in order; their spans are bytes as the parser counts them, over all files. */
  readonly statements: readonly SyntaxNode[];
  /** Line of a byte of a span, from 1. */
  lineAt(byte: number): number;
  /** Source before a byte of a span. */
  textBefore(byte: number): string;
}

/**
 * The parser counts bytes on over all files it has read, from the first token of each. A first
 * token that we put there ourselves tells where this file begins.
 */
const MARK = '0;\n';

interface Parsed {
  readonly statements: readonly SyntaxNode[];
  /** Where the parser's count of bytes stood at the beginning of the file. */
  readonly firstByte: number;
}

/** Places of all ends of lines, ascending. */
function lineEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf('\n'); at !== -1; at = bytes.indexOf('\n', at + 1)) ends.push(at);
  return ends;
}

/** How many of these ascending numbers are below `limit`. */
function countBelow(numbers: readonly number[], limit: number): number {
  let from = 0;
  let to = numbers.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((numbers[middle] ?? limit) < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Parses TypeScript or a JavaScript module.
 * @throws Error with the path when the source can't be parsed.
 */
export function parseSource(path: string, text: string): SourceFile {
  const bytes = Buffer.from(text);
  const { statements, firstByte } = parsed(path, text.replace(/^#!/, '//'));
  const ends = lineEnds(bytes);
  return {
    path,
    text,
    lines: text.replace(/\n$/, '').split('\n'),
    statements,
    lineAt: (byte) => countBelow(ends, byte - firstByte) + 1,
    textBefore: (byte) => bytes.subarray(0, byte - firstByte).toString(),
  };
}

function parsed(path: string, text: string): Parsed {
  try {
    const { body } = parseSync(MARK + text, { syntax: 'typescript', target: 'es2022' });
    const [mark, ...statements] = body as unknown as SyntaxNode[];
    if (!mark) throw new Error('the parser dropped the first statement');
    return { statements, firstByte: mark.span.start + MARK.length };
  } catch (error) {
    throw new Error(`${path} can't be parsed: ${String(error)}`, { cause: error });
  }
}
