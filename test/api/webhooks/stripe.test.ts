import Stripe from 'stripe';
import { SECOND_SECRET, WEBHOOK_SECRET, World } from '../world.js';

/** POST /webhooks/stripe: only what Stripe signed, just now, acted on once. */

let world: World;

beforeAll(async () => {
  world = await World.start();
  await world.ledger.customers.save({
    key: { mode: 'test', customer: 'acme', life: 1 },
    plan: { id: 'pro', version: 1 },
    status: 'active',
    offsetMs: 0,
    stripeCustomer: 'cus_acme',
    hasHardLimits: false,
    firstPeriodStartMs: 0,
    mark: 1,
  });
});

afterAll(() => world.stop());

let count = 0;

function eventOf(change: Readonly<Record<string, unknown>> = {}): string {
  count += 1;
  return JSON.stringify({
    id: `evt_${count}`,
    object: 'event',
    type: 'invoice.created',
    livemode: false,
    data: { object: { object: 'invoice', id: 'in_1', customer: 'cus_acme' } },
    ...change,
  });
}

interface Signing {
  readonly secret?: string;
  readonly ageSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

function post(payload: string, signing: Signing = {}) {
  const { secret = WEBHOOK_SECRET, ageSeconds = 0, headers = {} } = signing;
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  return world.ask('POST', '/webhooks/stripe', {
    key: null,
    raw: payload,
    headers: { 'Stripe-Signature': signature, ...headers },
  });
}

const lastTouch = () => world.engine.touched.at(-1);

test.each([
  ['the first secret', WEBHOOK_SECRET],
  ['the second secret, as during a rotation', SECOND_SECRET],
])('taken with %s: row handed, workflow told', async (_name, secret) => {
  const payload = eventOf();
  const { id } = JSON.parse(payload) as { id: string };
  expect((await post(payload, { secret })).status).toBe(200);
  expect(lastTouch()).toBe(id);
  const told = world.engine.touched.length;
  expect((await post(payload, { secret })).status).toBe(200);
  expect(world.engine.touched.length).toBe(told);
});

test.each([
  ['a wrong secret', { secret: 'whsec_other' }],
  ['a signature of 301 s ago', { ageSeconds: 302 }],
  ['a signature from the future', { ageSeconds: -310 }],
  ['another content type', { headers: { 'Content-Type': 'text/plain' } }],
  ['no signature', { headers: { 'Stripe-Signature': '' } }],
  ['two times in one signature', { headers: { 'Stripe-Signature': 't=1,t=2,v1=00' } }],
])('refused without effect: %s', async (_name, signing) => {
  const told = world.engine.touched.length;
  const answer = await post(eventOf(), signing);
  expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
  expect(world.engine.touched.length).toBe(told);
});

test('an altered body is refused', async () => {
  const payload = eventOf();
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET });
  const raw = payload.replace('cus_acme', 'cus_evil');
  const headers = { 'Stripe-Signature': signature };
  const answer = await world.ask('POST', '/webhooks/stripe', { key: null, raw, headers });
  expect(answer.status).toBe(400);
});

test('a customer that is not ours is ignored, for ever', async () => {
  const told = world.engine.touched.length;
  const payload = eventOf({ data: { object: { object: 'invoice', customer: 'cus_other' } } });
  expect((await post(payload)).status).toBe(200);
  expect(world.engine.touched.length).toBe(told);
});

test('a thin event and an expanded customer are understood', async () => {
  const expanded = { object: 'subscription', id: 'sub_1', customer: { id: 'cus_acme' } };
  const payload = eventOf({ data: { object: expanded } });
  await post(payload);
  expect(lastTouch()).toBe((JSON.parse(payload) as { id: string }).id);
  const thin = {
    id: 'evt_thin',
    object: 'v2.core.event',
    type: 'v1.billing.meter.error_report_triggered',
    related_object: { id: 'mtr_1', type: 'billing.meter' },
  };
  expect((await post(JSON.stringify(thin))).status).toBe(200);
});

test('Temporal away: 503, and the repeat of the row that was only received signals', async () => {
  const payload = eventOf();
  world.engine.away = true;
  const refused = await post(payload);
  world.engine.away = false;
  expect([refused.status, refused.body['code']]).toEqual([503, 'unavailable']);
  expect((await post(payload)).status).toBe(200);
  expect(lastTouch()).toBe((JSON.parse(payload) as { id: string }).id);
});

test('test and live customers never meet: a live event finds no test customer', async () => {
  const told = world.engine.touched.length;
  await post(eventOf({ livemode: true }));
  expect(world.engine.touched.length).toBe(told);
});
