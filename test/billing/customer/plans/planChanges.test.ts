import { withAlerts } from '../../../../billing/alerts/alert.js';
import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import type { Command } from '../../../../billing/command.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { initialState } from '../../../../billing/customer/initial.js';
import { rowFingerprint } from '../../../../billing/customer/reads/row.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type { CustomerState } from '../../../../billing/state.js';
import { commanded, FREE, free, LINK, PRO, START_MS, subscribed } from '../world.js';

/** What a change of plan ends besides the period, and whom it is told. */

const DAY_MS = 86_400_000;
const HALF_MS = START_MS + 15 * DAY_MS;
const OTHER: PlanSnapshot = { ...FREE, id: 'other' };
const PLUS: PlanSnapshot = { ...PRO, id: 'plus' };
const TRIAL: PlanSnapshot = { ...PRO, plan: { ...PRO.plan, trial: { days: 14 } } };

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));
const change = (state: CustomerState, plan: PlanSnapshot, atMs = HALF_MS) =>
  tell(state, { type: 'customer', plan, details: {}, atMs });
const fresh = () => {
  const state = initialState({ mode: 'test', customer: 'acme', life: 1 });
  return withAlerts({ ...state, synced: true });
};
const waiting = ({ alerts }: CustomerState) => alerts?.waiting ?? [];

describe('a change of plan is told', () => {
  it('once: from where, to where, and since when', () => {
    expect(waiting(change(withAlerts(free()), OTHER))).toStrictEqual([
      {
        key: 'customer.planChanged/1/other@1',
        type: 'customer.planChanged',
        details: { from: 'free@1', to: 'other@1', at: '2026-01-16T00:00:00.000Z' },
        untilMs: 0,
      },
    ]);
  });

  it('of its own period, however many came before', () => {
    const later = turn(withAlerts(free()), HALF_MS + 62 * DAY_MS);
    const [told] = waiting(change(later, OTHER, HALF_MS + 62 * DAY_MS));
    expect(told).toMatchObject({
      key: 'customer.planChanged/3/other@1',
      details: { at: '2026-03-19T00:00:00.000Z' },
    });
  });

  it('neither for a first plan, nor for the same one anew', () => {
    const first = change(fresh(), FREE, START_MS);
    expect([first.plan?.id, waiting(first)]).toStrictEqual(['free', []]);
    const left = tell(first, { type: 'cancel', next: null, atMs: HALF_MS });
    const again = change(left, FREE, HALF_MS + DAY_MS);
    expect([again.status, waiting(again)]).toStrictEqual(['active', []]);
  });

  it('not again to a customer whose log is read anew', () => {
    const rebuilt = change({ ...withAlerts(free()), synced: false }, OTHER);
    expect([rebuilt.plan?.id, waiting(rebuilt)]).toStrictEqual(['other', []]);
  });
});

describe('a change of plan now takes the place', () => {
  it('of one that waited for the end of the period', () => {
    const scheduled = tell(free(), { type: 'schedule', plan: PRO, atMs: HALF_MS });
    expect(scheduled.scheduled?.plan?.id).toBe('pro');
    expect(change(scheduled, OTHER).scheduled).toBeNull();
    expect(change(free(), OTHER)).not.toHaveProperty('scheduled');
  });

  it('of a cancellation at its end that Stripe was told of', () => {
    const told = { ...subscribed(), cancelAtEnd: true };
    const stripe = { ...LINK, anchorSeconds: HALF_MS / 1000 };
    const answer = { type: 'subscribed', request: 3, plan: PLUS, stripe } as const;
    expect(tell(change(told, PLUS), answer).cancelAtEnd).toBe(false);
    expect(tell(change(subscribed(), PLUS), answer)).not.toHaveProperty('cancelAtEnd');
  });
});

describe('a trial under way', () => {
  const NOTICE_MS = START_MS + 11 * DAY_MS;
  function trialing(): CustomerState {
    const trialEndSeconds = LINK.anchorSeconds + 14 * 86_400;
    const stripe = { ...LINK, testClock: null, trialEndSeconds };
    const answer = { type: 'subscribed', request: 1, plan: TRIAL, stripe } as const;
    const state = tell(change(fresh(), TRIAL, START_MS), answer);
    return { ...state, savedRow: rowFingerprint(state) };
  }

  it('wakes the lane three days before its end to tell of it, then at its end', () => {
    const state = trialing();
    const early = nextStep(state, NOTICE_MS - 1);
    expect(early).toStrictEqual({ step: null, waitUntilMs: NOTICE_MS });
    const alerts = [{ key: 'trial.ending/0' }];
    expect(nextStep(state, NOTICE_MS).step).toMatchObject({ kind: 'alert', alerts });
    const raised = { 'trial.ending/0': NOTICE_MS + 3 * DAY_MS };
    const told = { ...state, alerts: { raised, waiting: [] } };
    const after = nextStep(told, NOTICE_MS);
    expect(after).toStrictEqual({ step: null, waitUntilMs: NOTICE_MS + 3 * DAY_MS });
  });
});
