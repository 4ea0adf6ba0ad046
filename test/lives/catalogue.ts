import type { Catalogue, Plan, Price, PublishedCatalogue } from '../../billing/catalogue.js';
import { mergePublication } from '../../billing/publication.js';

/** A small catalogue with one plan for each way to price, and each interval. */

const UNIT: Price = { type: 'perUnit', unitAmountMinor: '0.5', included: 100 };

const GRADUATED: Price = {
  type: 'graduated',
  included: 50,
  tiers: [
    { upTo: 400, unitAmountMinor: '3' },
    { upTo: 2000, unitAmountMinor: '0.35', flatAmountMinor: 70 },
    { upTo: 'inf', unitAmountMinor: '0.013' },
  ],
};

const FIRST_FLAT: Price = {
  type: 'graduated',
  tiers: [
    { upTo: 300, unitAmountMinor: '1.5', flatAmountMinor: 250 },
    { upTo: 'inf', unitAmountMinor: '1' },
  ],
};

const VOLUME: Price = {
  type: 'volume',
  included: 40,
  tiers: [
    { upTo: 100, unitAmountMinor: '5', flatAmountMinor: 30 },
    { upTo: 1000, unitAmountMinor: '1.25' },
    { upTo: 'inf', unitAmountMinor: '0.75' },
  ],
};

const PACKAGE: Price = { type: 'package', size: 30, packageAmountMinor: '100', included: 20 };
const PACKAGE_DOWN: Price = { type: 'package', size: 7, packageAmountMinor: '12.5', round: 'down' };

const month = (name: string, plan: Partial<Plan>): Plan => ({
  version: 1,
  name,
  interval: 'month',
  ...plan,
});

const PLANS: Readonly<Record<string, Plan>> = {
  free: month('Free', { unlimited: ['tokens', 'images', 'calls', 'peak', 'seats'] }),
  unit: month('Unit', { baseAmountMinor: 2900, prices: { tokens: UNIT } }),
  tiers: month('Tiers', { baseAmountMinor: 990, prices: { tokens: GRADUATED, images: PACKAGE } }),
  metered: month('Metered', { prices: { tokens: FIRST_FLAT, calls: PACKAGE_DOWN } }),
  bulk: month('Bulk', { baseAmountMinor: 1, prices: { tokens: VOLUME, images: UNIT } }),
  seated: month('Seated', {
    baseAmountMinor: 1200,
    prices: { peak: UNIT, seats: { type: 'perUnit', unitAmountMinor: '1.1', included: 3 } },
  }),
  flat: month('Flat', { baseAmountMinor: 4999 }),
  tried: month('Tried', {
    baseAmountMinor: 2000,
    trial: { days: 14, cardRequired: false },
    prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.07' }, images: PACKAGE },
  }),
  weekly: month('Weekly', {
    interval: 'week',
    baseAmountMinor: 700,
    prices: { tokens: { type: 'perUnit', unitAmountMinor: '0.000125' }, calls: PACKAGE },
  }),
  yearly: month('Yearly', {
    interval: 'year',
    baseAmountMinor: 99_900,
    prices: { tokens: VOLUME },
  }),
  daily: month('Daily', { interval: 'day', prices: { tokens: UNIT, calls: FIRST_FLAT } }),
};

/** The same as a file would hold it. */
export const CATALOGUE: Catalogue = {
  currency: 'usd',
  meters: {
    tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' },
    images: { name: 'Images', unit: 'image', aggregation: 'sum' },
    calls: { name: 'Calls', unit: 'call', aggregation: 'count' },
    peak: { name: 'Peak', unit: 'job', aggregation: 'max' },
    seats: { name: 'Seats', unit: 'seat', aggregation: 'last' },
  },
  plans: PLANS,
};

/** The catalogue as it is published. @throws Error where it contradicts itself. */
export function publishedCatalogue(): PublishedCatalogue {
  const publication = mergePublication(null, CATALOGUE, 'test');
  if ('conflicts' in publication) throw new Error(JSON.stringify(publication.conflicts));
  return publication.published;
}
