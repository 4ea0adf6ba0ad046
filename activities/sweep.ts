import type { Client } from '@temporalio/client';
import type { Mode } from '../billing/catalogue.js';
import type { CustomerKey, UsageMessage } from '../billing/log.js';
import type { Ledger } from '../ledger/contract.js';
import type { InboxRow } from '../ledger/stores/contract.js';
import {
  BILLING_TASK_QUEUE,
  billingWorkflowId,
  CUSTOMER_WORKFLOW,
  markQuery,
  stripeChangedSignal,
  usageRecordedSignal,
} from '../workflows/messages.js';
import type { SweepActivities } from './contract.js';
import { guarded } from './guarded.js';

/** Younger groups are told by their writers; older ones were seen by an earlier sweep. */
const GROUP_AGE_MIN_MS = 45_000;
const GROUP_AGE_MAX_MS = 240_000;

/** Customers looked at in one sweep, webhooks handed over in one sweep. */
const SWEPT_MAX = 500;
const CONCURRENCY = 10;

/** Longest wait for one workflow's answer. */
const QUERY_MS = 3_000;

/** A webhook is handed over by its receiver; after this by the sweep. */
const WEBHOOK_AGE_MS = 30_000;

/** A webhook whose customer is still unknown then is none of ours. */
const STRANGER_AGE_MS = 600_000;

/** The part of Temporal's client that a sweep uses. */
export interface SweepClient {
  readonly workflow: Pick<Client['workflow'], 'getHandle' | 'signalWithStart'>;
  withDeadline<T>(deadline: number, act: () => Promise<T>): Promise<T>;
}

/** The activities of the sweep: what was told and got lost is told again. */
export function createSweepActivities(options: {
  readonly ledger: Ledger;
  readonly client: SweepClient;
  /** Real time, ms; default the machine's. */
  readonly now?: () => number;
}): SweepActivities {
  const sweep: Sweep = { now: Date.now, ...options };
  return guarded<SweepActivities>({
    sweepHeads: () => sweepHeads(sweep),
    sweepInbox: () => sweepInbox(sweep),
  });
}

interface Sweep {
  readonly ledger: Ledger;
  readonly client: SweepClient;
  readonly now: () => number;
}

async function sweepHeads(sweep: Sweep): Promise<number> {
  const nowMs = sweep.now();
  const heads = await sweep.ledger.log.recentHeads(
    nowMs - GROUP_AGE_MAX_MS,
    nowMs - GROUP_AGE_MIN_MS,
    SWEPT_MAX,
  );
  return countEach(heads, async ({ key, head }) => {
    if ((await markOf(sweep, key)) >= head) return false;
    const message: UsageMessage = { ranges: [], sums: [], catalogue: 0, head };
    await sweep.client.workflow.signalWithStart(CUSTOMER_WORKFLOW, {
      ...startOptions(key),
      signal: usageRecordedSignal,
      signalArgs: [message],
    });
    return true;
  });
}

/** 0 for a workflow that does not run or does not answer; being told once more is harmless. */
async function markOf({ client }: Sweep, { mode, customer }: CustomerKey): Promise<number> {
  const handle = client.workflow.getHandle(billingWorkflowId(mode, customer));
  try {
    return await client.withDeadline(Date.now() + QUERY_MS, () => handle.query(markQuery));
  } catch {
    // Whatever kept it from answering, the signal that follows tells or fails for the same reason.
    return 0;
  }
}

function startOptions(key: CustomerKey) {
  return {
    workflowId: billingWorkflowId(key.mode, key.customer),
    taskQueue: BILLING_TASK_QUEUE,
    args: [{ key }] as [{ key: CustomerKey }],
  };
}

async function sweepInbox(sweep: Sweep): Promise<number> {
  const rows = await sweep.ledger.inbox.waiting(sweep.now() - WEBHOOK_AGE_MS, SWEPT_MAX);
  return countEach(rows, (row) => handOver(sweep, row));
}

async function handOver(sweep: Sweep, row: InboxRow): Promise<boolean> {
  const { inbox } = sweep.ledger;
  const key = await keyOf(sweep.ledger, row.mode, row.stripeCustomer);
  if (key === null) {
    const strange = row.receivedAtMs < sweep.now() - STRANGER_AGE_MS;
    if (strange || row.stripeCustomer === null) await inbox.settle(row.id, 'ignored');
    return false;
  }
  await sweep.client.workflow.signalWithStart(CUSTOMER_WORKFLOW, {
    ...startOptions(key),
    signal: stripeChangedSignal,
    signalArgs: [{ event: row.id }],
  });
  await inbox.settle(row.id, 'handed');
  return true;
}

async function keyOf(
  ledger: Ledger,
  mode: Mode,
  stripeCustomer: string | null,
): Promise<CustomerKey | null> {
  if (stripeCustomer === null) return null;
  return (await ledger.customers.findByStripe(mode, stripeCustomer))?.key ?? null;
}

/**
 * Does it to each, a few at a time; answers how often it said true.
 * @throws the first error, after every other one was tried.
 */
async function countEach<T>(
  items: readonly T[],
  act: (item: T) => Promise<boolean>,
): Promise<number> {
  const failures: unknown[] = [];
  const queue = [...items];
  let count = 0;
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        if (await act(item)) count += 1;
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  if (failures.length > 0) throw failures[0];
  return count;
}
