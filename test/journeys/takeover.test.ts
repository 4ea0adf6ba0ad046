import { join } from 'node:path';
import type Stripe from 'stripe';
import { stripeClient } from '../../activities/stripe/client.js';
import { testClockOf } from '../../activities/stripe/linking.js';
import type { Invoice } from '../../billing/invoice.js';
import { loadSecrets } from '../../dev/stack/secrets.js';
import { startStack, type TestStack } from '../stack.js';
import { until } from '../until.js';
import { DecisionApp } from './decisionApp.js';

/** Who pays at Stripe already comes over in the middle of a period, and is billed right. */

jest.setTimeout(120_000);

let stack: TestStack;
let app: DecisionApp;
let stripe: Stripe;

beforeAll(async () => {
  const catalogue = join(__dirname, 'plans.catalogue.json');
  stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
  app = new DecisionApp(() => [stack.api], stack.key);
  const { stripeSecretKey: secretKey } = loadSecrets(stack.folder);
  stripe = stripeClient({ secretKey, apiBase: stack.stripe });
});

afterAll(() => stack?.stop());

/** The last of a month, 30 seconds past a minute. */
const ANCHOR = Date.UTC(2026, 0, 31, 10, 23, 30) / 1000;

async function payer(): Promise<Stripe.Customer> {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: ANCHOR });
  return stripe.customers.create({
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
}

/** A subscription to a price of the operator's own, its clock `days` after its start. */
async function subscription(amountMinor: number, days: number) {
  const customer = await payer();
  const product = await stripe.products.create({ name: 'Before' });
  const recurring = { interval: 'month' } as const;
  const made = { currency: 'usd', product: product.id, unit_amount: amountMinor, recurring };
  const { id: price } = await stripe.prices.create(made);
  const items = [{ price }];
  const { id } = await stripe.subscriptions.create({ customer: customer.id, items });
  const clock = testClockOf(customer) ?? '';
  if (days > 0) {
    const { testClocks } = stripe.testHelpers;
    await testClocks.advance(clock, { frozen_time: ANCHOR + days * 86_400 });
    const isReady = async () => (await testClocks.retrieve(clock)).status === 'ready';
    await until(isReady, 'the test clock', 20_000);
  }
  return { customer: customer.id, subscription: id };
}

const put = (id: string, body: object) => app.ask('PUT', `/v1/customers/${id}`, body);
const get = async (id: string) => (await app.ask('GET', `/v1/customers/${id}`)).body;

async function clock(customer: string, to: string): Promise<void> {
  const { status, body } = await app.ask('POST', '/v1/test/clock', { customer, to });
  expect([status, body['detail']]).toEqual([200, undefined]);
}

let events = 0;
async function use(customer: string, units: number, timestamp?: string): Promise<void> {
  if (timestamp) await clock(customer, timestamp);
  events += 1;
  const quantities = { input_tokens: units };
  const event = { id: `t${events}`, customer, quantities, ...(timestamp ? { timestamp } : {}) };
  expect((await app.ask('POST', '/v1/events', event)).status).toBe(200);
}

/** Every invoice here, oldest first; each that is final stands at Stripe to the cent. */
async function invoices(id: string) {
  const { body } = await app.ask('GET', `/v1/customers/${id}/invoices`);
  return (body['data'] as Invoice[]).toReversed().map((invoice) => {
    const { reason, status, lines, subtotalMinor, stripe: there, review } = invoice;
    // Stripe brings the usage lines of a draft up to date when it is finalised.
    const atStripe = status === 'draft' ? subtotalMinor : there?.subtotalMinor;
    expect([review, atStripe]).toEqual([null, subtotalMinor]);
    const shown = lines.map(({ ref, amountMinor }) => {
      return `${ref.replace(/^stripe\/.*/, 'stripe')} ${amountMinor}`;
    });
    return [reason, status, shown];
  });
}

const totalsAt = async (of: string) => {
  const { data } = await stripe.invoices.list({ subscription: of, limit: 100 });
  return data.toReversed().map(({ total, status }) => `${total} ${status}`);
};

test('a subscription in the middle of its second period: billed right to the cent', async () => {
  const running = await subscription(2_900, 38);
  const asked = { plan: 'pro', stripeSubscriptionId: running.subscription, name: 'Acme' };
  const { status, body } = await put('acme', asked);
  expect([status, body['detail']]).toEqual([201, undefined]);
  expect(body).toMatchObject({
    status: 'active',
    name: 'Acme',
    now: expect.stringMatching(/^2026-03-10T10:23:3/),
    period: { start: '2026-02-28T10:23:00.000Z', end: '2026-03-31T10:23:00.000Z', index: 0 },
    stripe: running,
    scheduled: null,
  });
  expect((await put('acme', asked)).status).toBe(200);
  await use('acme', 300, '2026-03-12T00:00:00Z');
  await clock('acme', 'periodEnd');
  await use('acme', 150, '2026-04-02T00:00:00Z');
  await clock('acme', 'periodEnd');
  expect((await get('acme'))['period']).toMatchObject({ start: '2026-04-30T10:23:00.000Z' });
  expect(await invoices('acme')).toEqual([
    ['cycle', 'paid', ['input_tokens/included 0', 'input_tokens 100', 'base 2900']],
    ['cycle', 'paid', ['input_tokens/included 0', 'input_tokens 25', 'base 2900']],
  ]);
  const all = ['2900 paid', '2900 paid', '3000 paid', '2925 paid'];
  expect(await totalsAt(running.subscription)).toEqual(all);
});

test('what was used on a free plan before is not billed; a later change is as usual', async () => {
  const anchor = '2026-01-15T00:00:00Z';
  expect((await put('grown', { plan: 'free', anchor })).status).toBe(201);
  await use('grown', 9_000, '2026-02-09T00:00:00Z');
  await clock('grown', '2026-02-10T00:00:00Z');
  const running = await subscription(1_900, 0);
  const wrong = await put('grown', { stripeSubscriptionId: running.subscription });
  expect([wrong.status, wrong.body['code']]).toEqual([400, 'invalid_request']);
  const asked = { plan: 'pro', stripeSubscriptionId: running.subscription };
  const { body } = await put('grown', asked);
  expect(body).toMatchObject({
    plan: { id: 'pro' },
    stripe: running,
    period: { start: '2026-02-10T00:00:00.000Z', end: '2026-02-28T10:23:00.000Z' },
  });
  expect(body['spend']).toMatchObject({ accruedAmountMinor: 0 });
  await use('grown', 120);
  await clock('grown', 'periodEnd');
  expect(await invoices('grown')).toEqual([
    ['cycle', 'paid', ['input_tokens/included 0', 'input_tokens 10', 'stripe 1900']],
  ]);
  const plus = { plan: 'plus', when: 'now' };
  const { status } = await app.ask('POST', '/v1/customers/grown/plan', plus);
  expect(status).toBe(200);
  await clock('grown', 'periodEnd');
  expect((await invoices('grown')).slice(1)).toEqual([
    ['start', 'paid', ['base 4900']],
    ['cycle', 'paid', ['base 4900']],
  ]);
});

test('a Stripe customer is linked to one of ours, and billed once a plan has prices', async () => {
  const { id } = await payer();
  const linked = await put('linked', { plan: 'free', stripeCustomerId: id });
  expect(linked).toMatchObject({
    status: 201,
    body: { plan: { id: 'free' }, stripe: { customer: id, subscription: null } },
  });
  const second = await put('second', { plan: 'free', stripeCustomerId: id });
  expect([second.status, second.body['code']]).toEqual([409, 'conflict']);
  const unknown = await put('second', { plan: 'free', stripeCustomerId: 'cus_nobody' });
  expect([unknown.status, unknown.body['errors']]).toEqual([
    400,
    [{ detail: 'cus_nobody is not at Stripe in test mode.', pointer: '/stripeCustomerId' }],
  ]);
  expect((await app.ask('GET', '/v1/customers/second')).status).toBe(404);
  const other = await put('linked', { name: 'New', stripeCustomerId: 'cus_other' });
  expect([other.status, (await get('linked'))['name']]).toEqual([409, null]);
  const paid = await put('linked', { plan: 'pro', stripeCustomerId: id });
  expect(paid.body).toMatchObject({ plan: { id: 'pro' }, stripe: { customer: id } });
});

test('a pause at Stripe is shown, holds the bill back, and its end lets it go', async () => {
  const running = await subscription(2_900, 38);
  await put('paused', { plan: 'pro', stripeSubscriptionId: running.subscription });
  await use('paused', 300, '2026-03-12T00:00:00Z');
  const behavior = 'keep_as_draft' as const;
  const pause = (value: Stripe.SubscriptionUpdateParams['pause_collection']) =>
    stripe.subscriptions.update(running.subscription, { pause_collection: value });
  await pause({ behavior });
  await until(async () => (await get('paused'))['paused'] !== null, 'the pause', 20_000);
  expect((await get('paused'))['paused']).toEqual({ behavior: 'keepAsDraft', resumesAt: null });
  await clock('paused', 'periodEnd');
  expect(await invoices('paused')).toEqual([['cycle', 'draft', expect.anything()]]);
  expect((await totalsAt(running.subscription)).at(-1)).toMatch(/draft$/);
  await pause('');
  const isPaid = async () => (await invoices('paused'))[0]?.[1] === 'paid';
  await until(isPaid, 'the bill', 30_000);
  expect((await get('paused'))['paused']).toBeNull();
  expect((await totalsAt(running.subscription)).at(-1)).toBe('3000 paid');
});
