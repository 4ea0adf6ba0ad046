import type { Client } from '@temporalio/client';
import type { CustomerKey } from '../billing/log.js';
import {
  BILLING_TASK_QUEUE,
  billingWorkflowId,
  CUSTOMER_WORKFLOW,
  stripeChangedSignal,
  type StripeNews,
  usageRecordedSignal,
} from '../workflows/messages.js';

/** How activities reach customers' workflows. */

/** The part of Temporal's client that is used for it. */
export interface WorkflowClient {
  readonly workflow: Pick<Client['workflow'], 'getHandle' | 'signalWithStart' | 'start'>;
  withDeadline<T>(deadline: number, act: () => Promise<T>): Promise<T>;
}

/** What a customer's workflow is started with where it does not run. */
export function customerStart(key: CustomerKey) {
  return {
    workflowId: billingWorkflowId(key),
    taskQueue: BILLING_TASK_QUEUE,
    args: [{ key }] as [{ key: CustomerKey }],
  };
}

/** Tells a customer's workflow how far its log goes: it reads what it has missed. */
export async function tellHead(
  client: WorkflowClient,
  key: CustomerKey,
  head: number,
): Promise<void> {
  await client.workflow.signalWithStart(CUSTOMER_WORKFLOW, {
    ...customerStart(key),
    signal: usageRecordedSignal,
    signalArgs: [{ ranges: [], sums: [], catalogue: 0, head }],
  });
}

/** Tells a customer's workflow that something changed at Stripe; resolves once that is durable. */
export async function tellStripeChanged(
  client: WorkflowClient,
  key: CustomerKey,
  news: StripeNews,
): Promise<void> {
  await client.workflow.signalWithStart(CUSTOMER_WORKFLOW, {
    ...customerStart(key),
    signal: stripeChangedSignal,
    signalArgs: [news],
  });
}
