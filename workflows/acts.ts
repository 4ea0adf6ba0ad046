import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  type ActivityOptions,
  type LocalActivityOptions,
} from '@temporalio/workflow';
import type { AlertActivities, LogActivities, StripeActivities } from '../activities/contract.js';
import type { Life } from './life.js';
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

/**
 * One attempt inside the workflow's own task: a few ms of the ledger's time, and neither tasks nor
 * history of its own. Decisions wait for the task meanwhile, so it is given up soon.
 */
const NEAR_OPTIONS: LocalActivityOptions = {
  startToCloseTimeout: '1 second',
  scheduleToCloseTimeout: '1 second',
  retry: { maximumAttempts: 1 },
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

/** Near where this run does so, and in tasks of their own if that did not work. */
function ledgerActs({ frugal }: Pick<Life, 'frugal'>, summary: string): Acts {
  const far = proxyActivities({ ...LOG_OPTIONS, summary }) as unknown as Acts;
  if (!frugal) return far;
  const near = proxyLocalActivities({ ...NEAR_OPTIONS, summary }) as unknown as Acts;
  const nearFirst = (name: string) => async (input: never) => {
    try {
      return await near[name]?.(input);
    } catch (error) {
      if (isFinal(error)) throw error;
      return far[name]?.(input);
    }
  };
  return new Proxy(far, { get: (_far, name) => nearFirst(String(name)) });
}

/** What another attempt can't help. */
function isFinal(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.nonRetryable === true;
}

/** The log and our own collections; `summary` is what an operator reads in the Web UI. */
export function logActs(life: Pick<Life, 'frugal'>, summary: string): LogActivities {
  return ledgerActs(life, summary) as unknown as LogActivities;
}

/**
 * The same for the lanes of the log. Where decisions are asked of the customer they are never
 * near: an Update would wait for them.
 */
export function laneActs({ frugal, state }: Life, summary: string): LogActivities {
  return logActs({ frugal: frugal && !state.holds.asked }, summary);
}

/** Stores alerts; `summary` is what an operator reads in the Web UI. */
export function alertActs(
  life: Pick<Life, 'frugal'>,
  summary: string,
): Pick<AlertActivities, 'raiseAlerts'> {
  const acts = ledgerActs(life, summary.slice(0, SUMMARY_LENGTH_MAX));
  return acts as unknown as Pick<AlertActivities, 'raiseAlerts'>;
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
