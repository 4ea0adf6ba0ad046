import type { Limit, Meter, Plan, Price } from '../../../../billing/catalogue.js';
import { METERS } from '../../contractCatalogue.js';
import { everyRule, withPlan } from '../expectFaults.js';

const NAME = 'a name is 1 to 64 of A-Z a-z 0-9 _ -';
const perUnit: Price = { type: 'perUnit', unitAmountMinor: '1' };
const peak: Meter = { name: 'Peak', unit: 'seat', aggregation: 'max' };
const latest: Meter = { ...peak, aggregation: 'last' };

function limited(...limits: Partial<Limit>[]): Plan['limits'] {
  return limits.map((limit, index) => ({
    id: `l${index}`,
    meters: ['tokens'],
    window: 'day',
    scope: 'user',
    ...('max' in limit || 'maxAmountMinor' in limit ? {} : { max: 1 }),
    ...limit,
  }));
}

const at = 'plans.p.limits';

describe('every rule of the catalogue: limits', () => {
  const others = { ...METERS, peak, latest };
  everyRule([
    [
      'names of limits are 1 to 64 of A-Z a-z 0-9 _ -',
      withPlan({ limits: limited({ id: 'a/b' }) }),
      [`${at}[0].id`, 'a/b', NAME],
    ],
    [
      'each has an id of its own',
      withPlan({ limits: limited({ id: 'a' }, { id: 'b' }, { id: 'a' }) }),
      [`${at}[2].id`, 'a', 'another limit has this id'],
    ],
    [
      '`max` in units, or `maxAmountMinor` in money',
      withPlan({ limits: limited({ max: undefined }, { max: 1, maxAmountMinor: 2 }) }),
      [`${at}[0]`, null, 'needs either max (units) or maxAmountMinor (money); it has neither'],
      [
        `${at}[1]`,
        { max: 1, maxAmountMinor: 2 },
        'needs either max (units) or maxAmountMinor (money); it has both',
      ],
    ],
    [
      '`sliding: true`: minute, hour, day',
      withPlan({
        limits: limited(
          { window: 'minute', sliding: true },
          { window: 'hour', sliding: true },
          { window: 'day', sliding: true },
          { window: 'week', sliding: true },
          { window: 'month', sliding: true },
          { window: 'period', sliding: true },
          { window: 'lifetime', sliding: true },
          { window: 'lifetime', sliding: false },
        ),
      }),
      [`${at}[3].sliding`, true, 'only minute, hour, day windows slide, not week'],
      [`${at}[4].sliding`, true, 'only minute, hour, day windows slide, not month'],
      [`${at}[5].sliding`, true, 'only minute, hour, day windows slide, not period'],
      [`${at}[6].sliding`, true, 'only minute, hour, day windows slide, not lifetime'],
    ],
    [
      'names of properties in scopes have the shape of names',
      withPlan({
        limits: limited(
          { scope: 'property:' },
          { scope: 'property:a b' },
          { scope: 'property:team' },
          { scope: 'customer' },
        ),
      }),
      [`${at}[0].scope`, 'property:', NAME],
      [`${at}[1].scope`, 'property:a b', NAME],
    ],
    [
      'a limit names known meters, at least one',
      withPlan({ limits: limited({ meters: [] }, { meters: ['videos', 'images'] }) }),
      [`${at}[0].meters`, [], 'names no meter'],
      [`${at}[1].meters[0]`, 'videos', 'is no meter of this catalogue'],
    ],
    [
      'its meters add up and must not overlap',
      withPlan({ limits: limited({ meters: ['images', 'tokens', 'large', 'images'] }) }),
      [
        `${at}[0].meters[2]`,
        'large',
        'overlaps tokens: both count input_tokens, and a limit adds its meters up',
      ],
      [
        `${at}[0].meters[3]`,
        'images',
        'overlaps images: both count images, and a limit adds its meters up',
      ],
    ],
    [
      'only sum and count meters stand in hard limits; soft ones only tell',
      withPlan(
        {
          limits: limited(
            { meters: ['peak', 'latest'] },
            { meters: ['peak'], enforcement: 'soft' },
          ),
        },
        others,
      ),
      [`${at}[0].meters[0]`, 'peak', 'only sum and count meters have hard limits; this one is max'],
      [
        `${at}[0].meters[1]`,
        'latest',
        'only sum and count meters have hard limits; this one is last',
      ],
    ],
    [
      'credits count in millionths: alone, and up to 2^53-1 of them',
      withPlan(
        {
          limits: limited(
            { meters: ['requests', 'credits'], max: 9_007_199_254 },
            { meters: ['credits'], max: 9_007_199_255 },
            { meters: ['tokens'], max: 9_007_199_255 },
          ),
        },
        { ...METERS, requests: { name: 'R', unit: 'request', aggregation: 'count' } },
      ),
      [
        `${at}[0].meters[1]`,
        'credits',
        'credits are no units of other meters: limit them alone',
      ],
      [`${at}[1].max`, 9_007_199_255, 'credits go up to 9007199254'],
    ],
    [
      'a ceiling in money is on something that has a price',
      withPlan({
        prices: { images: perUnit, output_tokens: perUnit },
        limits: limited(
          { meters: ['input_tokens'], maxAmountMinor: 5 },
          { meters: ['requests'], maxAmountMinor: 5 },
          { meters: ['input_tokens', 'images'], maxAmountMinor: 5 },
          { meters: ['videos'], maxAmountMinor: 5 },
          { meters: [], maxAmountMinor: 5 },
        ),
      }),
      [`${at}[0].maxAmountMinor`, 5, 'nothing that these meters count has a price in this plan'],
      [`${at}[3].meters[0]`, 'videos', 'is no meter of this catalogue'],
      [`${at}[4].meters`, [], 'names no meter'],
    ],
    [
      '… which an unknown priced meter may be',
      withPlan({ prices: { videos: perUnit }, limits: limited({ maxAmountMinor: 5 }) }),
      ['plans.p.prices.videos', 'videos', 'is no meter of this catalogue'],
    ],
  ]);
});

