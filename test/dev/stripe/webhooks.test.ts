import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { type World, basePrice, customerOnClock, startWorld, subscribe, until } from './world.js';

const SECRET = 'whsec_sandbox';

interface Received {
  readonly body: string;
  readonly signature: string;
}

/** An endpoint that keeps what it gets and answers the statuses given, then 200. */
async function startEndpoint(...statuses: number[]) {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ body, signature: String(request.headers['stripe-signature']) });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${port}/webhooks/stripe`, received, close };
}

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
});
