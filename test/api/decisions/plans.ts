import type { Catalogue } from '../../../billing/catalogue.js';

/** Plans of the tests of decisions; none touches Stripe. */
export const DECISION_PLANS: Catalogue = {
  currency: 'usd',
  meters: {
    tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' },
    images: { name: 'Images', unit: 'image', aggregation: 'sum' },
    seats: { name: 'Seats', unit: 'seat', aggregation: 'max' },
    large: {
      name: 'Large-model tokens',
      unit: 'token',
      aggregation: 'sum',
      of: ['tokens'],
      where: { model: ['large'] },
    },
    requests: { name: 'Requests', unit: 'request', aggregation: 'count', of: ['tokens', 'images'] },
  },
  plans: {
    capped: {
      version: 1,
      name: 'Capped',
      interval: 'month',
      limits: [{ id: 'cap', meters: ['tokens'], max: 500, window: 'period', scope: 'customer' }],
      features: { sso: true, exports: false, seats: 5, none: 0, models: ['small'], empty: [] },
    },
    rated: {
      version: 1,
      name: 'Rated',
      interval: 'month',
      unlimited: ['tokens'],
      limits: [
        {
          id: 'rate',
          meters: ['requests'],
          max: 3,
          window: 'minute',
          sliding: true,
          scope: 'user',
        },
      ],
    },
    models: {
      version: 1,
      name: 'Models',
      interval: 'month',
      limits: [
        { id: 'all', meters: ['tokens'], max: 1000, window: 'period', scope: 'customer' },
        { id: 'large', meters: ['large'], max: 100, window: 'period', scope: 'customer' },
      ],
    },
  },
};
