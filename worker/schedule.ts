import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import {
  ALERT_SCHEDULE,
  ALERT_WORKFLOW,
  BILLING_TASK_QUEUE,
  SWEEP_SCHEDULE,
  SWEEP_WORKFLOW,
} from '../workflows/messages.js';

/** What is looked after once a minute: logs and webhooks, and alerts that were not taken. */
export async function ensureSchedules(client: Client): Promise<void> {
  await ensureSchedule(client, SWEEP_SCHEDULE, SWEEP_WORKFLOW);
  await ensureSchedule(client, ALERT_SCHEDULE, ALERT_WORKFLOW);
}

/** Once a minute, never twice at once; made once, found ever after. */
async function ensureSchedule(
  client: Client,
  scheduleId: string,
  workflowType: string,
): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: '1 minute' }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
      action: {
        type: 'startWorkflow',
        workflowType,
        taskQueue: BILLING_TASK_QUEUE,
        workflowExecutionTimeout: '2 minutes',
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
