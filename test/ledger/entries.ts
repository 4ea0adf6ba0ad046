import type { CustomerKey, Fence, FenceEntry, LogGroup, SettleEntry } from '../../billing/log.js';
import type { UsageEntry } from '../../billing/log.js';

/** Entries as the API and the activities would write them. */

/** Time of the first event of tests. */
export const START_MS = Date.UTC(2026, 0, 1);

/** A customer's log. */
export function keyOf(customer: string, life = 1): CustomerKey {
  return { mode: 'test', customer, life };
}

/** An event of some tokens, one second after the one before it. */
export function event(number: number, change: Partial<UsageEntry> = {}): UsageEntry {
  return {
    kind: 'usage',
    id: `e${number}`,
    quantities: { tokens: number },
    atMs: START_MS + number * 1_000,
    hash: `hash-${number}`,
    ...change,
  };
}

/** Events `from` to `to`. */
export function events(from: number, to: number): UsageEntry[] {
  return Array.from({ length: to - from + 1 }, (_, index) => event(from + index));
}

/** The commit of one hold. */
export function settle(reservation: string, hold: string, since: number): SettleEntry {
  return {
    kind: 'settle',
    id: `settle/${reservation}`,
    outcome: 'committed',
    parts: [{ hold, used: { tokens: 1 }, writeOff: {}, atMs: START_MS, counts: true }],
    since,
    hash: `settle-${reservation}-${hold}`,
  };
}

/** A fence by its name. */
export function fence(name: string, what: Fence): FenceEntry {
  return { kind: 'fence', id: `fence/${name}`, fence: what, hash: JSON.stringify(what) };
}

/** A group of these entries, without sums. */
export function group(
  key: CustomerKey,
  number: number,
  entries: LogGroup['entries'],
  change: Partial<LogGroup> = {},
): LogGroup {
  const name = { number, group: `g-${key.customer}-${number}`, fence: 0, catalogue: 1 };
  return { ...key, ...name, recordedAtMs: START_MS + number, entries, sums: [], ...change };
}
