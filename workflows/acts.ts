import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { AlertActivities, LogActivities, StripeActivities } from '../activities/contract.js';
import { BILLING_TASK_QUEUE, STRIPE_TASK_QUEUE } from './messages.js';
import { urgencyOf } from './urgency.js';

/**
 * Activities as the workflow calls them, every time limit and retry written out. They beat every
 * few seconds, so a killed worker is noticed long before the time of one attempt is over. After
 * the last attempt the state holds a `retryAt`; Temporal does not try for ever.
 */

/** A summary may have 400 bytes. */
const SUMMARY_LENGTH_MAX = 200;

const LOG_OPTIONS: ActivityOptions = {
  taskQueue: BILLING_TASK_QUEUE,
  startToCloseTimeout: '20 seconds',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '90 seconds',
  retry: {
    initialInterval: '200 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '3 seconds',
    maximumAttempts: 6,
  },
};

const STRIPE_OPTIONS: ActivityOptions = {
  taskQueue: STRIPE_TASK_QUEUE,
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: '5 seconds',
  scheduleToCloseTimeout: '2 minutes',
  retry: {
    initialInterval: '300 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '5 seconds',
    maximumAttempts: 3,
  },
};

type Acts = Readonly<Record<string, (input: never) => Promise<unknown>>>;

/** The log and our own collections; `summary` is what an operator reads in the Web UI. */
export function logActs(summary: string) {
  return proxyActivities<LogActivities>({ ...LOG_OPTIONS, summary });
}

/** Stores alerts; `summary` is what an operator reads in the Web UI. */
export function alertActs(summary: string) {
  return proxyActivities<Pick<AlertActivities, 'raiseAlerts'>>({
    ...LOG_OPTIONS,
    summary: summary.slice(0, SUMMARY_LENGTH_MAX),
  });
}

/**
 * Stripe, on a task queue of its own, where what is urgent goes first; `summary` is what an
 * operator reads in the Web UI.
 */
export function stripeActs(summary: string): StripeActivities {
  const act = (name: string) => (input: never) => {
    const priority = { priorityKey: urgencyOf(name) };
    const acts = proxyActivities({ ...STRIPE_OPTIONS, summary, priority }) as unknown as Acts;
    return acts[name]?.(input);
  };
  return new Proxy({}, { get: (_none, name) => act(String(name)) }) as StripeActivities;
}
