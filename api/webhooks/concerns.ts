import type Stripe from 'stripe';

/** Whom an event of Stripe concerns, by its type: one table, so that nothing is left out unseen. */

/**
 * `itself`: the customer that the object is. `customer`: the one its field `customer` names.
 * `charge`: the one of its charge, `meter`: whoever reports to it, `event`: whose reports a thin
 * event names; these three are asked for at Stripe. `ignored`: nobody, and why.
 */
export type Concern =
  | 'itself'
  | 'customer'
  | 'charge'
  | 'meter'
  | 'event'
  | { readonly ignored: string };

const TOLD_BY_INVOICE: Concern = { ignored: 'the events of its invoice tell the same' };
const OWN_LIMITS: Concern = { ignored: 'limits, credits and features are the engine’s own' };
const NOT_LOST: Concern = { ignored: 'no usage is lost by it' };

/** Snapshot events; thin ones have the same names behind `v1.`. */
const SNAPSHOTS = {
  'invoice.created': 'customer',
  'invoice.deleted': 'customer',
  'invoice.finalized': 'customer',
  'invoice.finalization_failed': 'customer',
  'invoice.updated': 'customer',
  'invoice.paid': 'customer',
  'invoice.payment_failed': 'customer',
  'invoice.payment_action_required': 'customer',
  'invoice.voided': 'customer',
  'invoice.marked_uncollectible': 'customer',
  'invoice.overdue': 'customer',
  'invoice.overpaid': 'customer',
  'invoice.will_be_due': 'customer',
  'invoice.upcoming': { ignored: 'there is no invoice yet; periods end by the engine’s clock' },
  'invoice.payment_succeeded': TOLD_BY_INVOICE,
  'invoice_payment.paid': TOLD_BY_INVOICE,
  'payment_intent.created': TOLD_BY_INVOICE,
  'payment_intent.succeeded': TOLD_BY_INVOICE,
  'payment_intent.payment_failed': TOLD_BY_INVOICE,
  'charge.succeeded': TOLD_BY_INVOICE,
  'charge.updated': TOLD_BY_INVOICE,
  'charge.failed': TOLD_BY_INVOICE,
  'customer.created': 'itself',
  'customer.updated': 'itself',
  'customer.deleted': 'itself',
  'customer.subscription.created': 'customer',
  'customer.subscription.updated': 'customer',
  'customer.subscription.deleted': 'customer',
  'customer.subscription.paused': 'customer',
  'customer.subscription.resumed': 'customer',
  'customer.subscription.trial_will_end': 'customer',
  'customer.subscription.pending_update_applied': 'customer',
  'customer.subscription.pending_update_expired': 'customer',
  'checkout.session.completed': 'customer',
  'checkout.session.expired': 'customer',
  'payment_method.attached': 'customer',
  'charge.dispute.created': 'charge',
  'charge.dispute.updated': 'charge',
  'charge.dispute.closed': 'charge',
  'charge.dispute.funds_withdrawn': 'charge',
  'charge.dispute.funds_reinstated': 'charge',
  'billing.meter.deactivated': 'meter',
  'billing.meter.created': NOT_LOST,
  'billing.meter.updated': NOT_LOST,
  'billing.meter.reactivated': NOT_LOST,
  'billing.alert.triggered': OWN_LIMITS,
  'billing.credit_grant.created': OWN_LIMITS,
  'billing.credit_grant.updated': OWN_LIMITS,
  'billing.credit_balance_transaction.created': OWN_LIMITS,
  'entitlements.active_entitlement_summary.updated': OWN_LIMITS,
} as const satisfies Partial<Record<Stripe.Event['type'], Concern>>;

/** Events that are thin only, and hold nothing but their id until they are fetched. */
const THIN_ONLY = {
  'v1.billing.meter.error_report_triggered': 'event',
  'v1.billing.meter.no_meter_found': 'event',
} as const satisfies Partial<Record<Stripe.V2.Core.Event['type'], Concern>>;

const CONCERNS: ReadonlyMap<string, Concern> = new Map(
  Object.entries<Concern>({ ...SNAPSHOTS, ...THIN_ONLY }),
);

/**
 * Whom an event of this type concerns. A type that is not listed is looked at like one that
 * names its customer: a needless look costs little, a missed one is late.
 */
export function concernOf(type: string): Concern {
  const plain = type.startsWith('v1.') ? type.slice('v1.'.length) : type;
  return CONCERNS.get(type) ?? CONCERNS.get(plain) ?? 'customer';
}
