import { z } from 'zod';

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
  DURABILL_STRIPE_RATE: z.coerce.number().positive().default(80),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
});

/** Validated settings of the worker process. */
export type WorkerSettings = z.infer<typeof schema>;

/** @throws Error naming every faulty variable at once. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): WorkerSettings {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`settings of the worker are faulty:\n${faults.join('\n')}`);
}
