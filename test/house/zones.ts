import { importedPath, importsOf, type ImportedModule } from './imports.js';
import type { SourceFile } from './sourceFile.js';
import type { Violation } from './violation.js';

/** The contract with a workflow: what others import of `workflows`. */
const MESSAGES = 'workflows/messages.ts';

/** The same contract's other half, how messages are written; never inside a workflow. */
const PAYLOAD_CODEC = 'workflows/payloadCodec.ts';

/** What a folder may import: other folders, or single files of them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  billing: [],
  catalogue: ['billing'],
  ledger: ['billing', 'catalogue'],
  workflows: ['billing'],
  activities: ['billing', 'catalogue', 'ledger', MESSAGES],
  api: ['billing', 'catalogue', 'ledger', MESSAGES, PAYLOAD_CODEC],
  worker: ['activities', 'ledger', MESSAGES, PAYLOAD_CODEC],
  client: [],
  web: [],
  cli: ['client', 'billing', 'catalogue', 'ledger', 'activities', MESSAGES, PAYLOAD_CODEC],
  deploy: ['billing', 'catalogue', 'ledger', 'activities', 'cli'],
};

/** Folders that may import anything, and that nothing of the product imports. */
const OUTSIDE = ['dev', 'bench', 'test'];

const TYPES_ONLY: Readonly<Record<string, readonly string[]>> = { workflows: ['activities'] };

/** The sandbox has an arithmetic of its own, or it could not contradict ours. */
const SANDBOX = 'dev/stripe/';

/** Every import that leaves its zone (DESIGN: who may import whom). */
export function zoneViolations(source: SourceFile): Violation[] {
  return importsOf(source).flatMap((imported) => {
    const message = importFault(source.path, imported);
    return message === undefined ? [] : [{ path: source.path, line: imported.line, message }];
  });
}

function importFault(path: string, imported: ImportedModule): string | undefined {
  const target = importedPath(path, imported.specifier);
  if (target === undefined) return packageFault(path, imported.specifier);
  const [folder = ''] = path.split('/');
  const [targetFolder = ''] = target.split('/');
  if (path.startsWith(SANDBOX) && !OUTSIDE.includes(targetFolder)) {
    return `the sandbox must not import ${targetFolder}: its arithmetic is its own`;
  }
  if (folder === targetFolder || OUTSIDE.includes(folder)) return undefined;
  const allowed = MAY_IMPORT[folder];
  if (allowed === undefined) return `${path} lies in no folder that has a zone`;
  if (allowed.includes(targetFolder) || allowed.includes(target)) return undefined;
  if (TYPES_ONLY[folder]?.includes(targetFolder)) {
    return imported.typeOnly ? undefined : `${folder} imports ${targetFolder} as types only`;
  }
  return `${folder} must not import ${allowed.length === 0 ? 'other folders' : target}`;
}

function packageFault(path: string, specifier: string): string | undefined {
  if (path.startsWith('billing/')) {
    if (specifier === 'big.js' && path === 'billing/decimal.ts') return undefined;
    return `billing is pure: no ${specifier} (big.js, in billing/decimal.ts alone)`;
  }
  if (path === PAYLOAD_CODEC) return undefined;
  if (path.startsWith('workflows/') && !specifier.startsWith('@temporalio/')) {
    return `workflow code imports of packages Temporal's alone, not ${specifier}`;
  }
  return undefined;
}
