import type { WorkerTuner } from '@temporalio/worker';

/** How much a worker does at a time. */

/** Activities that wait for Stripe, nearly all of the time: so many at once are no work. */
const STRIPE_MOST = 20;

/** So many while the machine is busy: further ones would only stand before decisions. */
const STRIPE_LEAST = 4;

/** Share of all processors from which on it is busy. */
const BUSY = 0.8;

/**
 * Slots of the Stripe lane. A close is never urgent to the second: where many come at once, and
 * the processors have no room, they wait in Temporal's queue and not in the worker's.
 */
export function stripeSlots(): WorkerTuner {
  const one = { type: 'fixed-size', numSlots: 1 } as const;
  return {
    activityTaskSlotSupplier: {
      type: 'resource-based',
      minimumSlots: STRIPE_LEAST,
      maximumSlots: STRIPE_MOST,
      rampThrottle: '5 milliseconds',
      tunerOptions: { targetCpuUsage: BUSY, targetMemoryUsage: 1 },
    },
    // It has activities alone.
    workflowTaskSlotSupplier: { type: 'fixed-size', numSlots: 2 },
    localActivityTaskSlotSupplier: one,
    nexusTaskSlotSupplier: one,
  };
}
