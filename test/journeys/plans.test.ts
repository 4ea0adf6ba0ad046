import { join } from 'node:path';
import type { Invoice } from '../../billing/invoice.js';
import { startStack, type TestStack } from '../stack.js';
import { until } from '../until.js';
import { DecisionApp } from './decisionApp.js';

/** Plans that change and end: what was used is billed once, under the plan it was used on. */

jest.setTimeout(120_000);

let stack: TestStack;
let app: DecisionApp;

beforeAll(async () => {
  const catalogue = join(__dirname, 'plans.catalogue.json');
  stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
  app = new DecisionApp(() => [stack.api], stack.key);
});

afterAll(() => stack?.stop());

/** A paying customer; its first period begins on the last of a month, 23 past the hour. */
const ANCHOR = '2026-01-31T10:23:00.000Z';

async function join_(id: string, plan = 'pro'): Promise<void> {
  const { status, body } = await app.ask('PUT', `/v1/customers/${id}`, { plan, anchor: ANCHOR });
  expect([status, body['code']]).toEqual([201, undefined]);
}

const post = async (id: string, what: string, body: object) => {
  const reply = await app.ask('POST', `/v1/customers/${id}/${what}`, body);
  expect([reply.status, reply.body['detail']]).toEqual([200, undefined]);
  return reply.body;
};

const clock = async (customer: string, to: string) => {
  const { status, body } = await app.ask('POST', '/v1/test/clock', { customer, to });
  expect([status, body['detail']]).toEqual([200, undefined]);
  return body['customer'] as Readonly<Record<string, unknown>>;
};

let events = 0;
/** Usage at that time, the clock having come there. */
const use = async (customer: string, units: number, timestamp: string) => {
  await clock(customer, timestamp);
  await send(customer, units, timestamp);
};

const send = async (customer: string, units: number, timestamp: string) => {
  events += 1;
  const event = { id: `e${events}`, customer, quantities: { input_tokens: units }, timestamp };
  expect((await app.ask('POST', '/v1/events', event)).status).toBe(200);
};

/** Reason, status and lines of every invoice, oldest first; each stands at Stripe to the cent. */
async function invoices(id: string) {
  const { body } = await app.ask('GET', `/v1/customers/${id}/invoices`);
  const data = (body['data'] as Invoice[]).toReversed();
  return data.map(({ reason, status, lines, subtotalMinor, stripe, review }) => {
    expect([review, stripe?.subtotalMinor]).toEqual([null, subtotalMinor]);
    return [reason, status, lines.map(({ ref, amountMinor }) => `${ref} ${amountMinor}`)];
  });
}

test('an upgrade now: old usage once, the unused base back, the new base at once', async () => {
  await join_('up');
  await use('up', 1_100, '2026-02-03T00:00:00Z');
  await clock('up', '2026-02-14T10:23:00Z');
  const upgraded = await post('up', 'plan', { plan: 'plus', when: 'now' });
  expect(upgraded).toMatchObject({ plan: { id: 'plus', version: 1 }, status: 'active' });
  await use('up', 1_500, '2026-02-15T00:00:00Z');
  await clock('up', 'periodEnd');
  expect(await invoices('up')).toEqual([
    ['start', 'paid', ['base 2900']],
    // 14 of 28 days are left of the base.
    ['final', 'paid', ['input_tokens/included 0', 'input_tokens 500', 'base/unused -1450']],
    ['start', 'paid', ['base 4900']],
    ['cycle', 'paid', ['input_tokens/tier-1 400', 'input_tokens/tier-2 100', 'base 4900']],
  ]);
});

test('a plan at the end of the period: old usage and base, the difference of bases', async () => {
  await join_('turn');
  await use('turn', 300, '2026-02-03T00:00:00Z');
  const planned = await post('turn', 'plan', { plan: 'plus', when: 'periodEnd' });
  expect(planned['scheduled']).toMatchObject({ action: 'plan', at: '2026-02-28T10:23:00.000Z' });
  await clock('turn', '2026-02-28T10:22:00Z');
  // In the new period, but before Stripe has its items.
  await send('turn', 50, '2026-02-28T10:24:00Z');
  const turned = await clock('turn', 'periodEnd');
  expect(turned).toMatchObject({ plan: { id: 'plus' }, scheduled: null });
  await use('turn', 100, '2026-03-01T00:00:00Z');
  await clock('turn', 'periodEnd');
  expect(await invoices('turn')).toEqual([
    ['start', 'paid', ['base 2900']],
    ['cycle', 'paid', [
      'input_tokens/included 0', 'input_tokens 100', 'base/change 2000', 'base 2900',
    ]],
    ['cycle', 'paid', ['input_tokens/tier-1 60', 'base 4900']],
  ]);
});

test('canceled now: the usage so far is the last invoice, no base comes back', async () => {
  await join_('cancel');
  await use('cancel', 400, '2026-02-03T00:00:00Z');
  await clock('cancel', '2026-02-10T00:00:00Z');
  const canceled = await post('cancel', 'cancel', { when: 'now' });
  expect(canceled).toMatchObject({ status: 'canceled', scheduled: null });
  await clock('cancel', '2026-02-12T00:00:00Z');
  expect(await invoices('cancel')).toEqual([
    ['start', 'paid', ['base 2900']],
    ['final', 'paid', ['input_tokens/included 0', 'input_tokens 150']],
  ]);
});

