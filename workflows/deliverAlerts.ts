import { proxyActivities } from '@temporalio/workflow';
import type { AlertActivities } from '../activities/contract.js';
import { BILLING_TASK_QUEUE } from './messages.js';

const { deliverDueAlerts } = proxyActivities<Pick<AlertActivities, 'deliverDueAlerts'>>({
  taskQueue: BILLING_TASK_QUEUE,
  startToCloseTimeout: '50 seconds',
  heartbeatTimeout: '10 seconds',
  scheduleToCloseTimeout: '55 seconds',
  retry: { maximumAttempts: 2, initialInterval: '1 second' },
});

/** Once a minute: tries every delivery of an alert that failed and is due again. */
export async function deliverAlerts(): Promise<{ tried: number }> {
  return { tried: await deliverDueAlerts() };
}
