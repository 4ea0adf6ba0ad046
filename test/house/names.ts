import { exportsOf } from './exports.js';
import type { SourceFile } from './sourceFile.js';
import type { Violation } from './violation.js';

/** Names that say nothing about what is inside. */
const EMPTY_WORDS = /^(utils?|helpers?|managers?|common|services?|misc|stuff)$/;

/** `v2` is history, and history is in git. */
const VERSION_WORD = /^v\d+$/;

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

/** No folder or file is named for nothing, or for its version. */
export function emptyNames(path: string): Violation[] {
  const words = wordsOf(path);
  const empty = words.filter((word) => EMPTY_WORDS.test(word));
  const versions = words.filter((word) => VERSION_WORD.test(word));
  return [
    ...empty.map((word) => ({ path, line: 1, message: `"${word}" in a path says nothing` })),
    ...versions.map((word) => ({ path, line: 1, message: `version "${word}" in a path` })),
  ];
}

/** No exported name carries a version. */
export function versionedExports(source: SourceFile): Violation[] {
  const named = exportsOf(source).flatMap(({ names, line }) =>
    names.map((name) => ({ name, line })),
  );
  return named
    .filter(({ name }) => wordsOf(name).some((word) => VERSION_WORD.test(word)))
    .map(({ name, line }) => ({ path: source.path, line, message: `version in export "${name}"` }));
}

/**
 * A barrel hides where things are. A file started by path may gather what its host looks for:
 * Temporal takes all workflows from one module.
 */
export function barrels(source: SourceFile, entryPoints: readonly string[] = []): Violation[] {
  const violations: Violation[] = [];
  if (entryPoints.includes(source.path)) return violations;
  if (/(^|\/)index\.[a-z]+$/.test(source.path)) {
    violations.push({ path: source.path, line: 1, message: 'a file is named for what is inside' });
  }
  for (const node of source.statements) {
    const again = node.type === 'ExportAllDeclaration' || node.type === 'ExportNamedDeclaration';
    if (!again) continue;
    const line = source.lineAt(node.span.start);
    violations.push({ path: source.path, line, message: 'export at the declaration, not again' });
  }
  return violations;
}
