import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { reduce } from '../../../../billing/customer/reducer.js';
import { billedUnits } from '../../../../billing/customer/reporting/reporting.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import type { CustomerState, Segment } from '../../../../billing/state.js';
import { METERS, PREPAID } from '../../contractCatalogue.js';
import { closed, commanded, folded, LINK, row, START_MS, subscribed, used } from '../world.js';

const HOUR_MS = 3_600_000;
const MILLION = 1_000_000;

/** A prepaid customer (1,000 credits, 500 roll over) who has used so many images at 5 credits. */
function prepaid(images: number): CustomerState {
  const plan: PlanSnapshot = {
    id: 'prepaid', version: 1, revision: 1, currency: 'usd', meters: METERS, plan: PREPAID,
  };
  return folded([
    commanded(1, { type: 'customer', plan, details: {}, atMs: START_MS, anchorMs: START_MS }),
    commanded(2, { type: 'subscribed', request: 1, plan, stripe: LINK }),
    used(3, 3, [row(START_MS + HOUR_MS, images, 'images')]),
  ]);
}

const zero = (state: CustomerState) => state.segments[0] as Segment;
const lots = (state: CustomerState) =>
  Object.fromEntries(state.credits.lots.map(({ id, left }) => [id, left / MILLION]));

describe('the fence of a period settles its credits', () => {
  it('rolls over what is left of the grant, up to the maximum', () => {
    const state = foldStretch(prepaid(120), closed(4, 0));
    expect(lots(state)).toEqual({ 'grant/1': 1000, 'rollover/1': 400 });
    expect(lots(foldStretch(prepaid(10), closed(4, 0)))['rollover/1']).toBe(500);
  });

  it('bills what was used beyond all credits, and keeps that number for ever', () => {
    const state = foldStretch(prepaid(210), closed(4, 0));
    expect(billedUnits(state, zero(state), 'credits')).toBe(50 * MILLION);
    expect(zero(state).coveredMicroCredits).toBe(1000 * MILLION);
    const late = foldStretch(state, used(5, 5, [row(START_MS + HOUR_MS, 1, 'images')]));
    expect(billedUnits(late, zero(late), 'credits')).toBe(50 * MILLION);
    expect(late.credits.uncovered['0']).toBe(55 * MILLION);
  });

  it('remembers what the period came to, and leaves out one without usage', () => {
    const busy = foldStretch(prepaid(210), closed(4, 0));
    expect(busy.pace.closedUsageMinor).toEqual([60]);
    expect(busy.pace.closedSpendMinor).toEqual([1060]);
    const calm = foldStretch(prepaid(0), closed(4, 0));
    expect([calm.pace.closedUsageMinor, calm.pace.closedSpendMinor]).toEqual([[], [1000]]);
  });

  it('keeps what earlier periods came to for the bill of one that Stripe bills', () => {
    const fenced = foldStretch(prepaid(120), closed(4, 0));
    expect(zero(fenced).earlierUsageMinor).toEqual([]);
    const unbilled = changeSegment(prepaid(120), 0, { stripe: null });
    expect(zero(foldStretch(unbilled, closed(4, 0)))).not.toHaveProperty('earlierUsageMinor');
  });

  it('acts once, and not on a period that is gone', () => {
    const state = foldStretch(prepaid(120), closed(4, 0));
    const again = foldStretch(state, closed(5, 0));
    expect({ ...again, mark: 4, head: 4 }).toEqual(state);
    expect(lots(foldStretch(state, closed(5, 77)))).toEqual(lots(state));
  });

  it('does not take a period back that is on its way already', () => {
    const later = changeSegment(subscribed(), 0, { stage: 'complete' });
    const fenced = zero(foldStretch(later, closed(3, 0)));
    expect(fenced).toMatchObject({ stage: 'complete', frozen: true });
    expect(zero(foldStretch(subscribed(), closed(3, 0))).stage).toBe('flush');
  });
});

it('a void gives credits back: first what was owed, then a refund', () => {
  const taken = { ...row(START_MS + HOUR_MS, -30, 'images'), count: -1, max: 0, last: null };
  const state = foldStretch(prepaid(210), used(4, 4, [taken]));
  expect(state.credits.uncovered['0'] ?? 0).toBe(0);
  expect(lots(state)).toEqual({ 'grant/0': 0, 'refund/period-0': 100 });
});

it('is woken once, at the earliest of what money and holds wait for', () => {
  const asked = { ...prepaid(0), savedRow: '', startInvoice: null };
  const holds = { ...asked.holds, asked: true, epoch: 3, nextEndMs: START_MS + HOUR_MS };
  const retry = { step: 'saveCustomer', attempts: 1, atMs: START_MS + 9 * HOUR_MS, reason: 'x' };
  const state = { ...asked, holds, retry };
  const { effects } = reduce(state, { type: 'time', realNowMs: START_MS, random: 'r' });
  expect(effects).toEqual([{ type: 'wakeAt', realMs: START_MS + HOUR_MS }]);
});
