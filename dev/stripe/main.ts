import { startSandbox } from './sandbox.js';
import { readSettings } from './settings.js';

/** Runs the Stripe sandbox until SIGTERM, SIGINT or the end of its parent. */
async function main(): Promise<void> {
  const sandbox = await startSandbox(readSettings());
  process.stdout.write(`stripe sandbox listening on ${sandbox.url}\n`);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    sandbox.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`stripe sandbox: ${message}\n`);
  process.exit(1);
}

main().catch(fail);
