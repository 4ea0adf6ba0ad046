import { z } from 'zod';
import { SECRET_LENGTH_MIN } from './leases/seal.js';
import type { LeaseMode } from './leases/shelf.js';
import { parsePlanName, PLAN_NAME_RULE, type PlanWish } from './schemas/planName.js';

/** What the API process takes from the environment (CONTRACT §5): read once, checked whole. */

/** An empty variable counts as not set. */
const optional = z
  .string()
  .optional()
  .transform((value) => value || undefined);

const list = optional.transform((value) =>
  (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const wholeNumber = (minimum: number, maximum: number) => (value: string | undefined) =>
  value === undefined ||
  (/^\d{1,9}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum);

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

const LEASE_MODES = ['off', 'auto', 'always'] as const satisfies readonly LeaseMode[];

function isLeaseMode(value: string | undefined): boolean {
  return value === undefined || LEASE_MODES.some((mode) => mode === value);
}

const Environment = z.object({
  PORT: optional.refine(wholeNumber(0, 65_535), 'must be a port, 0 to 65535'),
  TEMPORAL_ADDRESS: z.string('is missing').regex(/^[^\s/]+:\d{1,5}$/, 'must be HOST:PORT'),
  TEMPORAL_NAMESPACE: optional,
  TEMPORAL_API_KEY: optional,
  MONGODB_URI: z
    .string('is missing')
    .regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://'),
  STRIPE_WEBHOOK_SECRET: list.refine(
    (secrets) => secrets.every((secret) => /^whsec_\S+$/.test(secret)),
    'must be whsec_…, several separated by commas',
  ),
  DURABILL_TOKEN_SECRET: z
    .string('is missing')
    .refine(
      (secrets) => secrets.split(',').every((secret) => secret.trim().length >= SECRET_LENGTH_MIN),
      `must have at least ${SECRET_LENGTH_MIN} characters; several separated by commas`,
    ),
  DURABILL_LEASES: optional.refine(isLeaseMode, `must be one of ${LEASE_MODES.join(', ')}`),
  DURABILL_DEFAULT_PLAN: optional.refine(
    (value) => value === undefined || parsePlanName(value) !== null,
    PLAN_NAME_RULE,
  ),
  DURABILL_RATE_LIMIT: optional.refine(
    wholeNumber(1, 1_000_000),
    'must be requests a second, 1 to 1000000',
  ),
  LOG_LEVEL: optional.refine(
    (value) => value === undefined || LEVELS.includes(value),
    `must be one of ${LEVELS.join(', ')}`,
  ),
});

/** Settings of the API process. */
export interface ApiSettings {
  /** 0: any free port. */
  readonly port: number;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly apiKey: string | null;
  };
  readonly mongodbUri: string;
  readonly webhookSecrets: readonly string[];
  /** The first one seals, all of them open. */
  readonly tokenSecret: string;
  /** When quota is leased so that reservations are granted out of memory. */
  readonly leaseMode: LeaseMode;
  readonly defaultPlan: PlanWish | null;
  readonly requestsPerSecond: number | null;
  readonly logLevel: string;
}

/** Every fault of the environment, one line each; values are not shown, they may be secrets. */
export class SettingsError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`Wrong settings in the environment:\n${faults.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** @throws SettingsError with all faults at once. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): ApiSettings {
  const read = Environment.safeParse(environment);
  if (!read.success) {
    const { issues } = read.error;
    throw new SettingsError(issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  const given = read.data;
  return {
    port: Number(given.PORT ?? 3000),
    temporal: {
      address: given.TEMPORAL_ADDRESS,
      namespace: given.TEMPORAL_NAMESPACE ?? 'default',
      apiKey: given.TEMPORAL_API_KEY ?? null,
    },
    mongodbUri: given.MONGODB_URI,
    webhookSecrets: given.STRIPE_WEBHOOK_SECRET,
    tokenSecret: given.DURABILL_TOKEN_SECRET,
    leaseMode: LEASE_MODES.find((mode) => mode === given.DURABILL_LEASES) ?? 'auto',
    defaultPlan: given.DURABILL_DEFAULT_PLAN ? parsePlanName(given.DURABILL_DEFAULT_PLAN) : null,
    requestsPerSecond: given.DURABILL_RATE_LIMIT ? Number(given.DURABILL_RATE_LIMIT) : null,
    logLevel: given.LOG_LEVEL ?? 'info',
  };
}
