import { endsOf } from '../../billing/entries.js';
import type { CustomerKey, LogGroup } from '../../billing/log.js';
import type { Horizon } from './horizon.js';
import type { Summing, Surroundings } from './port.js';
import type { Slot } from './slot.js';

/** A group as it was first sent; until its fate is known it is sent again exactly so. */
export interface Attempt {
  readonly group: LogGroup;
  /** By entry id. */
  readonly slots: ReadonlyMap<string, Slot>;
  readonly sizeBytes: number;
}

/** Makes the group that is to stand right above all its writer knows. */
export function attemptOf(
  key: CustomerKey,
  slots: readonly Slot[],
  horizon: Horizon,
  summing: Summing,
  around: Surroundings,
): Attempt {
  const entries = slots.map((slot) => slot.entry);
  const ends = endsOf(entries);
  const group: LogGroup = {
    ...key,
    number: horizon.head + 1,
    group: around.groupId(),
    fence: horizon.lastFence,
    catalogue: summing.revision,
    recordedAtMs: around.wallMs(),
    entries,
    sums: summing.rows(entries),
    ...(ends.length > 0 ? { ends } : {}),
  };
  return {
    group,
    slots: new Map(slots.map((slot) => [slot.entry.id, slot])),
    sizeBytes: slots.reduce((sum, slot) => sum + slot.sizeBytes, 0),
  };
}
