import type { Catalogue, PlanSnapshot, PublishedCatalogue } from '../../../billing/catalogue.js';
import { mergePublication } from '../../../billing/publication.js';

/** Plans small enough that every limit, tier and grant is met within a few commands. */

const METERS: Catalogue['meters'] = {
  input: { name: 'Input', unit: 'token', aggregation: 'sum' },
  output: { name: 'Output', unit: 'token', aggregation: 'sum' },
  images: { name: 'Images', unit: 'image', aggregation: 'sum' },
  audio: { name: 'Audio', unit: 'second', aggregation: 'sum' },
  peak: { name: 'Peak', unit: 'thread', aggregation: 'max' },
  seats: { name: 'Seats', unit: 'seat', aggregation: 'last' },
  tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum', of: ['input', 'output'] },
  large: {
    name: 'Large-model tokens',
    unit: 'token',
    aggregation: 'sum',
    of: ['tokens'],
    where: { model: ['large', 'huge'] },
  },
  requests: {
    name: 'Requests',
    unit: 'request',
    aggregation: 'count',
    of: ['tokens', 'images'],
  },
  credits: {
    name: 'Credits',
    unit: 'credit',
    aggregation: 'sum',
    rates: [
      { meter: 'output', where: { model: 'large' }, creditsPerUnit: '0.25' },
      { meter: 'tokens', creditsPerUnit: '0.1' },
      { meter: 'images', creditsPerUnit: '2.000001' },
    ],
  },
};

const PLANS: Catalogue['plans'] = {
  free: {
    name: 'Free',
    interval: 'day',
    unlimited: ['seats'],
    limits: [
      { id: 'tokens-day', meters: ['tokens'], max: 90, window: 'day', scope: 'user' },
      {
        id: 'rate',
        meters: ['requests'],
        max: 6,
        window: 'minute',
        sliding: true,
        scope: 'user',
      },
      { id: 'images-ever', meters: ['images'], max: 25, window: 'lifetime', scope: 'customer' },
    ],
  },
  team: {
    name: 'Team',
    interval: 'week',
    unlimited: ['images', 'peak', 'audio'],
    limits: [
      { id: 'all', meters: ['tokens'], max: 260, window: 'period', scope: 'customer' },
      { id: 'large-team', meters: ['large'], max: 60, window: 'day', scope: 'property:team' },
      {
        id: 'hourly',
        meters: ['input', 'output'],
        max: 120,
        window: 'hour',
        sliding: true,
        scope: 'user',
      },
      {
        id: 'soft',
        meters: ['images'],
        max: 5,
        window: 'week',
        scope: 'user',
        enforcement: 'soft',
      },
    ],
  },
  pro: {
    name: 'Pro',
    interval: 'month',
    baseAmountMinor: 2900,
    prices: {
      tokens: {
        type: 'graduated',
        included: 100,
        tiers: [
          { upTo: 200, unitAmountMinor: '0.5', flatAmountMinor: 7 },
          { upTo: 'inf', unitAmountMinor: '1.25' },
        ],
      },
      images: { type: 'package', size: 4, packageAmountMinor: '33', included: 3 },
      peak: { type: 'perUnit', unitAmountMinor: '2.5' },
    },
    limits: [
      { id: 'tokens-user', meters: ['tokens'], max: 150, window: 'day', scope: 'user' },
      {
        id: 'images-cost',
        meters: ['images'],
        maxAmountMinor: 150,
        window: 'hour',
        scope: 'customer',
      },
    ],
    spend: { hardAmountMinor: 3300 },
  },
  bulk: {
    name: 'Bulk',
    interval: 'day',
    prices: {
      tokens: {
        type: 'volume',
        tiers: [
          { upTo: 50, unitAmountMinor: '3' },
          { upTo: 100, unitAmountMinor: '1.5', flatAmountMinor: 5 },
          { upTo: 'inf', unitAmountMinor: '0.999' },
        ],
      },
      images: {
        type: 'perUnit',
        unitAmountMinor: '10',
        included: 12,
        overage: 'block',
      },
      seats: { type: 'perUnit', unitAmountMinor: '100' },
    },
    spend: { hardAmountMinor: 260 },
  },
  prepaid: {
    name: 'Prepaid',
    interval: 'day',
    baseAmountMinor: 100,
    creditGrant: { amount: '20', rolloverMax: '7.5' },
    prices: { credits: { type: 'perUnit', unitAmountMinor: '1.2' } },
  },
  coins: {
    name: 'Coins',
    interval: 'day',
    creditGrant: { amount: '15', rolloverMax: '4' },
    limits: [{ id: 'calls', meters: ['requests'], max: 9, window: 'minute', scope: 'customer' }],
  },
};

function published(): PublishedCatalogue {
  const publication = mergePublication(
    null,
    { currency: 'usd', meters: METERS, plans: PLANS },
    'test',
  );
  if ('conflicts' in publication) throw new Error(JSON.stringify(publication.conflicts));
  return publication.published;
}

/** What the modelled processes know; `team` and `model` are named in it. */
export const PUBLISHED: PublishedCatalogue = published();

/** Names of the modelled plans. */
export const PLAN_IDS = ['free', 'team', 'pro', 'bulk', 'prepaid', 'coins'] as const;

/** One modelled plan. */
export type PlanId = (typeof PLAN_IDS)[number];

/** Plans that touch Stripe. */
export const PRICED: readonly PlanId[] = ['pro', 'bulk', 'prepaid'];

/** The published snapshot of a modelled plan. */
export function planOf(id: PlanId): PlanSnapshot {
  return PUBLISHED.snapshots[`${id}@1`] as PlanSnapshot;
}
