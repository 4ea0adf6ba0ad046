import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { mailSettingsOf } from '../activities/alerts/email.js';
import { webhookKey } from '../activities/alerts/webhook.js';

/** An empty variable counts as not set. */
const text = z
  .string()
  .optional()
  .transform((value) => value || undefined);

const address = text.refine(
  (value) => value === undefined || /^https?:\/\/[^\s/]/.test(value),
  'must be an address that begins with http:// or https://',
);

/** The worker's environment, read once, all faults together (CONTRACT §5). */
const schema = z.object({
  TEMPORAL_ADDRESS: z.string().min(1),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_API_KEY: z.string().min(1).optional(),
  MONGODB_URI: z.string().min(1),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_[^,\s]+(,(sk|rk)_(test|live)_[^,\s]+)?$/)
    .optional(),
  STRIPE_API_BASE: z.url().optional(),
  ALERT_WEBHOOK_URL: address,
  ALERT_WEBHOOK_SECRET: text
    .transform((value) => (value ?? '').split(',').map((secret) => secret.trim()))
    .transform((secrets) => secrets.filter((secret) => secret !== ''))
    .refine(
      (secrets) => secrets.every((secret) => webhookKey(secret) !== null),
      'must be whsec_ and base64, several separated by commas',
    ),
  SLACK_WEBHOOK_URL: address,
  SMTP_URL: text.refine(
    (value) => value === undefined || mailSettingsOf(value) !== null,
    'must be smtp://USER:PASSWORD@HOST:PORT/?to=ADDRESS&from=ADDRESS, or smtps://',
  ),
  DURABILL_CACHE: text.transform((folder) =>
    join(resolve(folder ?? join(homedir(), '.cache', 'durabill')), 'bundles'),
  ),
  // Each takes about 0.35 MB; a customer beyond them is replayed from history when it wakes.
  DURABILL_CACHED_WORKFLOWS: z.coerce.number().int().min(10).max(100_000).default(1_500),
  DURABILL_STRIPE_RATE: z.coerce.number().positive().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

/** Validated settings of the worker process. */
export type WorkerSettings = z.infer<typeof schema>;

/**
 * Activities a second that call Stripe, once or twice each: well below its limits of 100 calls in
 * live mode and 25 in its sandboxes (docs.stripe.com/rate-limits). One worker serves both modes:
 * with two keys the live one counts, and test mode may be told to wait. Another address than
 * Stripe's own has no limit that we know of.
 */
const RATES = { live: 60, test: 15, elsewhere: 1_000 } as const;

/** Activities of the Stripe lane that are begun in a second, over all workers. */
export function stripeRate({
  DURABILL_STRIPE_RATE: wanted,
  STRIPE_SECRET_KEY: keys = '',
  STRIPE_API_BASE: base,
}: Pick<
  WorkerSettings,
  'DURABILL_STRIPE_RATE' | 'STRIPE_SECRET_KEY' | 'STRIPE_API_BASE'
>): number {
  if (wanted !== undefined) return wanted;
  if (base !== undefined) return RATES.elsewhere;
  return keys.includes('_live_') ? RATES.live : RATES.test;
}

/** @throws Error naming every faulty variable at once. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): WorkerSettings {
  const parsed = schema.safeParse(environment);
  const unsigned = environment['ALERT_WEBHOOK_URL'] && !environment['ALERT_WEBHOOK_SECRET'];
  if (parsed.success && !unsigned) return parsed.data;
  const issues = parsed.error?.issues ?? [];
  const faults = [
    ...issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`),
    ...(unsigned ? ['  ALERT_WEBHOOK_SECRET: is missing, ALERT_WEBHOOK_URL needs it'] : []),
  ];
  throw new Error(`settings of the worker are faulty:\n${faults.join('\n')}`);
}
