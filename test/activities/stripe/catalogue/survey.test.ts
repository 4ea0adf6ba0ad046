import { CatalogueRefused } from '../../../../activities/stripe/publish.js';
import type { Plan, Price } from '../../../../billing/catalogue.js';
import { EVERY_PRICE, planPricing, snapshotOf } from '../catalogueMaking.js';
import { shown, startAccount, type Account } from './account.js';

let account: Account;
beforeEach(async () => {
  account = await startAccount();
});
afterEach(() => account.stop());

const BASED: Partial<Plan> = { baseAmountMinor: 2900 };

describe('a look at Stripe before a catalogue is published', () => {
  it('names each object that is missing, writes nothing, and finds it afterwards', async () => {
    const prices = { tokens: { type: 'perUnit', unitAmountMinor: '1' } } as const;
    const plans = [snapshotOf('free', {}), snapshotOf('pro', { ...BASED, prices })];
    const names = [
      'meter durabill_tokens',
      'product pro@1',
      'price durabill/pro/1/base',
      'price durabill/pro/1/tokens',
    ];
    expect(shown(await account.survey(plans))).toEqual(names.map((name) => `${name} missing`));
    expect(await account.objects()).toBe(0);
    await account.publish(plans);
    const found = await account.survey(plans);
    expect(shown(found)).toEqual(names.map((name) => `${name} standing`));
    expect(found.every(({ id }) => id !== null)).toBe(true);
  });

  it.each(Object.entries(EVERY_PRICE))('finds %s as it was published', async (id, priced) => {
    const plan = planPricing(id, ...priced);
    await account.publish([plan]);
    const states = (await account.survey([plan])).map(({ state }) => state);
    expect(states).toEqual(['standing', 'standing', 'standing']);
  });

  it('finds everything by its names though our rows are lost', async () => {
    const plans = Object.entries(EVERY_PRICE).map(([id, [meter, price]]) =>
      planPricing(id, meter, price),
    );
    await account.publish(plans);
    const before = await account.objects();
    account.loseRows();
    await account.publish(plans);
    expect([await account.objects(), account.ensures.rows.size]).toEqual([before, 0]);
  });
});

describe('a price that stands at Stripe with other terms', () => {
  const TIERS: Price = {
    type: 'graduated',
    tiers: [
      { upTo: 5, unitAmountMinor: '7', flatAmountMinor: 250 },
      { upTo: 'inf', unitAmountMinor: '6' },
    ],
  };
  const FLATLESS: Price = {
    type: 'graduated',
    tiers: [
      { upTo: 5, unitAmountMinor: '7' },
      { upTo: 'inf', unitAmountMinor: '6' },
    ],
  };
  const PACKAGE: Price = { type: 'package', size: 10, packageAmountMinor: '100' };
  const EACH: Price = { type: 'perUnit', unitAmountMinor: '0.05' };
  const cases: readonly (readonly [string, Price, Price, string])[] = [
    ['unit amount', EACH, { ...EACH, unitAmountMinor: '0.06' }, 'unit amount 0.05, not 0.06'],
    ['included', EACH, { ...EACH, included: 5 }, 'tiers none, not graduated'],
    ['package size', PACKAGE, { ...PACKAGE, size: 20 }, 'of 10 rounded up, not of 20 rounded up'],
    ['rounding', PACKAGE, { ...PACKAGE, round: 'down' }, 'rounded up, not of 10 rounded down'],
    ['a flat amount', TIERS, FLATLESS, 'tier 1 up to 5 7 each and 250 once, not up to 5 7 each'],
    ['kind of tiers', TIERS, { ...TIERS, type: 'volume' }, 'tiers graduated, not volume'],
  ];

  it.each(cases)('is named by %s and refused', async (_name, standing, wanted, words) => {
    await account.publish([planPricing('pro', 'tokens', standing)]);
    const before = await account.objects();
    const plans = [planPricing('pro', 'tokens', wanted), snapshotOf('new', BASED)];
    const refused = account.publish(plans);
    await expect(refused).rejects.toThrow(CatalogueRefused);
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toThrow('publish a new version of pro');
    expect(await account.objects()).toBe(before);
  });

  it('is named by interval, currency and meter', async () => {
    const meter = await account.stripe.billing.meters.create({
      display_name: 'Other',
      event_name: 'other',
      default_aggregation: { formula: 'sum' },
    });
    const product = await account.stripe.products.create({ name: 'Pro' });
    await account.stripe.prices.create({
      product: product.id,
      currency: 'eur',
      lookup_key: 'durabill/pro/1/tokens',
      recurring: { interval: 'month', interval_count: 3, usage_type: 'metered', meter: meter.id },
      unit_amount: 5,
    });
    const plan = planPricing('pro', 'tokens', { type: 'perUnit', unitAmountMinor: '5' });
    const price = (await account.survey([plan])).find(({ object }) => object === 'price');
    expect(price).toMatchObject({ state: 'different', blocks: true });
    expect(price?.detail).toContain('(currency eur, not usd; billed each 3 months, not month; ');
    expect(price?.detail).toContain(`meter ${meter.id}, not `);
  });

  it('that was made by hand with the right terms is taken as it is', async () => {
    const product = await account.stripe.products.create({ name: 'Pro' });
    const made = await account.stripe.prices.create({
      product: product.id,
      currency: 'usd',
      lookup_key: 'durabill/pro/1/base',
      recurring: { interval: 'month' },
      unit_amount: 2900,
    });
    await account.publish([snapshotOf('pro', BASED)]);
    const found = await account.survey([snapshotOf('pro', BASED)]);
    expect(shown(found)).toEqual(['product pro@1 standing', 'price durabill/pro/1/base standing']);
    expect(found.map(({ id }) => id)).toEqual([product.id, made.id]);
  });
});
