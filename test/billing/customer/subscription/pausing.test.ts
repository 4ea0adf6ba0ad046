import { isHeldBack, pauseToAdopt } from '../../../../billing/customer/subscription/pausing.js';
import { openSegment } from '../../../../billing/customer/periods/segments.js';
import { customerBody } from '../../../../billing/customer/reads/standing.js';
import type { CustomerState, Segment } from '../../../../billing/state.js';
import type { CollectionPause } from '../../../../billing/takeover.js';
import { laneOf, runLane } from '../close/perfectStripe.js';
import { commanded, folded, LINK, PRO, row, START_MS, subscribed, used } from '../world.js';

/** A pause of collection at Stripe is shown, holds bills back, and ends as it began: there. */

const DAY_MS = 86_400_000;
const PAUSE: CollectionPause = { behavior: 'keepAsDraft', resumesAtSeconds: null };
const VIEW = { subscription: 'sub_1', endsWithPeriod: false, ended: null } as const;

const paused = (pause: CollectionPause | null, from: CustomerState, subscription = 'sub_1') =>
  folded([commanded(from.mark + 1, { type: 'paused', subscription, pause })], from);

it('is adopted where it is not known, and its end where it is', () => {
  const state = subscribed();
  const adopted = pauseToAdopt(state, { ...VIEW, pause: PAUSE });
  const command = { type: 'paused', subscription: 'sub_1', pause: PAUSE };
  expect(adopted).toEqual({ id: 'paused-2', command });
  const known = paused(PAUSE, state);
  expect(pauseToAdopt(known, { ...VIEW, pause: { ...PAUSE } })).toBeNull();
  expect(pauseToAdopt(known, { ...VIEW, pause: null })?.command).toMatchObject({ pause: null });
  expect(pauseToAdopt(state, { ...VIEW, pause: null })).toBeNull();
  const other: CollectionPause = { behavior: 'void', resumesAtSeconds: null };
  expect(pauseToAdopt(known, { ...VIEW, pause: other })).not.toBeNull();
  const until = { ...PAUSE, resumesAtSeconds: 9 };
  expect(pauseToAdopt(known, { ...VIEW, pause: until })).not.toBeNull();
});

it('of another subscription, or not looked at, is none', () => {
  const state = subscribed();
  expect(pauseToAdopt(state, VIEW)).toBeNull();
  expect(pauseToAdopt(paused(PAUSE, state), VIEW)).toBeNull();
  expect(pauseToAdopt(state, { ...VIEW, subscription: 'sub_2', pause: PAUSE })).toBeNull();
  expect(paused(PAUSE, state, 'sub_2').pause).toBeUndefined();
  const gone = { ...state, stripe: null };
  expect(paused(PAUSE, gone).pause).toBeUndefined();
  expect(pauseToAdopt(gone, { ...VIEW, pause: PAUSE })).toBeNull();
});

it('is shown with the time at which it ends', () => {
  const state = subscribed();
  expect(customerBody(state, START_MS).paused).toBeNull();
  const until: CollectionPause = { ...PAUSE, resumesAtSeconds: START_MS / 1000 + 60 };
  expect(customerBody(paused(until, state), START_MS).paused).toEqual({
    behavior: 'keepAsDraft',
    resumesAt: '2026-01-01T00:01:00.000Z',
  });
  expect(customerBody(paused(PAUSE, state), START_MS).paused).toMatchObject({ resumesAt: null });
  expect(customerBody({ ...paused(PAUSE, state), stripe: null }, START_MS).paused).toBeNull();
});

it('holds the bill back as a draft, lets time go on, and its end collects it', () => {
  const state = folded([used(3, 3, [row(START_MS + DAY_MS, 300)])], subscribed());
  const goal = { request: 9, toMs: START_MS + 31 * DAY_MS, segment: 0 };
  const waiting = paused(PAUSE, state);
  const lane = laneOf({ ...waiting, clock: { ...waiting.clock, goal } });
  runLane(lane, START_MS);
  expect(lane.state.segments[0]?.stage).toBe('finalise');
  expect(lane.invoices.map(({ status }) => status)).toEqual(['draft']);
  expect(lane.state.clock).toMatchObject({ goal: null, reached: 9 });
  lane.state = paused(null, lane.state);
  runLane(lane, START_MS);
  expect(lane.invoices.at(-1)).toMatchObject({ status: 'paid', subtotalMinor: 3_000 });
});

describe('held back', () => {
  const state = paused(PAUSE, subscribed());
  const draft: Segment = { ...openSegment(state), stage: 'finalise' };
  it.each([
    ['a draft of the cycle', {}, true],
    ['under the same subscription', { link: LINK }, true],
    ['not one that is final', { final: true }, false],
    ['not one that is not complete', { stage: 'complete' }, false],
    ['not one of our own', { close: 'final' }, false],
    ['not of an older subscription', { link: { ...LINK, subscription: 'sub_0' } }, false],
  ] as const)('%s', (_name, change, held) => {
    expect(isHeldBack(state, { ...draft, ...change })).toBe(held);
  });

  it('nothing without a pause or a subscription', () => {
    expect(isHeldBack({ ...state, pause: null }, draft)).toBe(false);
    expect(isHeldBack({ ...state, stripe: null }, draft)).toBe(false);
  });
});

it('goes with its subscription, not with a change of its plan', () => {
  const asked = { type: 'customer', plan: PRO, details: {}, atMs: START_MS + DAY_MS } as const;
  const anew = (subscription: string) => {
    const stripe = { ...LINK, subscription, anchorSeconds: (START_MS + DAY_MS) / 1000 };
    const other = { ...PRO, id: 'plus' };
    return folded(
      [
        commanded(4, { ...asked, plan: other }),
        commanded(5, { type: 'subscribed', request: 4, plan: other, stripe }),
      ],
      paused(PAUSE, subscribed()),
    );
  };
  expect(anew('sub_1').pause).toEqual(PAUSE);
  expect(anew('sub_2').pause).toBeUndefined();
});
