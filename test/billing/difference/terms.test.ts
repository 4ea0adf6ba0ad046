import type { Price } from '../../../billing/catalogue.js';
import { everyChange } from './expectDifferences.js';

const at = 'plans.pro';
const perUnit: Price = { type: 'perUnit', unitAmountMinor: '1' };
const daily = { id: 'a', meters: ['tokens'], max: 5, window: 'day', scope: 'customer' } as const;
const perMinute = { ...daily, meters: ['requests'] };

function pastDue(graceDays: number, then: string) {
  // The contract's own name; plans are never awaited.
  // oxlint-disable-next-line unicorn/no-thenable
  return { pastDue: { graceDays, then } };
}

describe('meters that come to a plan, or leave it', () => {
  const here = `${at}.prices.tokens`;
  const prices = { tokens: perUnit };
  everyChange([
    [{}, { prices }, ['better', 'Pro: tokens: not in the plan → $0.01 each', here]],
    [{ prices }, {}, ['worse', 'Pro: tokens: $0.01 each → not in the plan', here]],
    [
      { limits: [daily] },
      { limits: [daily], prices },
      ['worse', 'Pro: tokens: free → $0.01 each', here],
    ],
    [
      { limits: [daily], prices },
      { limits: [daily] },
      ['better', 'Pro: tokens: $0.01 each → free', here],
    ],
    [
      { limits: [perMinute] },
      { limits: [perMinute], prices },
      ['better', 'Pro: tokens: not in the plan → $0.01 each', here],
    ],
    [
      { prices },
      { prices: { input_tokens: perUnit } },
      ['other', 'Pro: input tokens: priced with others → $0.01 each', `${at}.prices.input_tokens`],
      ['other', 'Pro: tokens: $0.01 each → priced with others', here],
    ],
    [
      { prices: { credits: perUnit } },
      { prices },
      ['other', 'Pro: tokens: paid in credits → $0.01 each', here],
      ['other', 'Pro: credits: $0.01 each → priced with others', `${at}.prices.credits`],
    ],
    [
      { prices: { images: perUnit } },
      { prices: { images: perUnit, tokens: perUnit } },
      ['better', 'Pro: tokens: not in the plan → $0.01 each', here],
    ],
    [
      { prices },
      { prices: { credits: perUnit } },
      ['other', 'Pro: credits: priced with others → $0.01 each', `${at}.prices.credits`],
      ['other', 'Pro: tokens: $0.01 each → paid in credits', here],
    ],
    [
      {},
      { unlimited: ['images'] },
      ['better', 'Pro: images are now free without limit', `${at}.unlimited[0]`],
    ],
    [
      { unlimited: ['tokens', 'images'] },
      { unlimited: ['tokens'] },
      ['worse', 'Pro: images are no longer free without limit', `${at}.unlimited`],
    ],
  ]);
});

describe('credits that are granted', () => {
  everyChange([
    [{ creditGrant: { amount: '5', rolloverMax: '0' } }, { creditGrant: { amount: '5.0' } }],
    [
      { creditGrant: { amount: '1000' } },
      { creditGrant: { amount: '1500.5', rolloverMax: '2000' } },
      [
        'better',
        'Pro: 1,000 → 1,500.5 credits granted each month',
        `${at}.creditGrant.amount`,
      ],
      [
        'better',
        'Pro: up to 0 → 2,000 unused credits stay for the next month',
        `${at}.creditGrant.rolloverMax`,
      ],
    ],
    [
      { creditGrant: { amount: '1.5', rolloverMax: '1' } },
      { creditGrant: { amount: '1.4', rolloverMax: '1' } },
      ['worse', 'Pro: 1.5 → 1.4 credits granted each month', `${at}.creditGrant.amount`],
    ],
  ]);
});

describe('trial, failed payments, spend and alerts', () => {
  everyChange([
    [{ trial: { days: 7 } }, { trial: { days: 7, cardRequired: false } }],
    [
      { trial: { days: 7 } },
      { trial: { days: 14 } },
      ['better', 'Pro: 7 → 14 days of trial', `${at}.trial.days`],
    ],
    [
      { trial: { days: 7, cardRequired: true } },
      {},
      ['worse', 'Pro: 7 → 0 days of trial', `${at}.trial.days`],
      ['better', 'Pro: a trial no longer needs a card', `${at}.trial.cardRequired`],
    ],
    [
      { trial: { days: 7 } },
      { trial: { days: 7, cardRequired: true } },
      ['worse', 'Pro: a trial now needs a card', `${at}.trial.cardRequired`],
    ],
    [
      pastDue(7, 'block'),
      pastDue(3, 'block'),
      ['worse', 'Pro: 7 → 3 days of grace after a failed payment', `${at}.pastDue.graceDays`],
    ],
    [
      pastDue(7, 'block'),
      pastDue(7, 'free'),
      ['better', 'Pro: after them: use is blocked → the plan free', `${at}.pastDue.then`],
    ],
    [
      pastDue(7, 'allow'),
      pastDue(7, 'free'),
      ['worse', 'Pro: after them: use goes on → the plan free', `${at}.pastDue.then`],
    ],
    [
      pastDue(7, 'free'),
      pastDue(7, 'lite'),
      ['other', 'Pro: after them: the plan free → the plan lite', `${at}.pastDue.then`],
    ],
    [
      {},
      pastDue(1, 'allow'),
      ['better', 'Pro: 0 → 1 days of grace after a failed payment', `${at}.pastDue.graceDays`],
      ['other', 'Pro: after them: nothing said → use goes on', `${at}.pastDue.then`],
    ],
    [
      pastDue(1, 'allow'),
      {},
      ['worse', 'Pro: 1 → 0 days of grace after a failed payment', `${at}.pastDue.graceDays`],
      ['other', 'Pro: after them: use goes on → nothing said', `${at}.pastDue.then`],
    ],
    [
      { spend: { softAmountMinor: 8000, hardAmountMinor: 10_000 } },
      { spend: { softAmountMinor: 9000 } },
      [
        'other',
        'Pro: an alert at $80.00 → $90.00 spent in a billing period',
        `${at}.spend.softAmountMinor`,
      ],
      [
        'other',
        'Pro: no more than $100.00 → (not set) spent in a billing period',
        `${at}.spend.hardAmountMinor`,
      ],
    ],
    [{ alertsAtPercent: [100, 50] }, { alertsAtPercent: [50, 100] }],
    [{ alertsAtPercent: [] }, {}],
    [
      {},
      { alertsAtPercent: [100, 50, 80] },
      ['other', 'Pro: alerts at nothing → 50 %, 80 % and 100 %', `${at}.alertsAtPercent`],
    ],
    [
      { breaker: true },
      { breaker: false },
      ['other', 'Pro: sudden bursts of use no longer stop for a check', `${at}.breaker`],
    ],
    [
      {},
      { breaker: true },
      ['other', 'Pro: sudden bursts of use stop for a check', `${at}.breaker`],
    ],
  ]);
});
