import type { PlanName, PlanSnapshot } from './catalogue.js';
import type { StripeLink } from './command.js';
import type { CollectionPause, StripeWish } from './takeover.js';

/** What is under way between a customer and Stripe: wishes, changes to come, pages, debts. */

/** A customer in the middle of coming to a priced plan: waits for Stripe's answer. */
export interface PendingSubscription {
  /** Number of the `customer` command that asked. */
  readonly request: number;
  readonly plan: PlanSnapshot;
  readonly atMs: number;
  readonly anchorMs: number | null;
  /** A migration: the plan that the first period's bill is held against. */
  readonly netAgainst?: PlanName;
  /** What stands at Stripe already and is taken over; absent: nothing. */
  readonly atStripe?: StripeWish;
  /** The subscription that ended with the period before, `atMs`: this one begins where it ended. */
  readonly follows?: { readonly subscription: string; readonly endSeconds: number };
}

/** A customer in the middle of leaving a subscription: waits for Stripe's answer. */
export interface PendingCancellation {
  /** Number of the command that asked. */
  readonly request: number;
  /** The plan without prices that follows; null: none. */
  readonly next: PlanSnapshot | null;
  readonly atMs: number;
}

/** A subscription that was to end with a period, where Stripe could not be told so before. */
export interface Overrun {
  /** Number of the `turned` entry. */
  readonly request: number;
  readonly stripe: StripeLink;
  /** The segment that it was to end with, and where that ends at Stripe, Unix seconds. */
  readonly segment: number;
  readonly endSeconds: number;
}

/** A page of Stripe's that a customer is sent to. */
export type PageAsk =
  | {
      readonly kind: 'checkout';
      readonly plan: PlanSnapshot;
      readonly successUrl: string;
      readonly cancelUrl: string;
    }
  | { readonly kind: 'portal'; readonly returnUrl: string };

/** A page that stands open at Stripe. */
export interface OpenedPage {
  /** Number of the `page` command. */
  readonly request: number;
  readonly stripeCustomer: string;
  readonly url: string;
  /** Real time, ms; null: it does not say. */
  readonly expiresAtMs: number | null;
  /** What it is to bring; null: nothing is followed (a portal, or a checkout that is over). */
  readonly checkout: { readonly session: string; readonly plan: PlanSnapshot } | null;
}

/** A change that waits for the end of the period. */
export interface ScheduledChange {
  /** Number of the command that asked. */
  readonly request: number;
  /** Null: canceled, nothing follows. */
  readonly plan: PlanSnapshot | null;
  /** End of the period it waits for, ms. */
  readonly atMs: number;
  /** Moves the customer to another version of its plan; see `billing/migration`. */
  readonly migrates?: true;
}

/** Whether a period that Stripe makes no draft for is billed by us also where it had usage. */
export type BillsUndrafted = true | 'withUsage';

/** The part of a customer's state that says so. Absent fields: nothing of that kind. */
export interface Arrangements {
  /** What the end of the period is to bring; absent or null: nothing. */
  readonly scheduled?: ScheduledChange | null;
  /** A cancellation that Stripe has not answered yet. */
  readonly leaving?: PendingCancellation | null;
  /** One that may go on at Stripe though it is left: it is ended there before all else. */
  readonly overrun?: Overrun | null;
  /** The subscription that has ended last; what is left to bill of it goes to its customer. */
  readonly formerStripe?: StripeLink | null;
  /** Whether Stripe was told that the subscription ends with its period. */
  readonly cancelAtEnd?: boolean;
  /** Stripe had ended it before it could be told that it goes on. */
  readonly endedThere?: boolean;
  /** Since when a payment stands refused, the customer's time, ms; absent or null: none does. */
  readonly pastDueSinceMs?: number | null;
  /** The grace that a change of plan was asked for after, by its end, ms. */
  readonly graceEndedMs?: number;
  /** A page at Stripe that is asked for; absent or null: none. */
  readonly wantedPage?: {
    readonly request: number;
    readonly ask: PageAsk;
    readonly atMs: number;
  } | null;
  /** The page that was opened last. */
  readonly openPage?: OpenedPage;
  /** The Stripe customer that others made and that is billed instead of one of ours. */
  readonly linkedCustomer?: string;
  /** Others have paused the collection of the subscription's invoices; else it runs. */
  readonly pause?: CollectionPause | null;
  /** Segments whose `start` is wanted still, though another plan has begun since. */
  readonly earlierStarts?: readonly number[];
  /** What Stripe makes no draft for is billed by us. Absent in runs that began before. */
  readonly billsUndrafted?: BillsUndrafted;
  /** Something changed at Stripe: the subscription is to be looked at. */
  readonly lookAtStripe?: true;
  /** The customer is deleted, its log has ended: the workflow ends, nothing is due any more. */
  readonly deleted?: true;
}
