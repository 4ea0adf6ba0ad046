import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import {
  ALERT_SCHEDULE,
  ALERT_WORKFLOW,
  BILLING_TASK_QUEUE,
  RECONCILE_SCHEDULE,
  RECONCILE_WORKFLOW,
  SWEEP_SCHEDULE,
  SWEEP_WORKFLOW,
} from '../workflows/messages.js';

/** How often something is looked after, and how long that may take. */
interface Rhythm {
  readonly every: '1 minute' | '1 day';
  /** A time that was missed by more is left out. */
  readonly catchup: '1 minute' | '2 hours';
  readonly longest: '2 minutes' | '20 hours';
}

const MINUTELY: Rhythm = { every: '1 minute', catchup: '1 minute', longest: '2 minutes' };
const DAILY: Rhythm = { every: '1 day', catchup: '2 hours', longest: '20 hours' };

/**
 * What is looked after once a minute: logs and webhooks, and alerts that were not taken; and once
 * a day: whether log, workflow, Stripe and invoices agree, customer by customer.
 */
export async function ensureSchedules(client: Client): Promise<void> {
  await ensureSchedule(client, SWEEP_SCHEDULE, SWEEP_WORKFLOW, MINUTELY);
  await ensureSchedule(client, ALERT_SCHEDULE, ALERT_WORKFLOW, MINUTELY);
  await ensureSchedule(client, RECONCILE_SCHEDULE, RECONCILE_WORKFLOW, DAILY);
}

/** Never twice at once; made once, found ever after. */
async function ensureSchedule(
  client: Client,
  scheduleId: string,
  workflowType: string,
  { every, catchup, longest }: Rhythm,
): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchup },
      action: {
        type: 'startWorkflow',
        workflowType,
        taskQueue: BILLING_TASK_QUEUE,
        workflowExecutionTimeout: longest,
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
