import type { SourceFile } from './sourceFile.js';
import { childrenOf, isNode, walk, type SyntaxNode } from './syntaxTree.js';

/** One import of a file. */
export interface ImportedModule {
  /** As written. */
  readonly specifier: string;
  readonly line: number;
  /** Gone at run time: `import type`, `export type … from`, `import('…').Type`. */
  readonly typeOnly: boolean;
}

/** Every import of a file: declarations, dynamic imports, import types, require and jest's own. */
export function importsOf(source: SourceFile): ImportedModule[] {
  const imports: ImportedModule[] = [];
  walk(source.statements, (node) => {
    const found = importIn(node);
    if (found) imports.push({ ...found, line: source.lineAt(node.span.start) });
  });
  return imports;
}

function importIn(node: SyntaxNode): Omit<ImportedModule, 'line'> | undefined {
  if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type)) {
    const specifier = stringIn(node['source']);
    if (specifier === undefined) return undefined;
    return { specifier, typeOnly: node['typeOnly'] === true };
  }
  if (node.type === 'TsImportType') {
    const specifier = stringIn(node['argument']);
    return specifier === undefined ? undefined : { specifier, typeOnly: true };
  }
  return node.type === 'CallExpression' ? calledImport(node) : undefined;
}

function calledImport(call: SyntaxNode): Omit<ImportedModule, 'line'> | undefined {
  const [callee, argument] = childrenOf(call);
  const loads = callee?.type === 'Import' || callee?.['value'] === 'require';
  const specifier = loads ? stringIn(argument) : undefined;
  return specifier === undefined ? undefined : { specifier, typeOnly: false };
}

function stringIn(value: unknown): string | undefined {
  return isNode(value) && value.type === 'StringLiteral' ? String(value['value']) : undefined;
}

/** Path from the root of a relative import, `.js` read as `.ts`; undefined for a package. */
export function importedPath(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/').replace(/\.js$/, '.ts');
}
