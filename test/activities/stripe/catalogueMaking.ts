import type {
  Mode,
  Plan,
  PlanSnapshot,
  Price,
  PublishedCatalogue,
} from '../../../billing/catalogue.js';

/** Small catalogues for tests. */

/** Meters `tokens`, `images` and `credits`. */
export const METERS: PublishedCatalogue['meters'] = {
  tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' },
  images: { name: 'Images', unit: 'image', aggregation: 'sum' },
  credits: {
    name: 'Credits',
    unit: 'credit',
    aggregation: 'sum',
    rates: [{ meter: 'tokens', creditsPerUnit: '0.001' }],
  },
};

/** One plan version. */
export function snapshotOf(id: string, plan: Partial<Plan>, version = 1): PlanSnapshot {
  return {
    id,
    version,
    revision: 1,
    currency: 'usd',
    meters: METERS,
    plan: { name: id, interval: 'month', ...plan },
  };
}

/** A plan version with one price. */
export function planPricing(id: string, meter: string, price: Price): PlanSnapshot {
  return snapshotOf(id, { prices: { [meter]: price } });
}

/** A published catalogue of these plan versions. */
export function publishedOf(snapshots: readonly PlanSnapshot[], mode: Mode): PublishedCatalogue {
  return {
    mode,
    revision: 1,
    currency: 'usd',
    meters: METERS,
    costs: [],
    snapshots: Object.fromEntries(snapshots.map((plan) => [`${plan.id}@${plan.version}`, plan])),
    newest: Object.fromEntries(snapshots.map((plan) => [plan.id, plan.version])),
    namedProperties: [],
  };
}

/** One price of every type of the contract, the awkward corners among them. */
export const EVERY_PRICE: Readonly<Record<string, readonly [meter: string, price: Price]>> = {
  perUnit: ['tokens', { type: 'perUnit', unitAmountMinor: '0.05' }],
  perUnitIncluded: ['tokens', { type: 'perUnit', unitAmountMinor: '1.5', included: 100 }],
  graduated: [
    'tokens',
    {
      type: 'graduated',
      tiers: [
        { upTo: 5, unitAmountMinor: '700', flatAmountMinor: 250 },
        { upTo: 10, unitAmountMinor: '0.123456789012' },
        { upTo: 'inf', unitAmountMinor: '600', flatAmountMinor: 99 },
      ],
    },
  ],
  graduatedIncluded: [
    'tokens',
    {
      type: 'graduated',
      included: 1000,
      tiers: [
        { upTo: 5000, unitAmountMinor: '0.0005' },
        { upTo: 'inf', unitAmountMinor: '0.0003', flatAmountMinor: 10 },
      ],
    },
  ],
  volume: [
    'images',
    {
      type: 'volume',
      tiers: [
        { upTo: 5, unitAmountMinor: '700', flatAmountMinor: 30 },
        { upTo: 'inf', unitAmountMinor: '600.5' },
      ],
    },
  ],
  volumeIncluded: [
    'images',
    {
      type: 'volume',
      included: 20,
      tiers: [
        { upTo: 100, unitAmountMinor: '2.25' },
        { upTo: 'inf', unitAmountMinor: '1.75' },
      ],
    },
  ],
  packageUp: ['images', { type: 'package', size: 60, packageAmountMinor: '1000' }],
  packageDown: [
    'images',
    { type: 'package', size: 7, packageAmountMinor: '33.5', round: 'down', included: 10 },
  ],
  credits: ['credits', { type: 'perUnit', unitAmountMinor: '1.2' }],
  creditsTiers: [
    'credits',
    {
      type: 'graduated',
      included: 2,
      tiers: [
        { upTo: 10, unitAmountMinor: '1.25' },
        { upTo: 'inf', unitAmountMinor: '0.999999' },
      ],
    },
  ],
};
