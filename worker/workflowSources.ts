import { fileURLToPath } from 'node:url';

/** The module whose exports are the workflows; bundled for Temporal's sandbox, never imported. */
export const WORKFLOWS_PATH = fileURLToPath(new URL('../workflows/workflows.ts', import.meta.url));
