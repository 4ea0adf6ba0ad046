import type { Call, Route } from '../http/call.js';
import { newId } from '../state/ids.js';

/** The one configuration of this sandbox's portal. */
const CONFIGURATION = 'bpc_sandbox';

/** A link to the stand-in of Stripe's customer portal (docs.stripe.com/customer-management). */
function create({ account, params }: Call): object {
  const customer = account.customer(params.needText('customer'), 'customer');
  params.text('locale');
  params.choice('configuration', [CONFIGURATION]);
  const id = newId('bps');
  const session = account.store.put('portalSession', {
    id,
    object: 'billing_portal.session',
    configuration: CONFIGURATION,
    created: account.realSeconds(),
    customer: customer.id,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: null,
    on_behalf_of: null,
    return_url: params.text('return_url') ?? null,
    url: `${account.url}/_sandbox/portal/${id}`,
  });
  account.emit('billing_portal.session.created', session, session.created);
  return session;
}

/** The endpoint of portal sessions. */
export const portalSessionRoutes: readonly Route[] = [
  ['POST', '/v1/billing_portal/sessions', create],
];
