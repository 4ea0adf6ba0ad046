import type { PublishedCatalogue } from '../../billing/catalogue.js';
import { sumRows } from '../../billing/sums.js';
import type { Summing } from '../../ledger/log/port.js';

/** Meters of simulated worlds: events report tokens, reservations images. */
export const METERS = {
  tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' },
  images: { name: 'Images', unit: 'image', aggregation: 'sum' },
} as const;

/** The catalogue of simulated worlds. */
export const PUBLISHED: PublishedCatalogue = {
  mode: 'test',
  revision: 1,
  currency: 'usd',
  meters: METERS,
  costs: [],
  snapshots: {},
  newest: {},
  namedProperties: [],
};

/** Adds up by the product's own code. */
export const SUMMING: Summing = { revision: 1, rows: (entries) => sumRows(entries, PUBLISHED) };
