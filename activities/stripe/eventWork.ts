import type { ReportName } from '../../billing/customer/reporting/recounting.js';
import type { CustomerKey } from '../../billing/log.js';
import type { Intent } from '../../ledger/stores/contract.js';
import type { InboxRow } from '../../ledger/stores/inboxStore.js';
import type { AlertActivities } from '../contract.js';
import { tellStripeChanged, type WorkflowClient } from '../customerWorkflow.js';
import { guarded } from '../guarded.js';
import type { EventActivities } from '../sweepContract.js';
import { isStrange, strangerReason } from '../sweepInbox.js';
import { customerOfCharge, customerOfObject } from './concerned.js';
import { deactivatedAlert } from './deactivatedMeter.js';
import { sessionFor, type StripeDeps } from './deps.js';
import { buryRefused, readErrorReport } from './errorReports.js';
import { classify } from './failures.js';
import type { StripeSession } from './session.js';

/** Events of Stripe that don't say whom they concern: Stripe is asked, and they are told. */

/** What the work on events stands on. */
export interface EventDeps extends StripeDeps {
  readonly client: WorkflowClient;
  readonly raiseAlerts: AlertActivities['raiseAlerts'];
}

/** The activity that works on events, over the clients of both modes. */
export function createEventActivities(
  options: Omit<EventDeps, 'now'> & { readonly now?: () => number },
): EventActivities {
  const deps: EventDeps = { now: Date.now, ...options };
  return guarded<EventActivities>({ workOnEvent: (event) => workOnEvent(deps, event) });
}

/** How a row ends; null: not yet, the sweep brings it back. */
type Ending = { readonly state: 'handed' | 'ignored'; readonly reason?: string } | null;

const HANDED: Ending = { state: 'handed' };
const ignored = (reason: string): Ending => ({ state: 'ignored', reason });

/** One event under work. */
interface Work {
  readonly deps: EventDeps;
  readonly session: StripeSession;
  readonly row: InboxRow;
}

async function workOnEvent(deps: EventDeps, event: string): Promise<void> {
  const row = await deps.ledger.inbox.find(event);
  if (row?.state !== 'received' || !row.lookup) return;
  const ending = await endingOf({ deps, row, session: sessionFor(deps, row.mode) });
  if (ending) await deps.ledger.inbox.settle(row.id, ending.state, ending.reason);
}

/** What is gone at Stripe stays gone; anything else is tried again. */
async function endingOf(work: Work): Promise<Ending> {
  try {
    return await act(work);
  } catch (error) {
    const fault = classify(error);
    if (fault?.kind !== 'permanent') throw error;
    return ignored(`${fault.code}: ${fault.message}`);
  }
}

async function act(work: Work): Promise<Ending> {
  const { session, row } = work;
  const { lookup } = row;
  switch (lookup?.object) {
    case 'charge':
      return tell(work, await customerOfCharge(session, lookup.id));
    case 'meter':
      return page(work, lookup.id);
    default:
      return actOnThin(work);
  }
}

async function tell({ deps, row }: Work, stripeCustomer: string | null): Promise<Ending> {
  if (stripeCustomer === null) return ignored('its object has no customer');
  const customer = await deps.ledger.customers.findByStripe(row.mode, stripeCustomer);
  if (!customer) return isStrange(row, deps.now()) ? ignored(strangerReason(stripeCustomer)) : null;
  await tellStripeChanged(deps.client, customer.key, { event: row.id });
  return HANDED;
}

async function page({ deps, session, row }: Work, meter: string): Promise<Ending> {
  const found = await deactivatedAlert(session, deps.ledger.intents, row.mode, meter);
  if (!found) return ignored('the meter is active, or nobody reports to it');
  await deps.raiseAlerts({ key: found.key, alerts: [found.alert] });
  return HANDED;
}

async function actOnThin(work: Work): Promise<Ending> {
  const { session, row } = work;
  const event = await session.stripe.v2.core.events.retrieve(row.id, {}, session.within());
  if (event.livemode !== (row.mode === 'live')) return ignored('it is of the other mode');
  switch (event.type) {
    case 'v1.billing.meter.error_report_triggered':
      return bury(work, event.data, event.related_object.id);
    case 'v1.billing.meter.no_meter_found':
      return bury(work, event.data, null);
    default: {
      const related = 'related_object' in event ? event.related_object : null;
      if (!related?.url.startsWith('/v1/')) return ignored(`${event.type} names no object`);
      return tell(work, await customerOfObject(session, related.url));
    }
  }
}

async function bury(work: Work, data: unknown, meter: string | null): Promise<Ending> {
  const { deps, session, row } = work;
  const { intents: store } = deps.ledger;
  const report = readErrorReport(data, meter);
  if (!report) return ignored('its data can’t be read');
  const burial = { session, intents: store, mode: row.mode };
  const { intents, settled } = await buryRefused(burial, report);
  for (const named of ofCustomers(intents)) await recount(work, named);
  if (!settled) return null;
  return intents.length > 0 ? HANDED : ignored('none of the refused reports is ours');
}

/** The intents of one life of a customer. */
interface Owned {
  readonly key: CustomerKey;
  readonly reports: readonly ReportName[];
}

function ofCustomers(intents: readonly Intent[]): readonly Owned[] {
  const owned = new Map<string, { key: CustomerKey; reports: ReportName[] }>();
  for (const { mode, customer, life, segment, meter } of intents) {
    const name = `${customer}/${life}`;
    const own = owned.get(name) ?? { key: { mode, customer, life }, reports: [] };
    const isNew = !own.reports.some((one) => one.segment === segment && one.meter === meter);
    if (isNew) own.reports.push({ segment, meter });
    owned.set(name, own);
  }
  return [...owned.values()];
}

/** A customer that was made anew since has no such reports. */
async function recount({ deps, row }: Work, { key, reports }: Owned): Promise<void> {
  const customer = await deps.ledger.customers.find(key.mode, key.customer);
  if (customer?.key.life !== key.life || customer.deletion) return;
  await tellStripeChanged(deps.client, key, { event: row.id, recount: reports });
}
