import type { Account } from '../account.js';
import { StripeFailure } from '../http/failure.js';
import type { Reply } from '../http/keys.js';
import { newCustomer } from '../resources/customers.js';
import { requestsOf } from '../resources/checkoutSessions.js';
import { attachTo } from '../resources/paymentMethods.js';
import { makeSubscription } from '../resources/subscriptions.js';
import type { Kinds } from '../state/records.js';
import { withoutHidden } from '../wire.js';
import { CARD_CHOICE, escape, form, htmlPage, redirect, table } from './html.js';

const DAY_SECONDS = 86_400;

type Session = Kinds['checkoutSession'];

/**
 * Stand-in for Stripe's Checkout page: GET shows it; POST with `card` subscribes, with
 * `action=cancel` goes back. A session makes one subscription; a refused card makes none and leaves
 * the session open.
 */
export function checkoutPage(
  account: Account,
  id: string,
  sent: URLSearchParams | null,
): Reply {
  const session = account.store.get('checkoutSession', id);
  if (!session) return htmlPage(404, 'No such Checkout Session', '');
  if (session.status !== 'open') return htmlPage(410, `This session is ${session.status}`, '');
  if (!sent) return show(account, session, null);
  if (sent.get('action') === 'cancel') {
    return session.cancel_url ? redirect(session.cancel_url) : show(account, session, null);
  }
  try {
    account.transact(() => complete(account, session, sent.get('card')));
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    return { ...show(account, session, error.message), status: error.status };
  }
  const success = session.success_url ?? account.url;
  return redirect(success.replace('{CHECKOUT_SESSION_ID}', session.id));
}

function show(account: Account, session: Session, problem: string | null): Reply {
  const rows = requestsOf(account, session.hidden).map(({ price, quantity }) => [
    account.store.get('product', price.product)?.name ?? price.product,
    quantity === null ? 'by usage' : String(quantity),
    price.unit_amount_decimal ?? 'tiers',
  ]);
  const due = `<p>Due now: ${session.amount_total} (minor units, ${session.currency})</p>`;
  const bad = problem ? `<p class="bad" role="alert">${escape(problem)}</p>` : '';
  const body = [
    table(['Product', 'Quantity', 'Unit amount'], rows),
    due,
    bad,
    form('Subscribe', {}, CARD_CHOICE),
    form('Back', { action: 'cancel' }),
  ];
  return htmlPage(200, 'Subscribe', body.join(''));
}

function complete(account: Account, session: Session, card: string | null): void {
  account.needStill(session.customer);
  const { hidden: plan } = session;
  const customer = session.customer
    ? account.customer(session.customer)
    : newCustomer(account, { email: session.customer_email });
  const now = account.now(customer.id);
  const needsCard = session.payment_method_collection === 'always' || session.amount_total !== 0;
  const method = needsCard || card ? attachTo(account, card ?? 'pm_card_visa', customer.id) : null;
  const subscription = makeSubscription(account, {
    customer: account.customer(customer.id),
    items: requestsOf(account, plan),
    behaviour: 'error_if_incomplete',
    trialEnd: plan.trialDays === null ? plan.trialEnd : now + plan.trialDays * DAY_SECONDS,
    fields: {
      cancel_at_period_end: false,
      default_payment_method: method?.id ?? null,
      description: plan.description,
      metadata: { ...plan.metadata },
      trial_settings: plan.trialSettings ?? NO_TRIAL_SETTINGS,
    },
  });
  const done = account.store.patch('checkoutSession', session.id, {
    customer: customer.id,
    invoice: subscription.latest_invoice,
    payment_status: session.amount_total === 0 ? 'no_payment_required' : 'paid',
    status: 'complete',
    subscription: subscription.id,
    url: null,
  });
  account.emit('checkout.session.completed', withoutHidden(done), now);
}

const NO_TRIAL_SETTINGS: Kinds['subscription']['trial_settings'] = {
  end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
};
