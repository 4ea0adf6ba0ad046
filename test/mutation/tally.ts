import type { MutantResult } from '@stryker-mutator/api/core';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** How many mutants there are, and how many of them some test noticed. */
export interface Count {
  readonly noticed: number;
  readonly all: number;
}

/** `RuntimeError`: the process that ran the tests died of it, twice (it ran out of memory). */
const NOTICED: readonly MutantResult['status'][] = ['Killed', 'Timeout', 'RuntimeError'];
const NOT_JUDGED: readonly MutantResult['status'][] = ['Ignored', 'CompileError'];
const EXCERPT_MAX = 80;

/** Mutants that count: all that could run. */
export function judged(mutants: readonly MutantResult[]): MutantResult[] {
  return mutants.filter(({ status }) => !NOT_JUDGED.includes(status));
}

/** Whether a test failed, or ran without end or without bound, because of it. */
export function isNoticed({ status }: MutantResult): boolean {
  return NOTICED.includes(status);
}

/** Counts by file, path from the root; by path. */
export function countsByFile(mutants: readonly MutantResult[], root: string): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const mutant of judged(mutants)) {
    const file = relative(root, mutant.fileName);
    const { noticed, all } = counts.get(file) ?? { noticed: 0, all: 0 };
    counts.set(file, { noticed: noticed + (isNoticed(mutant) ? 1 : 0), all: all + 1 });
  }
  return new Map([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** All counts together. */
export function sumCounts(counts: Iterable<Count>): Count {
  let sum: Count = { noticed: 0, all: 0 };
  for (const { noticed, all } of counts) {
    sum = { noticed: sum.noticed + noticed, all: sum.all + all };
  }
  return sum;
}

/** "97.3 %"; nothing where there is nothing to notice. */
export function percent({ noticed, all }: Count): string {
  return all === 0 ? '' : `${((100 * noticed) / all).toFixed(1)} %`;
}

/**
 * One line for a mutant that nobody noticed: where, what stood there, what stands there now.
 * `sources`: the files as they were altered, by path from the root.
 */
export function survivorLine(
  mutant: MutantResult,
  root: string,
  sources: ReadonlyMap<string, string>,
): string {
  const { fileName, location, mutatorName, replacement, status } = mutant;
  const file = relative(root, fileName);
  const original = between(sources.get(file) ?? '', location);
  const at = `${file}:${location.start.line}:${location.start.column}`;
  return `${status} ${at} ${mutatorName}: ${excerpt(original)} => ${excerpt(replacement ?? '')}`;
}

/** Lines and columns are counted from 1. */
function between(source: string, { start, end }: MutantResult['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  lines[last] = (lines[last] ?? '').slice(0, end.column - 1);
  lines[0] = (lines[0] ?? '').slice(start.column - 1);
  return lines.join('\n');
}

function excerpt(code: string): string {
  const line = code.replace(/\s+/g, ' ');
  return line.length <= EXCERPT_MAX ? line : `${line.slice(0, EXCERPT_MAX)}…`;
}

/** The files of Stryker's report as they were when they were altered, by path from the root. */
export function sourcesIn(report: string): Map<string, string> {
  const { files } = JSON.parse(readFileSync(report, 'utf8')) as {
    readonly files: Readonly<Record<string, { readonly source: string }>>;
  };
  return new Map(Object.entries(files).map(([path, { source }]) => [path, source]));
}
