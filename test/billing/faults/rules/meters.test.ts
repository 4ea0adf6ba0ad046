import type { Catalogue, CreditRate, Meter } from '../../../../billing/catalogue.js';
import { everyRule, withPlan } from '../expectFaults.js';

const sum: Meter = { name: 'M', unit: 'u', aggregation: 'sum' };
const where = { model: 'x' };

function withMeters(meters: Record<string, Meter>): Catalogue {
  return { currency: 'usd', meters, plans: {} };
}

function withRates(...rates: CreditRate[]): Catalogue {
  return withMeters({ a: sum, credits: { ...sum, rates } });
}

const NAME = 'a name is 1 to 64 of A-Z a-z 0-9 _ -';
const RESERVED = 'no meter may be called base, late, net, credit, stripe, included';
const WITH_OF = 'only a meter with `of` chooses by properties; a rate has its own `where`';
const NOT_DECIMAL = 'must be a plain decimal of 0 or more in a string, as "0.0005"';

describe('every rule of the catalogue: meters', () => {
  everyRule([
    [
      'the currency is one that was tried',
      { ...withMeters({}), currency: 'krw' },
      ['currency', 'krw', 'must be one of usd, eur, gbp, jpy (lower case)'],
    ],
    [
      'names are 1 to 64 of A-Z a-z 0-9 _ -',
      withMeters({ 'a b': sum, ['n'.repeat(65)]: sum }),
      ['meters["a b"]', 'a b', NAME],
      [`meters.${'n'.repeat(65)}`, 'n'.repeat(65), NAME],
    ],
    [
      'no name is one that every JavaScript object has',
      withMeters({ toString: sum }),
      [
        'meters.toString',
        'toString',
        'this name has a meaning in JavaScript objects: choose another',
      ],
    ],
    [
      'no meter is called base, late, net, credit, stripe or included',
      withMeters({ base: sum, late: sum, net: sum, credit: sum, stripe: sum, included: sum }),
      ['meters.base', 'base', RESERVED],
      ['meters.late', 'late', RESERVED],
      ['meters.net', 'net', RESERVED],
      ['meters.credit', 'credit', RESERVED],
      ['meters.stripe', 'stripe', RESERVED],
      ['meters.included', 'included', RESERVED],
    ],
    [
      '`of` names known meters, each once, and at least one',
      withMeters({ a: sum, d: { ...sum, of: ['a', 'b', 'a'] }, e: { ...sum, of: [] } }),
      ['meters.d.of[1]', 'b', 'is no meter of this catalogue'],
      ['meters.d.of[2]', 'a', 'is named twice'],
      ['meters.e.of', [], 'names no meter'],
    ],
    [
      'only sum and count meters stand in `of`',
      withMeters({
        m: { ...sum, aggregation: 'max' },
        l: { ...sum, aggregation: 'last' },
        c: { ...sum, aggregation: 'count' },
        d: { ...sum, of: ['m', 'l', 'c'] },
      }),
      ['meters.d.of[0]', 'm', 'only sum and count meters add up; this one is max'],
      ['meters.d.of[1]', 'l', 'only sum and count meters add up; this one is last'],
    ],
    [
      'no meter is derived from itself, near or far',
      withMeters({
        a: { ...sum, of: ['b'] },
        b: { ...sum, of: ['a', 'b'] },
      }),
      ['meters.a.of', 'a -> b -> a', 'is derived from itself'],
    ],
    [
      'a reported meter has no `where`: it counts every report',
      withMeters({ a: { ...sum, where } }),
      ['meters.a.where', where, WITH_OF],
    ],
    [
      'a `where` names properties, and values that can match',
      withMeters({ a: sum, d: { ...sum, of: ['a'], where: { '': 'x', team: [] } } }),
      ['meters.d.where[""]', '', NAME],
      ['meters.d.where.team', [], 'an empty list matches nothing'],
    ],
    [
      'a `where` of nothing is left out',
      withMeters({ a: sum, d: { ...sum, of: ['a'], where: {} } }),
      ['meters.d.where', {}, 'names no property: leave it out'],
    ],
    [
      'costs name known meters, in decimals of at most 12 places',
      {
        ...withMeters({ a: sum }),
        costs: [
          { meter: 'b', unitCostMinor: '1' },
          { meter: 'a', where: {}, unitCostMinor: '0.0000000000001' },
          { meter: 'a', unitCostMinor: '0.000000000001' },
        ],
      },
      ['costs[0].meter', 'b', 'is no meter of this catalogue'],
      ['costs[1].where', {}, 'names no property: leave it out'],
      ['costs[1].unitCostMinor', '0.0000000000001', 'has more than 12 decimals'],
    ],
  ]);
});

