import { proxyActivities } from '@temporalio/workflow';
import type { SweepActivities } from '../activities/sweepContract.js';
import { BILLING_TASK_QUEUE } from './messages.js';

const { sweepHeads, sweepInbox } = proxyActivities<SweepActivities>({
  taskQueue: BILLING_TASK_QUEUE,
  startToCloseTimeout: '50 seconds',
  heartbeatTimeout: '10 seconds',
  scheduleToCloseTimeout: '55 seconds',
  retry: { maximumAttempts: 2, initialInterval: '1 second' },
});

/** Once a minute: finds logs that go further than their folds, and webhooks not handed over. */
export async function sweepLogs(): Promise<{ healed: number; handed: number }> {
  const healed = await sweepHeads();
  const handed = await sweepInbox();
  return { healed, handed };
}
