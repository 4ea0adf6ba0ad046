import type { Connection } from '@temporalio/client';
import { BILLING_TASK_QUEUE } from '../../workflows/messages.js';

/** Readiness must answer faster than its callers give up. */
const PROBE_MS = 2000;

/** A worker polls at least every minute; the server lists pollers of the last five. */
const POLLER_FRESH_MS = 75_000;

/** Type of workflow tasks in the service's own numbering (temporal.api.enums.v1.TaskQueueType). */
const WORKFLOW_TASKS = 1;

/** Whether Temporal answers, and whether a worker polled lately. Never throws. */
export async function readinessOf(
  connection: Connection,
  namespace: string,
): Promise<{ readonly temporal: boolean; readonly worker: boolean }> {
  try {
    const { workflowService } = connection;
    return await connection.withDeadline(Date.now() + PROBE_MS, async () => {
      await workflowService.getSystemInfo({});
      const { pollers } = await workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: BILLING_TASK_QUEUE },
        taskQueueType: WORKFLOW_TASKS,
      });
      const since = Date.now() - POLLER_FRESH_MS;
      const fresh = (pollers ?? []).some(
        ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 >= since,
      );
      return { temporal: true, worker: fresh };
    });
  } catch {
    return { temporal: false, worker: false };
  }
}
