import { foldStretch } from '../../../../billing/customer/fold.js';
import { dueReports } from '../../../../billing/customer/reporting/reporting.js';
import { reportingRow } from '../../../../billing/customer/reporting/reportingRow.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import { rate } from '../../../../billing/rating/rate.js';
import type { CustomerState, Segment } from '../../../../billing/state.js';
import { laneOf, runLane } from './perfectStripe.js';
import { commanded, LINK, PRO, row, START_MS, subscribed, used } from '../world.js';

const DAY_MS = 86_400_000;
const CUT_MS = START_MS + 10 * DAY_MS;
const NEW = { ...PRO, version: 2, plan: { ...PRO.plan, baseAmountMinor: 9900 } };
const PRICE = { type: 'perUnit', unitAmountMinor: '0.5', included: 100 } as const;

const atRest = (state: CustomerState): CustomerState => {
  const lane = laneOf(state);
  runLane(lane, START_MS);
  return lane.state;
};

const uses = (state: CustomerState, atMs: number, tokens: number) =>
  foldStretch(state, used(state.mark + 1, state.mark + 1, [row(atMs, tokens)]));

/** A customer with usage who moves to another plan now, 10 days into the period, at a second. */
function changed(tokens: number): CustomerState {
  const before = tokens > 0 ? uses(atRest(subscribed()), START_MS, tokens) : atRest(subscribed());
  const next = before.mark + 1;
  const ask = { type: 'customer', plan: NEW, details: {}, atMs: CUT_MS } as const;
  const stripe = { ...LINK, anchorSeconds: CUT_MS / 1000 + 41 };
  return [
    commanded(next, ask),
    commanded(next + 1, { type: 'subscribed', request: next, plan: NEW, stripe }),
  ].reduce(foldStretch, before);
}

/** A customer with usage who cancels now. */
function canceled(tokens: number): CustomerState {
  const before = uses(atRest(subscribed()), START_MS, tokens);
  const next = before.mark + 1;
  return [
    commanded(next, { type: 'cancel', next: null, atMs: CUT_MS }),
    commanded(next + 1, {
      type: 'ended',
      request: next,
      endedSeconds: CUT_MS / 1000 + 7,
      byCycle: false,
    }),
  ].reduce(foldStretch, before);
}

/** Runs the lane with the clock at a time. */
function ran(state: CustomerState, atMs: number) {
  const lane = laneOf(state);
  runLane(lane, atMs);
  return lane;
}

const zero = (state: CustomerState) => state.segments[0] as Segment;
const finals = (lane: ReturnType<typeof laneOf>) =>
  lane.invoices.filter(({ reason }) => reason === 'final');

