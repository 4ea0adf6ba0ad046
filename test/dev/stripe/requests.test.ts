import Stripe from 'stripe';
import {
  type World,
  basePrice,
  customerOnClock,
  refusal,
  sdk,
  startWorld,
  subscribe,
} from './world.js';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.sandbox.stop());

describe('a request', () => {
  it('needs a key: none, a live one and, where one is set, another are refused', async () => {
    const reply = await fetch(`${world.sandbox.url}/v1/customers`);
    expect([reply.status, reply.headers.get('request-id')?.slice(0, 4)]).toEqual([401, 'req_']);
    const { hostname, port } = new URL(world.sandbox.url);
    const place = { host: hostname, port: Number(port), protocol: 'http' } as const;
    const live = new Stripe('sk_live_1', { ...place, telemetry: false, maxNetworkRetries: 0 });
    const error = await refusal(Promise.resolve(live.customers.list()));
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    const other = await startWorld({ secretKey: 'sk_test_only' });
    await refusal(Promise.resolve(other.stripe.customers.list()));
    await other.sandbox.stop();
  });

  it('says which parameter it does not know, and does nothing', async () => {
    const params = { name: 'Ada', hair: 'brown' } as Stripe.CustomerCreateParams;
    const error = await refusal(world.stripe.customers.create(params));
    expect(error).toMatchObject({ statusCode: 400, code: 'parameter_unknown', param: 'hair' });
    expect((await world.stripe.customers.list()).data).toEqual([]);
  });

  it('names its id in replies and errors (lastResponse of the SDK)', async () => {
    const customer = await world.stripe.customers.create({ name: 'Ada' });
    expect(customer.lastResponse.requestId).toMatch(/^req_/);
    const error = await refusal(Promise.resolve(world.stripe.customers.retrieve('cus_none')));
    expect(error.requestId).toMatch(/^req_/);
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });

  it('for a path that does not exist is a 404', async () => {
    const error = await refusal(Promise.resolve(world.stripe.quotes.list()));
    expect(error.statusCode).toBe(404);
  });
});

describe('metadata', () => {
  it('is laid over what is there; an empty value unsets its key (API metadata)', async () => {
    const { customers } = world.stripe;
    const { id } = await customers.create({ metadata: { plan: 'pro', team: 'red', '0': 'zero' } });
    const changed = await customers.update(id, { metadata: { team: '', seat: '5' } });
    expect(changed.metadata).toEqual({ plan: 'pro', seat: '5', '0': 'zero' });
    expect((await customers.update(id, { metadata: '' })).metadata).toEqual({});
  });
});

describe('a list', () => {
  it('comes newest first, in pages of ten, each object once (API pagination)', async () => {
    const { customers } = world.stripe;
    const made: string[] = [];
    for (let index = 0; index < 23; index += 1) made.unshift((await customers.create()).id);
    const first = await customers.list();
    expect([first.data.length, first.has_more]).toEqual([10, true]);
    const all = await customers.list({ limit: 5 }).autoPagingToArray({ limit: 100 });
    expect(all.map((customer) => customer.id)).toEqual(made);
  });

  it('leaves out what hangs on a test clock unless it is asked for (Customers.d.ts)', async () => {
    const { stripe } = world;
    const { clock, customer } = await customerOnClock(stripe);
    const base = await basePrice(stripe, 100);
    const { id } = await subscribe(stripe, customer.id, base.id);
    expect((await stripe.customers.list()).data).toEqual([]);
    expect((await stripe.customers.list({ test_clock: clock.id })).data).toHaveLength(1);
    expect((await stripe.subscriptions.list()).data).toEqual([]);
    const own = await stripe.subscriptions.list({ customer: customer.id });
    expect(own.data.map((row) => row.id)).toEqual([id]);
  });
});

describe('expand', () => {
  it('puts objects in for their ids, four levels deep at most', async () => {
    const { stripe } = world;
    const { customer } = await customerOnClock(stripe);
    const base = await basePrice(stripe, 100);
    const { id } = await subscribe(stripe, customer.id, base.id);
    const expand = ['latest_invoice.payments', 'customer', 'items.data.price.product'];
    const subscription = await stripe.subscriptions.retrieve(id, { expand });
    expect(subscription.customer).toMatchObject({ id: customer.id, object: 'customer' });
    expect(subscription.latest_invoice).toMatchObject({
      status: 'paid',
      payments: { data: [{ status: 'paid', amount_paid: 100 }] },
    });
    expect(subscription.items.data[0]?.price.product).toMatchObject({ name: 'Base' });
    const wrong = stripe.subscriptions.retrieve(id, { expand: ['shoe_size'] });
    expect((await refusal(Promise.resolve(wrong))).param).toBe('expand');
  });
});

