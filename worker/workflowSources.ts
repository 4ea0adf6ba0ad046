import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The module whose exports are the workflows; bundled for Temporal's sandbox, never imported. */
export const WORKFLOWS_PATH = fileURLToPath(new URL('../workflows/workflows.ts', import.meta.url));

const REDUCER = fileURLToPath(new URL('../billing/customer/', import.meta.url));

/**
 * The reducer's modules, and so all rules: they keep nothing of a customer, so the cached
 * workflows of a worker share one copy. Without this each has them all evaluated for itself.
 */
export const SHARED_MODULES: readonly string[] = readdirSync(REDUCER, {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `${REDUCER}${name}`);
