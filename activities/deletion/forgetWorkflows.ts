import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { CustomerKey } from '../../billing/log.js';
import { billingWorkflowId } from '../../workflows/messages.js';

/** Histories of a customer's workflow hold what the log held: they go with it. */

/** Longest wait for one answer of Temporal, ms. */
const CALL_MS = 10_000;

/** `NOT_FOUND` in gRPC's own numbering (github.com/grpc/grpc, statuscodes). */
const NOT_FOUND = 5;

/**
 * Removes every run of a life's workflow; one that runs is terminated by that. The newest is
 * asked for by name, for lists of Temporal lag behind.
 */
export async function forgetWorkflows(client: Client, key: CustomerKey): Promise<void> {
  const workflowId = billingWorkflowId(key);
  const newest = await newestRun(client, workflowId);
  if (newest !== null) await forget(client, workflowId, newest);
  // Ids hold neither quotes nor backslashes (CONTRACT §3).
  const runs = client.workflow.list({ query: `WorkflowId = "${workflowId}"` });
  for await (const { runId } of runs) await forget(client, workflowId, runId);
}

async function newestRun(client: Client, workflowId: string): Promise<string | null> {
  try {
    const describing = () => client.workflow.getHandle(workflowId).describe();
    return (await client.withDeadline(Date.now() + CALL_MS, describing)).runId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

async function forget(client: Client, workflowId: string, runId: string): Promise<void> {
  const { workflowService } = client.connection;
  const { namespace } = client.options;
  const named = { namespace, workflowExecution: { workflowId, runId } };
  try {
    await client.withDeadline(Date.now() + CALL_MS, () =>
      workflowService.deleteWorkflowExecution(named),
    );
  } catch (error) {
    if (!isGrpcServiceError(error) || Number(error.code) !== NOT_FOUND) throw error;
  }
}
