import { foldStretch } from '../../../../billing/customer/fold.js';
import { rate } from '../../../../billing/rating/rate.js';
import { laneOf, runLane } from './perfectStripe.js';
import { commanded, PRO, row, START_MS, subscribed, used } from '../world.js';

const END_MS = Date.UTC(2026, 1, 1);
const DAY_MS = 86_400_000;

/** A customer with usage in the first period, its clock asked to go past the period's end. */
function atPeriodEnd(tokens: number) {
  const lane = laneOf(subscribed());
  runLane(lane, START_MS);
  if (tokens > 0) {
    lane.state = foldStretch(lane.state, used(3, 3, [row(START_MS + DAY_MS, tokens)]));
  }
  const next = lane.state.mark + 1;
  lane.state = foldStretch(
    lane.state,
    commanded(next, { type: 'clock', toMs: END_MS, segment: 0 }),
  );
  lane.steps.length = 0;
  return { lane, request: next };
}

describe('a period is closed in order, and collected only when equal', () => {
  it('holds, freezes, flushes, completes, finalises, compares, collects', () => {
    const { lane, request } = atPeriodEnd(250);
    runLane(lane, START_MS);
    expect(lane.steps.filter((step) => step !== 'advanceTestClock')).toEqual([
      'report',
      'lookForDraft',
      'freeze',
      'readSummaries',
      'complete',
      'finalise',
      'collect',
      'saveCustomer',
    ]);
    expect(lane.state.clock.reached).toBe(request);
    expect(lane.state.segments.map(({ index, stage }) => [index, stage])).toEqual([
      [0, 'billed'],
      [1, 'open'],
    ]);
  });

  it('predicts what rate says, plus the base of the next period', () => {
    const { lane } = atPeriodEnd(250);
    runLane(lane, START_MS);
    const rated = rate(PRO, { tokens: 250 });
    const paid = lane.invoices.at(-1);
    expect(paid?.subtotalMinor).toBe(rated.subtotalMinor);
    expect(paid?.status).toBe('paid');
    expect(paid?.review).toBeNull();
  });

  it('leaves an invoice uncollected when Stripe rated one unit less', () => {
    const { lane } = atPeriodEnd(250);
    lane.bend = (view) => ({
      ...view,
      lines: view.lines.map((line) =>
        line.kind === 'meter' && line.quantity === '150' ? { ...line, quantity: '149' } : line,
      ),
    });
    runLane(lane, START_MS);
    expect(lane.steps).not.toContain('collect');
    expect(lane.invoices.at(-1)).toMatchObject({
      status: 'inReview',
      review: { reason: 'mismatch', detail: 'tokens: 250 units were reported, Stripe rated 249' },
    });
  });

  it('leaves an invoice uncollected when a line is a cent off', () => {
    const { lane } = atPeriodEnd(250);
    lane.bend = (view) => ({
      ...view,
      lines: view.lines.map((line) =>
        line.kind === 'base' ? { ...line, amountMinor: line.amountMinor + 1 } : line,
      ),
    });
    runLane(lane, START_MS);
    expect(lane.state.segments[0]?.stage).toBe('inReview');
  });

  it('looks for a missing draft for a day, then bills nothing where nothing was used', () => {
    const { lane } = atPeriodEnd(0);
    lane.hasDraft = false;
    runLane(lane, START_MS);
    expect(lane.state.segments[0]?.stage).toBe('empty');
    expect(lane.steps.filter((step) => step === 'lookForDraft').length).toBeGreaterThan(24);
  });

  it('bills late usage once, on the next draft, at the difference of the two ratings', () => {
    const { lane } = atPeriodEnd(90);
    runLane(lane, START_MS);
    const late = used(lane.state.mark + 1, lane.state.mark + 1, [row(START_MS + DAY_MS, 30)]);
    lane.state = foldStretch(lane.state, late);
    const toMs = Date.UTC(2026, 2, 1);
    const clock = commanded(lane.state.mark + 1, { type: 'clock', toMs, segment: 1 });
    lane.state = foldStretch(lane.state, clock);
    runLane(lane, START_MS);
    const second = lane.invoices.at(-1);
    expect(second?.lines.filter((line) => line.ref.startsWith('late/'))).toEqual([
      expect.objectContaining({ ref: 'late/tokens', quantity: 30, amountMinor: 10 }),
    ]);
    expect(second?.adjustmentsMinor).toBe(10);
    const toNext = commanded(lane.state.mark + 1, {
      type: 'clock',
      toMs: Date.UTC(2026, 3, 1),
      segment: 2,
    });
    lane.state = foldStretch(lane.state, toNext);
    runLane(lane, START_MS);
    expect(lane.invoices.at(-1)?.lines.some((line) => line.ref.startsWith('late/'))).toBe(false);
  });
});
