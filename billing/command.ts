import type { PlanSnapshot } from './catalogue.js';
import type { ControlsChange } from './controls.js';
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
    }
  | {
      readonly type: 'clock';
      readonly toMs: number;
      /** Segment that must also be billed, in review or empty; null: the time alone. */
      readonly segment: number | null;
    }
  | {
      readonly type: 'subscribed';
      /** Number of the `customer` command this answers. */
      readonly request: number;
      readonly plan: PlanSnapshot;
      readonly stripe: StripeLink;
    }
  | {
      readonly type: 'subscribeFailed';
      readonly request: number;
      readonly code: 'payment_required' | 'unavailable';
      readonly detail: string;
    }
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

/** A customer in the middle of coming to a priced plan: waits for Stripe's answer. */
export interface PendingSubscription {
  /** Number of the `customer` command that asked. */
  readonly request: number;
  readonly plan: PlanSnapshot;
  readonly atMs: number;
  readonly anchorMs: number | null;
}

/** How a request that waited for Stripe ended. */
export interface SubscriptionAnswer {
  readonly request: number;
  readonly code: 'subscribed' | 'payment_required' | 'unavailable';
  readonly detail: string;
}
