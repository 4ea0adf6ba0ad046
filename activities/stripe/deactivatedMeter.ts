import type { DueAlert } from '../../billing/alerts/alert.js';
import type { Mode } from '../../billing/catalogue.js';
import type { CustomerKey } from '../../billing/log.js';
import type { Intent, IntentStore } from '../../ledger/stores/contract.js';
import type { StripeSession } from './session.js';

/** A meter that was switched off at Stripe: each report to it is refused from then on, and lost. */

/** Who reported within that time, reports now. */
const REPORTING_MS = 35 * 86_400_000;

/** Reports looked through to count who is concerned. */
const REPORTS_MAX = 1_000;

/** An alert and the customer it is raised for. */
export interface CustomerAlert {
  readonly key: CustomerKey;
  readonly alert: DueAlert;
}

/**
 * The alert that pages an operator, once per deactivation; null: the meter is active again, or
 * nobody reports to it. It is a `report.deadLetter`, as that is what each next report becomes,
 * and is raised for whoever reported last, as an alert has a customer: one page, not one each.
 */
export async function deactivatedAlert(
  session: StripeSession,
  intents: IntentStore,
  mode: Mode,
  meter: string,
): Promise<CustomerAlert | null> {
  const found = await session.stripe.billing.meters.retrieve(meter, {}, session.within());
  if (found.status === 'active') return null;
  const nowMs = session.now();
  const eventName = found.event_name;
  const reports = await intents.sentWithin(
    mode,
    eventName,
    nowMs - REPORTING_MS,
    nowMs + 1,
    REPORTS_MAX,
  );
  const [last] = reports;
  if (!last) return null;
  const sinceSeconds = found.status_transitions.deactivated_at ?? 0;
  return { key: keyOf(last), alert: alertOf(last, reports, sinceSeconds, meter) };
}

function alertOf(
  last: Intent,
  reports: readonly Intent[],
  sinceSeconds: number,
  stripeMeter: string,
): DueAlert {
  const { meter, eventName, storedAtMs } = last;
  const customers = new Set(reports.map(({ customer }) => customer)).size;
  return {
    key: `report.deadLetter/${stripeMeter}/${sinceSeconds}`,
    type: 'report.deadLetter',
    details: { meter, eventName, stripeMeter, customers, reason: 'the meter is deactivated' },
    untilMs: 0,
    atMs: Math.max(storedAtMs, sinceSeconds * 1000),
  };
}

function keyOf({ mode, customer, life }: Intent): CustomerKey {
  return { mode, customer, life };
}
