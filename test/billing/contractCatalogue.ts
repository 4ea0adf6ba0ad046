import type { Catalogue, Meter, Plan, PlanSnapshot } from '../../billing/catalogue.js';
import { mergePublication } from '../../billing/publication.js';

/** The example of the contract, as far as rating and publishing need it. */
export const METERS: Readonly<Record<string, Meter>> = {
  input_tokens: { name: 'Input tokens', unit: 'token', aggregation: 'sum' },
  output_tokens: { name: 'Output tokens', unit: 'token', aggregation: 'sum' },
  images: { name: 'Images', unit: 'image', aggregation: 'sum' },
  tokens: {
    name: 'Tokens',
    unit: 'token',
    aggregation: 'sum',
    of: ['input_tokens', 'output_tokens'],
  },
  large: {
    name: 'Large-model tokens',
    unit: 'token',
    aggregation: 'sum',
    of: ['tokens'],
    where: { model: ['large', 'huge'] },
  },
  requests: { name: 'Requests', unit: 'request', aggregation: 'count', of: ['tokens', 'images'] },
  credits: {
    name: 'Credits',
    unit: 'credit',
    aggregation: 'sum',
    rates: [
      { meter: 'output_tokens', where: { model: 'large' }, creditsPerUnit: '0.01' },
      { meter: 'tokens', creditsPerUnit: '0.001' },
      { meter: 'images', creditsPerUnit: '5' },
    ],
  },
};

/** Base, included tokens, packages. */
export const PRO: Plan = {
  version: 1,
  name: 'Pro',
  interval: 'month',
  baseAmountMinor: 2900,
  prices: {
    tokens: {
      type: 'graduated',
      included: 1_000_000,
      tiers: [
        { upTo: 5_000_000, unitAmountMinor: '0.0005' },
        { upTo: 'inf', unitAmountMinor: '0.0003' },
      ],
    },
    images: { type: 'package', size: 10, packageAmountMinor: '100' },
  },
  limits: [
    { id: 'large-team', meters: ['large'], max: 100_000, window: 'day', scope: 'property:team' },
  ],
};

/** No price, no base: never touches Stripe. */
export const FREE: Plan = {
  version: 1,
  name: 'Free',
  interval: 'month',
  limits: [{ id: 'rate', meters: ['requests'], max: 60, window: 'minute', scope: 'user' }],
};

/** Pays in credits. */
export const PREPAID: Plan = {
  version: 1,
  name: 'Prepaid',
  interval: 'month',
  baseAmountMinor: 1000,
  creditGrant: { amount: '1000', rolloverMax: '500' },
  prices: { credits: { type: 'perUnit', unitAmountMinor: '1.2' } },
};

/** All of it. */
export const CATALOGUE: Catalogue = {
  currency: 'usd',
  meters: METERS,
  plans: { free: FREE, pro: PRO, prepaid: PREPAID },
};

/** Publishes for the first time, in test mode. @throws Error on a conflict. */
export function firstPublication(catalogue: Catalogue = CATALOGUE) {
  const publication = mergePublication(null, catalogue, 'test');
  if ('conflicts' in publication) throw new Error(JSON.stringify(publication.conflicts));
  return publication.published;
}

/** The snapshot of one plan of a catalogue that was never published before. */
export function snapshot(plan: Plan, meters: Readonly<Record<string, Meter>> = METERS) {
  const published = firstPublication({ currency: 'usd', meters, plans: { plan } });
  return published.snapshots[`plan@${plan.version ?? 1}`] as PlanSnapshot;
}
