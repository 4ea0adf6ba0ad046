import type { CustomerKey } from '../billing/log.js';
import type { Ledger } from '../ledger/contract.js';
import { billingWorkflowId, markQuery } from '../workflows/messages.js';
import { tellHead, type WorkflowClient } from './customerWorkflow.js';
import { guarded } from './guarded.js';
import type { SweepActivities } from './sweepContract.js';
import { sweepInbox } from './sweepInbox.js';
import { tryEach } from './tries.js';

/** Younger groups are told by their writers; older ones were seen by an earlier sweep. */
const GROUP_AGE_MIN_MS = 45_000;
const GROUP_AGE_MAX_MS = 240_000;

/** Customers looked at in one sweep. */
const SWEPT_MAX = 500;

/** Longest wait for one workflow's answer. */
const QUERY_MS = 3_000;

/** The activities of the sweep: what was told and got lost is told again. */
export function createSweepActivities(options: {
  readonly ledger: Ledger;
  readonly client: WorkflowClient;
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
  readonly client: WorkflowClient;
  readonly now: () => number;
}

async function sweepHeads(sweep: Sweep): Promise<number> {
  const nowMs = sweep.now();
  const heads = await sweep.ledger.log.recentHeads(
    nowMs - GROUP_AGE_MAX_MS,
    nowMs - GROUP_AGE_MIN_MS,
    SWEPT_MAX,
  );
  const { count, failures } = await tryEach(heads, async ({ key, head }) => {
    if ((await markOf(sweep, key)) >= head || (await isGone(sweep, key))) return false;
    await tellHead(sweep.client, key, head);
    return true;
  });
  if (failures.length > 0) throw failures[0];
  return count;
}

/** True for a life that is over, or ends: its workflow is not to be started again. */
async function isGone({ ledger }: Sweep, { mode, customer, life }: CustomerKey): Promise<boolean> {
  const row = await ledger.customers.find(mode, customer);
  return row !== null && (row.key.life > life || row.deletion !== undefined);
}

/** 0 for a workflow that does not run or does not answer; being told once more is harmless. */
async function markOf({ client }: Sweep, key: CustomerKey): Promise<number> {
  const handle = client.workflow.getHandle(billingWorkflowId(key));
  try {
    return await client.withDeadline(Date.now() + QUERY_MS, () => handle.query(markQuery));
  } catch {
    // Whatever kept it from answering, the signal that follows tells or fails for the same reason.
    return 0;
  }
}
