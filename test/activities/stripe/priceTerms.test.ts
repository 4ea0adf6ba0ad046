import fc from 'fast-check';
import { planPrices, priceParams, type PriceTerms } from '../../../activities/stripe/priceTerms.js';
import { rateMeter } from '../../../billing/rating/rateMeter.js';
import { reportable } from '../../../billing/rating/reportable.js';
import { defaultSwitches } from '../../../dev/stripe/switches.js';
import { rate, type Rate } from '../../../dev/stripe/rating.js';
import { EVERY_PRICE, METERS, planPricing, snapshotOf } from './catalogueMaking.js';

/** A price as the sandbox holds it. */
function atSandbox(terms: PriceTerms): Rate {
  const params = priceParams(terms, 'mtr_1');
  const tiers = (params.tiers ?? []).map((tier) => ({
    up_to: tier.up_to === 'inf' ? null : Number(tier.up_to),
    unit_amount_decimal: String(tier.unit_amount_decimal),
    flat_amount_decimal: tier.flat_amount === undefined ? null : String(tier.flat_amount),
  }));
  return {
    billing_scheme: params.billing_scheme ?? '',
    tiers_mode: params.tiers_mode ?? null,
    unit_amount_decimal: params.unit_amount_decimal ? String(params.unit_amount_decimal) : null,
    transform_quantity: (params.transform_quantity as Rate['transform_quantity']) ?? null,
    tiers,
  };
}

function termsOf(name: string): PriceTerms {
  const [meter, price] = EVERY_PRICE[name] ?? [];
  if (!meter || !price) throw new Error(`no price ${name}`);
  const [made] = planPrices(planPricing(name, meter, price));
  if (!made) throw new Error(`plan ${name} has no price`);
  return made.terms;
}

describe('a price at Stripe', () => {
  it.each(Object.keys(EVERY_PRICE))('%s costs there what our rules say, for any usage', (name) => {
    const [meter = '', price] = EVERY_PRICE[name] ?? [];
    const definition = METERS[meter];
    if (!definition || !price) throw new Error(name);
    const terms = termsOf(name);
    const units = fc.oneof(
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 0, max: 6_000 }),
      fc.integer({ min: 0, max: 30_000_000 }),
    );
    fc.assert(
      fc.property(units, (quantity) => {
        const ours = rateMeter(meter, definition, price, quantity, { microCredits: true });
        const told = reportable(meter, price, quantity);
        const theirs = rate(atSandbox(terms), String(told), defaultSwitches());
        expect(theirs.reduce((sum, line) => sum + line.amountMinor, 0)).toBe(
          ours.reduce((sum, line) => sum + line.amountMinor, 0),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('of credits is per micro-credit, tiers and packages too', () => {
    expect(termsOf('credits').unitAmount).toBe('0.0000012');
    expect(termsOf('creditsTiers').tiers).toEqual([
      { upTo: 2_000_000, unitAmount: '0' },
      { upTo: 10_000_000, unitAmount: '0.00000125' },
      { upTo: 'inf', unitAmount: '0.000000999999' },
    ]);
  });
});

describe('the prices of a plan version', () => {
  it('are the base and each priced meter, under keys that name plan, version and meter', () => {
    const plan = snapshotOf(
      'pro',
      {
        baseAmountMinor: 2900,
        interval: 'year',
        prices: { tokens: { type: 'perUnit', unitAmountMinor: '1' } },
      },
      3,
    );
    expect(planPrices(plan).map(({ lookupKey, meter }) => [lookupKey, meter])).toEqual([
      ['durabill/pro/3/base', null],
      ['durabill/pro/3/tokens', 'tokens'],
    ]);
    const [base] = planPrices(plan);
    expect(base?.terms).toEqual({
      currency: 'usd',
      interval: 'year',
      usage: 'licensed',
      unitAmount: '2900',
    });
  });

  it('are none for a plan that never touches Stripe', () => {
    expect(planPrices(snapshotOf('free', {}))).toEqual([]);
  });
});