function pastDue(then: string) {
  // The contract's own name; plans are never awaited.
  // oxlint-disable-next-line unicorn/no-thenable
  return { graceDays: 1, then };
}

function change(version: number) {
  return { version, date: '2026-11-01', reason: 'Launch', effect: 'none' };
}

describe('every rule of the catalogue: plans', () => {
  const q: Plan = { name: 'Q', interval: 'month' };
  const THEN = 'must be block, allow or another plan of this catalogue';
  everyRule([
    [
      'names of plans are 1 to 64 of A-Z a-z 0-9 _ -',
      { currency: 'usd', meters: {}, plans: { 'p@1': q } },
      ['plans["p@1"]', 'p@1', NAME],
    ],
    [
      'so are names of features',
      withPlan({ features: { 'single sign-on': true, seats: 5 } }),
      ['plans.p.features["single sign-on"]', 'single sign-on', NAME],
    ],
    ['`pastDue.then`: block', withPlan({ pastDue: pastDue('block') })],
    ['… or allow', withPlan({ pastDue: pastDue('allow') })],
    [
      '… or a plan',
      { currency: 'usd', meters: {}, plans: { p: { ...q, pastDue: pastDue('q') }, q } },
    ],
    ['… that is known', withPlan({ pastDue: pastDue('q') }), ['plans.p.pastDue.then', 'q', THEN]],
    ['… and another', withPlan({ pastDue: pastDue('p') }), ['plans.p.pastDue.then', 'p', THEN]],
    [
      '`unlimited` names known meters, each once',
      withPlan({ unlimited: ['images', 'videos', 'images'] }),
      ['plans.p.unlimited[1]', 'videos', 'is no meter of this catalogue'],
      ['plans.p.unlimited[2]', 'images', 'is named twice'],
    ],
    [
      'the soft spend amount is not above the hard one',
      withPlan({ spend: { softAmountMinor: 101, hardAmountMinor: 100 } }),
      [
        'plans.p.spend.softAmountMinor',
        101,
        'warns too late: it is above hardAmountMinor (100)',
      ],
    ],
    ['… but may equal it', withPlan({ spend: { softAmountMinor: 100, hardAmountMinor: 100 } })],
    ['… or stand alone', withPlan({ spend: { softAmountMinor: 100 } })],
    ['… as the hard one may', withPlan({ spend: { hardAmountMinor: 0 } })],
    [
      '`alertsAtPercent` names each percentage once',
      withPlan({ alertsAtPercent: [50, 80, 50] }),
      ['plans.p.alertsAtPercent[2]', 50, 'is named twice'],
    ],
    [
      '`changes` tell of this version and those before it',
      withPlan({ version: 2, changes: [change(1), change(2), change(3)] }),
      [
        'plans.p.changes[2].version',
        3,
        'tells of a version that comes after this one (2)',
      ],
    ],
    ['… whatever it becomes', withPlan({ changes: [change(3)] })],
  ]);
});
