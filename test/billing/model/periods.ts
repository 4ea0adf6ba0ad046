import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { boundaryAt, floorTo, MINUTE } from './calendar.js';
import type { Fact } from './facts.js';
import { Tally } from './tally.js';

/** One period of the reference model, with everything that was counted in it. */
export class Period {
  /** True once its fence stands. */
  closed = false;
  /** What stands before the fence, and what came after it. */
  readonly facts: Fact[] = [];
  readonly late: Fact[] = [];
  readonly sums: Tally;
  readonly lateSums: Tally;

  constructor(
    readonly index: number,
    readonly startMs: number,
    public endMs: number,
    readonly plan: PlanSnapshot,
  ) {
    this.sums = new Tally(plan);
    this.lateSums = new Tally(plan);
  }

  take(fact: Fact): void {
    (this.closed ? this.late : this.facts).push(fact);
    (this.closed ? this.lateSums : this.sums).add(fact);
  }
}

/** A customer's time cut into periods, in the order of the log. */
export class Periods {
  readonly list: Period[] = [];
  /** Told of every period that comes into being. */
  onPeriod: (period: Period) => void = () => undefined;
  /** Told of every period that goes before it has begun. */
  onDropped: (period: Period) => void = () => undefined;
  private anchorMs = 0;
  private anchorIndex = 0;

  /** A plan begins: the period in force ends at that minute; later ones go. Answers the ended. */
  begin(plan: PlanSnapshot, anchorMs: number): Period | null {
    const cutMs = floorTo(MINUTE, anchorMs);
    if (this.list.length > 0) this.at(cutMs);
    const moved: Fact[] = [];
    while ((this.list.at(-1)?.startMs ?? -1) >= cutMs) {
      const dropped = this.list.pop() as Period;
      if (dropped.startMs > cutMs) this.onDropped(dropped);
      moved.unshift(...dropped.facts, ...dropped.late);
    }
    const last = this.list.at(-1);
    if (last) {
      last.endMs = cutMs;
      last.closed = true;
    }
    this.anchorMs = anchorMs;
    this.anchorIndex = last ? last.index + 1 : 0;
    const period = this.push(plan, this.anchorIndex);
    for (const fact of moved) period.take(fact);
    return last ?? null;
  }

  private push(plan: PlanSnapshot, index: number): Period {
    const { interval } = plan.plan;
    const bound = (n: number) => floorTo(MINUTE, boundaryAt(this.anchorMs, interval, n));
    const n = index - this.anchorIndex;
    const period = new Period(index, bound(n), bound(n + 1), plan);
    this.list.push(period);
    this.onPeriod(period);
    return period;
  }

  /** The period of an instant; those up to it come into being. Before all of them: the first. */
  at(atMs: number): Period {
    for (;;) {
      const last = this.list.at(-1) as Period;
      if (atMs < last.endMs) break;
      this.push(last.plan, last.index + 1);
    }
    return this.known(atMs);
  }

  /** The same, of those that are there already. */
  known(atMs: number): Period {
    const found = this.list.findLast(({ startMs }) => startMs <= atMs);
    return found ?? (this.list[0] as Period);
  }

  /** The period by its index. */
  numbered(index: number): Period | undefined {
    return this.list.find((period) => period.index === index);
  }
}
