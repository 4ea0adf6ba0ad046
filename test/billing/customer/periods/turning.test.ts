import type { Bill } from '../../../../billing/bill.js';
import { changeSegment, extendTo, planKey } from '../../../../billing/customer/periods/segments.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type { CustomerState, Segment } from '../../../../billing/state.js';
import { END_MS } from '../close/operator.js';
import { FREE, free, PRO, START_MS, subscribed } from '../world.js';

/** What time takes away, and what it must leave. */

const DAY_MS = 86_400_000;
const LATE: Bill = { stage: 'billed', final: true, stripeInvoice: 'in_l', items: [] };

/** A first period that is billed. */
function billed(change: Partial<Segment> = {}): CustomerState {
  const state = extendTo(subscribed(), END_MS);
  return changeSegment(state, 0, { stage: 'billed', final: true, frozen: true, ...change });
}
const isKept = (state: CustomerState, days: number) =>
  turn(state, END_MS + days * DAY_MS).segments[0]?.index === 0;

describe('a period that is billed', () => {
  it('stays for 36 days, in which usage of it can still come', () => {
    expect([isKept(billed(), 36 - 1), isKept(billed(), 36)]).toEqual([true, false]);
  });

  it.each([
    ['its invoice', { unpaid: 'givenUp' }],
    ['that of its late usage', { lateInvoice: { ...LATE, unpaid: 'retrying' } }],
  ] as const)('and was not paid stays for 400: %s', (_name, debt) => {
    expect([isKept(billed(debt), 399), isKept(billed(debt), 400)]).toEqual([true, false]);
  });

  it('goes after 36 with an invoice of late usage that was paid', () => {
    expect(isKept(billed({ lateInvoice: LATE }), 36)).toBe(false);
  });
});

it('plans in force, or that a period is held against, are kept, and no others', () => {
  const plans = [2, 3, 4, 5, 6].map((version) => ({ ...PRO, version }));
  const snapshots = Object.fromEntries(plans.map((plan) => [planKey(plan), plan]));
  const before = billed({ plan: plans[3], basePlan: plans[2] });
  const compared = changeSegment(before, 1, { basePlan: plans[0], netAgainst: plans[1] });
  const known = { ...compared.snapshots, ...snapshots };
  const state = { ...compared, snapshots: known, plan: { id: 'pro', version: 6 } };
  const kept = turn(state, END_MS + 36 * DAY_MS);
  expect(Object.keys(kept.snapshots)).toEqual(['pro@1', 'pro@2', 'pro@3', 'pro@6']);
});

describe('the end of a trial', () => {
  const trial = (status: CustomerState['status']) =>
    turn({ ...changeSegment(free(), 0, { trial: true }), status }, END_MS);

  it('makes the customer active, and an invoice where the plan has a base', () => {
    expect(trial('trialing')).toMatchObject({ status: 'active', startInvoice: null });
    const pro = { ...free(), snapshots: { [planKey(FREE)]: { ...FREE, plan: PRO.plan } } };
    const state = { ...changeSegment(pro, 0, { trial: true }), status: 'trialing' } as const;
    const begun = turn(state, END_MS);
    expect(begun.startInvoice).toEqual({ segment: 1, stage: 'wanted' });
  });

  it('brings nobody back who has left, nor who waits for a payment', () => {
    for (const status of ['canceled', 'incomplete', 'pastDue'] as const) {
      expect(trial(status)).toMatchObject({ status, startInvoice: null });
    }
    expect(turn(free(), START_MS).status).toBe('active');
  });
});
