import { asBillingUndrafted } from '../../../../billing/customer/close/undrafted.js';
import { adoptionOf } from '../../../../billing/customer/subscription/adopting.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { reduce } from '../../../../billing/customer/reducer.js';
import { rowFingerprint } from '../../../../billing/customer/reads/row.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import type { SubscriptionView } from '../../../../billing/customer/invoice/view.js';
import type { CustomerState } from '../../../../billing/state.js';
import { commanded, FREE, free, START_MS, subscribed } from '../world.js';

/** What others do at Stripe stands here, too; what we wait for ourselves is not judged. */

const NOW_MS = START_MS + 86_400_000;
const SEEN: SubscriptionView = { subscription: 'sub_1', endsWithPeriod: false, ended: null };
const END = { atSeconds: NOW_MS / 1000, byCycle: false };

const seen = (state: CustomerState, change: Partial<SubscriptionView>) =>
  adoptionOf(state, { ...SEEN, ...change }, NOW_MS);
const planned = () =>
  foldStretch(subscribed(), commanded(3, { type: 'schedule', plan: FREE, atMs: NOW_MS }));

describe('a subscription that was changed at Stripe', () => {
  it('is looked at when something of the customer changed, where there is one', () => {
    const told = reduce(subscribed(), { type: 'stripeChanged', adopts: true }).state;
    const due = nextStep({ ...told, savedRow: rowFingerprint(told) }, NOW_MS).step;
    expect(due).toStrictEqual({ kind: 'lookAtSubscription' });
    expect(reduce(free(), { type: 'stripeChanged', adopts: true }).state).toStrictEqual(free());
    const { state } = reduce(told, { type: 'subscriptionSeen', view: SEEN });
    expect(state).toStrictEqual({ ...subscribed(), cancelAtEnd: false });
    const other = { ...SEEN, subscription: 'sub_2', endsWithPeriod: true };
    const others = reduce(told, { type: 'subscriptionSeen', view: other }).state;
    expect(others).toStrictEqual(subscribed());
    const none = reduce(free(), { type: 'subscriptionSeen', view: SEEN }).state;
    expect(none).toStrictEqual(free());
  });

  it('and is as we know it asks for nothing', () => {
    expect(seen(subscribed(), {})).toBeNull();
    expect(seen({ ...planned(), cancelAtEnd: true }, { endsWithPeriod: true })).toBeNull();
    expect(seen(subscribed(), { subscription: 'sub_2', ended: END })).toBeNull();
    expect(seen(free(), { ended: END })).toBeNull();
  });

  it('ended: so does the plan, once for each subscription', () => {
    expect(seen(subscribed(), { ended: END })).toStrictEqual({
      id: 'ended-sub_1',
      command: {
        type: 'ended',
        request: null,
        endedSeconds: NOW_MS / 1000,
        byCycle: false,
      },
    });
    const byCycle = { ...END, byCycle: true };
    expect(seen(subscribed(), { ended: byCycle })?.command).toMatchObject({ byCycle: true });
  });

  it('ended with the period that a change waits for: that acts by itself', () => {
    const waiting: CustomerState = { ...planned(), cancelAtEnd: true };
    const endSeconds = (waiting.scheduled?.atMs ?? 0) / 1000;
    const endedAt = (atSeconds: number) => ({ ended: { atSeconds, byCycle: true } });
    expect(seen(waiting, endedAt(endSeconds))).toBeNull();
    expect(seen(waiting, endedAt(endSeconds + 23))).toBeNull();
    // What ended before was another period.
    expect(seen(waiting, endedAt(endSeconds - 1))?.command.type).toBe('ended');
    const before = asBillingUndrafted(waiting, true);
    expect(seen(before, endedAt(endSeconds - 1))).toBeNull();
  });

  it('had ended before it could be told anything: it is looked at, and not told again', () => {
    const told = (change: { ends: boolean; ended?: boolean }) =>
      reduce(subscribed(), { type: 'cancellationSynced', ...change }).state;
    expect(told({ ends: true, ended: false })).toStrictEqual({
      ...subscribed(),
      cancelAtEnd: true,
    });
    const ended = told({ ends: false, ended: true });
    expect(ended).toMatchObject({ cancelAtEnd: false, endedThere: true, lookAtStripe: true });
    const view = { ...SEEN, endsWithPeriod: true };
    const looked = reduce(ended, { type: 'subscriptionSeen', view }).state;
    expect(looked).toMatchObject({ cancelAtEnd: false, endedThere: true });
    expect(looked.lookAtStripe).toBeUndefined();
  });

  it('to end with its period, or not any more: so it is scheduled here', () => {
    expect(seen(subscribed(), { endsWithPeriod: true })?.command).toStrictEqual({
      type: 'schedule',
      plan: null,
      atMs: NOW_MS,
    });
    const again = seen({ ...planned(), cancelAtEnd: true }, {});
    expect(again?.command).toStrictEqual({ type: 'unschedule', atMs: NOW_MS });
    // A repeat of the same look is the same entry; a later one is another.
    expect(again?.id).toBe('adopted-3');
    expect(seen(subscribed(), { endsWithPeriod: true })?.id).toBe('adopted-2');
  });

  it('while we wait for Stripe ourselves is not judged', () => {
    const leaving = { request: 3, next: null, atMs: NOW_MS };
    expect(seen({ ...subscribed(), leaving }, { ended: END })).toBeNull();
  });
});
