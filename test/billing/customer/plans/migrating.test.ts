import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import type { Command } from '../../../../billing/command.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { netLine } from '../../../../billing/customer/invoice/net.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type { CustomerState } from '../../../../billing/state.js';
import { commanded, FREE, free, LINK, PRO, row, START_MS, subscribed, used } from '../world.js';

/** From one version of a plan to the next, at renewal. */

const DAY_MS = 86_400_000;
const HALF_MS = START_MS + 15 * DAY_MS;
const END_MS = Date.UTC(2026, 1, 1);

/** Twice the price of PRO, and a base of 1,000 more. */
const DEARER: PlanSnapshot = {
  ...PRO,
  version: 2,
  plan: {
    ...PRO.plan,
    baseAmountMinor: 3900,
    prices: { tokens: { type: 'perUnit', unitAmountMinor: '1' } },
  },
};
const METERED: PlanSnapshot = { ...DEARER, id: 'free' };

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));
const use = (state: CustomerState, atMs: number, quantity: number) =>
  foldStretch(state, used(state.mark + 1, state.mark + 1, [row(atMs, quantity)]));
const migrate = (state: CustomerState, plan: PlanSnapshot) =>
  tell(state, { type: 'schedule', plan, atMs: HALF_MS, migrates: true });
const grandfather = (state: CustomerState) =>
  tell(state, { type: 'controls', change: { grandfathered: true }, atMs: HALF_MS });

/** As the workflow writes it when the end has come. */
function renewed(state: CustomerState): CustomerState {
  const { scheduled } = state;
  if (!scheduled) throw new Error('nothing is scheduled');
  return tell(state, { type: 'turned', ...scheduled });
}

const versions = ({ segments }: CustomerState) => segments.map(({ plan }) => plan.version);

test('a customer moves at the end of its period, and not before', () => {
  const moving = migrate(subscribed(), DEARER);
  expect(moving.scheduled).toEqual({ request: 3, plan: DEARER, atMs: END_MS, migrates: true });
  expect([moving.plan?.version, versions(moving)]).toEqual([1, [1]]);
  expect(versions(renewed(moving))).toEqual([1, 2]);
});

test('the first bill is held against the version before, and no later one is', () => {
  const moved = use(renewed(migrate(subscribed(), DEARER)), END_MS + DAY_MS, 300);
  const [, first] = moved.segments;
  expect(first?.netAgainst).toEqual({ id: 'pro', version: 1 });
  // 2,900 and 200 tokens beyond the included at 0.5 then; 3,900 and 300 tokens at 1 now.
  expect(netLine(moved, first!)?.amountMinor).toBe(3000 - 4200);
  const later = turn(moved, END_MS + 60 * DAY_MS);
  expect(later.segments.map(({ netAgainst }) => netAgainst?.version)).toEqual([
    undefined, 1, undefined,
  ]);
});

test('a change that the customer asked for is held against nothing', () => {
  const chosen = tell(subscribed(), { type: 'schedule', plan: DEARER, atMs: HALF_MS });
  expect(renewed(chosen).segments[1]).not.toHaveProperty('netAgainst');
});

test('grandfathered customers stay, also those who are made so on the way', () => {
  const stays = migrate(grandfather(subscribed()), DEARER);
  expect(stays.scheduled ?? null).toBeNull();
  const late = renewed(grandfather(migrate(subscribed(), DEARER)));
  expect([late.scheduled, late.plan?.version, versions(late)]).toEqual([null, 1, [1, 1]]);
});

test('a grandfathered customer may still change by itself', () => {
  const chosen = { type: 'schedule', plan: DEARER, atMs: HALF_MS } as const;
  expect(versions(renewed(tell(grandfather(subscribed()), chosen)))).toEqual([1, 2]);
});

test('what somebody chose goes before: a migration takes the place of nothing', () => {
  const leaving = tell(subscribed(), { type: 'schedule', plan: null, atMs: HALF_MS });
  expect(migrate(leaving, DEARER).scheduled).toEqual(leaving.scheduled);
  const chosen = tell(migrate(subscribed(), DEARER), {
    type: 'schedule', plan: null, atMs: HALF_MS,
  });
  expect(chosen.scheduled).toEqual({ request: 4, plan: null, atMs: END_MS });
});

test('asked again it is the first request; undone it can be asked anew', () => {
  const moving = migrate(subscribed(), DEARER);
  expect(migrate(moving, DEARER).scheduled?.request).toBe(3);
  const undone = tell(moving, { type: 'unschedule', atMs: HALF_MS });
  expect(migrate(undone, DEARER).scheduled?.request).toBe(5);
});

test('whoever has left the plan meanwhile is not moved', () => {
  expect(migrate(free(), DEARER).scheduled ?? null).toBeNull();
});

test('from a plan without prices: held against its terms, which are kept until then', () => {
  const moving = renewed(migrate(free(), METERED));
  expect(moving.pending).toMatchObject({ netAgainst: { id: 'free', version: 1 } });
  const stripe = { ...LINK, anchorSeconds: END_MS / 1000 };
  const request = moving.pending?.request ?? 0;
  const moved = tell(moving, { type: 'subscribed', request, plan: METERED, stripe });
  const first = use(moved, END_MS + DAY_MS, 300).segments.at(-1);
  expect([first?.plan.version, first?.netAgainst]).toEqual([2, { id: 'free', version: 1 }]);
  expect(netLine(moved, moved.segments.at(-1)!)?.amountMinor).toBe(-3900);
  const later = turn(moved, END_MS + 40 * DAY_MS);
  expect(later.segments.map(({ plan }) => plan.version)).toEqual([2, 2]);
  expect(Object.keys(later.snapshots)).toContain('free@1');
});

test('to a plan without prices there is no bill to hold against another', () => {
  const flat: PlanSnapshot = { ...FREE, id: 'pro', version: 2 };
  const moved = renewed(migrate(subscribed(), flat));
  expect([versions(moved), moved.stripe]).toEqual([[1, 2], null]);
  expect(moved.segments[1]).not.toHaveProperty('netAgainst');
});
