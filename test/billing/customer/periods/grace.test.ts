import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { isBlocked, planAfterGrace } from '../../../../billing/customer/periods/grace.js';
import { initialState } from '../../../../billing/customer/initial.js';
import { reduce } from '../../../../billing/customer/reducer.js';
import { rowFingerprint } from '../../../../billing/customer/reads/row.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import { contextOf } from '../../../../billing/limits/contextOf.js';
import { statusDenial } from '../../../../billing/limits/status.js';
import type { CustomerState } from '../../../../billing/state.js';
import { PRO, START_MS, subscribed } from '../world.js';

/** Who does not pay goes on for the days of grace that the plan gives, and no longer. */

const DAY_MS = 86_400_000;
const SINCE_MS = START_MS + 2 * DAY_MS;
const END_MS = SINCE_MS + 7 * DAY_MS;

/** A payment was refused at `SINCE_MS`. */
function unpaid(then?: string): CustomerState {
  const pastDue = then === undefined ? {} : { pastDue: { graceDays: 7, then } };
  const plan: PlanSnapshot = { ...PRO, plan: { ...PRO.plan, ...pastDue } };
  const state = { ...subscribed(), snapshots: { 'pro@1': plan }, pastDue: true };
  return turn(state, SINCE_MS);
}

const denialAt = (state: CustomerState, nowMs: number) =>
  statusDenial(contextOf(state, nowMs))?.code ?? null;
const stepAt = (state: CustomerState, nowMs: number) =>
  nextStep({ ...state, savedRow: rowFingerprint(state), startInvoice: null }, nowMs);

describe('the grace of a customer who does not pay', () => {
  it('is none before there is a plan', () => {
    const state = initialState({ mode: 'test', customer: 'acme', life: 1 });
    const owing = { ...state, pastDue: true, pastDueSinceMs: SINCE_MS };
    for (const without of [state, owing]) {
      expect([isBlocked(without, END_MS), planAfterGrace(without)]).toStrictEqual([false, null]);
    }
  });

  it('runs from the first look at the refusal, and ends with the debt', () => {
    const state = unpaid('block');
    expect(state.pastDueSinceMs).toBe(SINCE_MS);
    expect(turn(state, SINCE_MS + DAY_MS).pastDueSinceMs).toBe(SINCE_MS);
    expect(turn({ ...state, pastDue: false }, SINCE_MS + DAY_MS).pastDueSinceMs).toBeNull();
  });

  it('lets decisions run until its end, then refuses them where the plan blocks', () => {
    const state = unpaid('block');
    expect([denialAt(state, END_MS - 1), denialAt(state, END_MS)]).toStrictEqual([
      null,
      'payment_required',
    ]);
    expect(denialAt({ ...state, pastDueSinceMs: null }, END_MS)).toBeNull();
    expect(planAfterGrace(state)).toBeNull();
  });

  it('never ends where the plan allows it or says nothing', () => {
    for (const state of [unpaid('allow'), unpaid()]) {
      expect([isBlocked(state, END_MS), planAfterGrace(state)]).toStrictEqual([false, null]);
    }
  });

  it('is followed by the plan that the plan names, asked for once', () => {
    const state = unpaid('free');
    expect(isBlocked(state, END_MS)).toBe(false);
    expect(stepAt(state, END_MS - 1)).toMatchObject({ step: null, waitUntilMs: END_MS });
    const due = stepAt(state, END_MS).step;
    expect(due).toStrictEqual({ kind: 'dropPlan', plan: 'free', atMs: END_MS });
    const { state: dropped } = reduce(state, { type: 'planDropped', atMs: END_MS });
    expect(stepAt(dropped, END_MS).step).toBeNull();
  });
});
