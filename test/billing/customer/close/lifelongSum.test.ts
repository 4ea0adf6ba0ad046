import fc from 'fast-check';
import type { PlanSnapshot, Price } from '../../../../billing/catalogue.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { rate } from '../../../../billing/rating/rate.js';
import type { InvoiceBody } from '../../../../billing/invoice.js';
import { laneOf, runLane, type Lane } from './perfectStripe.js';
import { commanded, folded, LINK, PRO, row, START_MS, used } from '../world.js';

/**
 * Over a customer's life, whatever comes late, is taken back or held: the usage on all invoices is
 * what each period's usage costs, to the cent, and nothing is billed twice (CONTRACT §4.6).
 */

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const OLDEST_MS = 35 * DAY_MS;

const PRICES: Readonly<Record<string, Price>> = {
  perUnit: { type: 'perUnit', unitAmountMinor: '0.5', included: 100 },
  graduated: {
    type: 'graduated',
    included: 50,
    tiers: [
      { upTo: 200, unitAmountMinor: '3', flatAmountMinor: 70 },
      { upTo: 'inf', unitAmountMinor: '0.3' },
    ],
  },
  volume: {
    type: 'volume',
    included: 40,
    tiers: [
      { upTo: 100, unitAmountMinor: '5' },
      { upTo: 'inf', unitAmountMinor: '1' },
    ],
  },
  package: { type: 'package', size: 30, packageAmountMinor: '100', included: 20 },
};

type Move =
  | { readonly do: 'use'; readonly agoHours: number; readonly units: number }
  | { readonly do: 'void'; readonly pick: number }
  | { readonly do: 'pass'; readonly hours: number }
  | { readonly do: 'hold' | 'approve' };

const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({
      do: fc.constant('use' as const),
      agoHours: fc.nat(34 * 24),
      units: fc.integer({ min: 1, max: 400 }),
    }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('void' as const), pick: fc.nat() }) },
    { weight: 4, arbitrary: fc.record({
      do: fc.constant('pass' as const),
      hours: fc.integer({ min: 1, max: 20 * 24 }),
    }) },
    { weight: 1, arbitrary: fc.constantFrom<Move>({ do: 'hold' }, { do: 'approve' }) },
  ),
  { maxLength: 60 },
);

interface Event {
  readonly atMs: number;
  readonly units: number;
}

/** One customer's life, move by move; the clock stands at `nowMs`. */
class Life {
  readonly lane: Lane;
  readonly plan: PlanSnapshot;
  private nowMs = START_MS;
  /** What stands, taken-back events left out. */
  private readonly events: Event[] = [];

  constructor(price: Price) {
    this.plan = { ...PRO, plan: { ...PRO.plan, prices: { tokens: price } } };
    const { plan } = this;
    const at = { atMs: START_MS, anchorMs: START_MS };
    const ask = { type: 'customer', plan, details: {}, ...at } as const;
    this.lane = laneOf(
      folded([
        commanded(1, ask),
        commanded(2, { type: 'subscribed', request: 1, plan, stripe: LINK }),
      ]),
    );
    runLane(this.lane, this.nowMs);
  }

  play(move: Move): void {
    if (move.do === 'pass') this.pass(move.hours * HOUR_MS);
    else if (move.do === 'use') this.use(move.agoHours, move.units);
    else if (move.do === 'void') this.takeBack(move.pick);
    else this.operate(move.do);
  }

  private pass(ms: number): void {
    this.nowMs += ms;
    runLane(this.lane, this.nowMs);
  }

  private count(atMs: number, units: number): void {
    const { last, ...counted } = row(atMs, units);
    const taken = { ...counted, count: units < 0 ? -1 : 1, last: units < 0 ? null : last };
    const next = this.lane.state.mark + 1;
    this.lane.state = foldStretch(this.lane.state, used(next, next, [taken]));
    runLane(this.lane, this.nowMs);
  }

  private use(agoHours: number, units: number): void {
    const atMs = Math.max(START_MS, this.nowMs - agoHours * HOUR_MS);
    this.events.push({ atMs, units });
    this.count(atMs, units);
  }

  private takeBack(pick: number): void {
    const known = this.events.filter(({ atMs }) => atMs >= this.nowMs - OLDEST_MS);
    const event = known[pick % Math.max(1, known.length)];
    if (!event) return;
    this.events.splice(this.events.indexOf(event), 1);
    this.count(event.atMs, -event.units);
  }

  private operate(action: 'hold' | 'approve'): void {
    for (const { index } of this.lane.state.segments) {
      const about = { segment: index, reason: 'r', atMs: this.nowMs };
      const next = this.lane.state.mark + 1;
      const command = commanded(next, { type: 'invoice', action, ...about });
      this.lane.state = foldStretch(this.lane.state, command);
      runLane(this.lane, this.nowMs);
    }
  }

  /** The customer leaves; all that was held is let go, and time passes until nothing can come. */
  leave(): void {
    this.pass(HOUR_MS);
    const next = this.lane.state.mark + 1;
    const endedSeconds = this.nowMs / 1000;
    const ended = { type: 'ended', request: next, endedSeconds, byCycle: false } as const;
    const cancel = { type: 'cancel', next: null, atMs: this.nowMs } as const;
    this.lane.state = [commanded(next, cancel), commanded(next + 1, ended)].reduce(
      foldStretch,
      this.lane.state,
    );
    this.pass(HOUR_MS);
    this.operate('approve');
    this.pass(36 * DAY_MS);
    this.operate('approve');
    this.pass(DAY_MS);
  }

  /** What each month's usage costs, base left out. */
  costMinor(): number {
    const months = new Map<string, number>();
    for (const { atMs, units } of this.events) {
      const month = new Date(atMs).toISOString().slice(0, 7);
      months.set(month, (months.get(month) ?? 0) + units);
    }
    const cost = (tokens: number) => rate(this.plan, { tokens }).subtotalMinor - 2900;
    return [...months.values()].reduce((sum, tokens) => sum + cost(tokens), 0);
  }

  /** The invoices as they were last stored. */
  invoices(): readonly InvoiceBody[] {
    const last = new Map(this.lane.invoices.map((body) => [body.stripe?.invoice, body]));
    return [...last.values()];
  }
}

/** Usage and what was late of it. */
function usageMinor(invoices: readonly InvoiceBody[]): number {
  const lines = invoices.flatMap(({ lines: all }) => all).filter(({ meter }) => meter === 'tokens');
  return lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

it.each(Object.keys(PRICES))('with a %s price', (name) => {
  const price = PRICES[name];
  if (!price) throw new Error(name);
  fc.assert(
    fc.property(moves, (script) => {
      const life = new Life(price);
      for (const move of script) life.play(move);
      life.leave();
      const invoices = life.invoices();
      expect(invoices.filter(({ status }) => status !== 'paid')).toEqual([]);
      const held = new Set(life.lane.invoices.map(({ review }) => review?.reason));
      for (const reason of held) expect([undefined, 'spike', 'operator']).toContain(reason);
      expect(usageMinor(invoices)).toBe(life.costMinor());
    }),
    { numRuns: 60, seed: jest.getSeed() },
  );
});
