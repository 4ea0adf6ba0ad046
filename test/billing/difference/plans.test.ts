import { everyChange } from './expectDifferences.js';

const at = 'plans.pro';

describe('a changed base, name or text', () => {
  everyChange([
    [{ version: 1, baseAmountMinor: 0 }, { version: 2, changes: [] }],
    [
      { baseAmountMinor: 2900 },
      { baseAmountMinor: 3900 },
      ['worse', 'Pro: $29.00 → $39.00 a month', `${at}.baseAmountMinor`],
    ],
    [
      { baseAmountMinor: 100, interval: 'week' },
      { interval: 'week' },
      ['better', 'Pro: $1.00 → $0.00 a week', `${at}.baseAmountMinor`],
    ],
    [
      { baseAmountMinor: 2900 },
      { baseAmountMinor: 29_000, interval: 'year' },
      ['other', 'Pro: $29.00 a month → $290.00 a year', `${at}.interval`],
    ],
    [
      { interval: 'day' },
      { interval: 'week' },
      ['other', 'Pro: a billing period is a day → a week', `${at}.interval`],
    ],
    [
      { interval: 'day', baseAmountMinor: 1 },
      { interval: 'week' },
      ['other', 'Pro: $0.01 a day → $0.00 a week', `${at}.interval`],
    ],
    [
      { interval: 'day' },
      { interval: 'week', baseAmountMinor: 1 },
      ['other', 'Pro: $0.00 a day → $0.01 a week', `${at}.interval`],
    ],
    [{ name: 'Pro' }, { name: 'Plus' }, ['other', 'Pro is now called Plus', `${at}.name`]],
    [
      { description: 'For teams' },
      {},
      ['other', 'Pro: described as “For teams” → nothing', `${at}.description`],
    ],
    [{ highlights: [] }, {}],
    [
      { highlights: ['A', 'B', 'C'] },
      { highlights: ['A', 'B'] },
      ['other', 'Pro: shown with “A”, “B” and “C” → “A” and “B”', `${at}.highlights`],
    ],
    [
      { highlights: ['A'] },
      {},
      ['other', 'Pro: shown with “A” → nothing', `${at}.highlights`],
    ],
    [{}, { order: 2 }, ['other', 'Pro: place among the plans: none → 2', `${at}.order`]],
    [{ public: false }, {}],
    [{}, { public: true }, ['other', 'Pro: is now offered to everyone', `${at}.public`]],
    [{ public: true }, {}, ['other', 'Pro: is no longer on offer', `${at}.public`]],
  ]);
});

describe('features', () => {
  everyChange([
    [{ features: {} }, {}],
    [{ features: { a: ['x', 1] } }, { features: { a: ['x', 1] } }],
    [{ features: { a: true } }, {}, ['worse', 'Pro: a: yes → none', `${at}.features.a`]],
    [{}, { features: { a: true } }, ['better', 'Pro: a: none → yes', `${at}.features.a`]],
    [
      { features: { a: false } },
      { features: { a: true } },
      ['better', 'Pro: a: no → yes', `${at}.features.a`],
    ],
    [
      { features: { a: 5000 } },
      { features: { a: 3.5 } },
      ['worse', 'Pro: a: 5,000 → 3.5', `${at}.features.a`],
    ],
    [
      { features: { a: -1000 } },
      { features: { a: 0 } },
      ['better', 'Pro: a: -1000 → 0', `${at}.features.a`],
    ],
    [
      { features: { a: 'x' } },
      { features: { a: 'y' } },
      ['other', 'Pro: a: x → y', `${at}.features.a`],
    ],
    [
      { features: { a: 5 } },
      { features: { a: 'many' } },
      ['other', 'Pro: a: 5 → many', `${at}.features.a`],
    ],
    [
      { features: { a: 'x' } },
      { features: { a: ['x', 'y'] } },
      ['other', 'Pro: a: x → x and y', `${at}.features.a`],
    ],
    [
      { features: { a: ['x'] } },
      { features: { a: ['y', 'x'] } },
      ['better', 'Pro: a: x → y and x', `${at}.features.a`],
    ],
    [
      { features: { a: ['x', 'y'] } },
      { features: { a: ['y'] } },
      ['worse', 'Pro: a: x and y → y', `${at}.features.a`],
    ],
    [
      { features: { a: ['x'] } },
      { features: { a: ['y'] } },
      ['other', 'Pro: a: x → y', `${at}.features.a`],
    ],
    [
      { features: { a: ['x', 'y'] } },
      { features: { a: ['y', 'x'] } },
      ['other', 'Pro: a: x and y → y and x', `${at}.features.a`],
    ],
    [
      { features: { a: 1, b: 1 } },
      { features: { c: 1, a: 2 } },
      ['better', 'Pro: c: none → 1', `${at}.features.c`],
      ['better', 'Pro: a: 1 → 2', `${at}.features.a`],
      ['worse', 'Pro: b: 1 → none', `${at}.features.b`],
    ],
  ]);
});
