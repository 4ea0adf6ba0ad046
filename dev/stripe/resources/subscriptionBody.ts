import type { Account } from '../account.js';
import type { Kinds } from '../state/records.js';
import { listBody, withoutHidden } from '../wire.js';
import { itemsOf, showItem } from './subscriptionItems.js';

type Subscription = Kinds['subscription'];

/** What differs between new subscriptions. */
export type SubscriptionStart = Pick<
  Subscription,
  | 'id'
  | 'billing_cycle_anchor'
  | 'cancel_at'
  | 'cancel_at_period_end'
  | 'created'
  | 'currency'
  | 'customer'
  | 'default_payment_method'
  | 'description'
  | 'metadata'
  | 'start_date'
  | 'status'
  | 'test_clock'
  | 'trial_end'
  | 'trial_settings'
  | 'trial_start'
>;

/** A subscription in its first period, flexible, charged automatically. */
export function blankSubscription(start: SubscriptionStart): Subscription {
  return { ...UNIFORM, ...start };
}

/** Fields in which all new subscriptions are alike. */
const UNIFORM: Omit<Subscription, keyof SubscriptionStart> = {
  object: 'subscription',
  application: null,
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor_config: null,
  billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
  billing_schedules: [],
  billing_thresholds: null,
  canceled_at: null,
  cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
  collection_method: 'charge_automatically',
  customer_account: null,
  days_until_due: null,
  default_source: null,
  default_tax_rates: [],
  discounts: [],
  ended_at: null,
  hidden: { index: 0, ended: null, expiresAt: null },
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  latest_invoice: null,
  livemode: false,
  managed_payments: null,
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: null,
  payment_settings: {
    payment_method_options: null,
    payment_method_types: null,
    save_default_payment_method: 'off',
  },
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  pending_update: null,
  schedule: null,
  transfer_data: null,
};

/** A subscription as it is answered, its items (at most 20) in it. */
export function showSubscription(account: Account, subscription: Subscription): object {
  const items = itemsOf(account, subscription.id).map((item) => showItem(account, item));
  const url = `/v1/subscription_items?subscription=${subscription.id}`;
  const list = { ...listBody(url, items), total_count: items.length };
  return { ...withoutHidden(subscription), items: list };
}
