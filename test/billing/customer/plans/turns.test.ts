import {
  awaitsCancelSync,
  awaitsItems,
  beginsAtStripeSeconds,
  endableFromMs,
  endsWithPeriod,
  scheduledEndSeconds,
} from '../../../../billing/customer/plans/turns.js';
import { changeSegment, extendTo } from '../../../../billing/customer/periods/segments.js';
import { asBillingUndrafted } from '../../../../billing/customer/close/undrafted.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import { rowFingerprint } from '../../../../billing/customer/reads/row.js';
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

describe('where periods begin and end at Stripe', () => {
  const begins = beginsAtStripeSeconds;
  const TURN_SECONDS = END_MS / 1000 + 23;

  it('the one that runs here begins at Stripe’s own second; the first stands there', () => {
    expect([begins(subscribed(), END_MS), begins(subscribed(), END_MS - 1)]).toEqual([
      TURN_SECONDS, null,
    ]);
    expect(begins({ ...subscribed(), stripe: null }, END_MS)).toBeNull();
    expect(begins({ ...subscribed(), segments: [] }, END_MS)).toBeNull();
    const unbilled = extendTo({ ...subscribed(), stripe: null }, END_MS);
    expect(begins({ ...unbilled, stripe: LINK }, END_MS)).toBeNull();
  });

  it('the one that a change waits for ends where the next begins', () => {
    expect(scheduledEndSeconds(scheduled(null))).toBe(TURN_SECONDS);
    expect(scheduledEndSeconds(extendTo(subscribed(), END_MS))).toBeNull();
    expect(scheduledEndSeconds({ ...scheduled(null), segments: [] })).toBeNull();
    const { scheduled: change = null } = scheduled(null);
    expect(scheduledEndSeconds({ ...free(), scheduled: change })).toBeNull();
  });
});

describe('a period is said to be the last', () => {
  // Stripe's periods begin at 23 s past our minute.
  const TURNED_MS = END_MS + 23_000;
  const yearly = { ...PRO, id: 'yearly', plan: { ...PRO.plan, interval: 'year' } } as const;

  it('once Stripe has begun it: before that, Stripe would end the one before', () => {
    for (const next of [null, FREE, yearly]) {
      expect(endableFromMs(subscribed(), next, END_MS)).toBe(TURNED_MS);
      expect(endableFromMs(subscribed(), next, TURNED_MS - 1)).toBe(TURNED_MS);
      expect(endableFromMs(subscribed(), next, TURNED_MS)).toBeNull();
    }
    expect(endableFromMs(subscribed(), null, END_MS - 1)).toBeNull();
  });

  it('at once, where it is the first, Stripe has none, or the subscription goes on', () => {
    expect(endableFromMs(subscribed(), null, END_MS - 86_400_000)).toBeNull();
    expect(endableFromMs(free(), null, END_MS)).toBeNull();
    expect(endableFromMs(subscribed(), { ...PRO, version: 2 }, END_MS)).toBeNull();
  });

  it('with Stripe’s test clock in it', () => {
    const at = (testClockSeconds: number, isNew = true) => {
      const asked = asBillingUndrafted(scheduled(null, 2 * END_MS), isNew);
      const state = { ...asked, testClockSeconds };
      const { step } = nextStep({ ...state, savedRow: rowFingerprint(state) }, TURNED_MS + 5_000);
      return step?.kind;
    };
    const turnedSeconds = TURNED_MS / 1000;
    expect(at(turnedSeconds)).toBe('syncCancellation');
    expect(at(turnedSeconds - 1)).toBe('advanceTestClock');
    // Runs that began before there was this rule go on as they did.
    expect(at(turnedSeconds - 1, false)).toBe('syncCancellation');
  });
});
