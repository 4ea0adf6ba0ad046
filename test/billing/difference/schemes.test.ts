import type { Plan, Price, Tier } from '../../../billing/catalogue.js';
import { everyChange } from './expectDifferences.js';

const at = 'plans.pro.prices.tokens';
const tier = (upTo: number | 'inf', unitAmountMinor: string, flatAmountMinor?: number): Tier => ({
  upTo,
  unitAmountMinor,
  ...(flatAmountMinor === undefined ? {} : { flatAmountMinor }),
});
const tokens = (price: Price): Partial<Plan> => ({ prices: { tokens: price } });
const perUnit = (unitAmountMinor: string, included?: number): Partial<Plan> =>
  tokens({ type: 'perUnit', unitAmountMinor, ...(included === undefined ? {} : { included }) });
const graduated = (included: number, ...tiers: Tier[]) =>
  tokens({ type: 'graduated', included, tiers });
const volume = (included: number, ...tiers: Tier[]) => tokens({ type: 'volume', included, tiers });
const sold = (size: number, packageAmountMinor: string, more: object = {}) =>
  tokens({ type: 'package', size, packageAmountMinor, ...more });

describe('a changed volume price', () => {
  everyChange([
    [volume(0, tier(5, '2'), tier('inf', '1')), volume(0, tier(5, '2.0'), tier('inf', '1'))],
    [
      volume(0, tier(5, '2'), tier('inf', '1')),
      volume(0, tier(8, '2'), tier('inf', '1')),
      ['worse', 'Pro: tokens, when 6 to 8 are used: $0.01 → $0.02 each', at],
    ],
    [
      volume(10, tier(5, '2'), tier('inf', '1')),
      volume(20, tier(5, '1'), tier('inf', '0.5', 100)),
      ['better', 'Pro: 10 → 20 tokens included', `${at}.included`],
      [
        'better',
        'Pro: tokens, when up to 5 are used beyond those included: $0.02 → $0.01 each',
        at,
      ],
      [
        'better',
        'Pro: tokens, when more than 5 are used beyond those included: $0.01 → $0.005 each',
        at,
      ],
      [
        'worse',
        'Pro: tokens, when more than 5 are used beyond those included: $0.00 → $1.00 once',
        at,
      ],
    ],
    [
      volume(0, tier(5, '2'), tier('inf', '1')),
      volume(10, tier(5, '3'), tier('inf', '1')),
      ['better', 'Pro: 0 → 10 tokens included', `${at}.included`],
      [
        'worse',
        'Pro: tokens, when up to 5 are used beyond those included: $0.02 → $0.03 each',
        at,
      ],
    ],
    [
      volume(0, tier('inf', '2')),
      volume(0, tier('inf', '1')),
      ['better', 'Pro: tokens: $0.02 → $0.01 each', at],
    ],
  ]);
});

describe('a changed package price', () => {
  everyChange([
    [sold(10, '100'), sold(10, '100.0', { round: 'up', included: 0 })],
    [
      sold(10, '100'),
      sold(10, '200'),
      ['worse', 'Pro: tokens: $1.00 for each 10 → $2.00 for each 10', at],
    ],
    [
      sold(10, '200'),
      sold(10, '0'),
      ['better', 'Pro: tokens: $2.00 for each 10 → nothing for each 10', at],
    ],
    [
      sold(10, '100'),
      sold(1000, '50'),
      ['other', 'Pro: tokens: $1.00 for each 10 → $0.50 for each 1,000', at],
    ],
    [
      sold(10, '100'),
      sold(10, '100', { round: 'down' }),
      ['other', 'Pro: tokens: $1.00 for each 10 → $1.00 for each full 10', at],
    ],
    [
      sold(10, '100'),
      sold(10, '50', { round: 'down' }),
      ['other', 'Pro: tokens: $1.00 for each 10 → $0.50 for each full 10', at],
    ],
    [
      sold(10, '100', { included: 5 }),
      sold(10, '100'),
      ['worse', 'Pro: 5 → 0 tokens included', `${at}.included`],
    ],
  ]);
});

describe('a price that works in another way', () => {
  const block = { overage: 'block', included: 5 };
  everyChange([
    [
      volume(0, tier('inf', '2')),
      perUnit('2'),
      ['other', 'Pro: tokens: all of them at $0.02 each → $0.02 each', at],
    ],
    [
      sold(10, '5'),
      volume(0, tier('inf', '2')),
      ['other', 'Pro: tokens: $0.05 for each 10 → all of them at $0.02 each', at],
    ],
    [
      perUnit('1'),
      sold(10, '5', { ...block, round: 'down' }),
      [
        'other',
        'Pro: tokens: $0.01 each → $0.05 for each full 10, 5 included and no more than that',
        at,
      ],
      ['other', 'Pro: tokens beyond those included: charged → refused', `${at}.overage`],
    ],
    [
      graduated(0, tier(5, '2', 50), tier(10, '1'), tier('inf', '0', 5)),
      volume(0, tier(1000, '2'), tier('inf', '1')),
      [
        'other',
        'Pro: tokens: $0.02 each and $0.50 once for up to 5, $0.01 each for 6 to 10, ' +
          'nothing each and $0.05 once for more than 10 → ' +
          'all of them at $0.02 each for up to 1,000, $0.01 each for more than 1,000',
        at,
      ],
    ],
  ]);
});
