import type { Meter, Price, Tier } from '../../../../billing/catalogue.js';
import { METERS } from '../../contractCatalogue.js';
import { everyRule, withPlan, withPrice } from '../expectFaults.js';

const perUnit: Price = { type: 'perUnit', unitAmountMinor: '1' };
const open: Tier = { upTo: 'inf', unitAmountMinor: '1' };
const upTo = (units: number, unitAmountMinor = '1'): Tier => ({ upTo: units, unitAmountMinor });
const sum: Meter = { name: 'M', unit: 'u', aggregation: 'sum' };
const peak: Meter = { ...sum, aggregation: 'max' };
const latest: Meter = { ...sum, aggregation: 'last' };

const at = 'plans.p.prices.images';
const NOT_DECIMAL = 'must be a plain decimal of 0 or more in a string, as "0.0005"';
const CREDITS_END = 'credits go up to 9007199254';
const TOO_MANY = 9_007_199_255;

function part(where: Meter['where']): Meter {
  return { ...sum, of: ['images'], where };
}

function pricesOf(ids: readonly string[]): Record<string, Price> {
  return Object.fromEntries(ids.map((id) => [id, perUnit]));
}

const twenty = Array.from({ length: 20 }, (_, n) => `m${n}`);

describe('every rule of the catalogue: prices', () => {
  everyRule([
    [
      'a price is of a known meter',
      withPrice(perUnit, 'videos'),
      ['plans.p.prices.videos', 'videos', 'is no meter of this catalogue'],
    ],
    [
      'unit and package amounts are decimal strings with at most 12 decimals',
      withPlan({
        prices: {
          images: { type: 'perUnit', unitAmountMinor: '1e3' },
          input_tokens: { type: 'package', size: 5, packageAmountMinor: '0.0000000000001' },
          output_tokens: {
            type: 'volume',
            tiers: [upTo(1, ' 1'), { upTo: 'inf', unitAmountMinor: '1000000000000000' }],
          },
        },
      }),
      [`${at}.unitAmountMinor`, '1e3', NOT_DECIMAL],
      [
        'plans.p.prices.input_tokens.packageAmountMinor',
        '0.0000000000001',
        'has more than 12 decimals',
      ],
      ['plans.p.prices.output_tokens.tiers[0].unitAmountMinor', ' 1', NOT_DECIMAL],
      [
        'plans.p.prices.output_tokens.tiers[1].unitAmountMinor',
        '1000000000000000',
        'has more than 15 digits before the point',
      ],
    ],
    [
      'there is at least one tier',
      withPrice({ type: 'volume', tiers: [] }),
      [`${at}.tiers`, [], 'needs a tier with upTo "inf"'],
    ],
    [
      'the last `upTo` is "inf": the last tier is open',
      withPrice({ type: 'graduated', tiers: [upTo(5), upTo(9)] }),
      [
        `${at}.tiers[1].upTo`,
        9,
        'the last tier must be open: "inf", or units above it would have no price',
      ],
    ],
    [
      '… and no other, or what follows would never apply',
      withPrice({ type: 'volume', tiers: [open, open] }),
      [`${at}.tiers[0].upTo`, 'inf', 'only the last tier is open'],
    ],
    [
      'tiers rise: none ends where one before it has ended',
      withPrice({ type: 'graduated', tiers: [upTo(7), upTo(3), upTo(7), upTo(8), open] }),
      [`${at}.tiers[1].upTo`, 3, 'must be above the tier before (7)'],
      [`${at}.tiers[2].upTo`, 7, 'must be above the tier before (7)'],
    ],
    [
      'graduated: the tiers count from the first unit, so they lie above `included`',
      withPrice({ type: 'graduated', included: 10, tiers: [upTo(9), upTo(10), upTo(11), open] }),
      [`${at}.tiers[0].upTo`, 9, 'tiers count from the first unit: must be above included (10)'],
      [`${at}.tiers[1].upTo`, 10, 'tiers count from the first unit: must be above included (10)'],
    ],
    [
      'volume: the rest picks the tier, so it may lie below `included`',
      withPrice({ type: 'volume', included: 10, tiers: [upTo(9), open] }),
    ],
    [
      '`overage: "block"` makes `included` a hard limit: it needs `included`',
      withPrice({ ...perUnit, overage: 'block' }),
      [`${at}.overage`, 'block', 'blocks beyond `included`, which is missing'],
    ],
    [
      '… and a meter that may have a hard limit',
      withPlan(
        {
          prices: {
            peak: { ...perUnit, included: 1, overage: 'block' },
            latest: { ...perUnit, included: 1, overage: 'block' },
          },
        },
        { peak, latest },
      ),
      ['plans.p.prices.peak.overage', 'block', "a max meter can't have a hard limit"],
      ['plans.p.prices.latest.overage', 'block', "a last meter can't have a hard limit"],
    ],
    [
      'the highest and the last may be priced, and have units included',
      withPlan(
        { prices: { peak: { ...perUnit, included: 1, overage: 'allow' }, latest: perUnit } },
        { peak, latest },
      ),
    ],
    [
      'unit amounts of credits have at most 6 decimals, package amounts 12',
      withPlan({
        prices: { credits: { type: 'graduated', tiers: [upTo(5, '0.0000001'), open] } },
      }),
      [
        'plans.p.prices.credits.tiers[0].unitAmountMinor',
        '0.0000001',
        'has more than 6 decimals',
      ],
    ],
    [
      '… so a package of credits is fine',
      withPrice({ type: 'package', size: 5, packageAmountMinor: '0.0000001' }, 'credits'),
    ],
    [
      'credits end at 2^53-1 millionths: in sizes and included units',
      withPrice(
        { type: 'package', size: TOO_MANY, packageAmountMinor: '1', included: TOO_MANY },
        'credits',
      ),
      ['plans.p.prices.credits.included', TOO_MANY, CREDITS_END],
      ['plans.p.prices.credits.size', TOO_MANY, CREDITS_END],
    ],
    [
      '… other units only at 2^53-1',
      withPrice({ type: 'package', size: TOO_MANY, packageAmountMinor: '1' }),
    ],
    [
      '… and in tiers of either kind',
      withPrice({ type: 'graduated', tiers: [upTo(TOO_MANY), open] }, 'credits'),
      ['plans.p.prices.credits.tiers[0].upTo', TOO_MANY, CREDITS_END],
    ],
    [
      '… and in tiers',
      withPrice({ type: 'volume', tiers: [upTo(TOO_MANY - 1), upTo(TOO_MANY), open] }, 'credits'),
      ['plans.p.prices.credits.tiers[1].upTo', TOO_MANY, CREDITS_END],
    ],
    [
      'a quantity is rated by one price at most: priced meters share no reported one',
      withPlan({ prices: pricesOf(['images', 'tokens', 'requests', 'large']) }),
      [
        'plans.p.prices.requests',
        'requests',
        'overlaps images: both count images, and one price at most rates a quantity',
      ],
      [
        'plans.p.prices.large',
        'large',
        'overlaps tokens: both count input_tokens, and one price at most rates a quantity',
      ],
    ],
    [
      'unless their `where`s name one property with no value in common',
      withPlan(
        { prices: pricesOf(['a', 'b', 'c']) },
        {
          images: METERS.images as Meter,
          a: part({ model: ['x', 'y'], team: 't' }),
          b: part({ model: 'z', team: 't' }),
          c: part({ model: ['w', 'v'] }),
        },
      ),
    ],
    [
      '… one value in common, or two properties, are an overlap',
      withPlan(
        { prices: pricesOf(['a', 'b', 'c']) },
        {
          images: METERS.images as Meter,
          a: part({ model: ['x', 'y'] }),
          b: part({ model: ['y', 'z'] }),
          c: part({ team: 't' }),
        },
      ),
      [
        'plans.p.prices.b',
        'b',
        'overlaps a: both count images, and one price at most rates a quantity',
      ],
      [
        'plans.p.prices.c',
        'c',
        'overlaps a: both count images, and one price at most rates a quantity',
      ],
    ],
    [
      'at most 19 meters of a plan are priced',
      withPlan({ prices: pricesOf(twenty) }, Object.fromEntries(twenty.map((id) => [id, sum]))),
      ['plans.p.prices', 20, 'a plan prices at most 19 meters'],
    ],
  ]);
});
