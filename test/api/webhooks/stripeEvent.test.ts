import { WebhookRefused } from '../../../api/webhooks/refusal.js';
import { readStripeEvent } from '../../../api/webhooks/stripeEvent.js';

/** Whom each event of Stripe concerns: told, asked for, or nobody on purpose. */

const read = (event: unknown) => readStripeEvent(Buffer.from(JSON.stringify(event)));

function snapshot(type: string, object: Readonly<Record<string, unknown>>) {
  return { object: 'event', id: 'evt_1', type, livemode: false, data: { object } };
}

function thin(type: string, related: { id: string; type: string } | null) {
  const url = related && `/v1/things/${related.id}`;
  const related_object = related && { ...related, url };
  return { object: 'v2.core.event', id: 'evt_1', type, livemode: false, related_object };
}

const TOLD = [
  ...['created', 'finalized', 'finalization_failed', 'updated', 'paid', 'payment_failed'],
  ...['payment_action_required', 'voided', 'marked_uncollectible', 'overdue', 'overpaid'],
  'will_be_due',
].map((name) => `invoice.${name}`);

const SUBSCRIPTION = [
  ...['created', 'updated', 'deleted', 'paused', 'resumed', 'trial_will_end'],
  ...['pending_update_applied', 'pending_update_expired'],
].map((name) => `customer.subscription.${name}`);

const DISPUTES = ['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated'].map(
  (name) => `charge.dispute.${name}`,
);

/** Named by the reference's table and not acted on, on purpose. */
const NOT_ACTED_ON = [
  'invoice.upcoming',
  'invoice.payment_succeeded',
  'invoice_payment.paid',
  'billing.alert.triggered',
  'billing.credit_grant.created',
  'billing.credit_grant.updated',
  'billing.credit_balance_transaction.created',
  'billing.meter.created',
  'billing.meter.updated',
  'billing.meter.reactivated',
  'entitlements.active_entitlement_summary.updated',
];

describe('each snapshot event of the table', () => {
  test.each([...TOLD, ...SUBSCRIPTION])('%s: its customer is told', (type) => {
    const { stripeCustomer, reason, lookup } = read(snapshot(type, { customer: 'cus_1' }));
    expect([stripeCustomer, reason, lookup]).toEqual(['cus_1', undefined, undefined]);
  });

  test.each(DISPUTES)('%s: the customer of its charge is asked for', (type) => {
    const event = read(snapshot(type, { id: 'dp_1', charge: 'ch_1' }));
    expect(event).toMatchObject({ stripeCustomer: null, lookup: { object: 'charge', id: 'ch_1' } });
    expect(event.reason).toBeUndefined();
  });

  test('billing.meter.deactivated: who reports to the meter is asked for', () => {
    const event = read(snapshot('billing.meter.deactivated', { id: 'mtr_1' }));
    expect(event.lookup).toEqual({ object: 'meter', id: 'mtr_1' });
  });

  test.each(NOT_ACTED_ON)('%s: ignored, with the reason', (type) => {
    const event = read(snapshot(type, { id: 'x_1', customer: 'cus_1' }));
    expect(event).toMatchObject({ stripeCustomer: null, reason: expect.stringMatching(/\w/) });
    expect(event.lookup).toBeUndefined();
  });
});

describe('thin events', () => {
  test.each([
    ['v1.billing.meter.error_report_triggered', { id: 'mtr_1', type: 'billing.meter' }],
    ['v1.billing.meter.no_meter_found', null],
    ['v1.invoice.created', { id: 'in_1', type: 'invoice' }],
    ['v1.charge.dispute.created', { id: 'dp_1', type: 'dispute' }],
  ])('%s: asked for, as it holds nothing but its id', (type, related) => {
    const event = read(thin(type, related));
    expect(event.lookup).toEqual({ object: 'event', id: 'evt_1' });
    expect([event.stripeCustomer, event.reason]).toEqual([null, undefined]);
  });

  test('one about a customer tells that customer', () => {
    const event = read(thin('v1.customer.updated', { id: 'cus_1', type: 'customer' }));
    expect([event.stripeCustomer, event.lookup]).toEqual(['cus_1', undefined]);
  });

  test('a meter that is switched off is asked for by its own id', () => {
    const related = { id: 'mtr_1', type: 'billing.meter' };
    const event = read(thin('v1.billing.meter.deactivated', related));
    expect(event.lookup).toEqual({ object: 'meter', id: 'mtr_1' });
  });

  test('what is ignored as a snapshot is ignored thin', () => {
    const event = read(thin('v1.invoice.upcoming', { id: 'in_1', type: 'invoice' }));
    expect([event.lookup, typeof event.reason]).toEqual([undefined, 'string']);
  });
});

describe('what Stripe may send one day', () => {
  test('an unknown type that names a customer is looked at', () => {
    const event = read(snapshot('invoice.of_tomorrow', { customer: { id: 'cus_1' } }));
    expect(event.stripeCustomer).toBe('cus_1');
  });

  test.each([
    ['no customer', {}],
    ['null', { customer: null }],
    ['a number', { customer: 7 }],
    ['an operator', { customer: { $ne: null } }],
    ['a path', { customer: '../x' }],
  ])('one with %s for a customer is ignored, not refused', (_name, object) => {
    const event = read(snapshot('invoice.created', object));
    expect([event.stripeCustomer, typeof event.reason]).toEqual([null, 'string']);
  });
});

test.each([
  ['customer.created', 'cus_1'],
  ['customer.deleted', 'cus_1'],
])('%s is about the object itself', (type, id) => {
  expect(read(snapshot(type, { object: 'customer', id })).stripeCustomer).toBe(id);
});

test('livemode decides the mode', () => {
  const event = snapshot('invoice.created', { customer: 'cus_1' });
  expect(read(event).mode).toBe('test');
  expect(read({ ...event, livemode: true }).mode).toBe('live');
  expect(read({ ...thin('v1.customer.updated', null), livemode: true }).mode).toBe('live');
});

test.each([
  ['another object', { ...snapshot('invoice.created', {}), object: 'invoice' }],
  ['no object', { id: 'evt_1', type: 'invoice.created', livemode: false }],
  ['no livemode', { ...snapshot('invoice.created', {}), livemode: undefined }],
  ['a thin one without livemode', { ...thin('v1.customer.updated', null), livemode: undefined }],
  ['an id that is a path', { ...snapshot('invoice.created', {}), id: '../evt' }],
  ['an id that is an operator', { ...snapshot('invoice.created', {}), id: { $gt: '' } }],
  ['a list', [snapshot('invoice.created', {})]],
  ['null', null],
])('refused: %s', (_name, body) => {
  expect(() => read(body)).toThrow(WebhookRefused);
});

test.each(['', '{', '\u0000', '{"object":"event"'])('refused: %j is no JSON', (text) => {
  expect(() => readStripeEvent(Buffer.from(text))).toThrow(WebhookRefused);
});
