import { resolve } from 'node:path';
import { z } from 'zod';
import { CommandFailed } from './commandFailed.js';

/** An empty variable counts as not set. */
const optional = z
  .string()
  .optional()
  .transform((value) => value || undefined);

const Environment = z.object({
  npm_lifecycle_event: optional,
  DURABILL_DATA: optional,
  MONGODB_URI: optional.refine((uri) => uri === undefined || /^mongodb(\+srv)?:\/\//.test(uri), {
    message: 'must begin with mongodb:// or mongodb+srv://',
  }),
  TEMPORAL_ADDRESS: optional,
  TEMPORAL_NAMESPACE: optional,
  TEMPORAL_API_KEY: optional,
});

/** What the command line takes from the environment (CONTRACT §5). */
export interface CommandSettings {
  /** Absolute path of the embedded stack's data folder. */
  readonly dataFolder: string;
  /** Ledger to use where no embedded stack runs. */
  readonly mongodbUri: string | undefined;
  /** Temporal to use; no address: that of the running embedded stack. */
  readonly temporal: {
    readonly address: string | undefined;
    readonly namespace: string;
    readonly apiKey: string | undefined;
  };
  /** True when npm runs the command as one of its scripts. */
  readonly underNpm: boolean;
}

/**
 * Reads the environment once; every fault is reported.
 * @throws CommandFailed exit code 2, one line for each bad variable.
 */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): CommandSettings {
  const read = Environment.safeParse(environment);
  if (!read.success) {
    const lines = read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new CommandFailed(`Wrong settings in the environment:\n${lines.join('\n')}`, 2);
  }
  return {
    dataFolder: resolve(read.data.DURABILL_DATA ?? '.durabill'),
    mongodbUri: read.data.MONGODB_URI,
    temporal: {
      address: read.data.TEMPORAL_ADDRESS,
      namespace: read.data.TEMPORAL_NAMESPACE ?? 'default',
      apiKey: read.data.TEMPORAL_API_KEY,
    },
    underNpm: read.data.npm_lifecycle_event !== undefined,
  };
}
