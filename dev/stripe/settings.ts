import { parseArgs } from 'node:util';
import type { SandboxOptions } from './sandbox.js';

/** What the program is told by its environment and its command line. */
export interface SandboxSettings {
  readonly options: SandboxOptions;
  /** How to say where it listens: a line, or for a sandbox of its own in words or as JSON. */
  readonly saying: 'line' | 'words' | 'json';
}

/** Wrong use: nothing was started. */
export class WrongSettings extends Error {}

const FLAGS = {
  alone: { type: 'boolean' },
  port: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/**
 * Settings of the sandbox: PORT (0 or absent: a free one), DURABILL_DATA (absent: in memory),
 * STRIPE_SECRET_KEY (absent: any test key), WEBHOOK_URL with STRIPE_WEBHOOK_SECRET. With `--alone`
 * it takes its port from `--port`, any test key, and keeps nothing: what the environment says of
 * another stack's port, data and keys is not its own. Throws WrongSettings that names every fault
 * at once.
 */
export function readSettings(
  environment: NodeJS.ProcessEnv = process.env,
  args: readonly string[] = process.argv.slice(2),
): SandboxSettings {
  const flags = flagsOf(args);
  const { DURABILL_DATA, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, WEBHOOK_URL } = environment;
  const named = flags.port ?? (flags.alone ? '0' : environment.PORT || '0');
  const port = Number(named);
  const faults = [
    ...(/^\d+$/.test(named) && port <= 65_535 ? [] : [`port: ${named} is not 0 to 65535`]),
    ...(!WEBHOOK_URL || URL.canParse(WEBHOOK_URL) ? [] : [`WEBHOOK_URL: ${WEBHOOK_URL}`]),
    ...(!WEBHOOK_URL || STRIPE_WEBHOOK_SECRET ? [] : ['STRIPE_WEBHOOK_SECRET: missing']),
  ];
  if (faults.length > 0) throw new WrongSettings(`bad settings: ${faults.join('; ')}`);
  const webhook =
    WEBHOOK_URL && STRIPE_WEBHOOK_SECRET
      ? { url: WEBHOOK_URL, secret: STRIPE_WEBHOOK_SECRET }
      : null;
  const own = {
    directory: flags.alone ? null : DURABILL_DATA || null,
    secretKey: flags.alone ? null : STRIPE_SECRET_KEY || null,
  };
  return {
    options: { port, ...own, webhook },
    saying: flags.json ? 'json' : flags.alone ? 'words' : 'line',
  };
}

function flagsOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS }).values;
  } catch (error) {
    throw new WrongSettings(error instanceof Error ? error.message : String(error));
  }
}
