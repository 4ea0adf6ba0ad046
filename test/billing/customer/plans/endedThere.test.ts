import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import type { Command } from '../../../../billing/command.js';
import { asBillingUndrafted } from '../../../../billing/customer/close/undrafted.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { rowFingerprint } from '../../../../billing/customer/reads/row.js';
import type { CustomerState } from '../../../../billing/state.js';
import { END_MS } from '../close/operator.js';
import { commanded, FREE, LINK, PRO, START_MS, subscribed } from '../world.js';

/** Stripe was told that a subscription ends with its period, and not in time that it goes on. */

const DAY_MS = 86_400_000;
// Stripe's periods end 23 s past our minute.
const END_SECONDS = END_MS / 1000 + 23;
const YEAR: PlanSnapshot = { ...PRO, id: 'year', plan: { ...PRO.plan, interval: 'year' } };
const PLUS: PlanSnapshot = { ...PRO, id: 'plus' };

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));

const told = (plan: PlanSnapshot | null, cancelAtEnd: boolean): CustomerState => ({
  ...tell(subscribed(), { type: 'schedule', plan, atMs: START_MS + DAY_MS }),
  cancelAtEnd,
});

function stepAt(asked: CustomerState, testClockSeconds: number, atMs: number) {
  const state = { ...asked, testClockSeconds, startInvoice: null };
  return nextStep({ ...state, savedRow: rowFingerprint(state) }, atMs).step;
}

it('is asked about before the change acts, once Stripe’s own period is over', () => {
  const go = { kind: 'syncCancellation', ends: false };
  const toSeconds = END_SECONDS + 2;
  expect(stepAt(told(PLUS, true), END_SECONDS, END_MS + 25_000)).toEqual(go);
  expect(stepAt(told(PLUS, true), END_SECONDS - 1, END_MS + 25_000)).toEqual({
    kind: 'advanceTestClock', toSeconds,
  });
  expect(stepAt(told(PLUS, true), END_MS / 1000, END_MS)).toEqual(go);
  const before = asBillingUndrafted(told(PLUS, true), true);
  const agreed = [told(PLUS, false), told(null, true), told(null, false), told(YEAR, true)];
  for (const state of [...agreed, before]) {
    expect(stepAt(state, END_SECONDS, END_MS + 25_000)).toEqual({ kind: 'turn' });
  }
});

it('has ended: the plan waits for a subscription of its own, its first bill as asked', () => {
  const asked = { ...told(PLUS, false), endedThere: true };
  const { request = 0 } = asked.scheduled ?? {};
  const turn = { type: 'turned', request, plan: PLUS, atMs: END_MS, ended: true } as const;
  const follows = { subscription: 'sub_1', endSeconds: END_SECONDS };
  const after = tell(asked, turn);
  expect(after).toMatchObject({
    plan: { id: 'plus' },
    stripe: null,
    endedThere: false,
    pending: { plan: PLUS, atMs: END_MS, anchorMs: null, follows },
  });
  expect(after.pending?.netAgainst).toBeUndefined();
  expect(after.segments[0]).toMatchObject({ plan: { id: 'pro' }, endMs: END_MS, close: 'last' });
  const migrated = tell(asked, { ...turn, migrates: true });
  expect(migrated.pending).toMatchObject({ netAgainst: { id: 'pro' }, follows });
  const without = tell(told(FREE, true), { ...turn, plan: FREE });
  expect('endedThere' in without).toBe(false);
  const { ended: _goesOn, ...goesOn } = turn;
  expect(tell(asked, goesOn)).toMatchObject({ pending: null, stripe: LINK });
});
