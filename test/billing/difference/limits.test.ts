import type { Limit, Plan } from '../../../billing/catalogue.js';
import { everyChange } from './expectDifferences.js';

const at = 'plans.pro';
const daily: Limit = { id: 'a', meters: ['tokens'], max: 1000, window: 'day', scope: 'user' };
const limits = (...list: Partial<Limit>[]): Partial<Plan> => ({
  limits: list.map((limit) => ({ ...daily, ...limit })),
});
const money = { max: undefined, maxAmountMinor: 5000 };

describe('limits', () => {
  const words = 'tokens a day for each user';
  everyChange([
    [limits({}), limits({ sliding: false, enforcement: 'hard' })],
    [limits({ meters: ['tokens', 'images'] }), limits({ meters: ['images', 'tokens'] })],
    [
      limits({}),
      limits({ max: 2000 }),
      ['better', `Pro: at most 1,000 → 2,000 ${words}`, `${at}.limits[0].max`],
    ],
    [
      limits({}),
      limits({ max: 0 }),
      ['worse', `Pro: at most 1,000 → 0 ${words}`, `${at}.limits[0].max`],
    ],
    [
      { ...limits({ ...money, scope: 'customer', window: 'month' }) },
      { ...limits({ ...money, maxAmountMinor: 4000, scope: 'customer', window: 'month' }) },
      [
        'worse',
        'Pro: at most $50.00 → $40.00 of tokens a calendar month',
        `${at}.limits[0].maxAmountMinor`,
      ],
    ],
    [
      limits({}),
      limits({ ...money }),
      ['other', `Pro: at most 1,000 ${words} → $50.00 of ${words}`, `${at}.limits[0]`],
    ],
    [
      limits({}),
      limits({ window: 'hour', sliding: true, scope: 'property:team', enforcement: 'soft' }),
      [
        'other',
        `Pro: at most 1,000 ${words} → 1,000 tokens in any hour for each team (only an alert)`,
        `${at}.limits[0]`,
      ],
    ],
    [
      {},
      limits({ window: 'lifetime', meters: ['input_tokens', 'images'] }),
      [
        'better',
        'Pro: now at most 1,000 input tokens and images in all for each user',
        `${at}.limits[0]`,
      ],
    ],
    [
      { unlimited: ['tokens'] },
      { ...limits({ window: 'period' }), unlimited: ['tokens'] },
      ['worse', 'Pro: now at most 1,000 tokens a billing period for each user', `${at}.limits[0]`],
    ],
    [
      {},
      limits({ enforcement: 'soft', window: 'minute' }),
      [
        'other',
        'Pro: now at most 1,000 tokens a minute for each user (only an alert)',
        `${at}.limits[0]`,
      ],
    ],
    [
      limits({ window: 'week' }),
      {},
      ['worse', 'Pro: no longer at most 1,000 tokens a week for each user', `${at}.limits`],
    ],
    [
      limits({ id: 'b', window: 'hour' }, {}),
      limits({}),
      ['better', 'Pro: no longer at most 1,000 tokens an hour for each user', `${at}.limits`],
    ],
    [
      limits({}),
      limits({ id: 'b' }),
      ['other', 'Pro: the limit a is now called b', `${at}.limits[0].id`],
    ],
    [
      limits({}, { id: 'b' }),
      limits({}, { id: 'c' }),
      ['other', 'Pro: the limit b is now called c', `${at}.limits[1].id`],
    ],
    [
      limits({}),
      limits({ id: 'b', max: 5 }),
      ['worse', `Pro: now at most 5 ${words}`, `${at}.limits[0]`],
      ['better', `Pro: no longer at most 1,000 ${words}`, `${at}.limits`],
    ],
    [
      limits({}),
      limits({ meters: ['images'] }),
      [
        'other',
        `Pro: at most 1,000 ${words} → 1,000 images a day for each user`,
        `${at}.limits[0]`,
      ],
    ],
    [
      { unlimited: ['images'] },
      { ...limits({ meters: ['images', 'tokens'] }), unlimited: ['images'] },
      ['worse', 'Pro: now at most 1,000 images and tokens a day for each user', `${at}.limits[0]`],
    ],
    [
      limits({}, { id: 'b', max: 5 }),
      limits({ id: 'b', max: 5 }, { id: 'c' }),
      ['other', 'Pro: the limit a is now called c', `${at}.limits[1].id`],
    ],
  ]);
});
