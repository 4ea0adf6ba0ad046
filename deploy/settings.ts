import { z } from 'zod';

const KEY = /^(sk|rk)_(test|live)_[^,\s]+(,(sk|rk)_(test|live)_[^,\s]+)?$/;

const Environment = z.object({
  MONGODB_URI: z
    .string('is missing')
    .regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://'),
  STRIPE_SECRET_KEY: z.string('is missing').regex(KEY, 'must be sk_test_… or sk_live_…, or both'),
  STRIPE_API_BASE: z
    .url('must be a URL')
    .optional()
    .or(z.literal('').transform(() => undefined)),
  DURABILL_CATALOGUE: z.string('is missing').min(1, 'is missing'),
});

/** What publishing a catalogue takes from the environment. */
export type PublishSettings = z.infer<typeof Environment>;

/**
 * Reads them once.
 * @throws Error naming every faulty variable at once, without its value: it may be a secret.
 */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): PublishSettings {
  const read = Environment.safeParse(environment);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`Wrong settings in the environment:\n${faults.join('\n')}`);
}
