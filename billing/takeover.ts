import type { PlanSnapshot } from './catalogue.js';
import type { StripeLink } from './command.js';

/** What stands at Stripe already and is taken over: a customer, a subscription, a pause. */

/** What a caller names of Stripe's; at least one of the two. */
export interface StripeWish {
  /** The customer there; null: that of the subscription. */
  readonly customer: string | null;
  /** A running subscription; null: none is taken over. */
  readonly subscription: string | null;
}

/**
 * Who charges the base of the period that runs. `charged`: an item that is ours from now on;
 * `added`: nobody, our item charges the next ones; `others`: items that others made go on with it.
 */
export type BaseCharge = 'charged' | 'added' | 'others';

/** A running subscription that was taken over, as Stripe has it. */
export interface TakenOver {
  /** Start of the period that runs, Unix seconds. */
  readonly startSeconds: number;
  /** Whole periods between the anchor and that one; 0 while a trial runs. */
  readonly periods: number;
  /** When it was taken over, Stripe's time, Unix seconds. */
  readonly atSeconds: number;
  readonly base: BaseCharge;
}

/**
 * How Stripe treats the invoices of a subscription that is paused: it makes them and does not
 * collect them, or (`noInvoices`) it makes none and opens no period.
 */
export interface CollectionPause {
  readonly behavior: 'keepAsDraft' | 'markUncollectible' | 'void' | 'noInvoices';
  /** When it goes on by itself, Unix seconds; null: not before somebody says so. */
  readonly resumesAtSeconds: number | null;
}

/** A clear no of Stripe's, or of ours about what stands there. */
export type StripeRefusal = 'payment_required' | 'unavailable' | 'conflict' | 'invalid_request';

/** Commands about what stands at Stripe already. */
export type TakeoverCommand =
  | {
      readonly type: 'subscribed';
      /** Number of the `customer` command this answers. */
      readonly request: number;
      readonly plan: PlanSnapshot;
      readonly stripe: StripeLink;
      /** It ran before; absent: it was made for the request. */
      readonly takenOver?: TakenOver;
      /** A customer that others made is linked: where its test clock stands, Unix seconds. */
      readonly linkedAtSeconds?: number | null;
    }
  | {
      /** A Stripe customer belongs to ours; nothing is billed there by that. */
      readonly type: 'linked';
      readonly request: number;
      readonly stripeCustomer: string;
    }
  | {
      readonly type: 'subscribeFailed';
      readonly request: number;
      readonly code: StripeRefusal;
      readonly detail: string;
    }
  | {
      /** No page was opened at Stripe, and the same ask would end the same way. */
      readonly type: 'pageFailed';
      /** Number of the `page` command. */
      readonly request: number;
      readonly detail: string;
    }
  | {
      /** Others have paused the collection of invoices at Stripe; null: it goes on. */
      readonly type: 'paused';
      readonly subscription: string;
      readonly pause: CollectionPause | null;
    };
