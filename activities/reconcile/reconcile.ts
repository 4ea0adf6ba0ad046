import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { CustomerKey } from '../../billing/log.js';
import {
  type Difference,
  differenceOf,
  type Found,
  findingKey,
} from '../../billing/reconcile/difference.js';
import { tellStripeChanged } from '../customerWorkflow.js';
import type { ReconcileDeps } from './deps.js';
import { withEvents } from './events.js';
import { lookAt } from './look.js';

/** Differences of one customer that are told; more say nothing new. */
const DIFFERENCES_MAX = 200;

/** How a customer is reconciled. */
export interface ReconcileOptions {
  /** False: nothing is changed, everything is shown. */
  readonly repair: boolean;
  /** Time that Stripe may take to count what it accepted, ms of real time. */
  readonly settledMs: number;
  /** Pause before the second look, ms: what was only on its way is gone then. */
  readonly lookAgainMs: number;
}

/** Stripe names no bound; what others have seen is up to 2 minutes. */
export const USUAL_OPTIONS: ReconcileOptions = {
  repair: true,
  settledMs: 120_000,
  lookAgainMs: 2_000,
};

/** What came of one customer's reconciliation. */
export interface Reconciliation {
  readonly key: CustomerKey;
  /** Log number up to which log and workflow were compared. */
  readonly mark: number;
  readonly differences: readonly Difference[];
}

/**
 * Compares log, workflow, stored reports, Stripe's counts and invoices of one customer, twice
 * where something differs: only what stays is a difference. Then repairs what is safe: too
 * little at Stripe is sent again, once; all else is flagged and left as it is.
 */
export async function reconcileCustomer(
  deps: ReconcileDeps,
  key: CustomerKey,
  options: ReconcileOptions = USUAL_OPTIONS,
): Promise<Reconciliation> {
  const first = await lookAt(deps, key, options.settledMs);
  if (first.findings.length === 0) return { key, mark: first.mark, differences: [] };
  await pause(options.lookAgainMs);
  const { mark, findings } = await lookAt(deps, key, options.settledMs);
  const seen = new Set(first.findings.map(findingKey));
  const again = findings.filter((finding) => seen.has(findingKey(finding)));
  const stays = await withEvents(deps.ledger, key, mark, again.slice(0, DIFFERENCES_MAX));
  const differences: Difference[] = [];
  for (const finding of stays) {
    differences.push(await settled(deps, key, finding, options.repair));
  }
  return { key, mark, differences };
}

async function settled(
  deps: ReconcileDeps,
  key: CustomerKey,
  finding: Found,
  mayRepair: boolean,
): Promise<Difference> {
  const { customer } = key;
  if (!mayRepair) return differenceOf(customer, finding, 'none');
  const repaired = await repair(deps, key, finding);
  return differenceOf(customer, finding, repaired ? 'repaired' : 'flagged');
}

/** The customer's own money lane does it: one call at a time per customer and meter. */
async function repair(deps: ReconcileDeps, key: CustomerKey, finding: Found): Promise<boolean> {
  const { repair: way, segment, meter, intent } = finding;
  if (way === undefined || segment === null || meter === null) return false;
  if (way === 'resend') {
    if (intent === undefined) return false;
    if (!(await deps.ledger.intents.reopen(intent, deps.now()))) return false;
  }
  const recount = [{ segment, meter }];
  await tellStripeChanged(deps.client, key, { event: `reconcile-${randomUUID()}`, recount });
  return true;
}
