import Stripe from 'stripe';
import { publishAtStripe } from '../../../activities/stripe/publish.js';
import type { PublishedCatalogue } from '../../../billing/catalogue.js';
import { EVERY_PRICE, planPricing, publishedOf, snapshotOf } from './catalogueMaking.js';
import { PRO, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());
afterEach(() => world.sandbox.controls.clearFaults());

async function publish(published: PublishedCatalogue): Promise<void> {
  await publishAtStripe(world.stripe, world.ledger.ensures, published);
}

/** Everything that publishing can make, by name. */
async function standing() {
  const { prices, products, billing } = world.stripe;
  const all = { limit: 100 };
  return {
    prices: (await prices.list(all)).data.map((price) => price.lookup_key ?? price.id).toSorted(),
    products: (await products.list(all)).data.map(({ id }) => id).toSorted(),
    meters: (await billing.meters.list(all)).data.map((meter) => meter.event_name).toSorted(),
  };
}

const FREE = snapshotOf('free', {});
const PLANS = Object.entries(EVERY_PRICE).map(([id, [meter, price]]) =>
  planPricing(id, meter, price),
);

describe('publishing a catalogue at Stripe', () => {
  it('makes each plan version’s product and prices, and nothing for free plans', async () => {
    await publish(publishedOf([FREE, PRO], 'test'));
    const made = await standing();
    expect(made.prices).toEqual([
      'durabill/pro/1/base',
      'durabill/pro/1/images',
      'durabill/pro/1/tokens',
    ]);
    expect(made.products).toHaveLength(1);
    expect(made.meters).toEqual(['durabill_images', 'durabill_tokens']);
  });

  it('twice makes nothing new', async () => {
    await publish(publishedOf([FREE, PRO, ...PLANS], 'test'));
    const before = await standing();
    await publish(publishedOf([FREE, PRO, ...PLANS], 'test'));
    expect(await standing()).toEqual(before);
  });

  it('finds what stands at Stripe though our rows are lost', async () => {
    const before = await standing();
    const { ledger } = world;
    const forgetful: typeof ledger.ensures = {
      ...ledger.ensures,
      find: () => Promise.resolve(null),
      begin: () => Promise.reject(new Error('nothing needs to be made')),
      done: () => Promise.resolve(),
      reply5xx: () => Promise.reject(new Error('nothing needs to be made')),
    };
    await publishAtStripe(world.stripe, forgetful, publishedOf([PRO, ...PLANS], 'test'));
    expect(await standing()).toEqual(before);
  });

  it('makes each once through rate limits, 5xx before and after, and resets', async () => {
    const plan = snapshotOf('rough', { baseAmountMinor: 100, prices: PRO.plan.prices });
    const faults = [
      { path: 'products$', kind: 'errorAfter' },
      { path: 'prices$', kind: 'rateLimit' },
      { path: 'prices$', kind: 'errorBefore' },
      { path: 'prices$', kind: 'resetAfter' },
    ] as const;
    for (const fault of faults) {
      world.sandbox.controls.fault({ ...fault, method: 'POST', times: 1 });
    }
    await publish(publishedOf([plan], 'test'));
    const { prices, products } = await standing();
    expect(prices.filter((key) => key.startsWith('durabill/rough/'))).toHaveLength(3);
    expect(products.length).toBe(new Set(products).size);
    const named = await world.stripe.products.list({ limit: 100 });
    expect(named.data.filter(({ name }) => name === 'rough')).toHaveLength(1);
  });

  it('refuses to go on over a price that stands there with other terms', async () => {
    const changed = snapshotOf('pro', { ...PRO.plan, baseAmountMinor: 1 });
    await expect(publish(publishedOf([changed], 'test'))).rejects.toThrow('durabill/pro/1/base');
  });

  it('gives up on a wrong key with Stripe’s own words', async () => {
    const wrong = new Stripe('sk_live_1', {
      host: '127.0.0.1',
      port: Number(new URL(world.sandbox.url).port),
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
    });
    const never = publishAtStripe(wrong, world.ledger.ensures, publishedOf([PRO], 'test'));
    await expect(never).rejects.toThrow('Invalid API Key');
  });
});
