import { startSandbox } from './sandbox.js';
import { WrongSettings, readSettings } from './settings.js';

/** Any test key opens a sandbox that was given none of its own. */
const EXAMPLE_KEY = 'sk_test_sandbox';

/** Resolves on SIGTERM, SIGINT or the end of the parent; listens from the very start. */
function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(signal, () => resolve());
  });
}

/** What is printed once it listens. */
function addressOf(url: string, saying: 'line' | 'words' | 'json'): string {
  if (saying === 'line') return `stripe sandbox listening on ${url}`;
  const panel = `${url}/_sandbox`;
  if (saying === 'json') return JSON.stringify({ url, secretKey: EXAMPLE_KEY, panel });
  return [
    `Stripe sandbox  ${url}`,
    `Secret key      ${EXAMPLE_KEY} (any other test key will do)`,
    `Panel           ${panel}`,
    'It keeps nothing on disk and runs until Ctrl-C.',
  ].join('\n');
}

async function main(): Promise<void> {
  const asked = askedToStop();
  const { options, saying } = readSettings();
  const sandbox = await startSandbox(options);
  process.stdout.write(`${addressOf(sandbox.url, saying)}\n`);
  await asked;
  await sandbox.stop();
  process.exit(0);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`stripe sandbox: ${message}\n`);
  process.exit(error instanceof WrongSettings ? 2 : 1);
});
