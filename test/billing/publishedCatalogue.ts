import type { Meter, PublishedCatalogue } from '../../billing/catalogue.js';
import type { UsageEntry } from '../../billing/log.js';
import { METERS } from './contractCatalogue.js';

/** A publication for sums: meters and the names of properties are all that counts. */
export function publishedFor(
  namedProperties: readonly string[] = ['model', 'team'],
  meters: Readonly<Record<string, Meter>> = METERS,
): PublishedCatalogue {
  return {
    mode: 'test',
    revision: 1,
    currency: 'usd',
    meters,
    costs: [],
    snapshots: {},
    newest: {},
    namedProperties,
  };
}

/** 2026-11-01T00:00:00Z in ms. */
export const NOVEMBER_MS = 1_793_491_200_000;

/** A usage event of November, some seconds in. */
export function usage(
  id: string,
  quantities: Readonly<Record<string, number>>,
  more: Partial<UsageEntry> = {},
): UsageEntry {
  return { kind: 'usage', id, quantities, atMs: NOVEMBER_MS, hash: id, ...more };
}