describe('a period cut short by a plan change is an invoice of our own', () => {
  it('freezes at once, then is made, completed, finalised, compared and collected', () => {
    const { steps, state } = ran(changed(250), CUT_MS + 60_000);
    const close = ['freeze', 'makeInvoice', 'complete', 'finalise', 'collect'];
    expect(steps.filter((step) => [...close, 'lookForDraft', 'report'].includes(step))).toEqual(
      close,
    );
    expect(zero(state)).toMatchObject({ stage: 'billed', close: 'final', items: [{}] });
  });

  it('bills its usage as rated and gives the unused base back, by whole minutes', () => {
    const [, open, paid] = finals(ran(changed(250), CUT_MS + 60_000));
    const rated = rate(PRO, { tokens: 250 }).lines.filter(({ ref }) => ref !== 'base');
    const unused = { ref: 'base/unused', quantity: 1, amountMinor: -1965 };
    expect(open?.lines).toMatchObject([...rated, unused]);
    expect(open).toMatchObject({ status: 'finalized', review: null, adjustmentsMinor: -1965 });
    expect(paid).toMatchObject({ status: 'paid', subtotalMinor: 75 - 1965, review: null });
    expect(paid?.period.end).toBe('2026-01-11T00:00:00.000Z');
  });

  it('sends no item for a line that costs nothing', () => {
    const lane = laneOf(changed(250));
    const seen: string[] = [];
    lane.bend = (view) => {
      seen.push(...view.lines.map(({ kind, name }) => `${kind} ${name}`));
      return view;
    };
    runLane(lane, CUT_MS + 60_000);
    expect(new Set(seen)).toEqual(new Set(['ours tokens', 'ours base/unused']));
  });

  it('is held where an item of ours is missing or a cent off', () => {
    const lane = laneOf(changed(250));
    lane.bend = (view) => ({ ...view, lines: view.lines.slice(1) });
    runLane(lane, CUT_MS + 60_000);
    expect(zero(lane.state)).toMatchObject({ stage: 'inReview', final: true });
    expect(lane.invoices.at(-1)?.review?.detail).toBe('tokens: expected 75, Stripe has 0');
  });

  it('tells Stripe nothing more; what was not told is withheld, and the identity holds', () => {
    const reports = { intended: 180, accepted: 150, inDoubt: 20, deadLetter: 10, lastAtMs: 0 };
    const cut = changeSegment(changed(250), 0, { reports: { tokens: reports } });
    expect(dueReports(cut, zero(cut))).toEqual([]);
    const row180 = { accepted: 150, inDoubt: 20, deadLetter: 10, pending: 0 };
    const known = { ...row180, ledger: 250, withheld: 70, late: 0 };
    expect(reportingRow(cut, zero(cut), 'tokens', PRICE)).toEqual(known);
    const closed = ran(cut, CUT_MS + 60_000).state;
    expect(zero(closed).stage).toBe('billed');
    const late = uses(closed, START_MS + DAY_MS, 30);
    expect(reportingRow(late, zero(late), 'tokens', PRICE)).toEqual({
      ...known,
      ledger: 280,
      late: 30,
    });
  });
});

describe('a subscription that ends now', () => {
  it('has its usage on a final invoice and no base back', () => {
    const paid = finals(ran(canceled(250), CUT_MS + 60_000)).at(-1);
    expect(paid).toMatchObject({ status: 'paid', subtotalMinor: 75, adjustmentsMinor: 0 });
    expect(paid?.lines.map(({ ref }) => ref)).toEqual(['tokens/included', 'tokens']);
  });

  it('makes no invoice where there is nothing to bill', () => {
    const lane = ran(canceled(90), CUT_MS + 60_000);
    expect(finals(lane)).toEqual([]);
    expect(zero(lane.state).stage).toBe('empty');
  });
});

describe('late usage after a customer has left', () => {
  const left = uses(ran(canceled(250), CUT_MS + 60_000).state, CUT_MS - DAY_MS, 40);
  const DUE_MS = CUT_MS + 35 * DAY_MS + 300_000;

  it('waits until no more can come, then is one invoice, collected like any other', () => {
    expect(nextStep(left, DUE_MS - 1)).toEqual({ step: null, waitUntilMs: DUE_MS });
    const more = uses(left, CUT_MS - DAY_MS, 10);
    const { state, invoices } = ran(more, DUE_MS);
    expect(invoices.at(-1)).toMatchObject({
      reason: 'late',
      status: 'paid',
      subtotalMinor: 25,
      lines: [{ ref: 'late/tokens', meter: 'tokens', quantity: 50, amountMinor: 25 }],
    });
    expect(zero(state).lateInvoice).toMatchObject({ stage: 'billed', stripeInvoice: 'in_0_late' });
    expect(nextStep(state, DUE_MS + 100 * DAY_MS).step).toBeNull();
  });

  it('is not forgotten while it waits, however old the period is', () => {
    const { state } = ran(left, CUT_MS + 60 * DAY_MS);
    expect(zero(state).lateInvoice?.stage).toBe('billed');
  });

  it('of nothing that costs anything makes no invoice', () => {
    const none = uses(ran(canceled(50), CUT_MS + 60_000).state, CUT_MS - DAY_MS, 40);
    const { invoices } = ran(none, DUE_MS);
    expect(invoices).toEqual([]);
  });
});