const half: CreditRate = { meter: 'a', creditsPerUnit: '0.5' };

describe('every rule of the catalogue: credits', () => {
  const odd = { ...sum, rates: [half] };
  everyRule([
    [
      'only the meter `credits` has `rates`',
      withMeters({ a: sum, points: odd }),
      ['meters.points.rates', [half], 'only the meter `credits` has rates'],
    ],
    [
      'the meter `credits` has `rates`, and at least one',
      withMeters({ credits: sum }),
      ['meters.credits', sum, 'the meter `credits` needs `rates`'],
    ],
    ['… and they are not empty', withRates(), ['meters.credits.rates', [], 'names no rate']],
    [
      'credits are a sum, and choose by their rates alone',
      withMeters({ a: sum, credits: { ...odd, aggregation: 'count', where, of: ['a'] } }),
      ['meters.credits.of', ['a'], 'a meter has either `of` or `rates`'],
      ['meters.credits.aggregation', 'count', 'credits are a sum'],
    ],
    [
      '… not by a `where` of the whole meter',
      withMeters({ a: sum, credits: { ...odd, where } }),
      ['meters.credits.where', where, WITH_OF],
    ],
    [
      'a rate names a known meter that adds up, and no credits',
      withMeters({
        peak: { ...sum, aggregation: 'max' },
        credits: { ...sum, rates: [{ ...half, meter: 'b' }, { ...half, meter: 'peak' }] },
      }),
      ['meters.credits.rates[0].meter', 'b', 'is no meter of this catalogue'],
      [
        'meters.credits.rates[1].meter',
        'peak',
        'only sum and count meters add up; this one is max',
      ],
    ],
    [
      'credits are part of no other meter, nor of themselves',
      withMeters({ a: sum, credits: odd, d: { ...sum, of: ['credits'] } }),
      ['meters.d.of[0]', 'credits', 'credits are no part of other meters'],
    ],
    [
      '… which is a circle',
      withRates({ ...half, meter: 'credits' }),
      ['meters.credits.rates[0].meter', 'credits', 'credits are no part of other meters'],
      ['meters.credits.rates', 'credits -> credits', 'is derived from itself'],
    ],
    [
      '`creditsPerUnit` has at most 6 decimals and is below a thousand million',
      withRates(
        { ...half, where, creditsPerUnit: '0.0000001' },
        { ...half, where: { model: 'y' }, creditsPerUnit: '1000000000' },
        { ...half, where: { model: 'z' }, creditsPerUnit: '-1' },
        { ...half, creditsPerUnit: '999999999.000001' },
      ),
      ['meters.credits.rates[0].creditsPerUnit', '0.0000001', 'has more than 6 decimals'],
      [
        'meters.credits.rates[1].creditsPerUnit',
        '1000000000',
        'has more than 9 digits before the point',
      ],
      ['meters.credits.rates[2].creditsPerUnit', '-1', NOT_DECIMAL],
    ],
    [
      'the first rate that matches wins: none stands behind one that takes all of it',
      withRates({ ...half, where }, { ...half, where }, half, { ...half, where: { team: 't' } }),
      [
        'meters.credits.rates[1]',
        { ...half, where },
        'never applies: rates[0] matches all of it first',
      ],
      [
        'meters.credits.rates[3]',
        { ...half, where: { team: 't' } },
        'never applies: rates[2] matches all of it first',
      ],
    ],
    [
      'a `where` of a rate names properties',
      withRates({ ...half, where: { 'a.b': 'x' } }),
      ['meters.credits.rates[0].where["a.b"]', 'a.b', NAME],
    ],
    [
      'a grant needs the meter `credits`, with at most 6 decimals in its amounts',
      withPlan({ creditGrant: { amount: '1.0000001', rolloverMax: 'x' } }, { a: sum }),
      [
        'plans.p.creditGrant',
        { amount: '1.0000001', rolloverMax: 'x' },
        'credits need a meter `credits` with rates',
      ],
      ['plans.p.creditGrant.amount', '1.0000001', 'has more than 6 decimals'],
      ['plans.p.creditGrant.rolloverMax', 'x', NOT_DECIMAL],
    ],
    [
      'a plan that pays in credits has no price of its own for what has a rate',
      withPlan({
        creditGrant: { amount: '1' },
        prices: { large: { type: 'perUnit', unitAmountMinor: '1' } },
      }),
      [
        'plans.p.prices.large',
        'large',
        "this plan pays input_tokens in credits: it can't have a price as well",
      ],
    ],
  ]);
});