test('canceled at the end of the period: undone once, then a drop to the free plan', async () => {
  await join_('drop');
  await use('drop', 200, '2026-02-03T00:00:00Z');
  await post('drop', 'cancel', { when: 'periodEnd' });
  expect(await post('drop', 'resume', {})).toMatchObject({ scheduled: null });
  await clock('drop', 'periodEnd');
  await use('drop', 100, '2026-03-01T00:00:00Z');
  await post('drop', 'cancel', { when: 'periodEnd', then: 'free' });
  const dropped = await clock('drop', 'periodEnd');
  expect(dropped).toMatchObject({ plan: { id: 'free' }, status: 'active', stripe: null });
  expect(await invoices('drop')).toEqual([
    ['start', 'paid', ['base 2900']],
    ['cycle', 'paid', ['input_tokens/included 0', 'input_tokens 50', 'base 2900']],
    ['final', 'paid', ['input_tokens/included 0']],
  ]);
});

test('a trial costs nothing; its end charges the base, and only usage after it', async () => {
  await join_('try', 'tryout');
  await use('try', 7_000, '2026-02-03T00:00:00Z');
  const { body } = await app.ask('GET', '/v1/customers/try');
  expect(body).toMatchObject({ status: 'trialing', trialEndsAt: '2026-02-14T10:23:00.000Z' });
  // Stripe charges at its end what the trial's items say.
  const other = { plan: 'plus', when: 'periodEnd' };
  expect((await app.ask('POST', '/v1/customers/try/plan', other)).status).toBe(400);
  await clock('try', '2026-02-14T12:00:00Z');
  await use('try', 30, '2026-02-20T00:00:00Z');
  await clock('try', 'periodEnd');
  expect(await invoices('try')).toEqual([
    ['start', 'paid', ['base 1000']],
    ['cycle', 'paid', ['input_tokens 30', 'base 1000']],
  ]);
});

test('another interval at the end of a period: that period, then a subscription anew', async () => {
  await join_('interval');
  await use('interval', 1_100, '2026-02-03T00:00:00Z');
  const planned = await post('interval', 'plan', { plan: 'yearly', when: 'periodEnd' });
  const end = '2026-02-28T10:23:00.000Z';
  expect(planned['scheduled']).toMatchObject({ action: 'plan', plan: { id: 'yearly' }, at: end });
  await clock('interval', 'periodEnd');
  const begun = await clock('interval', '2026-03-01T00:00:00Z');
  const period = { start: end, end: '2027-02-28T10:23:00.000Z' };
  expect(begun).toMatchObject({ plan: { id: 'yearly' }, status: 'active', period });
  expect(await invoices('interval')).toEqual([
    ['start', 'paid', ['base 2900']],
    ['final', 'paid', ['input_tokens/included 0', 'input_tokens 500']],
    ['start', 'paid', ['base 29000']],
  ]);
});

/** What a customer does on a page at Stripe. */
const fill = (url: string, form: Readonly<Record<string, string>>) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });

test('a checkout that is paid begins the plan; one that is left changes nothing', async () => {
  await app.ask('PUT', '/v1/customers/shop', { plan: 'free' });
  const back = { successUrl: 'https://app.example/done', cancelUrl: 'https://app.example/back' };
  const first = await post('shop', 'checkout', { plan: 'plus', ...back });
  const second = await post('shop', 'checkout', { plan: 'pro', ...back });
  // The newer page has ended the older one.
  expect((await fill(String(first['url']), {})).status).toBe(410);
  expect((await fill(String(second['url']), {})).status).toBe(303);
  const isPaid = async () =>
    (await app.ask('GET', '/v1/customers/shop')).body['stripe'] !== null;
  await until(isPaid, 'the paid plan', 20_000);
  const { body } = await app.ask('GET', '/v1/customers/shop');
  expect(body).toMatchObject({ plan: { id: 'pro' }, status: 'active' });
  const again = await app.ask('POST', '/v1/customers/shop/checkout', { plan: 'plus', ...back });
  expect([again.status, again.body['code']]).toEqual([409, 'conflict']);
});

test('a cancellation in the billing portal is adopted, and so is its undoing', async () => {
  await join_('portal');
  const { url } = await post('portal', 'billing-portal', { returnUrl: 'https://app.example/' });
  const { body } = await app.ask('GET', '/v1/customers/portal');
  const { subscription } = body['stripe'] as { readonly subscription: string };
  const scheduled = async () => (await app.ask('GET', '/v1/customers/portal')).body['scheduled'];
  await fill(String(url), { action: 'cancel', subscription });
  await until(async () => (await scheduled()) !== null, 'the cancellation', 20_000);
  expect(await scheduled()).toMatchObject({ action: 'cancel', plan: null });
  await fill(String(url), { action: 'keep', subscription });
  await until(async () => (await scheduled()) === null, 'its undoing', 20_000);
});
