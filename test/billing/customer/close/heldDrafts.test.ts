import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import type { Command, StripeLink } from '../../../../billing/command.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { linkOf } from '../../../../billing/customer/periods/segments.js';
import type { Segment } from '../../../../billing/state.js';
import { atEnd, END_MS, LATER_MS, told } from './operator.js';
import { runLane, type Lane } from './perfectStripe.js';
import { commanded, LINK, PRO } from '../world.js';

/** A draft that is held for long, while the customer's plan goes on to change. */

const DAY_MS = 86_400_000;
const NEXT_MS = Date.UTC(2026, 2, 1);

/** 100 are included, each further costs half a minor unit. */
const SPIKE = 12_100;

const PLUS: PlanSnapshot = {
  ...PRO,
  id: 'plus',
  plan: { ...PRO.plan, name: 'Plus', baseAmountMinor: 4900 },
};

const zero = ({ state }: Lane) => state.segments[0] as Segment;

const tell = (lane: Lane, command: Command) => {
  lane.state = foldStretch(lane.state, commanded(lane.state.mark + 1, command));
};

/** Held since the first period has ended. */
function held(): Lane {
  const lane = atEnd(SPIKE);
  runLane(lane, LATER_MS);
  expect(zero(lane)).toMatchObject({ stage: 'inReview', final: false });
  lane.steps.length = 0;
  return lane;
}

it('is finalised, and held on, before the items that it needs go with the period', () => {
  const lane = held();
  tell(lane, { type: 'schedule', plan: PLUS, atMs: END_MS + 2 * DAY_MS });
  const request = lane.state.mark;
  expect(lane.steps).not.toContain('finalise');
  tell(lane, { type: 'turned', request, plan: PLUS, atMs: NEXT_MS });
  runLane(lane, NEXT_MS + DAY_MS);
  expect(zero(lane)).toMatchObject({ stage: 'inReview', final: true });
  expect(lane.steps.filter((step) => step === 'finalise' || step === 'swapItems')).toEqual([
    'finalise',
    'finalise',
    'swapItems',
  ]);
  told(lane, {}, NEXT_MS + DAY_MS);
  expect(zero(lane).stage).toBe('billed');
});

it('is finalised by nobody while the items stay', () => {
  const lane = held();
  runLane(lane, NEXT_MS + DAY_MS);
  expect(zero(lane)).toMatchObject({ stage: 'inReview', final: false });
});

const OTHER: StripeLink = { ...LINK, baseItem: 'si_other', items: { tokens: 'si_tokens_other' } };

it.each([
  ['another plan now', { type: 'subscribed', request: 9, plan: PLUS, stripe: OTHER }],
  [
    'a cancellation',
    { type: 'ended', request: null, endedSeconds: LATER_MS / 1000, byCycle: false },
  ],
] as const)('keeps the items that its lines are known by: %s', (_name, change) => {
  const lane = held();
  const anchorSeconds = LATER_MS / 1000;
  const command: Command =
    change.type === 'ended' ? change : { ...change, stripe: { ...OTHER, anchorSeconds } };
  tell(lane, command);
  const link = linkOf({ ...lane.state, stripe: OTHER }, zero(lane));
  expect(link).toMatchObject({ items: LINK.items, plan: { id: 'pro', version: 1 } });
});
