import type { Account } from '../account.js';
import { periodOf } from '../cycle/periods.js';
import { StripeFailure, badRequest } from '../http/failure.js';
import type { Reply } from '../http/keys.js';
import { attachTo } from '../resources/paymentMethods.js';
import { showSubscription } from '../resources/subscriptionBody.js';
import { setCancelAt } from '../resources/subscriptionUpdate.js';
import type { Kinds } from '../state/records.js';
import { CARD_CHOICE, escape, form, htmlPage, redirect, table } from './html.js';

const OVER = ['canceled', 'incomplete_expired'];

/**
 * Stand-in for Stripe's customer portal. POST: `action` card (with `card`), cancel or keep (with
 * `subscription`), or back. Plans of usage are not changed there (docs.stripe.com/
 * customer-management/configure-portal).
 */
export function portalPage(account: Account, id: string, sent: URLSearchParams | null): Reply {
  const session = account.store.get('portalSession', id);
  const customer = session && account.store.get('customer', session.customer);
  if (!session || !customer) return htmlPage(404, 'No such portal session', '');
  if (!sent) return show(account, session, null);
  if (sent.get('action') === 'back') return redirect(session.return_url ?? session.url);
  try {
    account.transact(() => act(account, customer.id, sent));
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    return { ...show(account, session, error.message), status: error.status };
  }
  return redirect(session.url);
}

function openSubscriptions(account: Account, customer: string): Kinds['subscription'][] {
  const all = account.store.group('subscription', customer);
  return all.filter((subscription) => !OVER.includes(subscription.status));
}

function show(account: Account, session: Kinds['portalSession'], problem: string | null): Reply {
  const rows = openSubscriptions(account, session.customer);
  const list = rows.map(({ id, status, cancel_at: at }) => {
    const ends = at === null ? '' : `ends ${new Date(at * 1000).toISOString()}`;
    return [id, status, ends];
  });
  const buttons = rows.map(({ id, cancel_at: at }) =>
    at === null
      ? form('Cancel at the end of the period', { action: 'cancel', subscription: id })
      : form('Keep it', { action: 'keep', subscription: id }),
  );
  const bad = problem ? `<p class="bad" role="alert">${escape(problem)}</p>` : '';
  const body = [
    bad,
    table(['Subscription', 'Status', ''], list),
    ...buttons,
    form('Use this card', { action: 'card' }, CARD_CHOICE),
    form('Back', { action: 'back' }),
  ];
  return htmlPage(200, 'Your billing', body.join(''));
}

function act(account: Account, customer: string, sent: URLSearchParams): void {
  account.needStill(customer);
  const action = sent.get('action');
  if (action === 'card') {
    useCard(account, customer, sent.get('card') ?? '');
    return;
  }
  if (action !== 'cancel' && action !== 'keep') throw badRequest(`No such action: ${action}`);
  const id = sent.get('subscription');
  const chosen = openSubscriptions(account, customer).find((row) => row.id === id);
  if (!chosen) throw badRequest(`No such subscription: ${id}`);
  const now = account.now(customer);
  const { end } = periodOf(account, chosen.id);
  setCancelAt(account, chosen.id, action === 'cancel' ? end : null, { atPeriodEnd: true, now });
  const after = account.store.need('subscription', chosen.id);
  const previous = {
    cancel_at: chosen.cancel_at,
    cancel_at_period_end: chosen.cancel_at_period_end,
  };
  account.emit('customer.subscription.updated', showSubscription(account, after), now, previous);
}

/** The new card is the customer's, and that of subscriptions that had one of their own. */
function useCard(account: Account, id: string, card: string): void {
  const { id: method } = attachTo(account, card, id);
  const before = account.customer(id);
  const now = account.now(id);
  const settings = { ...before.invoice_settings, default_payment_method: method };
  const after = account.store.patch('customer', id, { invoice_settings: settings });
  account.emit('customer.updated', after, now, { invoice_settings: before.invoice_settings });
  for (const row of openSubscriptions(account, id)) {
    if (row.default_payment_method === null) continue;
    const changed = { default_payment_method: method };
    const updated = account.store.patch('subscription', row.id, changed);
    const previous = { default_payment_method: row.default_payment_method };
    const shown = showSubscription(account, updated);
    account.emit('customer.subscription.updated', shown, now, previous);
  }
}
