import type { Ledger } from '../ledger/contract.js';
import type { InboxRow } from '../ledger/stores/inboxStore.js';
import { BILLING_TASK_QUEUE, EVENT_WORKFLOW, eventWorkflowId } from '../workflows/messages.js';
import { tellStripeChanged, type WorkflowClient } from './customerWorkflow.js';
import { tryEach } from './tries.js';

/** Webhooks that were received and not handed over: a crash in between, or a customer in making. */

/** A webhook is handed over by its receiver; after this by the sweep. */
const WEBHOOK_AGE_MS = 30_000;

/** A webhook whose customer is still unknown then is none of ours. */
export const STRANGER_AGE_MS = 600_000;

/** Stripe repeats an event for three days and forgets it after thirty (API reference, events). */
const KEPT_MS = 30 * 86_400_000;

/** Rows read at a time. */
const PAGE_ROWS = 500;

/** Time for the reading of pages; the activity's limit is 50 s. */
const PAGES_MS = 30_000;

/** What the sweep of the inbox stands on. */
export interface InboxSweep {
  readonly ledger: Pick<Ledger, 'inbox' | 'customers'>;
  readonly client: WorkflowClient;
  /** Real time, ms. */
  readonly now: () => number;
}

/**
 * Hands over every row that waits, of whatever age, the oldest first; forgets rows that ended a
 * month ago. Answers how many it handed over. @throws the first error, after all were tried.
 */
export async function sweepInbox(sweep: InboxSweep): Promise<number> {
  const { inbox } = sweep.ledger;
  const nowMs = sweep.now();
  const endsAt = performance.now() + PAGES_MS;
  const failures: unknown[] = [];
  let handed = 0;
  let last: InboxRow | undefined;
  do {
    const rows = await inbox.waiting(nowMs - WEBHOOK_AGE_MS, PAGE_ROWS, last);
    const tries = await tryEach(rows, (row) => handOver(sweep, row));
    handed += tries.count;
    failures.push(...tries.failures);
    last = rows.length < PAGE_ROWS ? undefined : rows.at(-1);
  } while (last && performance.now() < endsAt);
  await inbox.forget(nowMs - KEPT_MS);
  if (failures.length > 0) throw failures[0];
  return handed;
}

async function handOver(sweep: InboxSweep, row: InboxRow): Promise<boolean> {
  const { client, ledger } = sweep;
  const { id, type, mode, lookup, stripeCustomer } = row;
  if (lookup) {
    await workAgain(client, id);
    return true;
  }
  const customer =
    stripeCustomer === null ? null : await ledger.customers.findByStripe(mode, stripeCustomer);
  if (customer) {
    await tellStripeChanged(client, customer.key, { event: id, type });
    await ledger.inbox.settle(id, 'handed');
    return true;
  }
  if (stripeCustomer === null) await ledger.inbox.settle(id, 'ignored', 'it names no customer');
  else if (isStrange(row, sweep.now())) {
    await ledger.inbox.settle(id, 'ignored', strangerReason(stripeCustomer));
  }
  return false;
}

/** True once nobody can be making the customer of a row any more. */
export function isStrange({ receivedAtMs }: InboxRow, nowMs: number): boolean {
  return nowMs - receivedAtMs > STRANGER_AGE_MS;
}

/** Why a row of a stranger is ignored. */
export function strangerReason(stripeCustomer: string): string {
  return `${stripeCustomer} is no customer of ours`;
}

/** Starts the work on an event unless it is under way. */
async function workAgain(client: WorkflowClient, event: string): Promise<void> {
  await client.workflow.start(EVENT_WORKFLOW, {
    workflowId: eventWorkflowId(event),
    taskQueue: BILLING_TASK_QUEUE,
    args: [event],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}
