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

const STRIPE_KEY = /^(?:sk|rk)_(test|live)_[^,\s]+$/;

/** One key of a mode at most: a second one would never be used. */
function areStripeKeys(keys: readonly string[]): boolean {
  const modes = keys.map((key) => STRIPE_KEY.exec(key)?.[1]);
  return !modes.includes(undefined) && new Set(modes).size === modes.length;
}

/** Values are not shown: they are secrets. */
const StripeEnvironment = Environment.extend({
  STRIPE_SECRET_KEY: optional
    .transform((value) => (value ?? '').split(',').map((key) => key.trim()))
    .transform((keys) => keys.filter((key) => key !== ''))
    .refine(areStripeKeys, 'must be sk_test_… or sk_live_…, or one of each with a comma'),
  STRIPE_API_BASE: optional.refine(
    (base) => base === undefined || /^https?:\/\/[^\s/]/.test(base),
    'must begin with http:// or https://',
  ),
});

/** Either both or none: the key of one API is not sent to another. */
const ApiEnvironment = Environment.extend({
  DURABILL_URL: optional.refine(
    (url) => url === undefined || /^https?:\/\/[^\s/]/.test(url),
    'must begin with http:// or https://',
  ),
  DURABILL_KEY: optional.refine(
    (key) => key === undefined || /^dbk_(test|live)_\S+$/.test(key),
    'must be a secret key, dbk_test_… or dbk_live_…',
  ),
}).refine(({ DURABILL_URL, DURABILL_KEY }) => !DURABILL_URL === !DURABILL_KEY, {
  path: ['DURABILL_URL'],
  message: 'goes with DURABILL_KEY: set both or none',
});

/** How a command that needs Stripe reaches it. */
export interface StripeAccess {
  /** As `stripeClients` reads it; undefined: no key is set. */
  readonly secretKeys: string | undefined;
  /** Undefined: Stripe itself. */
  readonly apiBase: string | undefined;
}

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
  return settingsOf(checked(Environment, environment));
}

/** The same with what commands need that talk to Stripe. @throws as `readSettings`. */
export function readStripeSettings(
  environment: NodeJS.ProcessEnv = process.env,
): CommandSettings & { readonly stripe: StripeAccess } {
  const read = checked(StripeEnvironment, environment);
  const secretKeys = read.STRIPE_SECRET_KEY.join(',') || undefined;
  return { ...settingsOf(read), stripe: { secretKeys, apiBase: read.STRIPE_API_BASE } };
}

/** The same with what commands need that talk to the API. @throws as `readSettings`. */
export function readApiSettings(
  environment: NodeJS.ProcessEnv = process.env,
): CommandSettings & { readonly url: string | undefined; readonly key: string | undefined } {
  const read = checked(ApiEnvironment, environment);
  const url = read.DURABILL_URL?.replace(/\/+$/, '');
  return { ...settingsOf(read), url, key: read.DURABILL_KEY };
}

function checked<T>(schema: z.ZodType<T>, environment: NodeJS.ProcessEnv): T {
  const read = schema.safeParse(environment);
  if (read.success) return read.data;
  const lines = read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new CommandFailed(`Wrong settings in the environment:\n${lines.join('\n')}`, 2);
}

function settingsOf(read: z.infer<typeof Environment>): CommandSettings {
  return {
    dataFolder: resolve(read.DURABILL_DATA ?? '.durabill'),
    mongodbUri: read.MONGODB_URI,
    temporal: {
      address: read.TEMPORAL_ADDRESS,
      namespace: read.TEMPORAL_NAMESPACE ?? 'default',
      apiKey: read.TEMPORAL_API_KEY,
    },
    underNpm: read.npm_lifecycle_event !== undefined,
  };
}
