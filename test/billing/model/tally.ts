import type { PlanSnapshot } from '../../../billing/catalogue.js';
import type { MeterTotal } from '../../../billing/state.js';
import { type Fact, unitsIn } from './facts.js';

/** Running sums of one list of facts: the same as adding all up each time, only faster. */
export class Tally {
  private readonly sums = new Map<string, number>();
  private readonly newest = new Map<string, Fact>();

  constructor(private readonly plan: PlanSnapshot) {}

  add(fact: Fact): void {
    for (const [id, { aggregation }] of Object.entries(this.plan.meters)) {
      if (aggregation === 'sum' || aggregation === 'count') {
        const units = unitsIn(this.plan, id, fact);
        if (units !== 0) this.sums.set(id, (this.sums.get(id) ?? 0) + units);
      } else if (fact.stands && fact.quantities[id] !== undefined) {
        this.gauge(id, aggregation, fact);
      }
    }
  }

  private gauge(id: string, aggregation: 'max' | 'last', fact: Fact): void {
    const units = fact.quantities[id] ?? 0;
    if (aggregation === 'max') {
      this.sums.set(id, Math.max(this.sums.get(id) ?? 0, units));
      return;
    }
    const last = this.newest.get(id);
    if (last && fact.atMs < last.atMs) return;
    if (last && fact.atMs === last.atMs && fact.id <= last.id) return;
    this.newest.set(id, fact);
    this.sums.set(id, units);
  }

  units(id: string): number {
    return this.sums.get(id) ?? 0;
  }

  /** The newest fact of a `last` meter. */
  last(id: string): Fact | undefined {
    return this.newest.get(id);
  }
}

/** The number that a price is asked for, read from a state's total. */
export function unitsOf(
  plan: PlanSnapshot,
  id: string,
  total: MeterTotal | undefined,
): number {
  switch (plan.meters[id]?.aggregation) {
    case 'sum':
      return total?.quantity ?? 0;
    case 'count':
      return total?.count ?? 0;
    case 'max':
      return total?.max ?? 0;
    default:
      return total?.last?.quantity ?? 0;
  }
}
