import { hash } from 'node:crypto';
import type { UsageEntry } from '../../billing/log.js';
import type { Submission } from './submission.js';

/** The content of an event: equal content under one id is the same event sent again. */

function sorted(map: Readonly<Record<string, unknown>>): [string, unknown][] {
  const entries = Object.entries(map);
  return entries.length < 2 ? entries : entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Hash of the canonical content: customer, user, quantities, properties, `cacheHit`, `lease` and
 * `timestamp` as given. Key order, the short form and our defaults do not matter.
 */
export function contentHash(event: Submission): string {
  const content = [
    event.customer,
    event.user ?? null,
    sorted(event.quantities),
    sorted(event.properties ?? {}),
    event.cacheHit,
    event.lease ?? null,
    event.timestamp ?? null,
  ];
  return hash('sha256', JSON.stringify(content), 'base64url');
}

/** The entry of an event, counted at `atMs`. */
export function usageEntry(event: Submission, contentHashText: string, atMs: number): UsageEntry {
  return {
    kind: 'usage',
    id: event.id,
    ...(event.user === undefined ? {} : { user: event.user }),
    quantities: event.quantities,
    atMs,
    ...(event.timestamp === undefined ? {} : { timestamp: event.timestamp }),
    ...(event.properties === undefined ? {} : { properties: event.properties }),
    ...(event.cacheHit ? { free: true as const } : {}),
    ...(event.lease === undefined ? {} : { lease: event.lease }),
    hash: contentHashText,
  };
}
