import type { Interval, Limit, PlanSnapshot } from '../../billing/catalogue.js';
import { foldStretch } from '../../billing/customer/fold.js';
import { contextOf } from '../../billing/limits/contextOf.js';
import { standingsOf } from '../../billing/limits/standings.js';
import { UTC, type Zone } from '../../billing/windows/zone.js';
import { laneOf, runLane, type Lane } from '../billing/customer/close/perfectStripe.js';
import { commanded, folded, LINK, PRO, row, used } from '../billing/customer/world.js';

/** One customer from its first event to its invoices, through the rules alone. */

const SECOND_MS = 1_000;

/** Where and how a life begins. */
export interface Birth {
  /** Start of Stripe's first period, to the second. */
  readonly anchorMs: number;
  readonly interval?: Interval;
  readonly zone?: Zone;
  readonly limits?: readonly Limit[];
}

/** What an invoice bills of usage. */
export interface Billed {
  readonly reason: string;
  readonly status: string;
  /** ISO times of the period. */
  readonly period: readonly [start: string, end: string];
  readonly units: number;
  readonly amountMinor: number;
  /** Of usage that came after its own period was closed, whole minor units. */
  readonly lateMinor: number;
}

/** What units cost at 1.5 each, half away from zero; whole minor units. */
export const costOf = (units: number): number => Math.floor((3 * units + 1) / 2);

function planOf({ interval = 'month', limits = [] }: Birth): PlanSnapshot {
  const prices = { tokens: { type: 'perUnit', unitAmountMinor: '1.5' } } as const;
  return { ...PRO, plan: { ...PRO.plan, interval, limits, prices } };
}

/** A customer's log, clock and money lane; Stripe does as it is told. */
export class Life {
  private readonly lane: Lane;
  private nowMs: number;

  constructor(birth: Birth) {
    const plan = planOf(birth);
    const { anchorMs, zone = UTC } = birth;
    const startMs = Math.floor(anchorMs / 60_000) * 60_000;
    const details = { timezone: zone.name, zone };
    const stripe = { ...LINK, anchorSeconds: anchorMs / SECOND_MS };
    const first = { plan, details, atMs: startMs, anchorMs: startMs };
    this.lane = laneOf(
      folded([
        commanded(1, { type: 'customer', ...first }),
        commanded(2, { type: 'subscribed', request: 1, plan, stripe }),
      ]),
    );
    this.nowMs = startMs;
    this.pass(startMs);
  }

  /** The customer's time goes on, and all that falls due until then is done. */
  pass(toMs: number): void {
    if (toMs < this.nowMs) throw new Error(`${toMs} lies before ${this.nowMs}`);
    this.nowMs = toMs;
    runLane(this.lane, toMs);
  }

  /** An event is recorded now, dated then. */
  use(quantity: number, atMs: number): void {
    const { state } = this.lane;
    const next = state.mark + 1;
    this.lane.state = foldStretch(state, used(next, next, [row(atMs, quantity)]));
    runLane(this.lane, this.nowMs);
  }

  /** Units that a limit of the customer counts now. */
  usedOf(limit: string): number {
    const standings = standingsOf(contextOf(this.lane.state, this.nowMs));
    const standing = standings.find(({ id }) => id === limit);
    if (!standing) throw new Error(`no limit ${limit}`);
    return Number(standing.used);
  }

  /** Every invoice that ended a period, as it stands now, oldest first. */
  billed(): Billed[] {
    const newest = new Map(
      this.lane.invoices.map((body) => [`${body.reason} ${body.period.start}`, body]),
    );
    const cycles = [...newest.values()].filter(({ reason }) => reason !== 'start');
    return cycles.map(({ reason, status, period, lines }) => {
      const sumOf = (name: string, of: (line: (typeof lines)[number]) => number) =>
        lines.filter(({ ref }) => ref === name).reduce((sum, line) => sum + of(line), 0);
      return {
        ...{ reason, status, period: [period.start, period.end] as const },
        units: sumOf('tokens', ({ quantity }) => Number(quantity)),
        amountMinor: sumOf('tokens', (line) => line.amountMinor),
        lateMinor: sumOf('late/tokens', (line) => line.amountMinor),
      };
    });
  }
}

/** Quantities of which no two are alike: an event on another invoice shows. */
export function* distinctQuantities(): Generator<number, never> {
  for (let quantity = 101; ; quantity += 2) yield quantity;
}
