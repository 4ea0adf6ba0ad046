import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { decideItems } from '../../../../billing/customer/invoice/items.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { reportingRow } from '../../../../billing/customer/reporting/reportingRow.js';
import { changeSegment, planKey } from '../../../../billing/customer/periods/segments.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type { CustomerState, Segment } from '../../../../billing/state.js';
import { laneOf, runLane, type Lane } from './perfectStripe.js';
import { closed, PRO, row, START_MS, subscribed, used } from '../world.js';

/** Voids, migrations and late changes: what an invoice holds beside what Stripe rates. */

const DAY_MS = 86_400_000;
const END_MS = Date.UTC(2026, 1, 1);
const NEXT_END_MS = Date.UTC(2026, 2, 1);
const PRICE = PRO.plan.prices?.['tokens'] ?? { type: 'perUnit', unitAmountMinor: '0' };

const uses = (state: CustomerState, tokens: number, atMs = START_MS + DAY_MS) => {
  const { last, ...counted } = row(atMs, tokens);
  const taken = { ...counted, count: tokens < 0 ? -1 : 1, last: tokens < 0 ? null : last };
  return foldStretch(state, used(state.mark + 1, state.mark + 1, [taken]));
};

/** A customer of whom Stripe was told 250 tokens in the open period. */
function told(): Lane {
  const lane = laneOf(subscribed());
  runLane(lane, START_MS);
  lane.state = uses(lane.state, 250);
  runLane(lane, START_MS + 2 * DAY_MS);
  return lane;
}

const zero = ({ state }: Lane) => state.segments[0] as Segment;
const lateOf = ({ invoices }: Lane) =>
  invoices.at(-1)?.lines.filter(({ ref }) => ref.startsWith('late/'));

describe('a void', () => {
  it('of what Stripe was not told only lowers the usage', () => {
    const lane = laneOf(subscribed());
    runLane(lane, START_MS);
    lane.state = uses(uses(lane.state, 250), -50);
    runLane(lane, END_MS + DAY_MS);
    expect(lane.invoices.at(-1)).toMatchObject({ status: 'paid', subtotalMinor: 50 + 2900 });
    expect(lateOf(lane)).toEqual([]);
  });

  it('before the fence of what Stripe was told is negative late usage on the own draft', () => {
    const lane = told();
    lane.state = uses(lane.state, -50);
    const row200 = reportingRow(lane.state, zero(lane), 'tokens', PRICE);
    expect(row200).toMatchObject({ ledger: 200, accepted: 250, late: -50, pending: 0 });
    runLane(lane, END_MS + DAY_MS);
    expect(lane.invoices.at(-1)).toMatchObject({
      status: 'paid',
      review: null,
      subtotalMinor: 75 - 25 + 2900,
      adjustmentsMinor: -25,
    });
    expect(lateOf(lane)).toMatchObject([{ ref: 'late/tokens', quantity: -50, amountMinor: -25 }]);
  });

  it('after the fence, while the draft is held, stands on it too', () => {
    const lane = told();
    lane.state = turn(lane.state, END_MS);
    lane.state = foldStretch(lane.state, closed(lane.state.mark + 1, 0));
    lane.state = uses(lane.state, -50);
    runLane(lane, END_MS + DAY_MS);
    expect(lateOf(lane)).toMatchObject([{ quantity: -50, amountMinor: -25 }]);
  });

  it('while an operator looks at the draft is taken off when it is approved', () => {
    const lane = told();
    lane.state = { ...lane.state, pace: { ...lane.state.pace, closedUsageMinor: [1] } };
    lane.state = uses(lane.state, 10_000);
    runLane(lane, END_MS + DAY_MS);
    expect(zero(lane)).toMatchObject({ stage: 'inReview', final: false });
    lane.state = changeSegment(uses(lane.state, -10_000), 0, {
      stage: 'complete',
      approved: ['spike'],
    });
    runLane(lane, END_MS + DAY_MS);
    expect(lane.invoices.at(-1)).toMatchObject({ status: 'paid', subtotalMinor: 75 + 2900 });
  });

  it('after it was finalised goes on the next draft, once', () => {
    const lane = told();
    runLane(lane, END_MS + DAY_MS);
    lane.state = uses(lane.state, -50);
    runLane(lane, NEXT_END_MS + DAY_MS);
    expect(lateOf(lane)).toMatchObject([{ quantity: -50, amountMinor: -25 }]);
    runLane(lane, Date.UTC(2026, 3, 2));
    expect(lateOf(lane)).toEqual([]);
  });

  it('waits for its own draft while that is open, though the next one is completed first', () => {
    const lane = told();
    lane.state = changeSegment(turn(lane.state, END_MS), 0, { stage: 'inReview' });
    lane.state = foldStretch(lane.state, closed(lane.state.mark + 1, 0));
    lane.state = uses(lane.state, -50);
    expect(decideItems(lane.state, 1).segments[1]?.items).toEqual([]);
    expect(decideItems(lane.state, 0).segments[0]?.items).toMatchObject([{ quantity: -50 }]);
  });

  it('and later usage of one segment each have an item of their own name', () => {
    const lane = told();
    runLane(lane, END_MS + DAY_MS);
    const once = decideItems(uses(lane.state, -50), 1);
    const twice = decideItems(uses(once, 30), 1);
    expect(twice.segments[1]?.items.map(({ name, amountMinor }) => [name, amountMinor])).toEqual([
      ['item/null/late/tokens/0', -25],
      ['item/null/late/tokens/0/1', 15],
    ]);
  });
});

