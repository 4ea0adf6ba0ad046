import Stripe from 'stripe';
import { type World, meteredPrice, refusal, startWorld, sumMeter } from './world.js';

/** What Prices.d.ts of stripe 23.1.0 and the basil changelog say about prices. */

let world: World;
let meter: string;
beforeEach(async () => {
  world = await startWorld();
  meter = (await sumMeter(world.stripe, 'tokens')).id;
});
afterEach(() => world.sandbox.stop());

const decimal = (text: string) => Stripe.Decimal.from(text);
const flat = (up_to: number | 'inf') => ({ up_to, unit_amount: 1 });
const tiered = { billing_scheme: 'tiered', tiers_mode: 'graduated' } as const;

type PriceParams = Partial<Stripe.PriceCreateParams>;

describe('a price is refused', () => {
  const cases: readonly (readonly [string, PriceParams, string])[] = [
    ['with a fraction in unit_amount', { unit_amount: 0.2 }, 'unit_amount'],
    [
      'with more than 12 decimals',
      { unit_amount_decimal: decimal('0.0000000000001') },
      'unit_amount_decimal',
    ],
    ['with a negative amount', { unit_amount: -1 }, 'unit_amount'],
    [
      'with both kinds of amount',
      { unit_amount: 1, unit_amount_decimal: decimal('1') },
      'unit_amount',
    ],
    ['without an amount', {}, 'unit_amount'],
    [
      'with tiers and transform_quantity',
      { ...tiered, tiers: [flat('inf')], transform_quantity: { divide_by: 2, round: 'up' } },
      'transform_quantity',
    ],
    [
      'with tiers and no tiers_mode',
      { billing_scheme: 'tiered', tiers: [flat('inf')] },
      'tiers_mode',
    ],
    ['with a last tier that ends', { ...tiered, tiers: [flat(5)] }, 'tiers[0][up_to]'],
    [
      'with tiers that do not ascend',
      { ...tiered, tiers: [flat(5), flat(5), flat('inf')] },
      'tiers[1][up_to]',
    ],
    [
      'with a flat amount that is not whole',
      { ...tiered, tiers: [{ up_to: 'inf', flat_amount_decimal: decimal('0.5') }] },
      'tiers[0][flat_amount_decimal]',
    ],
    ['with tiers per unit', { unit_amount: 1, tiers: [flat('inf')] }, 'tiers'],
    [
      'that is metered without a meter',
      { unit_amount: 1, recurring: { interval: 'month', usage_type: 'metered' } },
      'recurring[meter]',
    ],
    ['in a currency that was not tried', { unit_amount: 1, currency: 'kwd' }, 'currency'],
  ];

  it.each(cases)('%s', async (_, params, param) => {
    const error = await refusal(meteredPrice(world.stripe, meter, params));
    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect(error).toMatchObject({ statusCode: 400, param });
    expect((await world.stripe.prices.list()).data).toEqual([]);
    expect((await world.stripe.products.list()).data).toEqual([]);
  });

  it('with a meter that is licensed, and with a meter that is not active', async () => {
    const recurring = { interval: 'month', meter } as const;
    const licensed = meteredPrice(world.stripe, meter, { unit_amount: 1, recurring });
    expect((await refusal(licensed)).param).toBe('recurring[meter]');
    await world.stripe.billing.meters.deactivate(meter);
    const metered = meteredPrice(world.stripe, meter, { unit_amount: 1 });
    expect((await refusal(metered)).statusCode).toBe(400);
  });
});

describe('a price', () => {
  it('shows both forms of its amount, the whole one only where it is whole', async () => {
    const whole = await meteredPrice(world.stripe, meter, { unit_amount: 25 });
    expect([whole.unit_amount, String(whole.unit_amount_decimal)]).toEqual([25, '25']);
    const fraction = await meteredPrice(world.stripe, meter, {
      unit_amount_decimal: decimal('0.000000000001'),
    });
    const shown = [fraction.unit_amount, String(fraction.unit_amount_decimal)];
    expect(shown).toEqual([null, '0.000000000001']);
  });

  it('shows its tiers only when they are expanded', async () => {
    const tiers = [flat(5), flat('inf')];
    const price = await meteredPrice(world.stripe, meter, { ...tiered, tiers });
    expect(price.tiers).toBeUndefined();
    expect((await world.stripe.prices.retrieve(price.id)).tiers).toBeUndefined();
    const expanded = await world.stripe.prices.retrieve(price.id, { expand: ['tiers'] });
    expect(expanded.tiers?.map((tier) => tier.up_to)).toEqual([5, null]);
    const list = await world.stripe.prices.list({ expand: ['data.tiers'] });
    expect(list.data[0]?.tiers).toHaveLength(2);
  });

  it('is found by its lookup key, ten keys a call', async () => {
    const make = (lookup_key: string) =>
      meteredPrice(world.stripe, meter, { unit_amount: 1, lookup_key });
    const price = await make('durabill/pro/1/tokens');
    await make('durabill/pro/2/tokens');
    const found = await world.stripe.prices.list({ lookup_keys: ['durabill/pro/1/tokens'] });
    expect(found.data.map((row) => row.id)).toEqual([price.id]);
    const eleven = Array.from({ length: 11 }, (_, index) => `key-${index}`);
    const list = Promise.resolve(world.stripe.prices.list({ lookup_keys: eleven }));
    expect((await refusal(list)).param).toBe('lookup_keys');
  });

  it('keeps its lookup key against another unless it is transferred', async () => {
    const make = (transfer_lookup_key: boolean) =>
      meteredPrice(world.stripe, meter, { unit_amount: 1, lookup_key: 'k', transfer_lookup_key });
    const first = await make(false);
    expect((await refusal(make(false))).param).toBe('lookup_key');
    const second = await make(true);
    expect((await world.stripe.prices.retrieve(first.id)).lookup_key).toBeNull();
    expect((await world.stripe.prices.retrieve(second.id)).lookup_key).toBe('k');
  });

  it('cannot change its amount', async () => {
    const price = await meteredPrice(world.stripe, meter, { unit_amount: 1 });
    const change = { unit_amount: 2 } as Stripe.PriceUpdateParams;
    const error = await refusal(world.stripe.prices.update(price.id, change));
    expect(error.code).toBe('parameter_unknown');
  });
});

describe('a meter', () => {
  it('needs a formula and an event name of its own (Meters.d.ts)', async () => {
    const { meters } = world.stripe.billing;
    const params = { display_name: 'Tokens', event_name: 'tokens' };
    const sum = { default_aggregation: { formula: 'sum' } } as const;
    expect((await refusal(meters.create({ ...params, ...sum }))).param).toBe('event_name');
    const maximum = { default_aggregation: { formula: 'max' } };
    const other = meters.create({ ...params, event_name: 'other', ...maximum });
    expect((await refusal(other)).param).toBe('default_aggregation[formula]');
  });
});
