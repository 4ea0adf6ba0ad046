import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { asBillingUndrafted } from '../../../../billing/customer/close/undrafted.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import type { CustomerState } from '../../../../billing/state.js';
import { isUnreported } from '../../../../billing/customer/close/reviews.js';
import { invoicedUnits } from '../../../../billing/customer/invoice/prediction.js';
import { commanded, folded, LINK, PRO, row, START_MS, used } from '../world.js';
import { laneOf, runLane, type Lane } from './perfectStripe.js';

/** A period for which Stripe makes no draft: what is ours to bill of it is billed by us, once. */

const DAY_MS = 86_400_000;
const FEBRUARY_MS = Date.UTC(2026, 1, 1);

const METERED: PlanSnapshot = {
  ...PRO,
  id: 'metered',
  plan: { name: 'Metered', interval: 'month', prices: PRO.plan.prices ?? {} },
};

function metered(plan = METERED): CustomerState {
  const at = { atMs: START_MS, anchorMs: START_MS };
  return folded([
    commanded(1, { type: 'customer', plan, details: {}, ...at }),
    commanded(2, { type: 'subscribed', request: 1, plan, stripe: LINK }),
  ]);
}

/** At a time, while Stripe makes no drafts. */
function undrafted(state: CustomerState, atMs: number): Lane {
  const lane = laneOf(state);
  lane.hasDraft = false;
  runLane(lane, atMs);
  return lane;
}

function goOn(lane: Lane, atMs: number): void {
  lane.steps.length = 0;
  runLane(lane, atMs);
}

/** The change to another plan at the end of January. */
function turned(state: CustomerState, plan: PlanSnapshot): CustomerState {
  const next = state.mark + 1;
  const schedule = commanded(next, { type: 'schedule', plan, atMs: START_MS });
  const turn = { type: 'turned', request: next, plan, atMs: FEBRUARY_MS } as const;
  return [schedule, commanded(next + 1, turn)].reduce(foldStretch, state);
}

function late(lane: Lane, atMs: number, units: number): void {
  const next = lane.state.mark + 1;
  lane.state = foldStretch(lane.state, used(next, next, [row(atMs, units)]));
}

