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
const idOf = (payload: string) => (JSON.parse(payload) as { id: string }).id;

/** What stands in the inbox of an event; null: nothing. */
async function stateOf(payload: string): Promise<string | null> {
  return (await world.ledger.inbox.find(idOf(payload)))?.state ?? null;
}

async function webhookFigures(): Promise<string[]> {
  const { body } = await world.ask('GET', '/metrics', { key: null });
  const lines = String(body['text']).split('\n');
  return lines.filter((line) => line.startsWith('durabill_stripe_webhooks_total{'));
}

test.each([
  ['the first secret', WEBHOOK_SECRET],
  ['the second secret, as during a rotation', SECOND_SECRET],
])('taken with %s: row handed, workflow told', async (_name, secret) => {
  const payload = eventOf();
  const id = idOf(payload);
  expect((await post(payload, { secret })).status).toBe(200);
  expect([lastTouch(), await stateOf(payload)]).toEqual([id, 'handed']);
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
])('refused without effect, nothing stored: %s', async (_name, signing) => {
  const told = world.engine.touched.length;
  const payload = eventOf();
  const answer = await post(payload, signing);
  expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
  expect(world.engine.touched.length).toBe(told);
  expect(await stateOf(payload)).toBeNull();
});

test.each([
  ['another object', { object: 'invoice' }],
  ['no object', { object: undefined }],
  ['no mode', { livemode: undefined }],
])('signed, but refused as no event: %s', async (_name, change) => {
  const payload = eventOf(change);
  expect((await post(payload)).status).toBe(400);
  expect(await stateOf(payload)).toBeNull();
});

test('over 1 MiB it is refused before anything is looked at', async () => {
  const payload = eventOf({ padding: 'x'.repeat(1_048_576) });
  const answer = await post(payload);
  expect([answer.status, answer.body['code']]).toEqual([413, 'payload_too_large']);
  expect(await stateOf(payload)).toBeNull();
});

test('refused ones are counted by why', async () => {
  await post(eventOf(), { secret: 'whsec_other' });
  await post(eventOf(), { ageSeconds: 400 });
  const figures = (await webhookFigures()).join('\n');
  expect(figures).toMatch(/\{outcome="refused",reason="forged"\} [1-9]/);
  expect(figures).toMatch(/\{outcome="refused",reason="stale"\} [1-9]/);
});

test('an altered body is refused', async () => {
  const payload = eventOf();
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET });
  const raw = payload.replace('cus_acme', 'cus_evil');
  const headers = { 'Stripe-Signature': signature };
  const answer = await world.ask('POST', '/webhooks/stripe', { key: null, raw, headers });
  expect(answer.status).toBe(400);
});

test('a customer that is not ours: nobody is told, the row waits', async () => {
  const told = world.engine.touched.length;
  const payload = eventOf({ data: { object: { object: 'invoice', customer: 'cus_other' } } });
  expect((await post(payload)).status).toBe(200);
  expect(world.engine.touched.length).toBe(told);
  expect(await stateOf(payload)).toBe('received');
});

test('what concerns nobody is kept as ignored, with the reason', async () => {
  const payload = eventOf({ type: 'invoice.upcoming' });
  expect((await post(payload)).status).toBe(200);
  expect(await world.ledger.inbox.find(idOf(payload))).toMatchObject({
    state: 'ignored',
    reason: expect.stringContaining('no invoice yet'),
  });
});

test('an expanded customer is understood', async () => {
  const expanded = { object: 'subscription', id: 'sub_1', customer: { id: 'cus_acme' } };
  const payload = eventOf({ data: { object: expanded } });
  await post(payload);
  expect(lastTouch()).toBe(idOf(payload));
});

test('a thin event is handed to the worker, which asks Stripe what it means', async () => {
  const payload = JSON.stringify({
    id: 'evt_thin',
    object: 'v2.core.event',
    type: 'v1.billing.meter.error_report_triggered',
    livemode: false,
    related_object: { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' },
  });
  expect((await post(payload)).status).toBe(200);
  expect([world.engine.lookedAt, await stateOf(payload)]).toEqual([['evt_thin'], 'received']);
});

test('Temporal away: 503, and the repeat of the row that was only received signals', async () => {
  const payload = eventOf();
  world.engine.away = true;
  const refused = await post(payload);
  world.engine.away = false;
  expect([refused.status, refused.body['code']]).toEqual([503, 'unavailable']);
  expect(await stateOf(payload)).toBe('received');
  expect((await post(payload)).status).toBe(200);
  expect([lastTouch(), await stateOf(payload)]).toEqual([idOf(payload), 'handed']);
});

test('test and live customers never meet: a live event finds no test customer', async () => {
  const told = world.engine.touched.length;
  await post(eventOf({ livemode: true }));
  expect(world.engine.touched.length).toBe(told);
});
