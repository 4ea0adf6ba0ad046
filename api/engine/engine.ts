import type { CustomerKey, UsageMessage } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import type { DecideReply, DecideRequest, DeletionOutcome } from '../../workflows/messages.js';

/** What the API asks of the customers' workflows. Implemented over Temporal. */
export interface Engine {
  /**
   * Tells a customer's workflow of groups; starts it if it does not run.
   * @throws Problem `unavailable` when Temporal does not take it in time.
   */
  tell(key: CustomerKey, message: UsageMessage): Promise<void>;
  /**
   * Asks a customer's workflow for holds; starts it if it does not run. `folded`: whether usage
   * that rode along was folded. Every attempt under `updateId` is the same Update; ids of asks
   * make a repeat under another one harmless, too.
   * @throws Problem `unavailable` when nothing is known of the outcome in time.
   */
  decide(
    key: CustomerKey,
    request: DecideRequest,
    updateId: string,
  ): Promise<DecideReply & { readonly folded: boolean }>;
  /**
   * Something of this customer changed at Stripe: an event, and its type.
   * @throws Problem `unavailable`.
   */
  stripeChanged(key: CustomerKey, event: string, type: string): Promise<void>;
  /**
   * Lets the worker ask Stripe whom an event of the inbox concerns; once at a time per event.
   * @throws Problem `unavailable`.
   */
  workOnEvent(event: string): Promise<void>;
  /**
   * The workflow's state, or null where none ever ran.
   * @throws Problem `unavailable` when Temporal or the worker does not answer in time.
   */
  standing(key: CustomerKey): Promise<CustomerState | null>;
  /**
   * Lets the worker delete a customer; once at a time, a repeat waits for the same.
   * @throws Problem `unavailable` when it is not done in time; it goes on.
   */
  deleteCustomer(key: CustomerKey): Promise<DeletionOutcome>;
  /** Whether Temporal answers, and whether a worker polled lately. Never throws. */
  readiness(): Promise<{ readonly temporal: boolean; readonly worker: boolean }>;
  close(): Promise<void>;
}
