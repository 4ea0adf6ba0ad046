import { bundleWorkflowCode } from '@temporalio/worker';
import { SHARED_MODULES, WORKFLOWS_PATH } from './workflowSources.js';

/** Largest workflow bundle, with its source map, that a worker loads in no time; bytes. */
const BUNDLE_BYTES_MAX = 4_500_000;

/** `npm run bundle`: workflow code bundles for the sandbox, is small, reaches nothing foreign. */
async function main(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    preloadModules: [...SHARED_MODULES],
  });
  const bytes = Buffer.byteLength(code);
  if (bytes > BUNDLE_BYTES_MAX) {
    throw new Error(`the workflow bundle has ${bytes} bytes, at most ${BUNDLE_BYTES_MAX}`);
  }
  const foreign = ['mongoose', 'express', 'zod', 'stripe'].filter((name) =>
    code.includes(`node_modules/${name}/`),
  );
  if (foreign.length > 0) throw new Error(`the workflow bundle reaches ${foreign.join(', ')}`);
  process.stdout.write(`workflow bundle: ${bytes} bytes\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
