import type { AlertBook } from './alerts/alert.js';
import type { Arrangements, PendingSubscription } from './arrangement.js';
import type { Bill, NotedCredit } from './bill.js';
import type { PlanName, PlanSnapshot } from './catalogue.js';
import type { StripeLink, SubscriptionAnswer } from './command.js';
import type { Controls } from './controls.js';
import type { CreditAccount } from './credits/account.js';
import type { Pace } from './forecast/pace.js';
import type { Holds } from './holds/hold.js';
import type { Counters } from './limits/counter.js';
import type { CustomerKey, LastValue, SumRow } from './log.js';
import type { CustomerClock, StepRetry } from './waiting.js';
import type { Zone } from './windows/zone.js';

/** One customer's state: the fold of the log up to `mark`, plus what the money lane has learnt. */

/** A meter's usage in one segment; exact whole numbers. Credits count whole micro-credits. */
export interface MeterTotal {
  readonly quantity: number;
  readonly count: number;
  readonly max: number;
  readonly last: LastValue | null;
}

/** What became of the reports of one (segment, meter): always sums of stored intents. */
export interface ReportTotals {
  /** Sum of all intents; never above the reportable quantity R. */
  readonly intended: number;
  readonly accepted: number;
  readonly inDoubt: number;
  readonly deadLetter: number;
  /** Customer's time of the newest intent, ms; 0: none. */
  readonly lastAtMs: number;
}

/**
 * Where a segment stands on its way to a paid invoice (DESIGN §6, Close). Each is stored before
 * its step runs, and each step can be repeated.
 * `billed` ends it (paid or handed to Stripe's collection), `inReview` waits for an operator,
 * `empty` had nothing to bill.
 */
export type SegmentStage =
  | 'open'
  | 'hold'
  | 'freeze'
  | 'flush'
  | 'complete'
  | 'finalise'
  | 'collect'
  | 'billed'
  | 'inReview'
  | 'empty';

