import type { Limit } from '../../../billing/catalogue.js';
import type { Denial } from '../../../billing/limits/context.js';
import { type Books, limitsOf } from './books.js';
import { must } from './broken.js';
import type { Asking } from './clients.js';
import { heldBooks } from './counterChecks.js';
import type { Counted } from './facts.js';
import { keyOf, plus, type Units, unitsUnder, withoutIncluded } from './limits.js';
import type { Model } from './model.js';
import type { ModelHold } from './modelHolds.js';
import type { Period } from './periods.js';
import { highestBill, highestCost, MINOR } from './prices.js';

/** A hard limit that is over, and how far. */
type Over = readonly [id: string, how: string];

/** What an ask wants, and of whom. */
interface Want extends Counted {
  readonly user: string | null;
}

/** Whether something fits, by filters and sums over the reference model's lists. */
export class Judge {
  private readonly held: Books;
  private readonly period: Period;

  constructor(
    private readonly model: Model,
    private readonly nowMs: number,
  ) {
    this.held = heldBooks(model);
    this.period = model.periods.known(nowMs);
  }

  /** No grant makes used + held exceed a hard limit (I3); the grant is among the held. */
  mustFit(hold: ModelHold, said: () => string): void {
    const want = { ...this.model.holds.kept(hold), count: hold.count };
    for (const [id, how] of this.over(want, { isHeld: true, withHeld: true })) {
      must(false, 'I3', () => `${id}: ${how} after ${said()}`);
    }
  }

  /** A denial names limits that would be over indeed; `held` only what holds alone are over. */
  mustDeny(ask: Asking, { code, limits }: Denial, said: () => string): void {
    const { plan } = this.model;
    if (!plan) return;
    const paysInCredits = plan.plan.creditGrant !== undefined;
    const quantities = ask.type === 'lease' ? ask.atLeast : ask.quantities;
    const count = ask.type === 'lease' ? 'own' : Number(ask.counts ?? !ask.forSettle);
    const want = { user: ask.user, quantities, properties: ask.properties, count } as const;
    const over = this.over(want, { isHeld: false, withHeld: true }).map(([id]) => id);
    for (const { id } of limits) {
      if (id === 'spend' && paysInCredits) continue;
      must(over.includes(id), 'I14', () => `${id} fits: ${said()}`);
    }
    const alone = this.over(want, { isHeld: false, withHeld: false }).map(([id]) => id);
    const isHeld = code === 'held_by_concurrent_requests';
    must(!isHeld || alone.length === 0, 'I14', () => `${alone.join()} is over alone: ${said()}`);
  }

  /** Hard limits that are over with what is wanted, of those that it counts in. */
  private over(want: Want, how: { isHeld: boolean; withHeld: boolean }): Over[] {
    const { plan } = this.model;
    if (!plan) return [];
    return limitsOf(plan).flatMap((limit) => {
      const asked = unitsUnder(plan, limit, want);
      const counts = Object.values(asked).some((units) => units > 0);
      if (!counts || limit.enforcement === 'soft') return [];
      const key = keyOf(limit, want.user, want.properties);
      const taken = this.taken(limit, key, how.withHeld);
      const before = how.isHeld ? plus(taken, negative(asked)) : taken;
      const after = how.isHeld ? taken : plus(taken, asked);
      if (limit.id === 'priced') return this.spending(before, after);
      return this.limiting(limit, key, before, after);
    });
  }

  private taken(limit: Limit, key: string | null, withHeld: boolean): Units {
    const { books } = this.model;
    const used = books.at(limit, this.period, key, this.nowMs);
    if (!withHeld) return used;
    return plus(used, this.held.at(limit, this.period, key, this.nowMs));
  }

  private limiting(limit: Limit, key: string | null, before: Units, after: Units): Over[] {
    const max = this.model.controls.maxOf(limit, key);
    if (limit.maxAmountMinor === undefined) {
      const units = after[''] ?? 0;
      return units > max ? [[limit.id, `${units} of ${max}`]] : [];
    }
    const cost = this.cost(limit, after);
    const isOver = cost > BigInt(max) * MINOR && cost > this.cost(limit, before);
    return isOver ? [[limit.id, `${cost} of ${max}`]] : [];
  }

  private cost(limit: Limit, units: Units): bigint {
    const prices = this.model.plan?.plan.prices ?? {};
    return Object.entries(units).reduce((sum, [meter, count]) => {
      const price = prices[meter];
      return price ? sum + highestCost(withoutIncluded(limit, price), count) : sum;
    }, 0n);
  }

  /** Spend compares the whole bill; an `included` that blocks is a limit in units. */
  private spending(before: Units, after: Units): Over[] {
    const { plan, controls } = this.model;
    if (!plan || plan.plan.prices?.['credits']) return [];
    const over: Over[] = [];
    for (const [meter, price] of Object.entries(plan.plan.prices ?? {})) {
      const grows = (after[meter] ?? 0) > (before[meter] ?? 0);
      const blocks = price.overage === 'block' && (after[meter] ?? 0) > (price.included ?? 0);
      if (grows && blocks) over.push([`included/${meter}`, `${after[meter]}`]);
    }
    const max = controls.spendMax(plan);
    const bill = this.bill(after);
    const isOver = max !== undefined && bill > max && bill > this.bill(before);
    return isOver ? [...over, ['spend', `${bill} of ${max}`]] : over;
  }

  /** The highest bill that these units and the period's gauges can come to, base included. */
  private bill(units: Units): number {
    const { plan } = this.period;
    const prices = Object.entries(plan.plan.prices ?? {});
    return prices.reduce((sum, [meter, price]) => {
      const isGauge = ['max', 'last'].includes(plan.meters[meter]?.aggregation ?? '');
      const count = isGauge ? this.period.sums.units(meter) : (units[meter] ?? 0);
      return sum + highestBill(price, count);
    }, plan.plan.baseAmountMinor ?? 0);
  }
}

function negative(units: Units): Units {
  return Object.fromEntries(Object.entries(units).map(([meter, count]) => [meter, -count]));
}
