import { continueAsNew, log, proxyActivities } from '@temporalio/workflow';
import type { AlertActivities, ReconcileActivities } from '../activities/contract.js';
import { differenceAlerts } from '../billing/reconcile/alerts.js';
import type { CustomerKey } from '../billing/log.js';
import { BILLING_TASK_QUEUE, type ReconcileInput, STRIPE_TASK_QUEUE } from './messages.js';

/** Customers of one run: 400 activities, some 3,000 events. */
const PAGE = 200;

/** Customers at once: each reads a whole log and asks Stripe some times. */
const CONCURRENCY = 4;

const { customersToReconcile, reconcileCustomer } = proxyActivities<ReconcileActivities>({
  taskQueue: STRIPE_TASK_QUEUE,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { maximumAttempts: 3, initialInterval: '5 seconds' },
});

const { raiseAlerts } = proxyActivities<Pick<AlertActivities, 'raiseAlerts'>>({
  taskQueue: BILLING_TASK_QUEUE,
  startToCloseTimeout: '20 seconds',
  heartbeatTimeout: '5 seconds',
  retry: { maximumAttempts: 6, initialInterval: '1 second' },
});

const NOTHING = { customers: 0, differences: 0, failed: 0 };

const BEGIN: ReconcileInput = { mode: 'live', after: null, ...NOTHING };

/** Once a day: every customer, page by page, live ones first. One that fails stops no other. */
export async function reconcileCustomers(input: ReconcileInput = BEGIN): Promise<ReconcileInput> {
  const { mode, after, customers, differences, failed } = input;
  const keys = await customersToReconcile({ mode, after, limit: PAGE });
  const tally = { customers, differences, failed };
  const queue = [...keys];
  const work = async (): Promise<void> => {
    for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
      const found = await reconciled(key);
      tally.customers += 1;
      if (found === null) tally.failed += 1;
      else tally.differences += found;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  const last = keys.at(-1)?.customer ?? null;
  if (keys.length === PAGE) return goOn({ ...tally, mode, after: last });
  if (mode === 'live') return goOn({ ...tally, mode: 'test', after: null });
  return { ...tally, mode, after: last };
}

function goOn(input: ReconcileInput): Promise<never> {
  return continueAsNew<typeof reconcileCustomers>(input);
}

/** How many differences were found; null when the customer could not be looked at. */
async function reconciled(key: CustomerKey): Promise<number | null> {
  try {
    const { differences } = await reconcileCustomer({ key });
    const alerts = differenceAlerts(differences, Date.now());
    if (alerts.length > 0) await raiseAlerts({ key, alerts });
    return differences.length;
  } catch (error) {
    const { customer } = key;
    log.warn('a customer could not be reconciled', { customer, error: String(error) });
    return null;
  }
}
