import { proxyActivities } from '@temporalio/workflow';
import type { EventActivities } from '../activities/sweepContract.js';
import { STRIPE_TASK_QUEUE } from './messages.js';

const acts = proxyActivities<EventActivities>({
  taskQueue: STRIPE_TASK_QUEUE,
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '5 minutes',
  retry: {
    initialInterval: '500 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    maximumAttempts: 10,
  },
});

/**
 * Asks Stripe whom one event of the inbox concerns, and tells them. If it fails in the end, or
 * something is not decided yet, the row still waits and the sweep starts this again.
 */
export async function workOnEvent(event: string): Promise<void> {
  await acts.workOnEvent(event);
}
