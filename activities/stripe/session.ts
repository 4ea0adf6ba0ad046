import type Stripe from 'stripe';
import { ApplicationFailure } from '@temporalio/common';
import type { EnsureStore } from '../../ledger/stores/contract.js';

/** Time one activity may spend at Stripe; its limit at Temporal is 30 s (workflows/acts.ts). */
const BUDGET_MS = 25_000;

/** Longest wait for one answer. */
const CALL_MS = 10_000;

/** Below this there is no sense in asking. */
const LEFT_MIN_MS = 250;

/** One activity's dealings with Stripe: who is asked, what was stored, how long it may take. */
export interface StripeSession {
  readonly stripe: Stripe;
  readonly ensures: EnsureStore;
  /** Real time, ms. */
  readonly now: () => number;
  /**
   * Options of the next call, with the HTTP key if it writes something new.
   * @throws ApplicationFailure `stripe_slow`, retryable, when the time is used up.
   */
  within(idempotencyKey?: string): Stripe.RequestOptions;
  /** Waits, within the budget. @throws as `within`. */
  pause(ms: number): Promise<void>;
}

/** Begins a session; its time runs from here. */
export function openSession(
  stripe: Stripe,
  ensures: EnsureStore,
  now: () => number,
  budgetMs = BUDGET_MS,
): StripeSession {
  const endsAt = performance.now() + budgetMs;
  const leftMs = () => {
    const left = endsAt - performance.now();
    if (left >= LEFT_MIN_MS) return left;
    const message = `Stripe did not do its part within ${budgetMs} ms`;
    throw ApplicationFailure.create({ message, type: 'stripe_slow' });
  };
  return {
    stripe,
    ensures,
    now,
    within(idempotencyKey) {
      const timeout = Math.round(Math.min(CALL_MS, leftMs()));
      return idempotencyKey === undefined ? { timeout } : { timeout, idempotencyKey };
    },
    async pause(ms) {
      leftMs();
      await new Promise((resolve) => setTimeout(resolve, ms));
    },
  };
}