it('is looked for at Stripe for a day, to the minute, before one of ours is made', () => {
  const lane = undrafted(turned(metered(), PRO), FEBRUARY_MS);
  for (let hour = 1; hour < 24; hour += 1) runLane(lane, FEBRUARY_MS + hour * 3_600_000);
  runLane(lane, FEBRUARY_MS + DAY_MS - 1);
  expect(lane.steps).not.toContain('makeInvoice');
  expect(lane.steps.filter((step) => step === 'lookForDraft').length).toBeGreaterThan(20);
  goOn(lane, FEBRUARY_MS + DAY_MS + 3_600_000);
  expect(lane.steps.filter((step) => /look|make|collect/.test(step))).toEqual([
    'lookForDraft',
    'makeInvoice',
    'collect',
  ]);
  expect(lane.invoices.at(-1)).toMatchObject({
    reason: 'cycle',
    status: 'paid',
    period: { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' },
    lines: [{ ref: 'base/change', amountMinor: 2900 }],
    subtotalMinor: 2900,
  });
});

it('is never looked for again: a draft that comes yet bills nothing of ours', () => {
  const lane = undrafted(turned(metered(), PRO), FEBRUARY_MS + 2 * DAY_MS);
  const made = lane.invoices.length;
  lane.hasDraft = true;
  goOn(lane, FEBRUARY_MS + 20 * DAY_MS);
  expect(lane.steps).not.toContain('lookForDraft');
  expect(lane.invoices).toHaveLength(made);
});

it('has the late usage of periods before it, and no late usage of its own', () => {
  const lane = undrafted(metered(), FEBRUARY_MS + 2 * DAY_MS);
  expect(lane.state.segments[0]?.stage).toBe('empty');
  late(lane, START_MS, 104);
  goOn(lane, Date.UTC(2026, 2, 1) + 2 * DAY_MS);
  expect(lane.invoices.at(-1)).toMatchObject({
    reason: 'cycle',
    period: { start: '2026-02-01T00:00:00.000Z' },
    lines: [{ ref: 'late/tokens', quantity: 104, amountMinor: 2 }],
  });
  const made = lane.invoices.length;
  goOn(lane, Date.UTC(2026, 3, 1) + 2 * DAY_MS);
  expect(lane.invoices).toHaveLength(made);
});

it('is none where there is nothing to bill by the time it is made', () => {
  const state = turned(metered(), METERED);
  const lane = undrafted(changeSegment(state, 0, { undrafted: true }), FEBRUARY_MS + DAY_MS);
  expect(lane.steps).toContain('makeInvoice');
  expect(lane.state.segments[0]).toMatchObject({ stage: 'empty', stripeInvoice: null });
  expect(lane.invoices).toEqual([]);
});

it('is never made by us where Stripe charges a base: its own draft has both', () => {
  const plus: PlanSnapshot = { ...PRO, id: 'plus', plan: { ...PRO.plan, baseAmountMinor: 5000 } };
  const lane = undrafted(turned(metered(PRO), plus), FEBRUARY_MS + 2 * DAY_MS);
  expect(lane.steps).not.toContain('makeInvoice');
  const others = { ...LINK, otherItems: ['si_other'] };
  const adopted = { ...turned(metered(), PRO), stripe: others };
  const [first] = adopted.segments;
  const linked = changeSegment(adopted, first?.index ?? 0, { link: others });
  expect(undrafted(linked, FEBRUARY_MS + 2 * DAY_MS).steps).not.toContain('makeInvoice');
});

describe('usage that came just after the end', () => {
  const withUsage = (units: number, state = metered()) => {
    const lane = undrafted(state, FEBRUARY_MS + 60_000);
    late(lane, START_MS, units);
    goOn(lane, FEBRUARY_MS + 3 * DAY_MS - 1);
    expect(lane.steps).toContain('lookForDraft');
    expect(lane.steps).not.toContain('makeInvoice');
    expect(lane.state.segments[0]?.stage).toBe('complete');
    goOn(lane, FEBRUARY_MS + 3 * DAY_MS + 3_600_000);
    return lane;
  };

  it('is looked for at Stripe for three days, then billed by us', () => {
    const { invoices, steps } = withUsage(300);
    expect(steps).toContain('collect');
    expect(invoices.at(-1)).toMatchObject({
      reason: 'cycle',
      status: 'paid',
      review: null,
      period: { start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' },
      subtotalMinor: 100,
      lines: [{ ref: 'tokens/included' }, { ref: 'tokens', quantity: 200, amountMinor: 100 }],
    });
  });

  it('makes no invoice where it costs nothing', () => {
    const { invoices, state } = withUsage(100);
    expect(state.segments[0]?.stage).toBe('empty');
    expect(invoices).toEqual([]);
  });

  it('is looked for on and on in runs that began before, and where a base is charged', () => {
    const others = { ...LINK, otherItems: ['si_other'] };
    const [first] = metered().segments;
    const linked = changeSegment(metered(), first?.index ?? 0, { link: others });
    for (const state of [asBillingUndrafted(metered(), true), metered(PRO), linked]) {
      const { invoices, steps } = withUsage(300, state);
      expect(steps).toContain('lookForDraft');
      expect(steps).not.toContain('makeInvoice');
      expect(invoices.filter(({ reason }) => reason !== 'start')).toEqual([]);
    }
  });

  it('bills what stands, not what Stripe was told before a void', () => {
    const lane = undrafted(metered(), FEBRUARY_MS + 60_000);
    const [segment] = lane.state.segments;
    if (!segment) throw new Error('no segment');
    const reports = { intended: 400, accepted: 390, inDoubt: 0, deadLetter: 10, lastAtMs: 1 };
    const told = { ...segment, reports: { tokens: reports }, undrafted: true } as const;
    const state = changeSegment(lane.state, segment.index, told);
    const price = METERED.plan.prices?.['tokens'];
    if (!price) throw new Error('no price');
    expect(invoicedUnits(state, told, 'tokens', price)).toBe(0);
    expect(isUnreported(state, told)).toBe(false);
    const { undrafted: _ours, ...theirs } = told;
    expect(invoicedUnits(state, theirs, 'tokens', price)).toBe(400);
    expect(isUnreported(state, theirs)).toBe(true);
  });
});

it('is not made in runs that began before there were any', () => {
  const now = turned(metered(), PRO);
  const before = asBillingUndrafted(now, false);
  expect('billsUndrafted' in before).toBe(false);
  expect(asBillingUndrafted(before, 'withUsage')).toEqual(now);
  expect(asBillingUndrafted(now, 'withUsage')).toBe(now);
  const lane = undrafted(before, FEBRUARY_MS + 2 * DAY_MS);
  expect(lane.steps).not.toContain('makeInvoice');
  expect(lane.state.segments[0]?.stage).toBe('empty');
});
