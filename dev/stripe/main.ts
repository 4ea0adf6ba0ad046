import { startSandbox } from './sandbox.js';
import { readSettings } from './settings.js';

/** Resolves on SIGTERM, SIGINT or the end of the parent; listens from the very start. */
function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(signal, () => resolve());
  });
}

async function main(): Promise<void> {
  const asked = askedToStop();
  const sandbox = await startSandbox(readSettings());
  process.stdout.write(`stripe sandbox listening on ${sandbox.url}\n`);
  await asked;
  await sandbox.stop();
  process.exit(0);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`stripe sandbox: ${message}\n`);
  process.exit(1);
});
