import type { OpenedPage, PageAsk } from './arrangement.js';
import type { PlanName, PlanSnapshot } from './catalogue.js';
import type { ControlsChange } from './controls.js';
import type { StripeRefusal, StripeWish, TakeoverCommand } from './takeover.js';
import type { Zone } from './windows/zone.js';

/** What is asked of a customer through its log, and what Stripe answered. */

/** Stripe's objects of one customer. */
export interface StripeLink {
  readonly customer: string;
  readonly subscription: string;
  /** Test clock of a test-mode customer. */
  readonly testClock: string | null;
  /** Subscription item of the base price, if the plan has one. */
  readonly baseItem: string | null;
  /** Subscription item by priced meter. */
  readonly items: Readonly<Record<string, string>>;
  /** Stripe meter id by priced meter. */
  readonly meters: Readonly<Record<string, string>>;
  /** Event name at Stripe by priced meter. */
  readonly eventNames: Readonly<Record<string, string>>;
  /** Start of the subscription's first period, Unix seconds: the anchor of all later ones. */
  readonly anchorSeconds: number;
  /** Where its trial ends, Unix seconds, and the anchor lies; absent: there is none. */
  readonly trialEndSeconds?: number;
  /**
   * Since when its items count, Unix seconds, where they came later than the period: what is
   * stamped before is billed nowhere (manage-billing-setup page). Absent: from its start.
   */
  readonly itemsSinceSeconds?: number;
  /** The plan version that its items are for; absent in older entries: that of the customer. */
  readonly plan?: PlanName;
  /** Items that others made and that charge in place of the plan's base; they go with the plan. */
  readonly otherItems?: readonly string[];
}

/** What a caller asked of a customer, or what Stripe answered; acts when the mark reaches it. */
export type Command =
  | {
      readonly type: 'customer';
      /** The plan asked for; absent: keep the plan. */
      readonly plan?: PlanSnapshot;
      /** Absent fields stay, `null` empties one. */
      readonly details: CustomerDetailsChange;
      /** The customer's now when it was asked, ms. */
      readonly atMs: number;
      /** Start of the first period (whole minute, ms); first time only. */
      readonly anchorMs?: number;
      /** What stands at Stripe already and is to be taken over; absent: nothing. */
      readonly atStripe?: StripeWish;
    }
  | {
      readonly type: 'clock';
      readonly toMs: number;
      /** Segment that must also be billed, in review or empty; null: the time alone. */
      readonly segment: number | null;
    }
  | TakeoverCommand
  | {
      readonly type: 'controls';
      readonly change: ControlsChange;
      /** The customer's now when it was asked, ms. */
      readonly atMs: number;
    }
  | {
      /** One user, team or key gets its own ceiling; `max: null`: the plan's value again. */
      readonly type: 'ceiling';
      readonly limit: string;
      readonly key: string | null;
      readonly max: number | null;
    }
  | {
      readonly type: 'credits';
      /** The caller's id; the entry's is `credit/ID`. */
      readonly id: string;
      /** Exact decimal of credits. */
      readonly amount: string;
      readonly kind: 'purchase' | 'promotion' | 'refund';
      readonly expiresAtMs?: number;
      readonly atMs: number;
    }
  | {
      /** An operator on one invoice: lets it go, holds it, gives money back. */
      readonly type: 'invoice';
      readonly action: 'approve' | 'hold' | 'credit';
      /** The segment whose invoice it is. */
      readonly segment: number;
      /** The invoice of late usage after the customer left. */
      readonly late?: true;
      readonly reason: string;
      /** `credit` alone: above 0. */
      readonly amountMinor?: number;
      readonly atMs: number;
    }
  | {
      /** Gives money back on a final invoice that no segment kept is about. */
      readonly type: 'creditNote';
      readonly stripeInvoice: string;
      /** Above 0. */
      readonly amountMinor: number;
      readonly reason: string;
      readonly atMs: number;
    }
  | {
      /** Asks for a change at the period's end; `plan: null`: canceled then. */
      readonly type: 'schedule';
      readonly plan: PlanSnapshot | null;
      readonly atMs: number;
      /** To another version of the plan, by the operator: takes the place of nothing. */
      readonly migrates?: true;
    }
  | { readonly type: 'unschedule'; readonly atMs: number }
  | {
      /** The end that a scheduled change waited for has come; written by the workflow. */
      readonly type: 'turned';
      /** Number of the `schedule` command. */
      readonly request: number;
      readonly plan: PlanSnapshot | null;
      readonly atMs: number;
      /** As the `schedule` command had it. */
      readonly migrates?: true;
      /** Stripe did not know by then that the subscription ends with its period. */
      readonly untold?: true;
      /** Stripe has ended it, for it did not know by then that it goes on. */
      readonly ended?: true;
    }
  | {
      /** The items at Stripe are those of the plan in force, after a turn. */
      readonly type: 'swapped';
      readonly stripe: StripeLink;
    }
  | {
      /** Asks for one of Stripe's own pages. */
      readonly type: 'page';
      readonly ask: PageAsk;
      readonly atMs: number;
    }
  | (OpenedPage & { readonly type: 'pageOpened' })
  | {
      /** Asks to cancel now; `next`: the plan without prices to drop to, null: none. */
      readonly type: 'cancel';
      readonly next: PlanSnapshot | null;
      readonly atMs: number;
    }
  | {
      /** The subscription has ended at Stripe, by us or by others. */
      readonly type: 'ended';
      /** Number of the `cancel` command, or of an untold `turned`; null: others did it. */
      readonly request: number | null;
      readonly endedSeconds: number;
      /** True where Stripe makes a last invoice of its own with the usage. */
      readonly byCycle: boolean;
    }
  | {
      /** The breaker has seen a runaway (DESIGN §6); only `controls` lifts it. */
      readonly type: 'freeze';
      readonly reason: string;
      readonly atMs: number;
    };

/** Personal data and settings that PUT may change. */
export interface CustomerDetailsChange {
  readonly name?: string | null;
  readonly email?: string | null;
  readonly timezone?: string | null;
  /** Offsets of `timezone`; without them its windows are those of UTC. */
  readonly zone?: Zone;
  readonly metadata?: Readonly<Record<string, string>> | null;
}

/** How a request that waited for Stripe ended. */
export interface SubscriptionAnswer {
  readonly request: number;
  readonly code: 'subscribed' | 'linked' | 'ended' | StripeRefusal;
  readonly detail: string;
}
