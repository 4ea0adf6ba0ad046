import type { CustomerKey } from '../../billing/log.js';
import type { DeletionOutcome } from '../../workflows/messages.js';

/** The steps of a deletion; each can be repeated. Failures are as in `activities/contract.ts`. */

/** Whom a step is about. */
export interface DeletedParty {
  readonly key: CustomerKey;
}

/** Activities on the billing task queue. */
export interface DeletionActivities {
  /**
   * Ends the log, unless something is still waited for. The fence is the intention: it stands
   * right above what was judged, or not at all; from then on there is no way back.
   */
  fenceCustomer(input: DeletedParty): Promise<DeletionOutcome>;
  /** Leaves of the row that others read that the customer goes. */
  hideCustomer(input: DeletedParty): Promise<void>;
  /** Erases the log from a number on; answers where to go on, null at its end. */
  eraseLog(input: DeletedParty & { readonly from: number }): Promise<{
    readonly next: number | null;
  }>;
  /** Erases alerts, kept answers, and what operators wrote on invoices. */
  eraseCopies(input: DeletedParty): Promise<void>;
  /** Ends the customer's workflow and removes the histories of all its runs. */
  forgetWorkflows(input: DeletedParty): Promise<void>;
  /** Says that all is done. */
  finishDeletion(input: DeletedParty): Promise<void>;
}

/** The activity on the Stripe task queue. */
export interface ForgettingActivities {
  /** Empties name and address of the customer that was made there; others' are left alone. */
  forgetAtStripe(input: DeletedParty): Promise<void>;
}
