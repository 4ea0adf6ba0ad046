import { withAlerts } from '../../../billing/alerts/alert.js';
import { alertsRaised, dueAlerts } from '../../../billing/alerts/due.js';
import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { foldStretch } from '../../../billing/customer/fold.js';
import { nextStep } from '../../../billing/customer/close/steps.js';
import { rowFingerprint } from '../../../billing/customer/reads/row.js';
import type { Command } from '../../../billing/command.js';
import type { CustomerState } from '../../../billing/state.js';
import { commanded, folded, FREE, free, LINK, PRO, START_MS } from '../customer/world.js';

/** Changes of plan and trials that end soon are told of, once each. */

const DAY_MS = 86_400_000;
const OTHER: PlanSnapshot = { ...FREE, id: 'other', version: 2 };
const TRIAL: PlanSnapshot = { ...PRO, plan: { ...PRO.plan, trial: { days: 14 } } };

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));
const changed = (state: CustomerState) =>
  tell(state, { type: 'customer', plan: OTHER, details: {}, atMs: START_MS + DAY_MS });
const keysAt = (state: CustomerState, nowMs: number) =>
  dueAlerts(state, nowMs).map(({ key }) => key);

function trialing(): CustomerState {
  const stripe = { ...LINK, trialEndSeconds: START_MS / 1000 + 14 * 86_400 };
  const asked = { type: 'customer', plan: TRIAL, details: {}, atMs: START_MS } as const;
  const answer = { type: 'subscribed', request: 1, plan: TRIAL, stripe } as const;
  return withAlerts(folded([commanded(1, asked), commanded(2, answer)]));
}

it('another plan is told of with both names, the first one and a repeat are not', () => {
  const state = changed(withAlerts(free()));
  expect(dueAlerts(state, START_MS + DAY_MS)).toMatchObject([
    { type: 'customer.planChanged', details: { from: 'free@1', to: 'other@2' } },
  ]);
  expect(keysAt(withAlerts(free()), START_MS)).toStrictEqual([]);
  const due = dueAlerts(state, START_MS + DAY_MS);
  const told = alertsRaised(state, due, START_MS + DAY_MS);
  expect(keysAt(changed(told), START_MS + DAY_MS)).toStrictEqual([]);
});

it('what a rebuilt customer passes through is not told of again', () => {
  const rebuilt = changed({ ...withAlerts(free()), synced: false });
  expect(keysAt({ ...rebuilt, synced: true }, START_MS + DAY_MS)).toStrictEqual([]);
});

it('a trial is told of three days before its end, for which the lane wakes', () => {
  const noticeMs = START_MS + 11 * DAY_MS;
  const state = trialing();
  expect(keysAt(state, noticeMs - 1)).toStrictEqual([]);
  const { waitUntilMs } = nextStep({ ...state, savedRow: rowFingerprint(state) }, noticeMs - 1);
  expect(waitUntilMs).toBe(noticeMs);
  expect(dueAlerts(state, noticeMs)).toMatchObject([
    { type: 'trial.ending', details: { plan: 'pro@1', endsAt: '2026-01-15T00:00:00.000Z' } },
  ]);
  const told = alertsRaised(state, dueAlerts(state, noticeMs), noticeMs);
  expect(keysAt(told, noticeMs + DAY_MS)).toStrictEqual([]);
});
