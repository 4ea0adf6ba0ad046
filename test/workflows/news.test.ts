import { joined } from '../../workflows/news.js';

/** What is looked at for an event: too much costs a call, too little is late. */

const of = (type?: string) => ({ event: 'evt_1', ...(type === undefined ? {} : { type }) });

it.each([
  'invoice.updated',
  'invoice.finalized',
  'invoice.paid',
  'invoice.payment_failed',
  'v1.invoice.paid',
])('leaves the subscription alone for %s', (type) => {
  expect(joined(null, of(type))).toEqual({ subscription: false });
});

it.each([
  undefined,
  'invoice.created',
  'v1.invoice.created',
  'invoice_payment.paid',
  'customer.subscription.updated',
  'v1.customer.subscription.deleted',
  'checkout.session.completed',
  'customer.updated',
  'a.type.to.come',
])('looks at the subscription for %s', (type) => {
  expect(joined(null, of(type))).toEqual({ subscription: true });
});

it('forgets no wish that waits', () => {
  const both = joined(joined(null, of('customer.subscription.updated')), of('invoice.paid'));
  expect(both).toEqual({ subscription: true });
  expect(joined(joined(null, of('invoice.paid')), of())).toEqual({ subscription: true });
  expect(joined(joined(null, of('invoice.paid')), of('invoice.updated'))).toEqual({
    subscription: false,
  });
});