describe('late usage', () => {
  it('that waits for a far draft keeps its segment, however old', () => {
    const lane = told();
    runLane(lane, END_MS + DAY_MS);
    const owed = changeSegment(uses(lane.state, 30), 1, { endMs: END_MS + 365 * DAY_MS });
    const kept = turn(owed, END_MS + 300 * DAY_MS);
    expect(kept.segments.map(({ index }) => index)).toEqual([0, 1]);
    const billed = turn(decideItems(owed, 1), END_MS + 300 * DAY_MS);
    expect(billed.segments.map(({ index }) => index)).toEqual([1]);
  });
});

describe('the fence of a segment', () => {
  const dueAt = (state: CustomerState) => {
    const frozen = changeSegment(turn(state, END_MS), 0, { stage: 'freeze' });
    const { waitUntilMs } = nextStep(frozen, END_MS + 1);
    return ((waitUntilMs ?? 0) - END_MS) / 60_000;
  };
  const holding = (grantedAtMs: number): CustomerState => {
    const lane = laneOf(subscribed());
    runLane(lane, START_MS);
    const { state } = lane;
    const hold = { id: 'r', grantedAtMs, expiresAtMs: END_MS + 2 * DAY_MS } as never;
    const open = { size: 1, shards: [[['r', hold]]] } as never;
    return { ...state, holds: { ...state.holds, open } };
  };

  it('stands 15 minutes after the end; 65 while holds dated in it are open', () => {
    expect(dueAt(holding(END_MS))).toBe(15);
    expect(dueAt(holding(END_MS - 1))).toBe(65);
    expect(dueAt(holding(START_MS))).toBe(65);
    expect(dueAt(holding(START_MS - 1))).toBe(15);
  });
});

describe('a plan change', () => {
  const OTHER: PlanSnapshot = { ...PRO, version: 2, plan: { ...PRO.plan, baseAmountMinor: 4000 } };

  /** The first period is under version 2 of the plan; the next one too. */
  function under(change: Partial<Segment>, index: number): Lane {
    const lane = told();
    const { state } = lane;
    const snapshots = { ...state.snapshots, [planKey(OTHER)]: OTHER };
    const turned = turn({ ...state, snapshots }, END_MS);
    lane.state = changeSegment(turned, index, change);
    return lane;
  }

  it('at the period’s end evens out the base that Stripe had charged for the plan before', () => {
    const v2 = { id: 'pro', version: 2 };
    const lane = under({ plan: v2, basePlan: { id: 'pro', version: 1 } }, 1);
    runLane(lane, END_MS + DAY_MS);
    expect(lane.invoices.at(-1)).toMatchObject({
      status: 'paid',
      adjustmentsMinor: 0,
      lines: [
        { ref: 'tokens/included' },
        { ref: 'tokens', amountMinor: 75 },
        { ref: 'base/change', amountMinor: 1100 },
        { ref: 'base', amountMinor: 2900 },
      ],
    });
  });

  it.each([
    [2629, -271, 'above 1.10 x the old bill: the whole difference'],
    [2630, undefined, 'at most 1.10 x: nothing'],
  ])('to a dearer plan gives a net: old base %i', (baseAmountMinor, amountMinor, _why) => {
    const old = { ...OTHER, plan: { ...PRO.plan, baseAmountMinor } };
    const lane = under({ netAgainst: { id: 'pro', version: 2 } }, 0);
    const { state } = lane;
    lane.state = { ...state, snapshots: { ...state.snapshots, [planKey(OTHER)]: old } };
    runLane(lane, END_MS + DAY_MS);
    const net = lane.invoices.at(-1)?.lines.find(({ ref }) => ref === 'net');
    expect(net?.amountMinor).toBe(amountMinor);
    expect(lane.invoices.at(-1)?.status).toBe('paid');
  });
});