describe('the panel', () => {
  const post = (path: string, body: unknown, headers = {}) =>
    fetch(`${world.sandbox.url}/_sandbox/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers,
    });

  it('needs no key, and refuses pages of other origins', async () => {
    const state = await fetch(`${world.sandbox.url}/_sandbox/state`);
    expect(state.status).toBe(200);
    const foreign = await post('switches', {}, { origin: 'https://example.com' });
    expect(foreign.status).toBe(403);
  });

  it('sets switches all together or, with one wrong, none', async () => {
    const wrong = await post('switches', { tieRounding: 'halfEven', draftAfterMinutes: 5, x: 1 });
    expect(wrong.status).toBe(400);
    const { error } = (await wrong.json()) as { error: string };
    expect(error).toContain('draftAfterMinutes');
    expect(error).toContain('x: no such switch');
    const right = await post('switches', { draftAfterMinutes: 60 });
    expect(await right.json()).toMatchObject({ draftAfterMinutes: 60, tieRounding: 'halfUp' });
  });

  it('shows an invoice under its hosted_invoice_url', async () => {
    const { stripe } = world;
    const { customer } = await customerOnClock(stripe);
    const base = await basePrice(stripe, 4321);
    await subscribe(stripe, customer.id, base.id);
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    const reply = await fetch(invoice?.hosted_invoice_url ?? '');
    expect(reply.headers.get('content-type')).toContain('text/html');
    expect(await reply.text()).toContain('4321');
  });

  it('takes the fault of one request from its x-sandbox-fault header', async () => {
    const create = (fault: string) =>
      fetch(`${world.sandbox.url}/v1/customers`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_1', 'x-sandbox-fault': fault },
        body: 'name=Ada',
      });
    expect((await create('errorBefore')).status).toBe(500);
    expect((await create('errorAfter=503')).status).toBe(503);
    expect((await create('rateLimit=2')).headers.get('retry-after')).toBe('2');
    await expect(create('resetBefore')).rejects.toThrow('fetch failed');
    expect((await world.stripe.customers.list()).data).toHaveLength(1);
  });

  it('programs faults that are used up', async () => {
    await post('faults', { kind: 'errorBefore', status: 502, times: 2, path: 'customers' });
    const stripe = sdk(world.sandbox.url, 2);
    expect((await stripe.customers.list()).data).toEqual([]);
    const left = await fetch(`${world.sandbox.url}/_sandbox/faults`);
    expect(await left.json()).toEqual([]);
  });
});

describe('the page of the panel', () => {
  const send = (fields: Record<string, string>) =>
    fetch(`${world.sandbox.url}/_sandbox`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });

  it('shows what is there without letting its text become markup', async () => {
    const { stripe } = world;
    const { customer } = await customerOnClock(stripe);
    const name = '<img src=x onerror=alert(1)>';
    const { id } = await stripe.products.create({ name });
    const price = { currency: 'usd', recurring: { interval: 'month' as const }, product: id };
    const { id: base } = await stripe.prices.create({ ...price, unit_amount: 500 });
    await subscribe(stripe, customer.id, base);
    const page = await (await fetch(`${world.sandbox.url}/_sandbox`)).text();
    expect(page).toContain('subscription_create');
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    const shown = await (await fetch(invoice?.hosted_invoice_url ?? '')).text();
    expect(shown).not.toContain('<img');
    expect(shown).toContain('&#60;img');
  });

  it('sets a switch and adds a fault; what is wrong is told and changes nothing', async () => {
    expect((await send({ switch: 'tieRounding', position: 'halfEven' })).status).toBe(303);
    expect((await send({ switch: 'summaryLagMs', position: '70' })).status).toBe(303);
    const fields = { kind: 'errorBefore', pattern: 'customers', times: '1', after: '' };
    expect((await send(fields)).status).toBe(303);
    expect((await refusal(world.stripe.customers.create())).statusCode).toBe(500);
    const wrong = await send({ switch: 'tieRounding', position: 'up' });
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('tieRounding');
    const state = await fetch(`${world.sandbox.url}/_sandbox/switches`);
    expect(await state.json()).toMatchObject({ tieRounding: 'halfEven', summaryLagMs: 70 });
  });
});
