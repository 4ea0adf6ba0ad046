import type { Logger } from 'pino';
import type { Ledger } from '../ledger/contract.js';
import type { Engine } from './engine/engine.js';
import type { LeaseMode } from './leases/shelf.js';
import type { PlanWish } from './schemas/planName.js';

/** What the API is built from; tests give their own. */
export interface Dependencies {
  readonly ledger: Ledger;
  readonly engine: Engine;
  readonly logger: Logger;
  /** Secrets of the Stripe webhook endpoint; none: webhooks are refused. */
  readonly webhookSecrets: readonly string[];
  readonly defaultPlan: PlanWish | null;
  /** Requests a second and key; null: no limit. */
  readonly requestsPerSecond: number | null;
  /** Seals tokens of reservations; the same in all API processes. */
  readonly tokenSecret: string;
  /** When this process leases quota of its customers. */
  readonly leaseMode: LeaseMode;
  /** Real time, ms. */
  readonly now?: () => number;
}
