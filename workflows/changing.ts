import { adoptionOf } from '../billing/customer/subscription/adopting.js';
import { trialDaysOf } from '../billing/customer/plans/joining.js';
import { customerNow } from '../billing/customer/clock.js';
import { pauseToAdopt } from '../billing/customer/subscription/pausing.js';
import { isUntold, scheduledEndSeconds } from '../billing/customer/plans/turns.js';
import { openSegment, planInForce } from '../billing/customer/periods/segments.js';
import type { Step } from '../billing/customer/close/steps.js';
import { logActs, stripeActs } from './acts.js';
import { happen, type Life } from './life.js';
import { partyOf, waitForMark } from './party.js';

/** Steps by which a plan begins, changes and ends: asked at Stripe, answered through the log. */

/** A subscription for a plan that waits for one, or other items for the one there is. */
export async function subscribe(life: Life): Promise<void> {
  const { key, pending, name, email, stripe } = life.state;
  if (!pending) return;
  const { number } = await stripeActs(`plan ${pending.plan.id}`).subscribe({
    key,
    request: pending.request,
    plan: pending.plan,
    startMs: startOf(life),
    name,
    email,
    trialDays: trialDaysOf(life.state, pending.plan),
    stripe,
    ...(pending.atStripe ? { atStripe: pending.atStripe } : {}),
    ...(pending.follows ? { follows: pending.follows.subscription } : {}),
    ...comerOf(life),
  });
  await waitForMark(life, number);
}

/** One that follows another begins where that has ended at Stripe, to the second. */
function startOf({ state }: Life): number {
  const { anchorMs = null, follows } = state.pending ?? {};
  const nowMs = customerNow(state, Date.now());
  return Math.max(anchorMs ?? nowMs, (follows?.endSeconds ?? 0) * 1000);
}

/** What the activity must know of who comes; nothing for who has been on a plan before. */
function comerOf({ state }: Life) {
  const { linkedCustomer: linked, pending, segments, plan } = state;
  const isNew = segments.length === 0 && pending?.anchorMs === null;
  return {
    ...(linked === undefined ? {} : { linked }),
    ...(isNew ? { isNew } : {}),
    ...(plan === null ? { isFirst: true } : {}),
  };
}

/** The subscription ends now: one that was to have ended by itself goes first. */
export async function unsubscribe(life: Life): Promise<void> {
  const { leaving, overrun } = life.state;
  const ending = overrun ?? leaving;
  if (!ending) return;
  const { request } = ending;
  const link = overrun ? { stripe: overrun.stripe } : {};
  const input = { ...partyOf(life.state), ...link, request };
  const { number } = await stripeActs('cancel now').unsubscribe(input);
  await waitForMark(life, number);
}

/** The end of the period has come that a change was scheduled for: it acts by its entry. */
export async function turnPlan(life: Life): Promise<void> {
  const { key, scheduled } = life.state;
  if (!scheduled) return;
  const { request, plan, atMs, migrates } = scheduled;
  const acts = logActs(plan ? `plan ${plan.id} from here on` : 'canceled from here on');
  const { number } = await acts.writeCommand({
    key,
    id: `turned-${request}`,
    command: {
      ...{ type: 'turned', request, plan, atMs },
      ...(migrates ? { migrates } : {}),
      ...(isUntold(life.state) ? { untold: true } : {}),
      ...(plan && life.state.endedThere ? { ended: true } : {}),
    },
  });
  await waitForMark(life, number);
}

/** Stripe is told whether the subscription ends with its period. */
export async function syncCancellation(life: Life, ends: boolean): Promise<void> {
  const acts = stripeActs(ends ? 'ends with its period' : 'goes on');
  const endSeconds = ends ? scheduledEndSeconds(life.state) : null;
  const told = await acts.syncCancellation({ ...partyOf(life.state), ends, endSeconds });
  happen(life, { type: 'cancellationSynced', ends, ended: told?.ended ?? false });
}

/** After a turn: the subscription's items become those of the plan in force. */
export async function swapItems(life: Life): Promise<void> {
  const plan = planInForce(life.state);
  if (!plan) return;
  const { index: segment } = openSegment(life.state);
  const acts = stripeActs(`items of ${plan.id}`);
  const { number } = await acts.swapItems({ ...partyOf(life.state), plan, segment });
  await waitForMark(life, number);
}

/** What others have changed at Stripe is adopted. */
export async function lookAtSubscription(life: Life): Promise<void> {
  const party = partyOf(life.state);
  const view = await stripeActs('subscription as it is now').readSubscription(party);
  const adoption = adoptionOf(life.state, view, party.nowMs);
  if (adoption) {
    const { id, command } = adoption;
    const acts = logActs(`${command.type} at Stripe`);
    const { number } = await acts.writeCommand({ key: life.state.key, id, command });
    await waitForMark(life, number);
  }
  const pausing = pauseToAdopt(life.state, view);
  if (pausing) {
    const acts = logActs('collection paused, or going on, at Stripe');
    const { number } = await acts.writeCommand({ key: life.state.key, ...pausing });
    await waitForMark(life, number);
  }
  // Only now: what Stripe has been seen to do must stand here before Stripe is told of it.
  happen(life, { type: 'subscriptionSeen', view });
}

/** The grace of an unpaid customer is over: the plan that its plan names follows. */
export async function dropPlan(
  life: Life,
  { plan: id, atMs }: Extract<Step, { kind: 'dropPlan' }>,
): Promise<void> {
  const { key } = life.state;
  const plan = await logActs(`plan ${id}`).findPlan({ mode: key.mode, plan: id });
  const command = { type: 'customer', plan, details: {}, atMs } as const;
  const acts = logActs(`unpaid: ${id} from here on`);
  const { number } = await acts.writeCommand({ key, id: `unpaid-${atMs}`, command });
  await waitForMark(life, number);
  happen(life, { type: 'planDropped', atMs });
}
