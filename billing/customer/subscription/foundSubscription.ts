import type { PlanSnapshot } from '../../catalogue.js';
import type { BaseCharge } from '../../takeover.js';

/** A subscription that others made, as it was read, and what a plan makes of it. */

/** One item of a subscription as it was read. */
export interface FoundItem {
  readonly id: string;
  readonly price: string;
  /** Stripe's meter that it bills; null: it charges in advance. */
  readonly meter: string | null;
  readonly quantity: number;
  /** Exact decimal of minor units; null: a price in tiers. */
  readonly unitAmountMinor: string | null;
  readonly interval: string;
  readonly intervalCount: number;
  /** Its period, Unix seconds. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Added for this very takeover by an earlier try. */
  readonly isNew: boolean;
}

/** A subscription as it was read. */
export interface FoundSubscription {
  readonly subscription: string;
  readonly customer: string;
  readonly status: string;
  readonly currency: string;
  /** True where its invoices are sent and not charged. */
  readonly isSent: boolean;
  /** True where a schedule of Stripe's changes its items. */
  readonly isScheduled: boolean;
  /** `billing_cycle_anchor`, Unix seconds. */
  readonly anchorSeconds: number;
  readonly items: readonly FoundItem[];
  /** Stripe's meters that other subscriptions of the same customer bill. */
  readonly metersElsewhere: readonly string[];
}

/** A price of the plan as it stands at Stripe. */
export interface PlanPriceThere {
  readonly price: string;
  /** Null: the base. */
  readonly meter: string | null;
  readonly stripeMeter: string | null;
}

/** What it is to be billed by. */
export interface Wanted {
  readonly plan: PlanSnapshot;
  readonly prices: readonly PlanPriceThere[];
  /** The customer it must belong to; null: any. */
  readonly customer: string | null;
  /** Stripe's time, Unix seconds. */
  readonly nowSeconds: number;
}

/** What is to be done, or why nothing is. */
export type TakeoverPlan =
  | { readonly refused: string }
  | {
      readonly refused: null;
      /** Prices that get an item. */
      readonly missing: readonly string[];
      readonly base: BaseCharge;
      /** The item that charges the base; null: none, or one that is still to be added. */
      readonly baseItem: string | null;
      readonly otherItems: readonly string[];
      readonly startSeconds: number;
      readonly periods: number;
    };
