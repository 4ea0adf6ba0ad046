import type Stripe from 'stripe';
import type { Wire } from '../wire.js';

/** What the sandbox stores: Stripe's own objects, beside them what Stripe never shows. */

type Kept<T, Hidden> = Wire<T> & { readonly id: string; readonly hidden: Hidden };

/** Code with which a card is refused, e.g. `card_declined`. */
export interface CardBehaviour {
  readonly declineOnAttach: string | null;
  readonly declineOnCharge: string | null;
}

/** One accepted meter event. */
export interface MeterEventRecord {
  readonly id: string;
  readonly meter: string;
  readonly customer: string;
  readonly identifier: string;
  /** Plain decimal. */
  readonly value: string;
  /** Unix seconds it is stamped with. */
  readonly timestamp: number;
  /** The customer's time when it was accepted, Unix seconds. */
  readonly accepted: number;
  /** Real time when it was accepted, ms: from here the lag runs. */
  readonly receivedMs: number;
  readonly cancelled: boolean;
}

/** Where a subscription stands in its cycle. */
export interface Cycle {
  /** Index of the open period, counted from the anchor. */
  readonly index: number;
  readonly ended: EndedPeriod | null;
  /** When an `incomplete` subscription expires, Unix seconds. */
  readonly expiresAt: number | null;
  /** When the end of the trial is announced, Unix seconds. */
  readonly noticeAt?: number | null;
}

/** What an item was charged in advance, and for which span (Unix seconds). */
export interface Debit {
  readonly amountMinor: number;
  readonly start: number;
  readonly end: number;
}

/** Where a line stands on its invoice. */
export interface LinePlace {
  /** Lower comes first. */
  readonly order: number;
  /** `ITEM/unit`, `ITEM/tier-1` …, or the invoice item's id. */
  readonly key: string;
}

/** Metered usage an invoice bills: its lines are rated anew while it is a draft. */
export interface UsageSource {
  readonly subscription: string;
  readonly item: string;
  readonly price: string;
  readonly meter: string;
  /** Service period, Unix seconds, half-open. */
  readonly start: number;
  readonly end: number;
  readonly order: number;
}

/** An ended period whose invoice is still to be made. */
export interface EndedPeriod {
  /** When the draft is due, Unix seconds. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
  /** Whether the subscription ended with it, so that no base follows. */
  readonly last: boolean;
}

/** A meter event that was taken and is counted nowhere; it waits for its error report. */
export interface MeterFaultRecord {
  readonly id: string;
  /** Null where its meter is unknown. */
  readonly meter: string | null;
  readonly code: string;
  readonly message: string;
  readonly identifier: string;
  readonly receivedMs: number;
}

/** An event of API v2: its notification goes out without `data`. */
export interface ThinEventRecord {
  readonly id: string;
  readonly object: 'v2.core.event';
  readonly type: string;
  /** RFC 3339. */
  readonly created: string;
  readonly livemode: false;
  readonly related_object?: { readonly id: string; readonly type: string; readonly url: string };
  readonly data: object;
}

/** The reply kept under an Idempotency-Key. */
export interface KeyRecord {
  readonly id: string;
  readonly fingerprint: string;
  readonly savedMs: number;
  readonly status: number;
  readonly body: string;
}

/** An event on its way to the webhook endpoint. */
export interface DeliveryRecord {
  readonly id: string;
  readonly event: string;
  readonly attempts: number;
  readonly nextMs: number;
}

type SubscriptionItemFields = Omit<Wire<Stripe.SubscriptionItem>, 'price' | 'plan'>;
type InvoiceFields = Omit<Stripe.Invoice, 'lines' | 'payments'>;

/** A subscription item, its price by id, and from when its usage counts (Unix seconds). */
type SubscriptionItemRecord = SubscriptionItemFields & {
  readonly price: string;
  readonly hidden: { readonly countsFrom: number; readonly debited?: Debit | null };
};

/** The subscription that a Checkout Session is for. */
export interface CheckoutPlan {
  readonly items: readonly { readonly price: string; readonly quantity: number | null }[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly description: string | null;
  /** Counted from the completion. */
  readonly trialDays: number | null;
  /** Unix seconds. */
  readonly trialEnd: number | null;
  readonly trialSettings: Kinds['subscription']['trial_settings'];
}

/** A line of a credit note. */
export type CreditNoteLine = Wire<Stripe.CreditNoteLineItem>;

/** Kinds of records by name. */
export interface Kinds {
  testClock: Wire<Stripe.TestHelpers.TestClock>;
  customer: Wire<Stripe.Customer>;
  deletedCustomer: Wire<Stripe.DeletedCustomer>;
  paymentMethod: Kept<Stripe.PaymentMethod, CardBehaviour>;
  product: Wire<Stripe.Product>;
  price: Wire<Stripe.Price>;
  meter: Wire<Stripe.Billing.Meter>;
  meterEvent: MeterEventRecord;
  subscription: Kept<Omit<Stripe.Subscription, 'items'>, Cycle>;
  subscriptionItem: SubscriptionItemRecord;
  invoice: Kept<InvoiceFields, { readonly usage: readonly UsageSource[] }>;
  line: Kept<Stripe.InvoiceLineItem, LinePlace>;
  invoiceItem: Wire<Stripe.InvoiceItem>;
  invoicePayment: Wire<Stripe.InvoicePayment>;
  checkoutSession: Kept<Stripe.Checkout.Session, CheckoutPlan>;
  portalSession: Wire<Stripe.BillingPortal.Session>;
  creditNote: Kept<Omit<Stripe.CreditNote, 'lines'>, { lines: readonly CreditNoteLine[] }>;
  refund: Kept<Stripe.Refund, { readonly invoice: string }>;
  balanceTransaction: Wire<Stripe.CustomerBalanceTransaction>;
  event: Wire<Stripe.EventBase> & { readonly id: string };
  meterFault: MeterFaultRecord;
  thinEvent: ThinEventRecord;
  delivery: DeliveryRecord;
  key: KeyRecord;
  switches: { readonly id: string; readonly positions: Readonly<Record<string, unknown>> };
}

/** Name of a kind of record. */
export type Kind = keyof Kinds;

type GroupRules = { readonly [K in Kind]?: (record: Kinds[K]) => readonly (string | null)[] };

/** What records of a kind are looked up by, beside their id. */
export const GROUPED_BY: GroupRules = {
  customer: (record) => [record.test_clock ?? null],
  paymentMethod: (record) => [record.customer],
  price: (record) => [record.lookup_key],
  meter: (record) => [record.event_name],
  meterEvent: (record) => [
    `${record.meter}/${record.customer}`,
    `identifier ${record.identifier}`,
  ],
  subscription: (record) => [record.customer],
  subscriptionItem: (record) => [record.subscription],
  invoice: (record) => [record.customer],
  line: (record) => [record.invoice],
  invoiceItem: (record) => [record.customer],
  invoicePayment: (record) => [record.invoice],
  checkoutSession: (record) => [record.customer ?? ''],
  creditNote: (record) => [record.invoice],
  refund: (record) => [record.hidden.invoice],
  balanceTransaction: (record) => [record.customer],
};
