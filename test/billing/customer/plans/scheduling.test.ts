import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import type { Command, StripeLink } from '../../../../billing/command.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import {
  applySchedule,
  applySwapped,
  applyTurned,
} from '../../../../billing/customer/plans/scheduling.js';
import type { CustomerState } from '../../../../billing/state.js';
import { commanded, folded, FREE, free, LINK, PRO, START_MS, subscribed } from '../world.js';

/** Changes that wait for the end of the period: who may wait, and what the end leaves as it was. */

const DAY_MS = 86_400_000;
const HALF_MS = START_MS + 15 * DAY_MS;
const END_MS = Date.UTC(2026, 1, 1);
const PLUS: PlanSnapshot = { ...PRO, id: 'plus' };
const OTHER: PlanSnapshot = { ...FREE, id: 'other' };

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));
const schedule = (state: CustomerState, plan: PlanSnapshot | null = PLUS, migrates?: true) =>
  applySchedule(state, 9, { type: 'schedule', plan, atMs: HALF_MS, migrates });
const turned = (state: CustomerState, plan: PlanSnapshot | null, atMs = END_MS) =>
  applyTurned(state, 10, { type: 'turned', request: 9, plan, atMs });
const moved = (state: CustomerState, plan: PlanSnapshot | null) =>
  turned(schedule(state, plan), plan);

describe('a change is not scheduled', () => {
  it('before the first period, after the last one, nor while the customer leaves', () => {
    const asked = { type: 'customer', plan: PRO, details: {}, atMs: START_MS } as const;
    const coming = folded([commanded(1, asked)]);
    const left = tell(free(), { type: 'cancel', next: null, atMs: HALF_MS });
    const leaving = tell(subscribed(), { type: 'cancel', next: null, atMs: HALF_MS });
    expect([left.status, leaving.leaving?.request]).toStrictEqual(['canceled', 3]);
    for (const state of [coming, left, leaving]) expect(schedule(state)).toBe(state);
  });

  it('by a migration to no plan at all', () => {
    const state = subscribed();
    expect(schedule(state, null, true)).toBe(state);
  });
});

describe('an end that nobody waits for', () => {
  it('does nothing', () => {
    const state = subscribed();
    expect(turned(state, PLUS)).toBe(state);
    const other = { ...schedule(state), scheduled: { request: 8, plan: PLUS, atMs: END_MS } };
    expect(turned(other, PLUS)).toBe(other);
  });
});

describe('the end of a period without a subscription', () => {
  it('brings the next plan, and leaves nothing to bill behind', () => {
    const after = moved(free(), OTHER);
    expect(after.segments.map(({ plan, stage, close }) => [plan.id, stage, close])).toStrictEqual([
      ['free', 'empty', undefined],
      ['other', 'open', undefined],
    ]);
    expect(after.formerStripe ?? null).toBeNull();
  });

  it('or no plan: the customer has left', () => {
    const after = moved(free(), null);
    expect([after.status, after.segments.map(({ endMs }) => endMs)]).toStrictEqual([
      'canceled', [END_MS],
    ]);
    expect(after.segments[0]?.close).toBeUndefined();
  });
});

describe('a subscription that goes on', () => {
  /** Free for a day, then subscribed, then on another plan from the end of that period on. */
  function twice(): { readonly once: CustomerState; readonly again: CustomerState } {
    const atMs = START_MS + DAY_MS;
    const asked = tell(free(), { type: 'customer', plan: PRO, details: {}, atMs });
    const stripe = { ...LINK, anchorSeconds: atMs / 1000 };
    const paid = tell(asked, { type: 'subscribed', request: 2, plan: PRO, stripe });
    const firstEnd = Date.UTC(2026, 1, 2);
    const once = turned(schedule(paid), PLUS, firstEnd);
    const asks = { type: 'schedule', plan: PRO, atMs: firstEnd + DAY_MS } as const;
    return { once, again: turned(applySchedule(once, 9, asks), PRO, Date.UTC(2026, 2, 2)) };
  }
  const items = ({ segments }: CustomerState) => segments.map(({ link }) => link?.plan?.id);

  it('keeps with each billed period the items it was counted by, with a free one none', () => {
    const { once, again } = twice();
    expect(items(once)).toStrictEqual([undefined, 'pro', undefined]);
    expect(items(again)).toStrictEqual([undefined, 'pro', 'plus', undefined]);
    expect(again.segments[1]?.link).toBe(once.segments[1]?.link);
    expect(again.segments[0]).not.toHaveProperty('link');
  });

  it('has been charged for its next period at the base of the one before', () => {
    const { again } = twice();
    expect(again.segments.map(({ basePlan }) => basePlan?.id)).toStrictEqual([
      undefined, undefined, 'pro', 'plus',
    ]);
  });
});

describe('items that were swapped at Stripe', () => {
  const swapped = (state: CustomerState, change: Partial<StripeLink>) =>
    applySwapped(state, { type: 'swapped', stripe: { ...LINK, baseItem: 'si_new', ...change } });

  it('are those of the subscription from then on', () => {
    expect(swapped(subscribed(), {}).stripe?.baseItem).toBe('si_new');
  });

  it('are nobody else, where it is another subscription or none any more', () => {
    const state = subscribed();
    expect(swapped(state, { subscription: 'sub_2' })).toBe(state);
    const without = free();
    expect(swapped(without, {})).toBe(without);
  });
});
