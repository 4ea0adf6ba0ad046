import type { Limit, PlanSnapshot, Price } from '../../../billing/catalogue.js';
import type { Zone } from '../../../billing/windows/zone.js';
import { calendarSpan, SLIDING, slidingSpan, type Span } from './calendar.js';
import { type Counted, unitsIn } from './facts.js';

/** Limits of the reference model: a list of counts, filtered and added up. */

const contents = new WeakMap<Limit, string>();

/** What a count is about: the same words, the same counter, whatever plan says them. */
export function contentOf(limit: Limit): string {
  const known = contents.get(limit);
  if (known !== undefined) return known;
  const kind = limit.maxAmountMinor === undefined ? 'units' : 'money';
  const meters = limit.id === 'priced' ? 'priced' : [...limit.meters].sort();
  const { window, sliding = false, scope } = limit;
  const content = JSON.stringify([meters, kind, window, sliding, scope]);
  contents.set(limit, content);
  return content;
}

/** The key that a limit's scope gives usage; null: without one. */
export function keyOf(
  limit: Pick<Limit, 'scope'>,
  user: string | null,
  properties: Counted['properties'],
): string | null {
  if (limit.scope === 'customer') return null;
  if (limit.scope === 'user') return user;
  return properties[limit.scope.slice('property:'.length)] ?? null;
}

/** The stretch that an instant counts in under a limit. */
export function spanOf(limit: Limit, zone: Zone, period: Span, atMs: number): Span {
  if (limit.window === 'lifetime') return { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };
  if (limit.window === 'period') return { startMs: period.startMs, endMs: period.endMs };
  if (limit.sliding) return slidingSpan(limit.window, atMs);
  return calendarSpan(limit.window, zone, atMs);
}

/**
 * True where what was counted in `span` counts at `nowMs`: now lies in it; of a sliding window,
 * where one stretch of its length can hold both.
 */
export function countsAt(limit: Limit, period: Span, span: Span, nowMs: number): boolean {
  const { startMs, endMs } = span;
  if (limit.window === 'period') return startMs === period.startMs;
  const length = limit.sliding ? (SLIDING[limit.window] as number) : 0;
  return length === 0
    ? startMs <= nowMs && nowMs < endMs
    : endMs > nowMs - length && startMs < nowMs + length;
}

/** Units by meter: of a limit in units all under '', of one in money by priced meter. */
export type Units = Readonly<Record<string, number>>;

/** What something adds under a limit. */
export function unitsUnder(snapshot: PlanSnapshot, limit: Limit, fact: Counted): Units {
  if (limit.maxAmountMinor === undefined) {
    let sum = 0;
    for (const meter of limit.meters) sum += unitsIn(snapshot, meter, fact);
    return { '': sum };
  }
  const priced = limit.meters.filter((meter) => {
    const { aggregation } = snapshot.meters[meter] ?? {};
    const adds = aggregation === 'sum' || aggregation === 'count';
    return adds && (limit.id === 'priced' || snapshot.plan.prices?.[meter] !== undefined);
  });
  return Object.fromEntries(priced.map((meter) => [meter, unitsIn(snapshot, meter, fact)]));
}

/** One thing that was counted under one limit. */
export interface Count extends Span {
  readonly content: string;
  readonly key: string | null;
  /** Window and key as text. */
  readonly place: string;
  readonly units: Units;
}

/** A window and a key (as a scope's cells have it) as text. */
export function placeOf({ startMs, endMs }: Span, key: string): string {
  return `${startMs} ${endMs} ${key}`;
}

/** What something counts as, under every limit of a plan. */
export function countsOf(
  limits: readonly Limit[],
  plan: PlanSnapshot,
  zone: Zone,
  period: Span,
  counting: Counted & { readonly atMs: number; readonly user: string | null },
): Count[] {
  return limits.map((limit) => {
    const { startMs, endMs } = spanOf(limit, zone, period, counting.atMs);
    const key = keyOf(limit, counting.user, counting.properties);
    const place = placeOf({ startMs, endMs }, key === null ? 'null' : `=${key}`);
    const units = unitsUnder(plan, limit, counting);
    return { startMs, endMs, content: contentOf(limit), key, place, units };
  });
}

/** Two amounts as one. */
export function plus(a: Units, b: Units): Units {
  const sum: Record<string, number> = { ...a };
  for (const meter in b) sum[meter] = (sum[meter] ?? 0) + (b[meter] ?? 0);
  return sum;
}

/** A price without its included units: how money limits see it, but those of a whole period. */
export function withoutIncluded(limit: Limit, price: Price): Price {
  if (limit.window === 'period' && limit.scope === 'customer') return price;
  return { ...price, included: 0 };
}
