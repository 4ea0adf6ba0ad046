import type { Limit, PlanSnapshot } from '../../../billing/catalogue.js';
import type { Zone } from '../../../billing/windows/zone.js';
import type { Span } from './calendar.js';
import type { Counted } from './facts.js';
import {
  contentOf,
  type Count,
  countsAt,
  countsOf,
  placeOf,
  plus,
  spanOf,
  type Units,
} from './limits.js';

/** Something that counts: usage, or what a hold keeps. */
export interface Counting extends Counted {
  readonly atMs: number;
  readonly user: string | null;
}

/** Counts of every limit of the plan in force: a list, and its sums by window and key. */
export class Books {
  private list: Count[] = [];
  private sums = new Map<string, Map<string, { count: Count; units: Units }>>();

  /** Counts something under the plan in force, in the period of its time. */
  add(plan: PlanSnapshot, zone: Zone, period: Span, counting: Counting): void {
    this.enter(countsOf(limitsOf(plan), plan, zone, period, counting));
  }

  /** Adds what something counts as. */
  enter(counts: readonly Count[]): void {
    for (const count of counts) {
      this.list.push(count);
      this.sum(count);
    }
  }

  private sum(count: Count): void {
    const { content, place, units } = count;
    let places = this.sums.get(content);
    if (!places) {
      places = new Map();
      this.sums.set(content, places);
    }
    const before = places.get(place);
    places.set(place, { count, units: before ? plus(before.units, units) : units });
  }

  private keep(list: Count[]): void {
    this.list = list;
    this.sums = new Map();
    for (const count of list) this.sum(count);
  }

  /** Another plan: what its limits count too goes on, the rest is forgotten. */
  carry(plan: PlanSnapshot): void {
    const limits = limitsOf(plan);
    const contents = limits.map(contentOf);
    const kept = this.list.filter(({ content }) => contents.includes(content));
    this.keep(
      kept.map((count) => {
        const limit = limits[contents.indexOf(count.content)] as Limit;
        if (limit.maxAmountMinor === undefined) return count;
        const priced = Object.entries(count.units).filter(([id]) => limit.meters.includes(id));
        return { ...count, units: Object.fromEntries(priced) };
      }),
    );
  }

  /** Another zone: windows of the calendar that are open at `atMs` end where the zone says. */
  rezone(plan: PlanSnapshot, zone: Zone, atMs: number): void {
    for (const limit of limitsOf(plan)) {
      const isLocal = ['hour', 'day', 'week', 'month'].includes(limit.window) && !limit.sliding;
      if (!isLocal) continue;
      const content = contentOf(limit);
      const moved = spanOf(limit, zone, { startMs: 0, endMs: 0 }, atMs);
      this.keep(
        this.list.flatMap((count) => {
          if (count.content !== content) return [count];
          const place = placeOf(moved, count.key === null ? 'null' : `=${count.key}`);
          const isOpen = count.startMs <= atMs && atMs < count.endMs;
          return isOpen ? [{ ...count, ...moved, place }] : [];
        }),
      );
    }
  }

  /** What stands under a limit in one window and key. */
  in(limit: Limit, span: Span, key: string): Units {
    return this.sums.get(contentOf(limit))?.get(placeOf(span, key))?.units ?? {};
  }

  /** What counts under a limit at an instant, for one key: every sum is looked at. */
  at(limit: Limit, period: Span, key: string | null, nowMs: number): Units {
    let units: Units = {};
    for (const { count, units: more } of this.sums.get(contentOf(limit))?.values() ?? []) {
      if (count.key !== key || !countsAt(limit, period, count, nowMs)) continue;
      units = plus(units, more);
    }
    return units;
  }

  /** All sums of a limit. */
  of(limit: Limit): { readonly count: Count; readonly units: Units }[] {
    return [...(this.sums.get(contentOf(limit))?.values() ?? [])];
  }
}

const limitsByPlan = new WeakMap<PlanSnapshot, readonly Limit[]>();

/**
 * All that is counted under a plan: its limits, and under the id `priced` everything with a
 * price, which spend, the kill switch and `included` look at.
 */
export function limitsOf(snapshot: PlanSnapshot): readonly Limit[] {
  const known = limitsByPlan.get(snapshot);
  if (known) return known;
  const { limits = [], prices = {}, creditGrant } = snapshot.plan;
  const meters = Object.keys(creditGrant ? { ...prices, credits: true } : prices);
  const priced = { id: 'priced', meters, maxAmountMinor: 0 } as const;
  const all: readonly Limit[] =
    meters.length === 0 ? limits : [...limits, { ...priced, window: 'period', scope: 'customer' }];
  limitsByPlan.set(snapshot, all);
  return all;
}
