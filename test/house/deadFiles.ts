import { importedPath, importsOf } from './imports.js';
import type { SourceFile } from './sourceFile.js';
import type { Violation } from './violation.js';

/**
 * Files that no entry point reaches. A test keeps only files under test/ alive: code of the
 * product that nothing but its test uses is dead as well.
 */
export function deadFiles(
  sources: readonly SourceFile[],
  entryPoints: readonly string[],
): Violation[] {
  const edges = new Map(sources.map((source) => [source.path, targetsOf(source)]));
  const missing = entryPoints.filter((path) => !edges.has(path));
  const alive = reached(edges, entryPoints);
  const tests = [...edges.keys()].filter((path) => path.endsWith('.test.ts'));
  const tested = reached(edges, [...entryPoints, ...tests]);
  const dead = [...edges.keys()].filter((path) => {
    return path.startsWith('test/') ? !tested.has(path) : !alive.has(path);
  });
  return [
    ...missing.map((path) => ({ path, line: 1, message: 'entry point that does not exist' })),
    ...dead.map((path) => ({ path, line: 1, message: 'dead file: no entry point reaches it' })),
  ];
}

function targetsOf(source: SourceFile): string[] {
  return importsOf(source).flatMap(({ specifier }) => importedPath(source.path, specifier) ?? []);
}

function reached(edges: ReadonlyMap<string, readonly string[]>, roots: readonly string[]) {
  const seen = new Set<string>();
  const waiting = [...roots];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    waiting.push(...(edges.get(path) ?? []));
  }
  return seen;
}
