import type { Limit } from '../../../billing/catalogue.js';
import type {
  LogEntry,
  LogGroup,
  Quantities,
  SettleEntry,
  UsageEntry,
} from '../../../billing/log.js';

/** The limits once more, by loops over everything: nothing is shared with the product's rules. */

const WINDOW_MS: Readonly<Record<string, number>> = { minute: 60_000, day: 86_400_000 };

/** Something that counts, or is held. */
export interface Usage {
  readonly atMs: number;
  readonly user: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly tokens: number;
  readonly requests: number;
}

/** Input and output together. */
export function tokensIn(quantities: Quantities): number {
  return (quantities['input'] ?? 0) + (quantities['output'] ?? 0);
}

/** What one settle counts. */
export function settledBy({
  user,
  properties,
  outcome,
  parts,
}: Pick<SettleEntry, 'user' | 'properties' | 'outcome' | 'parts'>): Usage[] {
  if (outcome !== 'committed') return [];
  const named = Object.entries(properties ?? {}).map(([name, value]) => [name, String(value)]);
  return parts.map(({ atMs, used, counts }) => ({
    atMs,
    user: user ?? null,
    properties: Object.fromEntries(named),
    tokens: tokensIn(used),
    requests: counts ? 1 : 0,
  }));
}

/** What usage counts that names a caller's lease. */
export function drawnBy({ user, properties, atMs, drawn }: UsageEntry): Usage[] {
  if (!drawn) return [];
  const { used, counts } = drawn;
  const terms = { user, properties, outcome: 'committed' } as const;
  return settledBy({ ...terms, parts: [{ hold: null, used, writeOff: {}, atMs, counts }] });
}

/** What an entry counts of what holds were granted. */
export function heldBy(entry: LogEntry): Usage[] {
  if (entry.kind === 'settle') return settledBy(entry);
  return entry.kind === 'usage' ? drawnBy(entry) : [];
}

/** What all settles of a log count, and all usage of leases. */
export function settledIn(groups: readonly LogGroup[]): Usage[] {
  return groups.flatMap(({ entries }) => entries.flatMap(heldBy));
}

/** Under which key of a limit something counts; null: it does not fall under it. */
export function keyUnder(limit: Limit, { atMs, user, properties }: Usage): string | null {
  if (limit.meters[0] === 'large' && properties['model'] !== 'large') return null;
  const window = Math.floor(atMs / (WINDOW_MS[limit.window] ?? Infinity));
  if (limit.scope === 'customer') return `${limit.id} ${window}`;
  const key = limit.scope === 'user' ? user : (properties['team'] ?? null);
  return `${limit.id} ${window} ${key}`;
}

/** How much of a limit something takes. */
export function amountUnder(limit: Limit, { tokens, requests }: Usage): number {
  return limit.meters[0] === 'requests' ? requests : tokens;
}

/** Sums by key of every limit, and what each may come to. */
export function sumsOf(
  limits: readonly Limit[],
  usages: readonly Usage[],
): ReadonlyMap<string, { readonly sum: number; readonly limit: Limit }> {
  const sums = new Map<string, { sum: number; limit: Limit }>();
  for (const usage of usages) {
    for (const limit of limits) {
      const key = keyUnder(limit, usage);
      if (key === null) continue;
      const sum = (sums.get(key)?.sum ?? 0) + amountUnder(limit, usage);
      sums.set(key, { sum, limit });
    }
  }
  return sums;
}
