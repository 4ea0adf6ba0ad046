import { WorkflowNotFoundError } from '@temporalio/client';
import type { CustomerKey } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import { billingWorkflowId, standingQuery } from '../../workflows/messages.js';
import type { WorkflowClient } from '../customerWorkflow.js';

/** Longest wait for the workflow's answer. */
const QUERY_MS = 10_000;

/**
 * The state of a customer's workflow; null where none ran or its history is gone.
 * @throws what kept it from answering: a worker that is away, for one.
 */
export async function standingOf(
  client: WorkflowClient,
  key: CustomerKey,
): Promise<CustomerState | null> {
  const handle = client.workflow.getHandle(billingWorkflowId(key));
  try {
    return await client.withDeadline(Date.now() + QUERY_MS, () => handle.query(standingQuery));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
