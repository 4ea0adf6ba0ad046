import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** An empty variable counts as not set. */
const optional = z
  .string()
  .optional()
  .transform((value) => value || undefined);

const Environment = z.object({
  TEMPORAL_ADDRESS: optional.refine((address) => !address || /^[^\s/]+:\d{1,5}$/.test(address), {
    message: 'must be HOST:PORT',
  }),
  TEMPORAL_NAMESPACE: optional,
  TEMPORAL_API_KEY: optional,
  TEMPORAL_BIN: optional,
  MONGODB_URI: optional.refine((uri) => !uri || /^mongodb(\+srv)?:\/\//.test(uri), {
    message: 'must begin with mongodb:// or mongodb+srv://',
  }),
  DURABILL_CACHE: optional,
  PATH: optional,
});

/** Where the embedded servers come from: settings of CONTRACT §5 and the search path. */
export interface ServerSettings {
  readonly temporalAddress: string | undefined;
  readonly temporalNamespace: string;
  readonly temporalApiKey: string | undefined;
  readonly temporalBin: string | undefined;
  readonly mongodbUri: string | undefined;
  /** Absolute path: our own cache. */
  readonly cacheFolder: string;
  /** Absolute path: where mongodb-memory-server keeps its downloads. */
  readonly mongodFolder: string;
  readonly path: string;
  /** The whole environment, for the tools that fetch and build (proxies, registries). */
  readonly environment: NodeJS.ProcessEnv;
}

/** Settings that can't be used; the message has one line for each. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads what the resolvers need.
 * @throws SettingsError naming every fault at once.
 */
export function readServerSettings(environment: NodeJS.ProcessEnv = process.env): ServerSettings {
  const read = Environment.safeParse(environment);
  if (!read.success) {
    const lines = read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new SettingsError(`Wrong settings in the environment:\n${lines.join('\n')}`);
  }
  const given = read.data;
  return {
    temporalAddress: given.TEMPORAL_ADDRESS,
    temporalNamespace: given.TEMPORAL_NAMESPACE ?? 'default',
    temporalApiKey: given.TEMPORAL_API_KEY,
    temporalBin: given.TEMPORAL_BIN,
    mongodbUri: given.MONGODB_URI,
    cacheFolder: resolve(given.DURABILL_CACHE ?? join(homedir(), '.cache', 'durabill')),
    mongodFolder: join(homedir(), '.cache', 'mongodb-binaries'),
    path: given.PATH ?? '',
    environment,
  };
}
