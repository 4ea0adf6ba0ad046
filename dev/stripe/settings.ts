import type { SandboxOptions } from './sandbox.js';

/**
 * Settings of the sandbox: PORT (0 or absent: a free one), DURABILL_DATA (absent: in memory),
 * STRIPE_SECRET_KEY (absent: any test key), WEBHOOK_URL with STRIPE_WEBHOOK_SECRET. Throws an
 * Error that names every fault at once.
 */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): SandboxOptions {
  const { PORT, DURABILL_DATA, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, WEBHOOK_URL } =
    environment;
  const port = Number(PORT ?? 0);
  const faults = [
    ...(Number.isInteger(port) && port >= 0 && port <= 65_535 ? [] : [`PORT: ${PORT}`]),
    ...(!WEBHOOK_URL || URL.canParse(WEBHOOK_URL) ? [] : [`WEBHOOK_URL: ${WEBHOOK_URL}`]),
    ...(!WEBHOOK_URL || STRIPE_WEBHOOK_SECRET ? [] : ['STRIPE_WEBHOOK_SECRET: missing']),
  ];
  if (faults.length > 0) throw new Error(`bad settings: ${faults.join('; ')}`);
  return {
    port,
    directory: DURABILL_DATA || null,
    secretKey: STRIPE_SECRET_KEY || null,
    webhook:
      WEBHOOK_URL && STRIPE_WEBHOOK_SECRET
        ? { url: WEBHOOK_URL, secret: STRIPE_WEBHOOK_SECRET }
        : null,
  };
}
