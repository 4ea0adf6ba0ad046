import type { Account } from '../account.js';
import { type StripeFailure, badRequest, cardDeclined } from '../http/failure.js';
import { blankInvoice, showInvoice } from '../resources/invoiceBody.js';
import { isMetered, itemsOf } from '../resources/subscriptionItems.js';
import type { Kinds, UsageSource } from '../state/records.js';
import { charge, methodFor } from './collecting.js';
import { putBaseLines } from './drafts.js';
import { finalise } from './finalising.js';
import { pendingItems, takePending } from './pendingItems.js';
import { rateUsage } from './usageLines.js';

/** How the payment of an invoice that is final at once is handled (SubscriptionCreateParams). */
export type PaymentBehaviour = 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete';

/** What an immediate invoice is for. */
export interface ImmediateInvoice {
  readonly reason: 'subscription_create' | 'subscription_update' | 'manual';
  readonly at: number;
  /** Base of the open period. */
  readonly base: boolean;
  /** Usage to be billed now. */
  readonly usage: readonly UsageSource[];
  readonly behaviour: PaymentBehaviour;
}

/**
 * Makes an invoice of a subscription, final in the same request, and charges it as the behaviour
 * says. Nothing to bill: no invoice (flexible billing). Under `error_if_incomplete` a refused card
 * is a 402 and the whole request is taken back.
 */
export function invoiceNow(
  account: Account,
  subscriptionId: string,
  plan: ImmediateInvoice,
): Kinds['invoice'] | null {
  const subscription = account.store.need('subscription', subscriptionId);
  const customer = account.customer(subscription.customer);
  const pending = pendingItems(account, customer.id, subscriptionId);
  const items = itemsOf(account, subscriptionId);
  const base = plan.base && items.some((item) => !isMetered(account, item));
  if (!base && pending.length === 0 && plan.usage.length === 0) return null;
  const draft = account.store.put(
    'invoice',
    blankInvoice({
      customer,
      subscription,
      currency: subscription.currency,
      reason: plan.reason,
      created: plan.at,
      periodStart: plan.at,
      periodEnd: plan.at,
      autoAdvance: true,
      finalizesAt: null,
      usage: plan.usage,
    }),
  );
  takePending(account, draft, pending);
  if (base) putBaseLines(account, draft, subscription);
  const rated = rateUsage(account, draft.id, 0);
  account.store.patch('subscription', subscriptionId, { latest_invoice: draft.id });
  account.emit('invoice.created', showInvoice(account, rated), plan.at);
  const open = finalise(account, draft.id, plan.at, { autoAdvance: true });
  if (open.status === 'open') payNow(account, open, plan);
  return account.store.need('invoice', draft.id);
}

function payNow(account: Account, open: Kinds['invoice'], plan: ImmediateInvoice): void {
  if (plan.behaviour === 'default_incomplete') return;
  const first = plan.reason === 'subscription_create';
  const needsMethod = first || plan.behaviour !== 'allow_incomplete';
  if (needsMethod && !methodFor(account, open)) throw noPaymentMethod();
  const declined = charge(account, open.id, plan.at);
  if (declined === null) return;
  if (plan.behaviour === 'error_if_incomplete') throw cardDeclined(declined, false);
}

function noPaymentMethod(): StripeFailure {
  return badRequest(
    'This customer has no attached payment source or default payment method. Please consider ' +
      'adding a default payment method.',
    'resource_missing',
  );
}
