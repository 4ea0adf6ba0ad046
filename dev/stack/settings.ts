import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { PACKAGE_FOLDER } from '../../cli/tsxProgram.js';
import { SettingsError, readServerSettings } from '../servers/settings.js';
import type { ServerSettings } from '../servers/settings.js';

const CATALOGUE = 'durabill.catalogue.json';

/** An empty variable counts as not set. */
const optional = z
  .string()
  .optional()
  .transform((value) => value || undefined);

const Environment = z.object({
  PORT: optional.refine((port) => port === undefined || isPort(port), {
    message: 'must be a port, 1 to 65535',
  }),
  DURABILL_DATA: optional,
  DURABILL_CATALOGUE: optional,
  DURABILL_DEFAULT_PLAN: optional,
  DURABILL_TOKEN_SECRET: optional,
  STRIPE_SECRET_KEY: optional,
  LOG_LEVEL: optional,
});

/** What the supervisor of the embedded stack takes from the environment (CONTRACT §5). */
export interface StackSettings {
  readonly servers: ServerSettings;
  /** Absolute path of the folder that holds all state. */
  readonly dataFolder: string;
  /** Absolute path of the catalogue to publish. */
  readonly catalogueFile: string;
  /** Port of the API when one was asked for. */
  readonly port: number | undefined;
  readonly defaultPlan: string | undefined;
  readonly tokenSecret: string | undefined;
  readonly logLevel: string;
  /** A key for Stripe itself was given; the embedded stack has its sandbox and uses none. */
  readonly hasStripeKey: boolean;
  /** The whole environment: further settings reach worker and API through it. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Reads the supervisor's settings.
 * @throws SettingsError naming every fault at once.
 */
export function readStackSettings(environment: NodeJS.ProcessEnv = process.env): StackSettings {
  const read = Environment.safeParse(environment);
  const faults = read.success
    ? []
    : read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  const servers = serversOrFaults(environment, faults);
  if (!read.success || servers === null) {
    throw new SettingsError(`Wrong settings in the environment:\n${faults.join('\n')}`);
  }
  const given = read.data;
  return {
    servers,
    dataFolder: resolve(given.DURABILL_DATA ?? '.durabill'),
    catalogueFile: catalogueFile(given.DURABILL_CATALOGUE),
    port: given.PORT === undefined ? undefined : Number(given.PORT),
    defaultPlan: given.DURABILL_DEFAULT_PLAN,
    tokenSecret: given.DURABILL_TOKEN_SECRET,
    logLevel: given.LOG_LEVEL ?? 'info',
    hasStripeKey: given.STRIPE_SECRET_KEY !== undefined,
    environment,
  };
}

function serversOrFaults(environment: NodeJS.ProcessEnv, faults: string[]): ServerSettings | null {
  try {
    return readServerSettings(environment);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    faults.push(...error.message.split('\n').slice(1));
    return null;
  }
}

/** The one that was named, else the one of the working folder, else the package's own. */
function catalogueFile(named: string | undefined): string {
  if (named !== undefined) return resolve(named);
  const here = resolve(CATALOGUE);
  return existsSync(here) ? here : join(PACKAGE_FOLDER, CATALOGUE);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
