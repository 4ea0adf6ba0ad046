import {
  awaitsCancelSync,
  awaitsItems,
  endsWithPeriod,
} from '../../../../billing/customer/plans/turns.js';
import { changeSegment, extendTo } from '../../../../billing/customer/periods/segments.js';
import type { CustomerState } from '../../../../billing/state.js';
import { END_MS } from '../close/operator.js';
import { FREE, free, LINK, PRO, subscribed } from '../world.js';

/** What Stripe is still to be told of a change at the end of a period. */

const scheduled = (plan: typeof PRO | null, atMs = END_MS): CustomerState => ({
  ...extendTo(subscribed(), END_MS),
  scheduled: { request: 3, plan, atMs },
});
const waiting = (state: CustomerState) =>
  state.segments.map((segment) => awaitsItems(state, segment));

describe('reports wait for the items of their period', () => {
  it('from the start of the period that a scheduled change is about to replace', () => {
    expect(waiting(scheduled(PRO))).toEqual([false, true]);
    expect(waiting(scheduled(PRO, END_MS - 60_000))).toEqual([false, true]);
    expect(waiting(scheduled(PRO, END_MS + 60_000))).toEqual([false, false]);
    expect(waiting(extendTo(subscribed(), END_MS))).toEqual([false, false]);
  });

  it('while Stripe has those of another plan', () => {
    const plan = { id: 'pro', version: 7 };
    const ours = extendTo(subscribed(), END_MS);
    expect(waiting({ ...ours, stripe: { ...LINK, plan } })).toEqual([true, true]);
    expect(waiting(changeSegment(ours, 0, { link: { ...LINK, plan } }))).toEqual([true, false]);
  });

  it('and never where it is not known which plan Stripe has', () => {
    const ours = extendTo(subscribed(), END_MS);
    expect(waiting({ ...ours, stripe: LINK })).toEqual([false, false]);
    expect(waiting({ ...ours, stripe: null, formerStripe: LINK })).toEqual([false, false]);
  });
});

describe('a subscription ends with its period', () => {
  it('where what follows is nothing, or a plan that Stripe bills nothing of', () => {
    expect(endsWithPeriod(scheduled(null))).toBe(true);
    expect(endsWithPeriod(scheduled(FREE))).toBe(true);
    expect(endsWithPeriod(scheduled({ ...PRO, version: 2 }))).toBe(false);
    expect(endsWithPeriod(subscribed())).toBe(false);
  });

  it('as Stripe is told while it knows otherwise, where there is one', () => {
    expect(awaitsCancelSync(scheduled(null))).toBe(true);
    expect(awaitsCancelSync({ ...scheduled(null), cancelAtEnd: true })).toBe(false);
    expect(awaitsCancelSync({ ...subscribed(), cancelAtEnd: true })).toBe(true);
    expect(awaitsCancelSync({ ...free(), cancelAtEnd: true })).toBe(false);
  });
});