/** An item of ours for a draft; `ref` such as `late/tokens`, `name` made from its content. */
export interface DraftItem {
  readonly name: string;
  readonly ref: string;
  readonly description: string;
  readonly quantity: number;
  readonly amountMinor: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** One period under one plan version. Bounds are whole UTC minutes, half-open. */
export interface Segment extends Bill {
  readonly index: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly plan: PlanName;
  /** Stripe's own bounds, Unix seconds; null where Stripe bills nothing. */
  readonly stripe: { readonly startSeconds: number; readonly endSeconds: number } | null;
  /** Usage that stands before the segment's fence, by meter (reported and derived). */
  readonly totals: Readonly<Record<string, MeterTotal>>;
  /** Usage known after the fence. */
  readonly late: Readonly<Record<string, MeterTotal>>;
  /** Newest bucket with usage by meter, Unix seconds. */
  readonly newest: Readonly<Record<string, number>>;
  /** True once the fence `closed` was folded. */
  readonly frozen: boolean;
  readonly reports: Readonly<Record<string, ReportTotals>>;
  /** Units by meter that Stripe's invoice covers, where Stripe finalised it without us. */
  readonly billed: Readonly<Record<string, number>>;
  /** Customer's time of the next look for the draft, ms. */
  readonly lookAgainAtMs: number;
  /** Real time since which the flush waits for Stripe's summaries, ms; 0: not yet. */
  readonly flushSinceMs: number;
  /** Late usage already put on an invoice by meter: quantity and whole minor units. */
  readonly lateBilled: Readonly<
    Record<string, { readonly quantity: number; readonly amountMinor: number }>
  >;
  /**
   * Micro-credits of its usage that the account's lots paid for; what is beyond them is billed
   * at `prices.credits`. Set when it is frozen, from the account; until then read it there.
   */
  readonly coveredMicroCredits: number | null;
  /** Meters whose reports are to be read anew, by how often; see `customer/recounting.ts`. */
  readonly recount?: Readonly<Record<string, number>>;
  /** How its invoice comes about; absent: by Stripe's cycle. */
  readonly close?: SegmentClose;
  /** Stripe made no draft for it in time: what is ours to bill is an invoice of our own. */
  readonly undrafted?: true;
  /** Where it would have ended, ms, had no change or cancellation cut it short. */
  readonly plannedEndMs?: number;
  /** The subscription that it is billed under, where that is no longer the customer's. */
  readonly link?: StripeLink;
  /** A trial: counted in limits, billed nowhere. */
  readonly trial?: true;
  /** Its base is not ours to bill or give back: others charge it, or did before a takeover. */
  readonly noBase?: true;
  /** The plan whose base Stripe charges for it, where that was decided before a plan change. */
  readonly basePlan?: PlanName;
  /** The plan that its bill is held against: the first full period after a migration. */
  readonly netAgainst?: PlanName;
  /** Usage lines of closed periods with usage before it, newest last, as it was frozen. */
  readonly earlierUsageMinor?: readonly number[];
  /** Late usage of a customer who has left: an invoice of its own. */
  readonly lateInvoice?: Bill;
}

/**
 * `last`: Stripe's cycle invoice ends the subscription, so it is our `final`; `final`: Stripe
 * bills nothing of it, the whole is an invoice of our own (DESIGN §6, Now); `overrun`: as `last`,
 * but Stripe has begun another period with it, whose base is given back.
 */
export type SegmentClose = 'last' | 'final' | 'overrun';

/** Contract statuses that this engine can be in so far, and `starting`: not usable yet. */
export type CustomerStatus =
  | 'starting'
  | 'active'
  | 'trialing'
  | 'incomplete'
  | 'pastDue'
  | 'frozen'
  | 'canceled';

/** Everything the workflow carries. Plain JSON; `shape` counts layouts, upgraded by pure code. */
export interface CustomerState extends Arrangements {
  readonly shape: 2;
  readonly key: CustomerKey;
  /** Folded without a gap up to here. */
  readonly mark: number;
  /** Ranges folded ahead of the mark, ascending, disjoint, none touching the mark. */
  readonly ahead: readonly (readonly [number, number])[];
  /** Highest log number heard of. */
  readonly head: number;
  /** Rows folded before the customer had its first period. Empty once it has. */
  readonly early: readonly SumRow[];
  readonly name: string | null;
  readonly email: string | null;
  readonly timezone: string;
  /** Offsets of `timezone`, for calendar windows. */
  readonly zone: Zone;
  readonly controls: Controls;
  readonly counters: Counters;
  readonly holds: Holds;
  readonly credits: CreditAccount;
  /**
   * Stripe is asked sparingly: reports wait for usage that is worth a call, a test clock moves to
   * what is due. Absent in runs that began before.
   */
  readonly sparing?: true;
  readonly pace: Pace;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: CustomerStatus;
  /** The plan in force; null while `starting`. */
  readonly plan: PlanName | null;
  /** Snapshots still needed, keyed `id@version`. */
  readonly snapshots: Readonly<Record<string, PlanSnapshot>>;
  readonly pending: PendingSubscription | null;
  readonly answer: SubscriptionAnswer | null;
  readonly clock: CustomerClock;
  /** Anchor of the periods of the plan in force, ms; whole minutes without Stripe. */
  readonly anchorMs: number;
  /** Index of the period that starts at the anchor. */
  readonly anchorIndex: number;
  readonly stripe: StripeLink | null;
  /** Start of the first period ever, ms: earlier events count there. Null before it. */
  readonly firstPeriodStartMs: number | null;
  /** Newest last: the open one, those on their way, and closed ones that may get late usage. */
  readonly segments: readonly Segment[];
  /** The `start` invoice: wanted after subscribing to a plan with a base amount. */
  readonly startInvoice: { readonly segment: number; readonly stage: 'wanted' | 'done' } | null;
  readonly retry: StepRetry | null;
  /** Time of the Stripe test clock as last seen, Unix seconds; 0 without one. */
  readonly testClockSeconds: number;
  /** True once the mark has reached the head that the first heal saw. */
  readonly synced: boolean;
  /** Fingerprint of the customer row as last saved; see `rowFingerprint`. */
  readonly savedRow: string;
  /** True while a payment of an invoice is refused. */
  readonly pastDue: boolean;
  /** Set when the log contradicts itself (a missing number): all stops, an operator looks. */
  readonly halted: string | null;
  /** Alerts that were raised; absent: none are, as in runs that began before there were any. */
  readonly alerts?: AlertBook;
  /** Credits on invoices of no segment kept, by the id of the log's command; the newest 50. */
  readonly notes?: Readonly<Record<string, NotedCredit>>;
}
