import type { OpenedPage, PageAsk } from '../billing/arrangement.js';
import type { PlanSnapshot } from '../billing/catalogue.js';
import type { StripeLink } from '../billing/command.js';
import type { CheckoutView, SubscriptionView } from '../billing/customer/invoice/view.js';
import type { CustomerKey } from '../billing/log.js';
import type { StripeWish } from '../billing/takeover.js';
import type { StripeParty } from './contract.js';

/** What a customer's workflow may ask of Stripe about plans; see `contract.ts`. */

/** Subscriptions: how they begin, change and end, and the pages that do so. */
export interface PlanActivities {
  /**
   * Ensures customer, test clock (test mode), payment method (sandbox) and subscription, then
   * writes `subscribed` or `subscribeFailed` into the log. Away with nothing made at Stripe:
   * `subscribeFailed` `unavailable`; outcome unknown: throws, to be repeated.
   */
  subscribe(input: {
    readonly key: CustomerKey;
    readonly request: number;
    readonly plan: PlanSnapshot;
    /** Customer's time at which it begins, ms; also where a new test clock starts. */
    readonly startMs: number;
    readonly name: string | null;
    readonly email: string | null;
    /** Days that cost nothing at first; null: none. */
    readonly trialDays: number | null;
    /** The subscription whose items are to change, now; null: there is none yet. */
    readonly stripe: StripeLink | null;
    /** What others made at Stripe and is to be taken over; `linked` is written without prices. */
    readonly atStripe?: StripeWish;
    /** The Stripe customer that others made and that was linked before. */
    readonly linked?: string;
    /** Who has had no period yet, and asked for no anchor, lives by the linked one's clock. */
    readonly isNew?: boolean;
    /** Who has no plan yet exists without a period where the payment is refused. */
    readonly isFirst?: boolean;
    /** A subscription that has to have ended: until then, and while Stripe is away, throws. */
    readonly follows?: string;
  }): Promise<{ readonly number: number }>;
  /** Cancels the subscription now, nothing invoiced by Stripe, and writes `ended` into the log. */
  unsubscribe(
    input: StripeParty & { readonly request: number },
  ): Promise<{ readonly number: number }>;
  /**
   * Opens a page at Stripe for the customer, making it there first, and writes `pageOpened`; or
   * `pageFailed` where asking again can't help.
   */
  openPage(input: {
    readonly key: CustomerKey;
    readonly request: number;
    readonly ask: PageAsk;
    /** Customer's time, ms; where a new test clock starts. */
    readonly startMs: number;
    readonly name: string | null;
    readonly email: string | null;
    /** Days that cost nothing at first; null: none. */
    readonly trialDays: number | null;
    /** The Stripe customer that others made and that was linked before. */
    readonly linked?: string;
  }): Promise<{ readonly number: number }>;
  /** A checkout as it is now, with the subscription that it made. */
  readCheckout(input: {
    readonly key: CustomerKey;
    readonly stripeCustomer: string;
    readonly checkout: NonNullable<OpenedPage['checkout']>;
  }): Promise<CheckoutView>;
  /** The subscription as it is now, whoever changed it. */
  readSubscription(input: StripeParty): Promise<SubscriptionView>;
  /**
   * Tells Stripe whether the subscription ends with its period, which ends there at `endSeconds`
   * (null or absent: whenever). Answers whether it has ended there before; nothing in histories of
   * before there was an answer. Throws where Stripe has begun the period after.
   */
  syncCancellation(
    input: StripeParty & { readonly ends: boolean; readonly endSeconds?: number | null },
  ): Promise<{ readonly ended: boolean } | undefined>;
  /** Gives the subscription the items of a plan, no proration, and writes `swapped`. */
  swapItems(
    input: StripeParty & { readonly plan: PlanSnapshot; readonly segment: number },
  ): Promise<{ readonly number: number }>;
}
