import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { RunningStack } from '../../cli/runningStack.js';
import { openLedger } from '../../ledger/open.js';
import { billingWorkflowId, markQuery } from '../../workflows/messages.js';

/** Longest wait until a workflow has folded all that was recorded. */
const FOLD_MS_MAX = 120_000;

/** How much history a customer's life has made, and how much usage that is. */
export interface HistoryGrowth {
  readonly customer: string;
  readonly historyEvents: number;
  /** Runs of the workflow: one, and one more for each continue-as-new. */
  readonly runs: number;
  /** Groups of the log: one durable write each. */
  readonly groups: number;
  /** Time from the last answer until the workflow had folded everything, ms. */
  readonly foldedAfterMs: number;
}

/** Waits until the customer's workflow has folded its whole log, then counts its history. */
export async function historyOf(stack: RunningStack, customer: string): Promise<HistoryGrowth> {
  const began = Date.now();
  const connection = await Connection.connect({ address: stack.temporal });
  const ledger = await openLedger({ uri: stack.mongodb });
  try {
    const client = new Client({ connection });
    const key = { mode: 'test', customer, life: 1 } as const;
    const id = billingWorkflowId(key);
    const groups = await ledger.log.head(key);
    while ((await client.workflow.getHandle(id).query(markQuery)) < groups) {
      if (Date.now() - began > FOLD_MS_MAX) throw new Error(`${customer} is not folded in time`);
      await sleep(50);
    }
    const foldedAfterMs = Date.now() - began;
    let historyEvents = 0;
    let runs = 0;
    for await (const run of client.workflow.list({ query: `WorkflowId = "${id}"` })) {
      const { historyLength } = await client.workflow.getHandle(id, run.runId).describe();
      historyEvents += historyLength;
      runs += 1;
    }
    return { customer, historyEvents, runs, groups, foldedAfterMs };
  } finally {
    await ledger.close();
    await connection.close();
  }
}
