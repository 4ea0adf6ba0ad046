import type Stripe from 'stripe';
import { type Received, startEndpoint } from './endpoint.js';
import { type World, basePrice, customerOnClock, startWorld, subscribe, until } from './world.js';

const SECRET = 'whsec_sandbox';

let world: World;
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;

async function start(...statuses: number[]) {
  endpoint = await startEndpoint(...statuses);
  world = await startWorld({ webhook: { url: endpoint.url, secret: SECRET } });
}

afterEach(async () => {
  await world.sandbox.stop();
  await endpoint.close();
});

const settled = () => until(() => world.sandbox.controls.undelivered() === 0);

const read = (message: Received): Stripe.Event =>
  world.stripe.webhooks.constructEvent(message.body, message.signature, SECRET);

const types = () => endpoint.received.map((message) => read(message).type);

describe('a webhook', () => {
  it('is signed so that the SDK accepts it, and no other secret does', async () => {
    await start();
    const customer = await world.stripe.customers.create({ name: 'Ada' });
    await settled();
    const [message] = endpoint.received;
    if (!message) throw new Error('nothing was received');
    const event = read(message);
    expect(event).toMatchObject({ type: 'customer.created', api_version: '2026-10-28.endive' });
    expect(event.data.object).toMatchObject({ id: customer.id, object: 'customer' });
    const { webhooks } = world.stripe;
    const wrong = () => webhooks.constructEvent(message.body, message.signature, 'whsec_other');
    expect(wrong).toThrow('signature');
  });

  it('tells every step of a first invoice', async () => {
    await start();
    const { customer } = await customerOnClock(world.stripe);
    const base = await basePrice(world.stripe, 500);
    await subscribe(world.stripe, customer.id, base.id);
    await settled();
    expect(types()).toEqual(
      expect.arrayContaining([
        'customer.subscription.created',
        'invoice.created',
        'invoice.finalized',
        'invoice.paid',
      ]),
    );
  });

  it('shows the object as it was then (docs webhooks: snapshot)', async () => {
    await start();
    const customer = await world.stripe.customers.create({ name: 'Ada' });
    await world.stripe.customers.update(customer.id, { name: 'Grace' });
    await settled();
    const shown = endpoint.received.map((message) => {
      const { type, data } = read(message);
      return [type, (data.object as Stripe.Customer).name];
    });
    expect(Object.fromEntries(shown)).toEqual({
      'customer.created': 'Ada',
      'customer.updated': 'Grace',
    });
  });

  it('comes again until it is taken with a 2xx', async () => {
    await start(500, 400);
    await world.stripe.customers.create({ name: 'Ada' });
    await settled();
    expect(types()).toEqual(['customer.created', 'customer.created', 'customer.created']);
    const [event] = (await world.stripe.events.list({ type: 'customer.created' })).data;
    expect(event?.pending_webhooks).toBe(0);
  });

  it('is dropped or doubled when the panel says so', async () => {
    await start();
    world.sandbox.controls.fault({ webhook: 'drop', type: '^customer.created$' });
    world.sandbox.controls.fault({ webhook: 'duplicate', type: '^customer.updated$' });
    const customer = await world.stripe.customers.create({ name: 'Ada' });
    await world.stripe.customers.update(customer.id, { name: 'Grace' });
    await settled();
    expect(types()).toEqual(['customer.updated', 'customer.updated']);
    expect(new Set(endpoint.received.map((message) => read(message).id)).size).toBe(1);
  });

  it('is hit by the panel only after those it lets through', async () => {
    await start();
    world.sandbox.controls.fault({ webhook: 'drop', type: '^customer', after: 1 });
    const { customers } = world.stripe;
    const { id } = await customers.create({ name: 'Ada' });
    await settled();
    await customers.update(id, { name: 'Grace' });
    await customers.update(id, { name: 'Joan' });
    await settled();
    const names = endpoint.received.map(
      (message) => (read(message).data.object as Stripe.Customer).name,
    );
    expect(names).toEqual(['Ada', 'Joan']);
  });

  it('can come after a younger one', async () => {
    await start();
    world.sandbox.controls.fault({ webhook: 'reorder', type: '^customer.created$', delayMs: 150 });
    const customer = await world.stripe.customers.create({ name: 'Ada' });
    await world.stripe.customers.update(customer.id, { name: 'Grace' });
    await settled();
    expect(types()).toEqual(['customer.updated', 'customer.created']);
  });
});

describe('an event', () => {
  it('is kept and can be fetched again by its id', async () => {
    await start();
    await world.stripe.customers.create({ name: 'Ada' });
    await settled();
    const [message] = endpoint.received;
    if (!message) throw new Error('nothing was received');
    const event = await world.stripe.events.retrieve(read(message).id);
    expect(event.type).toBe('customer.created');
    expect(event.request?.id).toMatch(/^req_/);
  });

  it('of a kind the sandbox has no objects for comes from the panel', async () => {
    await start();
    const dispute = { id: 'dp_1', object: 'dispute', charge: 'ch_1', amount: 1000 };
    const url = `${world.sandbox.url}/_sandbox/events`;
    const send = (body: object) => fetch(url, { method: 'POST', body: JSON.stringify(body) });
    expect((await send({ type: 'charge.dispute.created', object: dispute })).status).toBe(200);
    expect((await send({ type: 'charge.dispute.created' })).status).toBe(400);
    await settled();
    const [message] = endpoint.received;
    if (!message) throw new Error('nothing was received');
    expect(read(message)).toMatchObject({
      type: 'charge.dispute.created',
      data: { object: dispute },
    });
    expect(endpoint.received).toHaveLength(1);
  });
});
