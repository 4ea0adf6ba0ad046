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

describe('a changed price where each unit has its own', () => {
  everyChange([
    [perUnit('1'), perUnit('1.00', 0)],
    [perUnit('1'), perUnit('2'), ['worse', 'Pro: tokens: $0.01 → $0.02 each', at]],
    [
      perUnit('0.0005', 1_000_000),
      perUnit('0.0004', 1_000_000),
      ['better', 'Pro: tokens beyond 1,000,000: $0.000005 → $0.000004 each', at],
    ],
    [
      perUnit('1', 1_000_000),
      perUnit('1', 1_500_000),
      ['better', 'Pro: 1,000,000 → 1,500,000 tokens included', `${at}.included`],
    ],
    [
      perUnit('1', 15),
      perUnit('1', 10),
      ['worse', 'Pro: 15 → 10 tokens included', `${at}.included`],
    ],
    [
      perUnit('1', 15),
      perUnit('2', 10),
      ['worse', 'Pro: 15 → 10 tokens included', `${at}.included`],
      ['worse', 'Pro: tokens 11 to 15: $0.00 → $0.02 each', at],
      ['worse', 'Pro: tokens beyond 15: $0.01 → $0.02 each', at],
    ],
    [
      perUnit('1', 5),
      perUnit('2', 4),
      ['worse', 'Pro: 5 → 4 tokens included', `${at}.included`],
      ['worse', 'Pro: tokens, number 5 alone: $0.00 → $0.02 each', at],
      ['worse', 'Pro: tokens beyond 5: $0.01 → $0.02 each', at],
    ],
    [
      graduated(0, tier(1, '3'), tier(2, '1'), tier('inf', '2')),
      graduated(0, tier(1, '4'), tier(2, '2'), tier('inf', '2')),
      ['worse', 'Pro: tokens, number 1 alone: $0.03 → $0.04 each', at],
      ['worse', 'Pro: tokens, number 2 alone: $0.01 → $0.02 each', at],
    ],
    // Neighbours that change alike are told as one range.
    [
      graduated(0, tier(10, '3'), tier(20, '3'), tier('inf', '1')),
      graduated(0, tier(15, '2'), tier(20, '2'), tier('inf', '1')),
      ['better', 'Pro: first 20 tokens: $0.03 → $0.02 each', at],
    ],
    [
      graduated(0, tier(4, '5'), tier(10, '3'), tier(20, '3'), tier('inf', '1')),
      graduated(0, tier(4, '6'), tier(15, '2'), tier(20, '2'), tier('inf', '1')),
      ['worse', 'Pro: first 4 tokens: $0.05 → $0.06 each', at],
      ['better', 'Pro: tokens 5 to 20: $0.03 → $0.02 each', at],
    ],
    [
      graduated(0, tier(20, '3', 100), tier('inf', '1')),
      graduated(0, tier(5, '3'), tier(10, '2', 50), tier('inf', '1')),
      ['better', 'Pro: tokens 6 to 10: $0.03 → $0.02 each', at],
      ['better', 'Pro: tokens 11 to 20: $0.03 → $0.01 each', at],
      ['better', 'Pro: tokens, once from number 1 on: $1.00 → $0.00', at],
      ['worse', 'Pro: tokens, once from number 6 on: $0.00 → $0.50', at],
    ],
    [
      graduated(0, tier(20, '3'), tier('inf', '3', 100)),
      graduated(0, tier(5, '3'), tier('inf', '3', 50)),
      ['worse', 'Pro: tokens, once from number 6 on: $0.00 → $0.50', at],
      ['better', 'Pro: tokens, once from number 21 on: $1.00 → $0.00', at],
    ],
    [
      graduated(5, tier('inf', '0', 100)),
      perUnit('2'),
      ['worse', 'Pro: 5 → 0 tokens included', `${at}.included`],
      ['worse', 'Pro: first 5 tokens: $0.00 → $0.02 each', at],
      ['worse', 'Pro: tokens beyond 5: $0.00 → $0.02 each', at],
      ['better', 'Pro: tokens, once from number 6 on: $1.00 → $0.00', at],
    ],
    [
      graduated(5, tier(20, '0', 100), tier('inf', '1')),
      perUnit('2'),
      ['worse', 'Pro: 5 → 0 tokens included', `${at}.included`],
      ['worse', 'Pro: first 5 tokens: $0.00 → $0.02 each', at],
      ['worse', 'Pro: tokens 6 to 20: $0.00 → $0.02 each', at],
      ['worse', 'Pro: tokens beyond 20: $0.01 → $0.02 each', at],
      ['better', 'Pro: tokens, once from number 6 on: $1.00 → $0.00', at],
    ],
    [perUnit('0'), perUnit('1'), ['worse', 'Pro: tokens: nothing each → $0.01 each', at]],
    [
      perUnit('1', 5),
      perUnit('0'),
      ['better', 'Pro: tokens: $0.01 each, 5 included → nothing each', at],
    ],
    [perUnit('0', 5), perUnit('0', 5)],
    [
      perUnit('0', 5),
      perUnit('0', 6),
      ['better', 'Pro: 5 → 6 tokens included', `${at}.included`],
    ],
    // Tiers that charge alike are no change, however they are written.
    [perUnit('1', 5), graduated(0, tier(5, '0'), tier('inf', '1'))],
    [graduated(5, tier(8, '2'), tier('inf', '2.0')), perUnit('2', 5)],
    [
      graduated(0, tier(10, '3'), tier(20, '2'), tier('inf', '1')),
      graduated(0, tier(10, '3'), tier(30, '2'), tier('inf', '1')),
      ['worse', 'Pro: tokens 21 to 30: $0.01 → $0.02 each', at],
    ],
    [
      graduated(0, tier(10, '3'), tier('inf', '1')),
      graduated(0, tier(10, '2'), tier('inf', '1')),
      ['better', 'Pro: first 10 tokens: $0.03 → $0.02 each', at],
    ],
    [
      graduated(5, tier(10, '3'), tier(20, '2'), tier('inf', '1')),
      graduated(5, tier(20, '4'), tier('inf', '1')),
      ['worse', 'Pro: tokens 6 to 10: $0.03 → $0.04 each', at],
      ['worse', 'Pro: tokens 11 to 20: $0.02 → $0.04 each', at],
    ],
    [
      graduated(5, tier('inf', '0', 100)),
      graduated(5, tier('inf', '0', 200)),
      ['worse', 'Pro: tokens, once from number 6 on: $1.00 → $2.00', at],
    ],
    [
      graduated(0, tier(10, '1', 100), tier('inf', '1')),
      graduated(0, tier(10, '1'), tier('inf', '1', 50)),
      ['better', 'Pro: tokens, once from number 1 on: $1.00 → $0.00', at],
      ['worse', 'Pro: tokens, once from number 11 on: $0.00 → $0.50', at],
    ],
    [
      tokens({ type: 'perUnit', unitAmountMinor: '1', included: 5, overage: 'block' }),
      tokens({ type: 'perUnit', unitAmountMinor: '1', included: 7 }),
      ['better', 'Pro: 5 → 7 tokens included', `${at}.included`],
      ['other', 'Pro: tokens beyond those included: refused → charged', `${at}.overage`],
    ],
    [
      tokens({ type: 'perUnit', unitAmountMinor: '1', included: 5, overage: 'allow' }),
      tokens({ type: 'perUnit', unitAmountMinor: '1', included: 5, overage: 'block' }),
      ['other', 'Pro: tokens beyond those included: charged → refused', `${at}.overage`],
    ],
    [
      {
        prices: {
          tokens: {
            type: 'graduated',
            included: 5,
            overage: 'block',
            tiers: [tier(9, '0'), tier('inf', '1')],
          },
        },
      },
      {
        prices: {
          tokens: {
            type: 'graduated',
            included: 6,
            overage: 'block',
            tiers: [tier(9, '0'), tier('inf', '1')],
          },
        },
      },
      ['better', 'Pro: 5 → 6 tokens included', `${at}.included`],
    ],
  ]);
});
