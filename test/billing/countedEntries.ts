import type { SettlePart } from '../../billing/consumption.js';
import type { SettleEntry, UsageEntry, VoidEntry } from '../../billing/log.js';
import { NOVEMBER_MS } from './publishedCatalogue.js';

/** Settles and voids as the API would write them. */

/** A part that keeps the reservation's count, dated at the start of November. */
export function part(used: SettlePart['used'], more: Partial<SettlePart> = {}): SettlePart {
  return { hold: 'r#1@1', used, writeOff: {}, atMs: NOVEMBER_MS, counts: true, ...more };
}

/** The end of a reservation. */
export function settle(
  reservation: string,
  parts: readonly SettlePart[],
  more: Partial<SettleEntry> = {},
): SettleEntry {
  const content = { outcome: 'committed', parts, since: 0, hash: reservation } as const;
  return { kind: 'settle', id: `settle/${reservation}`, ...content, ...more };
}

/** Takes an event back. */
export function voiding({ id, user, quantities, properties, atMs }: UsageEntry): VoidEntry {
  const taken = { event: id, reason: 'wrong', quantities, atMs, hash: id };
  return {
    kind: 'void',
    id: `void/${id}`,
    ...taken,
    ...(user === undefined ? {} : { user }),
    ...(properties === undefined ? {} : { properties }),
  };
}
