import { NO_CONTROLS } from '../../../billing/controls.js';
import { NO_CREDITS } from '../../../billing/credits/account.js';
import { NO_HOLDS } from '../../../billing/holds/hold.js';
import { contextOf } from '../../../billing/limits/contextOf.js';
import { judge } from '../../../billing/limits/judge.js';
import { standingsOf } from '../../../billing/limits/standings.js';
import { DAY_MS } from '../../../billing/period.js';
import type { CustomerState, Segment } from '../../../billing/state.js';
import { UTC } from '../../../billing/windows/zone.js';
import { ask, NOON_MS, planOf } from './limited.js';

const PLAN = planOf([
  { id: 'l', meters: ['tokens'], max: 5, window: 'period', scope: 'customer' },
]);

function segment(index: number, startMs: number): Segment {
  const totals = { tokens: { quantity: index, count: 1, max: 1, last: null } };
  return { index, startMs, endMs: startMs + DAY_MS, totals } as unknown as Segment;
}

function stateWith(more: Partial<CustomerState>): CustomerState {
  const state = {
    status: 'active',
    plan: { id: 'plan', version: 1 },
    snapshots: { 'plan@1': PLAN },
    controls: NO_CONTROLS,
    zone: UTC,
    counters: {},
    credits: NO_CREDITS,
    holds: { ...NO_HOLDS, pinned: { lot: 5 } },
    segments: [segment(0, NOON_MS - DAY_MS), segment(1, NOON_MS)],
    ...more,
  };
  return state as unknown as CustomerState;
}

describe('what limits see of a customer', () => {
  it('is the plan in force, the pins of its holds and the period that covers now', () => {
    const context = contextOf(stateWith({}), NOON_MS + 1);
    expect(context).toMatchObject({
      snapshot: PLAN,
      status: 'active',
      pinned: { lot: 5 },
      nowMs: NOON_MS + 1,
      period: { index: 1, startMs: NOON_MS, endMs: NOON_MS + DAY_MS },
    });
    expect(context.period?.totals.tokens?.quantity).toBe(1);
    expect(contextOf(stateWith({}), NOON_MS - 1).period?.index).toBe(0);
    expect(contextOf(stateWith({}), NOON_MS).period?.index).toBe(1);
  });

  it('is the newest period where the next is not known yet, and the first before all', () => {
    expect(contextOf(stateWith({}), NOON_MS + 5 * DAY_MS).period?.index).toBe(1);
    expect(contextOf(stateWith({}), NOON_MS - 5 * DAY_MS).period?.index).toBe(0);
  });

  it('lets nothing run before there is a plan or a period', () => {
    const early = contextOf(stateWith({ plan: null, status: 'starting', segments: [] }), NOON_MS);
    expect(early.period).toBeNull();
    expect(early.snapshot).toEqual({
      id: 'none',
      version: 0,
      revision: 0,
      currency: 'usd',
      meters: {},
      plan: { name: 'None', interval: 'month' },
    });
    expect(standingsOf(early)).toEqual([]);
    expect(judge(early, ask({ input_tokens: 1 }))?.code).toBe('payment_required');
    const lost = contextOf(stateWith({ snapshots: {} }), NOON_MS);
    expect(judge(lost, ask({ input_tokens: 1 }))?.code).toBe('not_in_plan');
  });
});
